//! What is said to somebody who sent something private: what it was, and why not to.

use super::Speaker;
use crate::knowledge::Phrase;
use crate::text::Private;
use std::collections::BTreeSet;

impl Speaker<'_> {
    /// Names what was seen, by its kind, and says why not to send it: one sentence.
    pub(super) fn warn_of(&mut self, found: &BTreeSet<Private>) {
        let names = found.iter().filter_map(|kind| name(*kind));
        let names: Vec<&str> = names.map(|phrase| self.words(phrase)).collect();
        if names.is_empty() {
            return;
        }
        let kinds = names.join(self.words(Phrase::PrivateAnd));
        let knowledge = &self.assistant.knowledge;
        let topic = knowledge.topics.get(&knowledge.private_data);
        let why = topic.map_or("", |topic| topic.text.get(self.language));
        let values = [("kinds", kinds.as_str()), ("why", why)];
        self.phrase_with(Phrase::PrivateSeen, &values);
        self.show(format!("topic:{}", knowledge.private_data));
    }
}

/// What it is called. An account's number is no secret.
fn name(kind: Private) -> Option<Phrase> {
    match kind {
        Private::Phone => Some(Phrase::PrivatePhone),
        Private::IdCard => Some(Phrase::PrivateIdCard),
        Private::Passport => Some(Phrase::PrivatePassport),
        Private::BankCard => Some(Phrase::PrivateBankCard),
        Private::Code => Some(Phrase::PrivateCode),
        Private::Password => Some(Phrase::PrivatePassword),
        Private::Email => Some(Phrase::PrivateEmail),
        Private::Address => Some(Phrase::PrivateAddress),
        Private::Account => None,
    }
}
