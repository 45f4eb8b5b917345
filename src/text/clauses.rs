//! What a message says one after the other.

use super::normalise;

/// Words that add something else, between parts of a clause that belong together without them.
const JOINING: [&str; 9] = [
    "而且",
    "并且",
    "另外",
    "同时",
    "还有",
    " and also ",
    " and ",
    " also ",
    " but ",
];
/// Words that add something else and belong to it.
const ADDING: [char; 3] = ['还', '又', '也'];
/// What follows the first of them where it says that something is as it was.
const LASTING: [char; 6] = ['是', '没', '在', '能', '要', '可'];

/// The clauses of a message: what stands between its punctuation marks, and between spaces where words need none.
#[must_use]
pub fn clauses(text: &str) -> Vec<String> {
    let mut clauses = vec![String::new()];
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let joins = |neighbour: &char| neighbour.is_ascii_alphanumeric() || *neighbour == '\'';
        let within_words = character == ' ' || character == '\'';
        let inside = character.is_alphanumeric()
            || (within_words && joins(&before) && characters.peek().is_some_and(joins));
        match clauses.last_mut() {
            Some(clause) if inside => clause.push(character),
            _ => clauses.push(String::new()),
        }
        before = character;
    }
    clauses
}

/// The parts of a message that may each be about something else, normalised: its clauses, cut where words add something.
#[must_use]
pub fn parts(text: &str) -> Vec<String> {
    let clauses = clauses(text);
    let clauses = clauses.iter().map(|clause| normalise(clause));
    let mut parts = Vec::new();
    for clause in clauses {
        let cut = JOINING
            .iter()
            .fold(clause, |clause, word| clause.replace(word, "\n"));
        let mut part = String::new();
        let mut characters = cut.chars().peekable();
        while let Some(character) = characters.next() {
            let lasts = characters.peek().is_some_and(|next| LASTING.contains(next));
            if character == '\n' || (ADDING.contains(&character) && !lasts) {
                parts.push(std::mem::take(&mut part));
            }
            if character != '\n' {
                part.push(character);
            }
        }
        parts.push(part);
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::{clauses, parts};

    #[test]
    fn parts_begin_where_something_is_added() {
        for (text, expected) in [
            (
                "手机丢了登不上去还发不出消息",
                &["手机丢了登不上去", "还发不出消息"][..],
            ),
            ("登不上 而且收不到码", &["登不上", "收不到码"]),
            ("還是登不上,号码还在用", &["还是登不上", "号码还在用"]),
            (
                "I can't log in and my codes never come",
                &["i can't log in", "my codes never come"],
            ),
            ("怎么解绑", &["怎么解绑"]),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn clauses_end_at_punctuation_and_at_spaces_between_chinese_words() {
        let check = |text, expected: &[&str]| {
            let found = clauses(text);
            let found: Vec<&str> = found
                .iter()
                .map(String::as_str)
                .filter(|clause| !clause.is_empty())
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check("没有,谢谢。 好的 再见", &["没有", "谢谢", "好的", "再见"]);
        check("no, it doesn't fit", &["no", "it doesn't fit"]);
        check("换了 iPhone 15 手机", &["换了", "iPhone 15", "手机"]);
        check("", &[]);
    }
}
