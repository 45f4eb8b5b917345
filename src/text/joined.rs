//! Characters that are written apart, so that nobody should find them: 强*制*解*绑, and in their parts: 石皮解 for 破解.

use super::normalise::is_han;
use std::borrow::Cow;

/// The parts of a character, side by side, which hardly any other words have, and the character.
const PARTS: [(&str, char); 16] = [
    ("石皮", '破'),
    ("角刀牛", '解'),
    ("角刀", '解'),
    ("纟邦", '绑'),
    ("糸邦", '绑'),
    ("糹邦", '绑'),
    ("弓虽", '强'),
    ("次皿", '盗'),
    ("石马", '码'),
    ("马佥", '验'),
    ("讠正", '证'),
    ("钅戋", '钱'),
    ("马扁", '骗'),
    ("贝兼", '赚'),
    ("氵东", '冻'),
    ("冫东", '冻'),
];

/// Signs that nobody puts between the characters of a word, but to hide it.
const BETWEEN: &str = "*.·•_-—–~^+|/\\#&=`";

/// The text with its characters put together again; mostly that is the text itself.
#[must_use]
pub fn joined(text: &str) -> Cow<'_, str> {
    let mut joined = without_signs(text);
    for (parts, whole) in PARTS {
        if joined.contains(parts) {
            joined = Cow::Owned(joined.replace(parts, whole.encode_utf8(&mut [0; 4])));
        }
    }
    joined
}

/// Without the signs around single characters. A run of them counts: one alone may be a list, or a date.
fn without_signs(text: &str) -> Cow<'_, str> {
    if !text.contains(|character| BETWEEN.contains(character)) {
        return Cow::Borrowed(text);
    }
    let characters: Vec<char> = text.chars().collect();
    let at = |place: usize| characters.get(place).copied().unwrap_or(' ');
    let is_sign = |place: usize| BETWEEN.contains(at(place)) && at(place) != ' ';
    // A sign with a single character between it and another sign.
    let is_linked = |place: usize| {
        let before = place >= 2 && is_han(at(place - 1)) && is_sign(place - 2);
        let behind = is_han(at(place + 1)) && is_sign(place + 2);
        before || behind
    };
    let is_inside = |place: usize| place > 0 && is_han(at(place - 1)) && is_han(at(place + 1));
    let kept = characters
        .iter()
        .enumerate()
        .filter(|(place, _)| !(is_sign(*place) && is_inside(*place) && is_linked(*place)));
    Cow::Owned(kept.map(|(_, character)| *character).collect())
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn what_is_written_apart_is_read_together() {
        for (written, expected) in [
            ("强*制*解*绑", "强制解绑"),
            ("想看别.人.的号", "想看别人的号"),
            ("石皮解密保", "破解密保"),
            ("角刀 纟邦", "解 绑"),
            ("换绑/解绑", "换绑/解绑"),
            ("我的“号”停了", "我的“号”停了"),
            ("12.5 a-b", "12.5 a-b"),
        ] {
            assert_eq!(joined(written), expected, "{written}");
        }
    }
}
