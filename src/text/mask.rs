//! Private data in what people write: found, and covered before anything is kept.

use regex::Regex;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// Kinds of private data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Private {
    Phone,
    IdCard,
    BankCard,
    Code,
    Password,
    /// A QQ number: covered, but not worth a warning.
    Account,
    Email,
}

impl Private {
    pub const ALL: [Self; 7] = [
        Self::Phone,
        Self::IdCard,
        Self::BankCard,
        Self::Code,
        Self::Password,
        Self::Account,
        Self::Email,
    ];

    /// What stands in place of it.
    #[must_use]
    pub fn cover(self) -> &'static str {
        match self {
            Self::Phone => "[phone]",
            Self::IdCard => "[id card]",
            Self::BankCard => "[bank card]",
            Self::Code => "[code]",
            Self::Password => "[password]",
            Self::Account => "[account]",
            Self::Email => "[email]",
        }
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
}

/// Whether a hit is really what it looks like.
type Holds = fn(&str) -> bool;

/// One rule: what it looks like, and whether a hit is really one. The first capture group is what gets covered.
struct Rule {
    kind: Private,
    pattern: Regex,
    holds: Holds,
}

impl Rule {
    /// The first hit that begins here or later.
    fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let mut from = from;
        loop {
            let hit = self.pattern.captures_at(text, from)?.get(1)?;
            if (self.holds)(hit.as_str()) {
                return Some(hit.range());
            }
            from = hit.end();
        }
    }
}

/// In order: a longer number is taken before a shorter one inside it.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let table: [(Private, &str, Holds); 9] = [
        (
            Private::Email,
            r"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+)",
            |_| true,
        ),
        // A number that ends in X has its end in itself.
        (
            Private::IdCard,
            r"(?:^|[^0-9])([1-9](?:[ -]?[0-9]){16}[ -]?[Xx])",
            is_id_card,
        ),
        (
            Private::IdCard,
            r"(?:^|[^0-9])([1-9](?:[ -]?[0-9]){16}[ -]?[0-9Xx])(?:$|[^0-9])",
            is_id_card,
        ),
        (
            Private::BankCard,
            r"(?:^|[^0-9])([0-9](?:[ -]?[0-9]){14,18})(?:$|[^0-9])",
            is_bank_card,
        ),
        (
            Private::Phone,
            r"(?:^|[^0-9])((?:(?:\+|00)?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2})(?:$|[^0-9])",
            |_| true,
        ),
        (
            Private::Phone,
            r"(\+[0-9]{1,3}(?:[ -]?[0-9]{2,5}){2,4})",
            |_| true,
        ),
        (
            Private::Password,
            r"(?i)(?:密码|密碼|口令|password|pwd)(?:就?是|为|為|:|：|=| is| )\s*([\x21-\x7e]{5,})",
            |_| true,
        ),
        (
            Private::Code,
            r"(?i)(?:验证码|驗證碼|校验码|短信码|动态码|\bcode)[^0-9\n]{0,6}([0-9]{4,8})(?:$|[^0-9])",
            |_| true,
        ),
        (
            Private::Account,
            r"(?i)(?:qq|扣扣|q号|号码|账号|帐号|帳號)[^0-9\n]{0,4}([1-9][0-9]{4,11})(?:$|[^0-9])",
            |_| true,
        ),
    ];
    table
        .into_iter()
        .filter_map(|(kind, pattern, holds)| {
            Some(Rule {
                kind,
                pattern: Regex::new(pattern).ok()?,
                holds,
            })
        })
        .collect()
});

/// Covers the private data in a text as it was typed.
#[must_use]
pub fn mask(text: &str) -> Masked {
    let mut masked = Masked {
        text: halfwidth_digits(text),
        found: BTreeSet::new(),
    };
    // What is covered may have hidden the end of what stands beside it: the second look finds that.
    for rule in RULES.iter().chain(RULES.iter()) {
        // A hit takes its neighbours with it, so adjoining numbers need another look, from the end of the cover on:
        // never at a cover itself, which may look like what it covers.
        let mut from = 0;
        while let Some(hit) = rule.find(&masked.text, from) {
            from = hit.start + rule.kind.cover().len();
            masked.text.replace_range(hit, rule.kind.cover());
            masked.found.insert(rule.kind);
        }
    }
    masked
}

fn halfwidth_digits(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '０'..='９' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            other => other,
        })
        .collect()
}

fn digits(text: &str) -> Vec<u32> {
    text.chars()
        .filter_map(|character| {
            if matches!(character, 'x' | 'X') {
                Some(10)
            } else {
                character.to_digit(10)
            }
        })
        .collect()
}

/// GB 11643-1999: the last character makes the weighted sum 1 modulo 11 (ISO 7064 MOD 11-2).
fn is_id_card(text: &str) -> bool {
    let digits = digits(text);
    let sum = digits
        .iter()
        .rev()
        .fold((0, 1), |(sum, weight), digit| {
            (sum + digit * weight, weight * 2 % 11)
        })
        .0;
    digits.len() == 18 && sum % 11 == 1
}

/// The Luhn check (ISO/IEC 7812-1).
fn is_bank_card(text: &str) -> bool {
    let sum: u32 = digits(text)
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            if place % 2 == 1 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                *digit
            }
        })
        .sum();
    sum.is_multiple_of(10)
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
                "密码是[password]密码:[password]",
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
        let kinds = [
            Private::Phone,
            Private::IdCard,
            Private::BankCard,
            Private::Code,
            Private::Password,
            Private::Account,
            Private::Email,
        ];
        kinds.into_iter().fold(masked.to_owned(), |text, kind| {
            text.replace(kind.cover(), "*")
        })
    }
}
