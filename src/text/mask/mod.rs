//! Private data in what people write: found, and covered before anything is kept.
//!
//! A text is folded letter by letter ([`letters`]), the words that say what stands beside them are found ([`cues`]), and
//! then passwords, mails and homes, and numbers by what they look like or what is said of them. Every rule looks so many
//! letters far and no farther, so that the time grows with the length of the text and with nothing else.

mod checks;
mod context;
mod cues;
mod letters;
mod numbers;
mod passwords;
mod places;
mod words;

pub use cues::speaks_of_a_code;

use context::Finder;
use letters::Letters;
use std::collections::BTreeSet;
use std::ops::Range;

/// Kinds of private data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Private {
    Phone,
    IdCard,
    /// A passport or a permit to cross a border.
    Passport,
    BankCard,
    Code,
    Password,
    /// A QQ number: covered, but not worth a warning.
    Account,
    Email,
    /// Where somebody lives.
    Address,
}

impl Private {
    pub const ALL: [Self; 9] = [
        Self::Phone,
        Self::IdCard,
        Self::Passport,
        Self::BankCard,
        Self::Code,
        Self::Password,
        Self::Account,
        Self::Email,
        Self::Address,
    ];

    /// What stands in place of it.
    #[must_use]
    pub fn cover(self) -> &'static str {
        match self {
            Self::Phone => "[phone]",
            Self::IdCard => "[id card]",
            Self::Passport => "[passport]",
            Self::BankCard => "[bank card]",
            Self::Code => "[code]",
            Self::Password => "[password]",
            Self::Account => "[account]",
            Self::Email => "[email]",
            Self::Address => "[address]",
        }
    }

    /// Its name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::IdCard => "id_card",
            Self::Passport => "passport",
            Self::BankCard => "bank_card",
            Self::Code => "code",
            Self::Password => "password",
            Self::Account => "account",
            Self::Email => "email",
            Self::Address => "address",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id() == id)
    }

    /// Whether the user should be told not to send such things.
    #[must_use]
    pub fn is_sensitive(self) -> bool {
        !matches!(self, Self::Account)
    }
}

/// A text whose private data is covered, and what was found in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    pub text: String,
    pub found: BTreeSet<Private>,
    /// Where it stood in the text as it was typed, in bytes.
    pub places: Vec<(Private, Range<usize>)>,
}

/// Something found, by the letters that it takes.
#[derive(Debug, Clone)]
struct Hit {
    kind: Private,
    letters: Range<usize>,
}

/// Covers the private data in a text as it was typed.
#[must_use]
pub fn mask(text: &str) -> Masked {
    covered(text, hits(text, false))
}

/// The same for what is written after the assistant has spoken of a code: a bare number is one then.
#[must_use]
pub fn mask_after_code(text: &str) -> Masked {
    covered(text, hits(text, true))
}

fn hits(text: &str, after_code: bool) -> Vec<(Private, Range<usize>)> {
    if !letters::may_hold_any(text) {
        return Vec::new();
    }
    let letters = Letters::of(text);
    let cues = cues::cues(&letters);
    let mut found = Found {
        letters,
        hits: Vec::new(),
    };
    let passwords = passwords::passwords(&found.letters, &cues);
    found.take(passwords);
    let mails = places::mails(&found.letters);
    found.take(mails);
    let homes = places::homes(text, &found.letters, &cues);
    found.take(homes);
    // What is covered may leave a number alone that was not alone before: the second look finds that.
    for _ in 0..2 {
        let finder = Finder {
            letters: &found.letters,
            cues: &cues,
            after_code,
        };
        let numbers = finder.numbers();
        if numbers.is_empty() {
            break;
        }
        found.take(numbers);
    }
    let Found { letters, hits } = found;
    let place = |hit: Hit| Some((hit.kind, letters.typed(&hit.letters)?));
    let mut places: Vec<(Private, Range<usize>)> = hits.into_iter().filter_map(place).collect();
    places.sort_by_key(|(_, place)| place.start);
    places
}

/// A text, and what has been found in it.
struct Found {
    letters: Letters,
    hits: Vec<Hit>,
}

impl Found {
    /// Keeps what takes no letter of what is kept already, and covers it, so that nothing looks into it any more.
    fn take(&mut self, hits: Vec<Hit>) {
        for hit in hits {
            if self.letters.cover(&hit.letters) {
                self.hits.push(hit);
            }
        }
    }
}

fn covered(text: &str, places: Vec<(Private, Range<usize>)>) -> Masked {
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for (kind, place) in &places {
        masked.push_str(text.get(from..place.start).unwrap_or_default());
        masked.push_str(kind.cover());
        from = place.end;
    }
    masked.push_str(text.get(from..).unwrap_or_default());
    Masked {
        text: masked,
        found: places.iter().map(|(kind, _)| *kind).collect(),
        places,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_data_is_covered() {
        for (text, expected) in [
            ("我的手机13800138000停机了", "我的手机[phone]停机了"),
            (
                "138 0013 8000或者１３９１２３４５６７８",
                "[phone]或者[phone]",
            ),
            ("+852 6123 4567", "[phone]"),
            ("身份证11010519491231002X", "身份证[id card]"),
            ("卡号 4111 1111 1111 1111", "卡号 [bank card]"),
            ("验证码是 482913", "验证码是 [code]"),
            ("密码:abc12345", "密码:[password]"),
            ("我的QQ是123456789", "我的QQ是[account]"),
            ("a.b@qq.com", "[email]"),
            (
                "密码是hunter2,密码:hunter3",
                "密码是[password],密码:[password]",
            ),
            (
                "pwd: hunter2 password is hunter3",
                "pwd: [password] password is [password]",
            ),
            (
                "等了10分钟,报错237,版本9.1.70",
                "等了10分钟,报错237,版本9.1.70",
            ),
            ("密码忘了怎么办", "密码忘了怎么办"),
            ("4006700700 是官方的吗", "4006700700 是官方的吗"),
            ("code 1620", "code 1620"),
            ("电话是0755-237", "电话是0755-237"),
            ("验证码发到我0707手机上", "验证码发到我0707手机上"),
            ("忘记锁屏密码OPPOA3", "忘记锁屏密码OPPOA3"),
            (
                "setting a password is quick, try",
                "setting a password is quick, try",
            ),
            ("发送短信到1069", "发送短信到1069"),
            ("my password is sunshine", "my password is [password]"),
            ("555012345----tiger99", "[account]----[password]"),
            ("密码：Aa 123456", "密码：[password]"),
            ("555012357\n没有异常", "[account]\n没有异常"),
            ("等了很久。555012357", "等了很久。[account]"),
            ("等了很久,555012357", "等了很久,555012357"),
        ] {
            assert_eq!(mask(text).text, expected);
        }
    }

    /// Every row of three pieces: masking ends, and a second look finds nothing that the first one left open.
    #[test]
    fn masking_twice_changes_nothing() {
        let pieces = [
            "13800138000",
            "密码是",
            "hunter2",
            "验证码",
            "1234",
            "[password]",
            ":",
            " ",
            "qq",
            "4111111111111111",
            "，",
            "11010519491231002X",
            "+852 6123 4567",
            "a@b.cn",
            "code ",
        ];
        for first in pieces {
            for second in pieces {
                for third in pieces {
                    let text = [first, second, third].concat();
                    let once = mask(&text).text;
                    assert_eq!(
                        covers_alike(&mask(&once).text),
                        covers_alike(&once),
                        "{text}"
                    );
                }
            }
        }
    }

    fn covers_alike(masked: &str) -> String {
        Private::ALL
            .into_iter()
            .fold(masked.to_owned(), |text, kind| {
                text.replace(kind.cover(), "*")
            })
    }
}
