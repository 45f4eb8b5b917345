//! What a message says one after the other.

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

#[cfg(test)]
mod tests {
    use super::clauses;

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
