//! A text as the rules read it: one letter for the many ways of writing it, and each letter's place in the text as typed.
//!
//! Numbers are written full-width, with invisible characters between their digits, in circles or in Chinese; words in
//! traditional characters. All that is folded here, letter by letter, so that every rule sees one form and every hit can be
//! covered where it really stands.

use super::Private;
use std::ops::Range;

/// Stands for what is covered already, which no rule looks into.
pub(super) const COVERED: char = '\u{fffc}';

/// What is written between the digits of one number.
const SEPARATORS: &str = " -.()·_—–•,、\n\t\r";

/// So many separators stand between two digits at most: ") " and " - ".
const SEPARATORS_MAX: usize = 3;

/// So many Chinese numerals in a row may be digits of a number; fewer are words of a sentence.
const NUMERALS_MIN: usize = 3;

/// Chinese numerals, from 0.
const NUMERALS: [(char, u8); 12] = [
    ('零', 0),
    ('〇', 0),
    ('一', 1),
    ('幺', 1),
    ('二', 2),
    ('三', 3),
    ('四', 4),
    ('五', 5),
    ('六', 6),
    ('七', 7),
    ('八', 8),
    ('九', 9),
];

/// Traditional characters of the words that the rules know, in the order of their codes, and what stands for them.
const SIMPLIFIED: [(char, char); 56] = [
    ('係', '是'),
    ('個', '个'),
    ('動', '动'),
    ('區', '区'),
    ('單', '单'),
    ('喺', '在'),
    ('園', '园'),
    ('塊', '块'),
    ('寫', '写'),
    ('層', '层'),
    ('帐', '账'),
    ('帳', '账'),
    ('幣', '币'),
    ('廈', '厦'),
    ('態', '态'),
    ('戶', '户'),
    ('時', '时'),
    ('條', '条'),
    ('棟', '栋'),
    ('樓', '楼'),
    ('機', '机'),
    ('歲', '岁'),
    ('灣', '湾'),
    ('為', '为'),
    ('爲', '为'),
    ('碼', '码'),
    ('簡', '简'),
    ('級', '级'),
    ('絡', '络'),
    ('縣', '县'),
    ('聯', '联'),
    ('臺', '台'),
    ('莊', '庄'),
    ('號', '号'),
    ('訂', '订'),
    ('訊', '讯'),
    ('設', '设'),
    ('話', '话'),
    ('誤', '误'),
    ('證', '证'),
    ('護', '护'),
    ('賬', '账'),
    ('輸', '输'),
    ('這', '这'),
    ('運', '运'),
    ('遞', '递'),
    ('郵', '邮'),
    ('鄉', '乡'),
    ('銀', '银'),
    ('錯', '错'),
    ('鎮', '镇'),
    ('鐘', '钟'),
    ('門', '门'),
    ('電', '电'),
    ('驗', '验'),
    ('點', '点'),
];

/// A letter of the folded text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub folded: char,
    /// It was typed as a plain or full-width letter, digit or sign of ASCII: Chinese punctuation is none.
    pub is_ascii: bool,
    /// Its place in the text as typed, in bytes.
    start: usize,
    end: usize,
}

impl Letter {
    pub fn digit(self) -> Option<u8> {
        let digit = self.folded.to_digit(10)?;
        u8::try_from(digit).ok()
    }

    /// The digit that it is, as a figure or as a Chinese numeral.
    pub fn value(self) -> Option<u8> {
        self.digit().or_else(|| numeral(self.folded))
    }

    pub fn is_word(self) -> bool {
        self.folded.is_ascii_alphabetic()
    }
}

/// Digits that stand side by side.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    /// The letters that it is made of.
    pub letters: Range<usize>,
    /// Its digits, by their places among all of the text.
    pub digits: Range<usize>,
    /// What stands between it and the one before, where that may stand within one number.
    pub joined: Option<Joint>,
}

/// All digits of a text.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    pub list: Vec<Atom>,
    pub digits: Vec<u8>,
}

/// What stands between two atoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// Spaces alone.
    Space,
    /// Dots and commas, which stand in versions and lists too.
    Dot,
    /// Dashes, brackets and the like.
    Sign,
}

/// A text, folded.
#[derive(Debug)]
pub(super) struct Letters {
    all: Vec<Letter>,
    /// The folded text as one string, with what was covered since, and the place in it of every letter.
    pub folded: String,
    places: Vec<usize>,
}

impl Letters {
    pub fn of(text: &str) -> Self {
        let mut letters = Self {
            all: Vec::with_capacity(text.len()),
            folded: String::with_capacity(text.len()),
            places: Vec::with_capacity(text.len()),
        };
        let mut covered_to = 0;
        for (start, character) in text.char_indices() {
            if start < covered_to || is_unseen(character) {
                continue;
            }
            let end = start + character.len_utf8();
            let cover = (character == '[').then(|| cover_at(text, start)).flatten();
            if let Some(cover) = cover {
                covered_to = start + cover.len();
                letters.push(Letter {
                    folded: COVERED,
                    is_ascii: false,
                    start,
                    end: covered_to,
                });
                continue;
            }
            let folded = fold(character);
            letters.push(Letter {
                folded: folded.to_ascii_lowercase(),
                is_ascii: character.is_ascii() || folded.is_ascii_alphanumeric() || folded == '@',
                start,
                end,
            });
        }
        letters
    }

    fn push(&mut self, letter: Letter) {
        self.places.push(self.folded.len());
        self.folded.push(letter.folded);
        self.all.push(letter);
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn get(&self, place: usize) -> Option<Letter> {
        self.all.get(place).copied()
    }

    /// Covers these letters, if none of them is covered. What the rules look up letter by letter is gone then.
    pub fn cover(&mut self, letters: &Range<usize>) -> bool {
        let Some(letters) = self.all.get_mut(letters.clone()) else {
            return false;
        };
        let is_open = letters.iter().all(|letter| letter.folded != COVERED);
        if is_open {
            for letter in letters {
                letter.folded = COVERED;
                letter.is_ascii = false;
            }
        }
        is_open
    }

    /// Every letter with the next.
    pub fn windows(&self) -> impl Iterator<Item = (char, char)> {
        let next = self.all.iter().skip(1);
        self.all
            .iter()
            .zip(next)
            .map(|(letter, next)| (letter.folded, next.folded))
    }

    pub fn char(&self, place: usize) -> char {
        self.get(place).map_or('\0', |letter| letter.folded)
    }

    /// The letter before this place.
    pub fn before(&self, place: usize) -> char {
        place
            .checked_sub(1)
            .map_or('\0', |before| self.char(before))
    }

    /// These letters, folded.
    pub fn slice(&self, letters: Range<usize>) -> &str {
        self.folded
            .get(self.byte(letters.start)..self.byte(letters.end))
            .unwrap_or_default()
    }

    /// Which letters these bytes of the folded text are.
    pub fn at_bytes(&self, bytes: Range<usize>) -> Range<usize> {
        let place = |byte| self.places.partition_point(|place| *place < byte);
        place(bytes.start)..place(bytes.end)
    }

    /// Which letters stand in these bytes of the text as typed.
    pub fn of_typed(&self, bytes: &Range<usize>) -> Range<usize> {
        let place = |byte| self.all.partition_point(|letter| letter.start < byte);
        place(bytes.start)..place(bytes.end)
    }

    fn byte(&self, place: usize) -> usize {
        self.places.get(place).copied().unwrap_or(self.folded.len())
    }

    /// Where these letters stand in the text as typed.
    pub fn typed(&self, letters: &Range<usize>) -> Option<Range<usize>> {
        let last = letters.end.checked_sub(1)?;
        Some(self.get(letters.start)?.start..self.get(last)?.end)
    }

    /// All digits, in atoms.
    pub fn atoms(&self) -> Atoms {
        let mut atoms = Atoms::default();
        let mut place = 0;
        while place < self.len() {
            let (count, numerals) = self.digits_from(place);
            if count == 0 {
                // Numerals that are words are passed over whole: what follows the first of them is no number either.
                place += numerals.max(1);
                continue;
            }
            let letters = place..place + count;
            let before = atoms.list.last().map(|atom| atom.letters.end);
            let first = atoms.digits.len();
            let read = letters.clone().filter_map(|place| self.get(place)?.value());
            atoms.digits.extend(read);
            atoms.list.push(Atom {
                joined: before.and_then(|before| self.joint(before..letters.start)),
                digits: first..atoms.digits.len(),
                letters,
            });
            place += count;
        }
        atoms
    }

    /// How many digits begin here, figures or as many Chinese numerals as no word has; and how many numerals there are.
    fn digits_from(&self, from: usize) -> (usize, usize) {
        let run = |is_one: &dyn Fn(Letter) -> bool| {
            let letters = (from..).map_while(|place| self.get(place));
            letters.take_while(|letter| is_one(*letter)).count()
        };
        let all = run(&|letter| letter.value().is_some());
        let figures = run(&|letter| letter.digit().is_some());
        let numerals = all - figures;
        if numerals < NUMERALS_MIN {
            (figures, numerals)
        } else {
            (all, 0)
        }
    }

    fn joint(&self, between: Range<usize>) -> Option<Joint> {
        if between.is_empty() {
            return None;
        }
        let count = between.len();
        let mut letters = between.map(|place| self.char(place));
        if count > SEPARATORS_MAX || !letters.clone().all(|letter| SEPARATORS.contains(letter)) {
            return None;
        }
        Some(if letters.clone().all(char::is_whitespace) {
            Joint::Space
        } else if letters.any(|letter| matches!(letter, '.' | '·' | '•' | ',' | '、')) {
            Joint::Dot
        } else {
            Joint::Sign
        })
    }
}

/// Whether anything in a text may be private at all: most sentences hold no digit, no sign of mail and no foreign word.
pub(super) fn may_hold_any(text: &str) -> bool {
    let mut word = 0;
    let mut numerals = 0;
    text.chars().any(|character| {
        let is_han = matches!(character, '\u{4e00}'..='\u{9fff}');
        let folded = if is_han { character } else { fold(character) };
        word = if folded.is_ascii_alphabetic() {
            word + 1
        } else {
            0
        };
        if !is_unseen(character) {
            numerals = if numeral(folded).is_some() {
                numerals + 1
            } else {
                0
            };
        }
        folded.is_ascii_digit() || folded == '@' || word >= 5 || numerals > NUMERALS_MIN
    })
}

fn numeral(character: char) -> Option<u8> {
    let found = NUMERALS.iter().find(|(numeral, _)| *numeral == character);
    found.map(|(_, digit)| *digit)
}

/// The cover that stands here.
fn cover_at(text: &str, place: usize) -> Option<&'static str> {
    let rest = text.get(place..)?;
    let mut covers = Private::ALL.iter().map(|kind| kind.cover());
    covers.find(|cover| rest.starts_with(cover))
}

/// One character for its variants.
fn fold(character: char) -> char {
    let code = u32::from(character);
    let digit = |from: u32| char::from_digit(code.wrapping_sub(from) % 10, 10);
    let folded = match character {
        '\0'..='~' => Some(character),
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' => Some(' '),
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(code - 0xfee0),
        '\u{2460}'..='\u{2468}' => digit(0x2460 - 1),
        '\u{2776}'..='\u{277e}' => digit(0x2776 - 1),
        '\u{24ea}' => Some('0'),
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),
        '\u{1d7ce}'..='\u{1d7ff}' => digit(0x1d7ce),
        '\u{2070}' | '\u{2074}'..='\u{2079}' => digit(0x2070),
        '\u{2080}'..='\u{2089}' => digit(0x2080),
        '\u{2010}'..='\u{2012}' | '\u{2212}' => Some('-'),
        _ => SIMPLIFIED
            .binary_search_by_key(&character, |(traditional, _)| *traditional)
            .ok()
            .and_then(|place| SIMPLIFIED.get(place))
            .map(|(_, simplified)| *simplified),
    };
    folded.unwrap_or(character)
}

/// Characters that leave no mark on the screen, or only change the one before them.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}')
        || (character.is_control() && !character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_in_every_writing() {
        let check = |text: &str, expected: &str| {
            let letters = Letters::of(text);
            let atoms = letters.atoms();
            let read: Vec<String> = atoms
                .list
                .iter()
                .map(|atom| {
                    let digits = &atoms.digits[atom.digits.clone()];
                    let digits: String = digits.iter().map(u8::to_string).collect();
                    let joint = match atom.joined {
                        None => "",
                        Some(Joint::Space) => "_",
                        Some(Joint::Dot) => ".",
                        Some(Joint::Sign) => "-",
                    };
                    format!("{joint}{digits}")
                })
                .collect();
            assert_eq!(read.join(" "), expected, "{text}");
        };
        check("138 0013-8000", "138 _0013 -8000");
        check("１３８\u{200b}00", "13800");
        check("①②③ 1\u{fe0f}\u{20e3}2", "123 _12");
        check("幺三八零零一三", "1380013");
        check("一三五號,9.1.70", "135 9 .1 .70");
        check("一三八，五五五零", "138 .5550");
        check("三个人,四十五", "");
        check("[phone] 12", "12");
    }

    #[test]
    fn traditional_characters_stand_in_order() {
        assert!(SIMPLIFIED.is_sorted());
    }

    #[test]
    fn letters_know_where_they_were_typed() {
        let letters = Letters::of("電１\u{200b}2[code]x");
        assert_eq!(letters.folded, format!("电12{COVERED}x"));
        assert_eq!(letters.typed(&(1..3)), Some(3..10));
        assert_eq!(letters.typed(&(3..4)), Some(10..16));
    }
}
