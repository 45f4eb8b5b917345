//! Numbers that are private by what they look like: cards, phones. What only its neighbours tell is `context`'s.

use super::Private;
use super::checks;
use super::letters::{Atom, Atoms, Joint, Letters};
use std::ops::Range;

/// No number that is looked for has more digits.
const DIGITS_MAX: usize = 20;

/// Atoms that may be one number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number<'t> {
    pub atoms: &'t [Atom],
    pub digits: &'t [u8],
}

impl<'t> Number<'t> {
    /// The numbers that begin with this atom, the longest last.
    pub fn from(atoms: &'t Atoms, first: usize) -> Vec<Self> {
        let mut numbers = Vec::new();
        let Some(begun) = atoms.list.get(first) else {
            return numbers;
        };
        for (count, atom) in atoms.list.iter().skip(first).enumerate() {
            let is_one = count == 0 || atom.joined.is_some();
            if !is_one || atom.digits.end - begun.digits.start > DIGITS_MAX {
                break;
            }
            let slices = (
                atoms.list.get(first..=first + count),
                atoms.digits.get(begun.digits.start..atom.digits.end),
            );
            if let (Some(atoms), Some(digits)) = slices {
                numbers.push(Self { atoms, digits });
            }
        }
        numbers
    }

    pub fn letters(&self) -> Range<usize> {
        let start = self.atoms.first().map_or(0, |atom| atom.letters.start);
        start..self.atoms.last().map_or(0, |atom| atom.letters.end)
    }

    /// How many digits stand together, group by group.
    pub fn sizes(&self) -> impl Iterator<Item = usize> {
        self.atoms.iter().map(|atom| atom.digits.len())
    }

    pub fn has_sizes(&self, sizes: &[usize]) -> bool {
        self.sizes().eq(sizes.iter().copied())
    }

    /// Every digit stands alone.
    pub fn is_spelt(&self) -> bool {
        self.atoms.len() > 1 && self.sizes().all(|size| size == 1)
    }

    fn joints(&self) -> impl Iterator<Item = Joint> {
        self.atoms.iter().skip(1).filter_map(|atom| atom.joined)
    }

    pub fn has_joint(&self, joint: Joint) -> bool {
        self.joints().any(|known| known == joint)
    }

    /// The number without its first atoms.
    fn without(&self, atoms: usize) -> Self {
        let rest = self.atoms.get(atoms..).unwrap_or_default();
        let taken: usize = self.sizes().take(atoms).sum();
        Self {
            atoms: rest,
            digits: self.digits.get(taken..).unwrap_or_default(),
        }
    }

    /// It stands in groups as people write a card's or a phone's.
    pub fn is_grouped(&self) -> bool {
        self.atoms.len() == 1 || self.is_spelt() || self.sizes().all(|size| size >= 3)
    }
}

/// The private number that begins with the first atom of these, and how many letters it takes.
pub(super) fn shaped(letters: &Letters, numbers: &[Number<'_>]) -> Option<(Private, Range<usize>)> {
    id_card(letters, numbers)
        .map(|found| (Private::IdCard, found))
        .or_else(|| Some((Private::BankCard, bank_card(letters, numbers)?)))
        .or_else(|| Some((Private::Phone, phone(letters, numbers)?)))
        .or_else(|| Some((Private::IdCard, old_id_card(letters, numbers)?)))
        .or_else(|| Some((Private::IdCard, hong_kong(letters, numbers)?)))
}

/// The letters of a number of 18 digits, or of 17 and an X.
pub(super) fn of_18(letters: &Letters, number: &Number<'_>) -> Option<(Range<usize>, Vec<u8>)> {
    let found = number.letters();
    match number.digits.len() {
        18 => Some((found, number.digits.to_vec())),
        17 => {
            let end = (found.end..found.end + 2).find(|place| letters.char(*place) == 'x')?;
            let is_apart = end > found.end && !matches!(letters.char(found.end), ' ' | '-');
            let goes_on = letters.char(end + 1).is_ascii_alphabetic();
            let digits = number.digits.iter().copied().chain([10]).collect();
            (!is_apart && !goes_on).then_some((found.start..end + 1, digits))
        }
        _ => None,
    }
}

fn id_card(letters: &Letters, numbers: &[Number<'_>]) -> Option<Range<usize>> {
    numbers.iter().rev().find_map(|number| {
        let (found, digits) = of_18(letters, number)?;
        checks::is_id_card(&digits).then_some(found)
    })
}

fn old_id_card(letters: &Letters, numbers: &[Number<'_>]) -> Option<Range<usize>> {
    let number = numbers.first()?;
    let holds = checks::is_old_id_card(number.digits) && stands_alone(letters, &number.letters());
    holds.then(|| number.letters())
}

fn bank_card(letters: &Letters, numbers: &[Number<'_>]) -> Option<Range<usize>> {
    let is_card = |number: &&Number<'_>| {
        checks::is_bank_card(number.digits)
            && number.is_grouped()
            && !number.has_joint(Joint::Dot)
            && stands_alone(letters, &number.letters())
    };
    numbers.iter().rev().find(is_card).map(Number::letters)
}

/// A letter, six digits and one more in brackets whose sum holds.
fn hong_kong(letters: &Letters, numbers: &[Number<'_>]) -> Option<Range<usize>> {
    let number = numbers.first()?;
    let (start, end) = (prefixed(letters, number, 2)?, number.letters().end);
    let check = match letters.char(end + 1) {
        'a' => 10,
        digit => digit.to_digit(10)?,
    };
    let is_bracketed = letters.char(end) == '(' && letters.char(end + 2) == ')';
    let prefix = letters.slice(start..number.letters().start);
    (is_bracketed && !prefix.is_empty() && checks::is_hong_kong(prefix, number.digits, check))
        .then_some(start..end + 3)
}

/// Where a number begins with the letters right before it, if these are no more than so many.
pub(super) fn prefixed(letters: &Letters, number: &Number<'_>, most: usize) -> Option<usize> {
    let start = number.letters().start;
    let is_word = |place: usize| {
        letters
            .get(place)
            .is_some_and(super::letters::Letter::is_word)
    };
    let before = (0..start)
        .rev()
        .take(most + 1)
        .take_while(|place| is_word(*place))
        .count();
    (before <= most).then_some(start - before)
}

fn phone(letters: &Letters, numbers: &[Number<'_>]) -> Option<Range<usize>> {
    international(letters, numbers).or_else(|| {
        let longest_first = numbers.iter().rev();
        let found =
            longest_first
                .map(|number| (number, number.letters()))
                .find(|(number, found)| {
                    is_mainland(number)
                        || (is_regional(number) || is_landline(number))
                            && stands_alone(letters, found)
                });
        let (number, found) = found?;
        (!checks::is_official(number.digits)).then(|| opened(letters, found))
    })
}

/// Behind a plus or two zeros: any country's. Without: China's.
fn international(letters: &Letters, numbers: &[Number<'_>]) -> Option<Range<usize>> {
    let start = numbers.first()?.letters().start;
    let plus = start
        .checked_sub(1)
        .filter(|place| letters.char(*place) == '+');
    let is_phone = |number: &&Number<'_>| {
        let zeros = number.digits.starts_with(&[0, 0]);
        if plus.is_none() && !zeros {
            return is_abroad(number);
        }
        let digits = number
            .digits
            .get(if zeros { 2 } else { 0 }..)
            .unwrap_or_default();
        let of_country = (1..=3).filter_map(|count| {
            let code = digits.get(..count)?.iter();
            let code = code.fold(0, |code, digit| code * 10 + u32::from(*digit));
            Some(checks::digits_after(code)?.contains(&(digits.len() - count)))
        });
        let known: Vec<bool> = of_country.collect();
        let holds = known.contains(&true);
        !number.has_joint(Joint::Dot)
            && (holds || known.is_empty() && plus.is_some() && (9..=14).contains(&digits.len()))
    };
    let number = numbers.iter().rev().find(is_phone)?;
    let found = plus.unwrap_or(start)..number.letters().end;
    Some(opened(letters, found))
}

/// The code of Hong Kong, Macau or Taiwan, apart, and a number of there.
fn is_abroad(number: &Number<'_>) -> bool {
    let rest = number.without(1);
    let own = number.digits.len() - rest.digits.len();
    let code = number.digits.get(..own).unwrap_or_default();
    let count = match code {
        [8, 5, 2 | 3] => 8,
        [8, 8, 6] => 9,
        _ => return false,
    };
    rest.digits.len() == count && rest.is_grouped() && !rest.has_joint(Joint::Dot)
}

/// A mobile number of the mainland, with its country's code or without.
fn is_mainland(number: &Number<'_>) -> bool {
    let rest = match number.digits.len() {
        13 if number.digits.starts_with(&[8, 6]) => number.without(1),
        15 if number.digits.starts_with(&[0, 0, 8, 6]) => number.without(1),
        _ => *number,
    };
    if number.atoms.len() == 1 {
        let digits = match number.digits {
            [8, 6, digits @ ..] | [0, 0, 8, 6, digits @ ..] if digits.len() == 11 => digits,
            digits => digits,
        };
        return checks::is_mobile(digits);
    }
    if !checks::is_mobile(rest.digits) {
        return false;
    }
    let as_usual = rest.has_sizes(&[3, 4, 4]) || rest.has_sizes(&[11]) || rest.is_spelt();
    let otherwise = [[4, 4, 3], [4, 3, 4], [3, 3, 5], [3, 5, 3]];
    let halves = [[5, 6], [6, 5], [7, 4], [4, 7], [3, 8]];
    let in_pairs = rest.sizes().next() == Some(3) && rest.sizes().all(|size| size >= 2);
    let is_odd = otherwise.iter().any(|sizes| rest.has_sizes(sizes))
        || halves.iter().any(|sizes| rest.has_sizes(sizes))
        || in_pairs;
    // Dots stand in the addresses of machines too.
    as_usual || is_odd && !rest.has_joint(Joint::Dot)
}

/// A mobile number of Taiwan.
fn is_regional(number: &Number<'_>) -> bool {
    number.digits.len() == 10
        && number.digits.starts_with(&[0, 9])
        && !number.has_joint(Joint::Dot)
        && (number.is_spelt() || number.sizes().next().is_some_and(|first| first >= 4))
}

/// A town's code, and a number in it.
fn is_landline(number: &Number<'_>) -> bool {
    let mut sizes = number.sizes();
    let code = sizes.next().unwrap_or(0);
    let rest: usize = sizes.sum();
    matches!(number.digits, [0, 1..=9, ..])
        && matches!(code, 3 | 4)
        && matches!(rest, 7 | 8)
        && number.without(1).is_grouped()
        && !number.has_joint(Joint::Dot)
}

/// A bracket before a number belongs to it if its other half stands within.
fn opened(letters: &Letters, found: Range<usize>) -> Range<usize> {
    let inside = letters.slice(found.clone());
    let closes = inside.matches(')').count() > inside.matches('(').count();
    match found.start.checked_sub(1) {
        Some(before) if closes && letters.char(before) == '(' => before..found.end,
        _ => found,
    }
}

/// So long a number is no part of a date, a time or a version, whatever joins it to others.
const WHOLE: usize = 9;

/// No foreign letter joins it, and no more digits behind a dot or a dash.
pub(super) fn stands_alone(letters: &Letters, found: &Range<usize>) -> bool {
    begins_alone(letters, found) && ends_alone(letters, found)
}

fn begins_alone(letters: &Letters, found: &Range<usize>) -> bool {
    let before = letters.before(found.start);
    let goes_before = found.len() < WHOLE
        && matches!(before, '.' | '-' | ':' | '/')
        && letters
            .before(found.start.saturating_sub(1))
            .is_ascii_digit();
    !goes_before
        && !before.is_ascii_alphabetic()
        && !matches!(before, '*' | '$' | '¥' | '￥' | '€' | '£' | '#' | '=')
        && (before != '/' || found.len() >= WHOLE)
}

pub(super) fn ends_alone(letters: &Letters, found: &Range<usize>) -> bool {
    let digit_at = |place: usize| letters.char(place).is_ascii_digit();
    let next = letters.char(found.end);
    let goes_on =
        found.len() < WHOLE && matches!(next, '.' | '-' | ':' | '/') && digit_at(found.end + 1);
    // Thousands of something: 12,000.
    let thousands = next == ','
        && found.len() <= 3
        && (1..=3).all(|place| digit_at(found.end + place))
        && !digit_at(found.end + 4);
    !goes_on && !thousands && !next.is_ascii_alphabetic() && next != '*'
}
