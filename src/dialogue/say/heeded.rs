//! What is told before anything else, each in a message of its own.

use super::{Assistant, Session, Speaker};
use crate::knowledge::{Id, Text};

/// What is said before everything that there is to do, since a topic was told that leaves it behind.
pub(super) fn reminder<'a>(assistant: &'a Assistant, session: &Session) -> Option<&'a Text> {
    let topic = assistant
        .knowledge
        .topics
        .get(session.reminded_by.as_ref()?)?;
    topic.reminder.as_ref()
}

impl Speaker<'_> {
    pub(super) fn remind(&mut self) {
        let reminder = self.reminder.map(|text| text.get(self.language));
        self.parts.extend(reminder.map(str::to_owned));
    }

    /// The texts of these topics, which are shown before everything else.
    pub(super) fn warnings(&mut self, heeded: &[Id]) -> Vec<String> {
        let topics = &self.assistant.knowledge.topics;
        let known = heeded.iter().filter_map(|id| Some((id, topics.get(id)?)));
        let told = known.map(|(id, topic)| {
            let text = self.marked(topic.text.get(self.language), topic.as_shown);
            (format!("topic:{id}"), text)
        });
        let (mut shown, texts): (Vec<String>, Vec<String>) = told.unzip();
        shown.append(&mut self.shows);
        self.shows = shown;
        texts
    }
}
