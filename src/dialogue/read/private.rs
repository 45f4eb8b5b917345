//! What is left of a message when what is private in it is left out.

use crate::text::Private;
use crate::understanding::Understood;

/// A text without the covers of what was private in it.
pub(super) fn uncovered(masked: &str) -> String {
    Private::ALL
        .into_iter()
        .fold(masked.to_owned(), |text, kind| {
            text.replace(kind.cover(), " ")
        })
}

/// Whether all that was read of a message that holds a code may come from the words around the code. Who has a code and
/// wants it filled in says the words of those who get none.
pub(super) fn is_about_the_code(understood: &Understood) -> bool {
    understood.facts.is_empty() && understood.prompt.is_none()
}

/// The sentences of a text that hold nothing private of this kind, without covers.
pub(super) fn beside(masked: &str, kind: Private) -> String {
    let joins = |character: char| character.is_alphanumeric() || " '[]".contains(character);
    let sentences = masked.split(|character| !joins(character));
    let open: Vec<String> = sentences
        .filter(|sentence| !sentence.contains(kind.cover()))
        .map(|sentence| uncovered(sentence).trim().to_owned())
        .filter(|sentence| !sentence.is_empty())
        .collect();
    open.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_goes_with_the_code_in_it() {
        let check = |masked, expected: &str| {
            assert_eq!(beside(masked, Private::Code), expected, "{masked}");
        };
        check("here is [code] fill it in", "");
        check("it's done! [code], next", "it's done, next");
        check("my number is [phone], ok", "my number is, ok");
    }
}
