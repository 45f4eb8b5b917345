//! Which language the user speaks, for those who have not chosen one.

use super::Reader;
use crate::knowledge::{Knowledge, Language};
use crate::text::{Writing, writing};
use crate::understanding::Understood;

impl Reader<'_> {
    /// The pack's language that these words show their writer to speak. A button's label typed and a message of the service
    /// pasted are not the user's own words, and who has chosen a language keeps it.
    pub(super) fn language(&self, text: &str, understood: Option<&Understood>) -> Option<Language> {
        let knowledge = &self.assistant.knowledge;
        if self.session.language_chosen || knowledge.languages.len() < 2 {
            return None;
        }
        let typed = text.trim();
        let mut choices = self.choices.iter().flatten();
        let is_label = choices.any(|choice| choice.button.label == typed);
        let is_quoted = understood.is_some_and(|understood| understood.prompt.is_some());
        if is_label || is_quoted {
            return None;
        }
        written_in(knowledge, text)
    }
}

/// The pack's language that these words are written in.
pub(in crate::dialogue) fn written_in(knowledge: &Knowledge, text: &str) -> Option<Language> {
    knowledge.understood_by(match writing(text)? {
        Writing::Simplified => Language::ZhHans,
        Writing::Traditional => Language::ZhHant,
        Writing::English => Language::En,
    })
}
