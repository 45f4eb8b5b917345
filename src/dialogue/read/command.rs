//! Commands: those there are, and those there are not.

use super::{Act, Reader};
use crate::dialogue::input::Command;
use crate::dialogue::session::{Entry, Outcome};
use crate::knowledge::Language;

impl Reader<'_> {
    pub(super) fn command(&self, command: Command, payload: &str) -> Act {
        match command {
            // A link may carry what it is about: t.me/bot?start=unbind_failed.
            Command::Start => match self.assistant.knowledge.by_intent.get(payload.trim()) {
                Some(item) => self.choose(item, Vec::new()),
                None => Act::Start,
            },
            Command::Help => Act::Help,
            Command::Status => Act::Status,
            Command::Back => Act::Back,
            Command::Restart => Act::Tell(vec![Entry::Fresh]),
            Command::Cancel => Act::Tell(vec![Entry::End(Outcome::Cancelled)]),
            Command::Human => Act::Tell(vec![Entry::End(Outcome::HandedOver)]),
            Command::Language => match Language::from_id(payload.trim())
                .filter(|language| self.assistant.knowledge.languages.contains(language))
            {
                Some(language) => Act::Language(language),
                None => Act::ChooseLanguage,
            },
            Command::Privacy => Act::Topic(self.assistant.knowledge.privacy.clone()),
            Command::Forget => Act::Forget,
        }
    }
}

/// Whether this is meant as a command: a slash and a name, as programs write them.
pub(super) fn is_command(text: &str) -> bool {
    let name = text.trim().strip_prefix('/').unwrap_or_default();
    let name = name.split(char::is_whitespace).next().unwrap_or_default();
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_and_a_name_are_a_command() {
        for text in ["/fly", " /fly now", "/fly@mibao_bot", "/a_b2"] {
            assert!(is_command(text), "{text}");
        }
        for text in ["/", "/ fly", "/怎么解绑", "/2", "fly", "//", ""] {
            assert!(!is_command(text), "{text}");
        }
    }
}
