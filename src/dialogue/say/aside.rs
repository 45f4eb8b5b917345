//! What is none of our matters, turned away by its name: the pack's own name for it, never the user's words.

use super::Speaker;
use crate::dialogue::read::{Act, Read};
use crate::knowledge::{Item, Language, Phrase};
use crate::text::normalise;

impl Speaker<'_> {
    /// Says of a sentence about none of our matters that it is so, before what we can do.
    pub(super) fn turn_away(&mut self, read: &Read) {
        let (Act::Topic(topic), Some(understood)) = (&read.act, &read.understood) else {
            return;
        };
        let knowledge = &self.assistant.knowledge;
        let outside = understood.intent.as_ref();
        let outside = outside.filter(|intent| knowledge.outside.contains(*intent));
        match outside.and_then(|intent| knowledge.by_intent.get(intent)) {
            Some(Item::Topic(told)) if told == topic => {}
            _ => return,
        }
        match understood
            .named
            .as_deref()
            .and_then(|name| self.called(name))
        {
            Some(name) => {
                let name = name.to_owned();
                self.phrase_with(Phrase::Elsewhere, &[("name", &name)]);
            }
            None => self.phrase(Phrase::Aside),
        }
    }

    /// A thing's first name as the pack writes it; for readers of English its first name in Latin letters, if it has one.
    fn called(&self, name: &str) -> Option<&str> {
        let words = &self.assistant.knowledge.words;
        let lists = ["others", "features"];
        let mut things = lists.iter().filter_map(|list| words.get(*list)).flatten();
        let is_meant =
            |thing: &&Vec<String>| thing.first().is_some_and(|first| normalise(first) == name);
        let names = things.find(is_meant)?;
        let latin = names.iter().find(|name| name.is_ascii());
        let latin = latin.filter(|_| self.language == Language::En);
        latin.or(names.first()).map(String::as_str)
    }
}
