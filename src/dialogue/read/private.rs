//! What is left of a message when what is private in it is left out, and whether a bare number would be private here.

use super::command::is_command;
use super::{CHARACTERS_MAX, Reader};
use crate::dialogue::Assistant;
use crate::dialogue::next::Prompt;
use crate::dialogue::session::Entry;
use crate::knowledge::Item;
use crate::text::{Masked, Private, mask, mask_after_code, normalise, skeleton, speaks_of_a_code};
use crate::understanding::Understood;

impl Reader<'_> {
    /// The text with everything private covered, in the light of what was put last.
    pub(super) fn masked(&self, text: &str) -> Masked {
        // Only a number can be told by what was said before it.
        if text.contains(char::is_numeric) && self.spoke_of_a_code() {
            mask_after_code(text)
        } else {
            mask(text)
        }
    }

    /// Whether what the user has before them, the pending question or the topic last told, is about a code.
    fn spoke_of_a_code(&self) -> bool {
        let knowledge = &self.assistant.knowledge;
        let pending = match &self.place.prompt {
            Prompt::Ask { fact, .. } => knowledge.facts.get(fact).map(|fact| &fact.question),
            Prompt::Step { guide, step, .. } => {
                let guide = knowledge.guides.get(guide);
                guide
                    .and_then(|guide| guide.step(step))
                    .map(|step| &step.text)
            }
            Prompt::Remedy { problem, remedy } => {
                let problem = knowledge.problems.get(problem);
                let remedy = problem.and_then(|problem| problem.remedy(remedy));
                remedy.map(|remedy| &remedy.text)
            }
            Prompt::Menu | Prompt::Ended { .. } => None,
        };
        let told = self.session.repair.topic.as_ref();
        let told = told.and_then(|topic| Some(&knowledge.topics.get(topic)?.text));
        // What the talk has been about at all: a code may come late.
        let entries = self.session.case.answers.iter();
        let goals = entries.flat_map(|answer| &answer.entries);
        let goals = goals.filter_map(|entry| match entry {
            Entry::Goal(item) | Entry::Later(item) => Some(item),
            Entry::Fact { .. }
            | Entry::Step { .. }
            | Entry::Remedy { .. }
            | Entry::Dropped(_)
            | Entry::End(_)
            | Entry::Fresh => None,
        });
        let goals = goals.chain(&self.place.path);
        let goals = goals.filter(|item| !matches!(item, Item::Topic(_)));
        let titles = goals.filter_map(|item| knowledge.title(item));
        let language = knowledge.spoken(self.session.language);
        let texts = [pending, told].into_iter().flatten().chain(titles);
        texts
            .into_iter()
            .any(|text| speaks_of_a_code(text.get(language)))
    }
}

/// A text without the covers of what was private in it.
pub(super) fn uncovered(masked: &str) -> String {
    if !masked.contains('[') {
        return masked.to_owned();
    }
    Private::ALL
        .into_iter()
        .fold(masked.to_owned(), |text, kind| {
            text.replace(kind.cover(), " ")
        })
}

/// Whether words are read as they were written, and at all: they hold nothing private, and are no command and no label.
pub(in crate::dialogue) fn is_plain(assistant: &Assistant, words: &str) -> bool {
    !is_command(words)
        && words.chars().nth(CHARACTERS_MAX).is_none()
        && mask(words).found.is_empty()
        && !assistant.labels.contains(&skeleton(&normalise(words)))
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
