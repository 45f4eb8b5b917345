//! What is told before anything else, each in a message of its own.

use super::Speaker;
use crate::knowledge::Id;

impl Speaker<'_> {
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
