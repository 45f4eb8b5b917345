//! Numbers that are private by what stands beside them: codes, accounts, cards and phones of other places.

use super::cues::{Cue, CueKind, is_amount, is_break, links};
use super::letters::{Atoms, COVERED, Joint, Letters};
use super::numbers::{Number, ends_alone, of_18, prefixed, shaped, stands_alone};
use super::{Hit, Private, checks};
use std::ops::Range;

/// A sentence of so many letters says nothing much beside its number.
const SHORT: usize = 24;

/// So many letters are looked through for the end of a sentence: blanks may stand between.
const SENTENCE_MAX: usize = 96;

/// So many covered letters may stand between a number and the word that says what it is.
const COVERED_MAX: usize = 64;

/// Between two numbers of one kind.
const AND: [&str; 10] = ["和", "跟", "与", "及", "或", "还有", "and", "or", "、", ","];

/// Looks through the numbers of a text.
pub(super) struct Finder<'t> {
    pub letters: &'t Letters,
    pub cues: &'t [Cue],
    /// The message before spoke of a code.
    pub after_code: bool,
}

impl Finder<'_> {
    pub fn numbers(&self) -> Vec<Hit> {
        let atoms = self.letters.atoms();
        let mut hits: Vec<Hit> = Vec::new();
        let mut first = 0;
        while first < atoms.list.len() {
            let found = self.at(&atoms, first, hits.last());
            let Some(hit) = found else {
                first += 1;
                continue;
            };
            // What the number takes of the letters is over with it.
            let behind = atoms.list.iter().skip(first);
            first += behind
                .take_while(|atom| atom.letters.start < hit.letters.end)
                .count()
                .max(1);
            hits.push(hit);
        }
        hits
    }

    fn at(&self, atoms: &Atoms, first: usize, before: Option<&Hit>) -> Option<Hit> {
        let numbers = Number::from(atoms, first);
        let start = numbers.first()?.letters().start;
        let cue = self.cue_before(start);
        let is_other = |cue: &&Cue| cue.kind == CueKind::Other && start - cue.letters.end <= 3;
        let shaped = shaped(self.letters, &numbers);
        // The number of an order may have the sum of a card, but no card's name before it.
        let shaped = shaped
            .filter(|(kind, _)| *kind != Private::BankCard || !cue.as_ref().is_some_and(is_other));
        shaped
            .map(|(kind, letters)| Hit { kind, letters })
            .or_else(|| self.told(&numbers, cue, before))
    }

    /// The word before a number that says what it is: the nearest, in the same sentence and near enough.
    fn cue_before(&self, start: usize) -> Option<&Cue> {
        let behind = self.cues.partition_point(|cue| cue.letters.end <= start);
        let cue = self.cues.get(behind.checked_sub(1)?)?;
        let reach = match cue.kind {
            CueKind::Code | CueKind::Phone | CueKind::BankCard | CueKind::IdCard => 16,
            CueKind::Message if self.letters.char(cue.letters.start).is_ascii() => 20,
            CueKind::Message => 8,
            CueKind::Entered => 2,
            _ => 11,
        };
        let between = cue.letters.end..start;
        if between.len() > reach + COVERED_MAX {
            return None;
        }
        // What is covered separates no more than one letter would.
        let open = between
            .map(|place| self.letters.char(place))
            .filter(|letter| *letter != COVERED);
        let is_near = open.clone().count() <= reach && !open.into_iter().any(is_break);
        is_near.then_some(cue)
    }

    /// The same behind a number, with nothing but "is my" and the like between.
    fn kind_behind(&self, end: usize) -> Option<CueKind> {
        let rest = self.letters.slice(end..(end + 5).min(self.letters.len()));
        if ["这个号", "这号", "是我的号", "此号"]
            .iter()
            .any(|word| rest.starts_with(word))
        {
            return Some(CueKind::Account);
        }
        let place = self.cues.partition_point(|cue| cue.letters.start < end);
        let cue = self.cues.get(place)?;
        let between = end..cue.letters.start;
        let is_near = between.len() <= SHORT && links(self.letters.slice(between));
        is_near.then_some(cue.kind)
    }

    fn told(&self, numbers: &[Number<'_>], cue: Option<&Cue>, before: Option<&Hit>) -> Option<Hit> {
        let single = numbers.first()?;
        let start = single.letters().start;
        let gap = cue.map(|cue| cue.letters.end..start);
        let goes_on = before.filter(|hit| self.joins(hit.letters.end..start));
        let between = gap
            .clone()
            .map(|gap| self.letters.slice(gap))
            .unwrap_or_default();
        // What is covered by now is no number any more.
        let is_digit = |place: usize| self.letters.char(place).is_ascii_digit();
        let has_digit = gap.clone().is_some_and(|mut gap| gap.any(is_digit));
        let kind = match (cue.map(|cue| cue.kind), goes_on) {
            (Some(CueKind::Code | CueKind::Message | CueKind::Account) | None, Some(hit))
                if has_digit || cue.is_none() =>
            {
                cue_of(hit.kind)?
            }
            (Some(CueKind::Message), _) if between.contains(',') || has_digit => {
                return self.alone(numbers);
            }
            (Some(CueKind::Code), _) if has_digit => CueKind::Entered,
            // "Code 1620" is what a page says.
            (Some(CueKind::Message), _) if between.trim().is_empty() && self.is_bare_code(cue) => {
                CueKind::Entered
            }
            (Some(CueKind::Entered), _) if self.after_code => CueKind::Code,
            (Some(kind), _) => kind,
            (None, _) => match self.kind_behind(numbers.last()?.letters().end) {
                Some(kind) => kind,
                None => match self.kind_behind(single.letters().end) {
                    Some(kind) => kind,
                    None => return self.alone(numbers),
                },
            },
        };
        let close = gap.is_some_and(|gap| gap.len() <= 2);
        self.of_kind(kind, numbers, close)
    }

    fn of_kind(&self, kind: CueKind, numbers: &[Number<'_>], close: bool) -> Option<Hit> {
        let hit =
            |kind, letters: Option<Range<usize>>| letters.map(|letters| Hit { kind, letters });
        match kind {
            CueKind::Phone => hit(Private::Phone, self.phone(numbers)),
            CueKind::Account | CueKind::AccountAndPassword => {
                hit(Private::Account, self.account(numbers, close))
            }
            CueKind::Code | CueKind::Message => hit(Private::Code, self.code(numbers)),
            CueKind::Entered => hit(Private::Code, self.code_of_six(numbers)),
            CueKind::IdCard => hit(Private::IdCard, self.id_card(numbers)),
            CueKind::Passport => hit(Private::Passport, self.passport(numbers)),
            CueKind::BankCard => hit(Private::BankCard, self.bank_card(numbers)),
            CueKind::Password | CueKind::Home | CueKind::Other => None,
        }
    }

    /// A number that nothing is said of.
    fn alone(&self, numbers: &[Number<'_>]) -> Option<Hit> {
        if self.after_code && self.is_short_sentence(&numbers.first()?.letters()) {
            let letters = self.code(numbers)?;
            return Some(Hit {
                kind: Private::Code,
                letters,
            });
        }
        // A whole sentence: whoever writes nothing but a number writes their account's.
        let number = numbers.last()?;
        let found = number.letters();
        let is_bare = self.is_whole_sentence(&found);
        let is_figures = self.letters.slice(found.clone()).is_ascii();
        let holds = is_bare
            && is_figures
            && !number.has_joint(Joint::Dot)
            && number.is_grouped()
            && !self.is_public(number)
            && stands_alone(self.letters, &found);
        let kind = match number.digits {
            digits if (6..=11).contains(&digits.len()) => Private::Account,
            // A card of which one digit is wrong.
            [6, 2, ..] if (16..=19).contains(&number.digits.len()) => Private::BankCard,
            _ => return None,
        };
        holds.then_some(Hit {
            kind,
            letters: found,
        })
    }

    /// Whether nothing else is said in the sentence that this stands in: messages sent one after the other are read as lines
    /// of one, and a number does not say less for it.
    fn is_whole_sentence(&self, found: &Range<usize>) -> bool {
        let ends = |letter: char| is_break(letter) || letter.is_alphanumeric();
        let before = (0..found.start).rev().map(|place| self.letters.char(place));
        let behind = (found.end..self.letters.len()).map(|place| self.letters.char(place));
        let ends_at_break = |letter: Option<char>| letter.is_none_or(is_break);
        ends_at_break(before.into_iter().find(|letter| ends(*letter)))
            && ends_at_break(behind.into_iter().find(|letter| ends(*letter)))
    }

    /// Whether the sentence that this stands in is short.
    fn is_short_sentence(&self, found: &Range<usize>) -> bool {
        let written = |places: &mut dyn Iterator<Item = usize>| {
            let letters = places
                .take(SENTENCE_MAX)
                .map(|place| self.letters.char(place));
            let letters = letters.take_while(|letter| !is_break(*letter));
            letters.filter(|letter| !letter.is_whitespace()).count()
        };
        let before = written(&mut (0..found.start).rev());
        before + written(&mut (found.start..self.letters.len())) <= SHORT
    }

    /// The word "code" without whose it is.
    fn is_bare_code(&self, cue: Option<&Cue>) -> bool {
        let Some(Cue { letters, .. }) = cue else {
            return false;
        };
        let before = self
            .letters
            .slice(letters.start.saturating_sub(5)..letters.start);
        let owned = ["my ", "the ", "your ", "this "]
            .iter()
            .any(|word| before.ends_with(word));
        self.letters.char(letters.start).is_ascii() && !owned
    }

    fn joins(&self, between: Range<usize>) -> bool {
        let is_short = between.start <= between.end && between.len() <= 5;
        is_short && AND.contains(&self.letters.slice(between).trim())
    }

    fn is_public(&self, number: &Number<'_>) -> bool {
        checks::is_official(number.digits)
            || checks::is_date(number.digits)
            || self.is_amount(number)
    }

    fn is_amount(&self, number: &Number<'_>) -> bool {
        let end = number.letters().end;
        is_amount(self.letters.slice(end..(end + 10).min(self.letters.len())))
    }

    /// The word before may be written in one with its number: qq123456.
    fn stands_alone(&self, found: &Range<usize>) -> bool {
        let cue = self
            .cues
            .partition_point(|cue| cue.letters.end < found.start);
        let behind_cue = self
            .cues
            .get(cue)
            .is_some_and(|cue| cue.letters.end == found.start);
        let is_given = behind_cue || self.letters.before(found.start) == '=';
        stands_alone(self.letters, found) || is_given && ends_alone(self.letters, found)
    }

    fn phone(&self, numbers: &[Number<'_>]) -> Option<Range<usize>> {
        let is_phone = |number: &&Number<'_>| {
            let is_town = number.digits.first() == Some(&0);
            (7..=12).contains(&number.digits.len())
                && (!is_town || number.digits.len() >= 10)
                && (number.is_spelt() || number.sizes().all(|size| size >= 2))
                && !number.has_joint(Joint::Dot)
                && !self.is_public(number)
                && !checks::is_sender(number.digits)
                && self.stands_alone(&number.letters())
        };
        numbers.iter().rev().find(is_phone).map(Number::letters)
    }

    fn account(&self, numbers: &[Number<'_>], close: bool) -> Option<Range<usize>> {
        let is_account = |number: &&Number<'_>| {
            let is_one = number.atoms.len() == 1 && (5..=12).contains(&number.digits.len());
            let in_groups = number.has_sizes(&[3, 3, 3])
                || number.has_sizes(&[3, 3, 4])
                || number.has_sizes(&[3, 3]);
            (is_one || in_groups && !number.has_joint(Joint::Dot))
                && number.digits.first() != Some(&0)
                && !checks::is_official(number.digits)
                && (close || !checks::is_date(number.digits))
                && !self.is_amount(number)
                && self.stands_alone(&number.letters())
        };
        numbers.iter().rev().find(is_account).map(Number::letters)
    }

    fn code(&self, numbers: &[Number<'_>]) -> Option<Range<usize>> {
        let is_code = |number: &&Number<'_>| {
            let first = number.sizes().next().unwrap_or(0);
            let is_even = number.sizes().all(|size| size == first) && first <= 4;
            // "That one of mine ending in 0707" is a card, and 1069 begins what codes are sent from.
            let end = number.letters().end;
            let rest = self.letters.slice(end..(end + 2).min(self.letters.len()));
            let is_tail = ["手机", "号", "电话", "卡"]
                .iter()
                .any(|word| rest.starts_with(word));
            let is_part =
                number.digits.len() == 4 && (is_tail || number.digits.starts_with(&[1, 0, 6]));
            (4..=8).contains(&number.digits.len())
                && !is_part
                && (number.atoms.len() == 1 || is_even && !number.has_joint(Joint::Dot))
                && !self.is_public(number)
                && !checks::is_sender(number.digits)
                && self.stands_alone(&number.letters())
        };
        numbers.iter().rev().find(is_code).map(Number::letters)
    }

    /// Six digits, as nearly all codes have.
    fn code_of_six(&self, numbers: &[Number<'_>]) -> Option<Range<usize>> {
        let is_six = numbers
            .first()
            .is_some_and(|number| number.digits.len() == 6);
        is_six.then(|| self.code(numbers)).flatten()
    }

    fn bank_card(&self, numbers: &[Number<'_>]) -> Option<Range<usize>> {
        let is_card = |number: &&Number<'_>| {
            (12..=19).contains(&number.digits.len())
                && number.is_grouped()
                && !number.has_joint(Joint::Dot)
                && self.stands_alone(&number.letters())
        };
        numbers.iter().rev().find(is_card).map(Number::letters)
    }

    /// A card of the mainland whatever its sum is; of Hong Kong, Macau or Taiwan.
    fn id_card(&self, numbers: &[Number<'_>]) -> Option<Range<usize>> {
        let of_18 = numbers
            .iter()
            .rev()
            .find_map(|number| of_18(self.letters, number));
        if let Some((found, _)) = of_18 {
            return Some(found);
        }
        let is_old = |number: &&Number<'_>| number.digits.len() == 15 && number.is_grouped();
        if let Some(number) = numbers.iter().rev().find(is_old) {
            return Some(number.letters());
        }
        let number = numbers.first()?;
        let start = prefixed(self.letters, number, 2)?;
        let letters = number.letters().start - start;
        let end = number.letters().end;
        let bracket = self.letters.char(end) == '(' && self.letters.char(end + 2) == ')';
        let check = self.letters.char(end + 1);
        let is_checked = bracket && (check.is_ascii_digit() || check == 'a');
        match (letters, number.digits) {
            (1, [1 | 2 | 8 | 9, ..]) if number.digits.len() == 9 => Some(start..end),
            (0..=2, digits) if is_checked && matches!(digits.len(), 6 | 7) => Some(start..end + 3),
            (1 | 2, digits) if matches!(digits.len(), 6 | 7) => Some(start..end),
            (0, [1 | 5 | 7, ..]) if number.digits.len() == 8 && !checks::is_date(number.digits) => {
                Some(start..end)
            }
            _ => None,
        }
    }

    fn passport(&self, numbers: &[Number<'_>]) -> Option<Range<usize>> {
        let number = numbers.first()?;
        let start = prefixed(self.letters, number, 2)?;
        let end = number.letters().end;
        let is_ending = self.letters.char(end).is_ascii_alphabetic()
            && !self.letters.char(end + 1).is_ascii_alphanumeric();
        let digits = number.digits.len();
        let holds = (7..=10).contains(&digits) || start < number.letters().start && digits == 6;
        let is_public = start == number.letters().start && self.is_public(number);
        (holds && !is_public).then_some(start..end + usize::from(is_ending))
    }
}

/// The word that would have told a number of this kind.
fn cue_of(kind: Private) -> Option<CueKind> {
    Some(match kind {
        Private::Phone => CueKind::Phone,
        Private::IdCard => CueKind::IdCard,
        Private::Passport => CueKind::Passport,
        Private::BankCard => CueKind::BankCard,
        Private::Code => CueKind::Code,
        Private::Account => CueKind::Account,
        Private::Password | Private::Email | Private::Address => return None,
    })
}
