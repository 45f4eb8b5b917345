//! One spelling for what people spell in many ways.

use super::convert::{is_simplified, to_simplified};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Characters whose variants mean the same here; OpenCC's character table leaves them alone.
const VARIANTS: [(char, char); 7] = [
    ('帐', '账'),
    ('砸', '咋'),
    ('妳', '你'),
    ('您', '你'),
    ('佢', '他'),
    ('咗', '了'),
    ('著', '着'),
];

/// Words of Taiwan and Hong Kong, already in simplified characters, and the words used on the mainland.
const REGIONAL: [(&str, &str); 21] = [
    ("手机门号", "手机号"),
    ("门号", "手机号"),
    ("简讯", "短信"),
    ("短讯", "短信"),
    ("登入", "登录"),
    ("登陆", "登录"),
    ("绑订", "绑定"),
    ("帐户", "账户"),
    ("登出", "退出登录"),
    ("行动电话", "手机"),
    ("设定", "设置"),
    ("资讯", "信息"),
    ("网路", "网络"),
    ("客户服务", "客服"),
    ("讯号", "信号"),
    ("讯息", "消息"),
    ("装置", "设备"),
    ("软体", "软件"),
    ("萤幕", "屏幕"),
    ("连结", "链接"),
    ("电信业者", "运营商"),
];

static REGIONAL_WORDS: LazyLock<Respelling> = LazyLock::new(|| Respelling::of(&REGIONAL));

/// The form in which sentences are compared: NFKC, lower case, simplified characters, mainland words; control and
/// invisible characters dropped; one space between words of letters and none beside Chinese characters.
#[must_use]
pub fn normalise(text: &str) -> String {
    // Most of what is written needs no folding.
    let characters = text.chars();
    let simplified: Option<String> = characters.map(|c| plain(c).map(variant)).collect();
    let simplified =
        simplified.unwrap_or_else(|| folded(text).chars().map(variant).collect::<String>());
    REGIONAL_WORDS.apply(close_up(&simplified))
}

/// Words to be written otherwise, one pair after the other.
pub(super) struct Respelling {
    pairs: &'static [(&'static str, &'static str)],
    /// Finds whether there is any of them: mostly there is none.
    any: Option<AhoCorasick>,
}

impl Respelling {
    pub fn of(pairs: &'static [(&'static str, &'static str)]) -> Self {
        let any = AhoCorasick::new(pairs.iter().map(|(from, _)| from)).ok();
        Self { pairs, any }
    }

    pub fn apply(&self, text: String) -> String {
        if self.any.as_ref().is_some_and(|any| !any.is_match(&text)) {
            return text;
        }
        let pairs = self.pairs.iter();
        pairs.fold(text, |text, (from, to)| text.replace(from, to))
    }
}

/// What becomes of a character by folding, if that is another or the same one whatever stands beside it.
fn plain(character: char) -> Option<char> {
    match character {
        ' '..='~' => Some(character.to_ascii_lowercase()),
        '、' | '。' => Some(character),
        '！'..='～' => {
            let narrow = u32::from(character).checked_sub(u32::from('！') - u32::from('!'))?;
            plain(char::from_u32(narrow)?)
        }
        _ => is_simplified(character).then_some(character),
    }
}

/// NFKC, lower case and simplified characters, without what cannot be seen.
fn folded(text: &str) -> String {
    let folded: String = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|&character| !is_invisible(character))
        .map(|character| {
            if character.is_whitespace() {
                ' '
            } else {
                character
            }
        })
        .collect();
    // Accents have been taken off; what is left of other scripts is put together again.
    let folded: String = folded.nfc().collect();
    if folded.chars().any(is_han) {
        to_simplified(&folded)
    } else {
        folded
    }
}

/// What is left of a normalised text without punctuation, spaces and emoji: for comparing whole replies.
#[must_use]
pub fn skeleton(normalised: &str) -> String {
    normalised
        .chars()
        .filter(|character| character.is_alphanumeric())
        .collect()
}

fn variant(character: char) -> char {
    VARIANTS
        .iter()
        .find(|(from, _)| *from == character)
        .map_or(character, |(_, to)| *to)
}

pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Zero-width, directional and control characters, and combining marks that survive NFKC ("zalgo").
fn is_invisible(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}')
}

/// Drops spaces at the ends and beside Chinese characters, and folds the others.
fn close_up(text: &str) -> String {
    let mut closed = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character != ' ' {
            closed.push(character);
            continue;
        }
        while characters.next_if_eq(&' ').is_some() {}
        let before = closed.chars().next_back();
        let after = characters.peek().copied();
        if let (Some(before), Some(after)) = (before, after)
            && !is_han(before)
            && !is_han(after)
        {
            closed.push(' ');
        }
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        for (written, expected) in [
            ("  ＱＱ　密 保 手 机 ", "qq密保手机"),
            ("我的帳號登陸不了", "我的账号登录不了"),
            ("門號停用，收不到簡訊", "手机号停用,收不到短信"),
            ("my   QQ  phone", "my qq phone"),
            ("解\u{200b}绑\u{202e}", "解绑"),
            ("ｚ\u{301}\u{302}a", "za"),
            ("", ""),
        ] {
            assert_eq!(normalise(written), expected, "{written:?}");
        }
    }

    #[test]
    fn what_needs_no_folding_is_as_if_folded() {
        let mut count = 0;
        for character in '\0'..=char::MAX {
            if let Some(plain) = plain(character) {
                let folded = folded(&format!("机{character}码"));
                assert_eq!(folded, format!("机{plain}码"), "{character:?}");
                count += 1;
            }
        }
        assert!(count > 15_000, "{count}");
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        for text in ["請問怎麼解綁QQ？", "a  b", "帐号 A 与 B", "①②"] {
            assert_eq!(normalise(&normalise(text)), normalise(text));
        }
    }
}
