//! Reading ahead: what words mean out of context is the same whoever asks, so it need not wait for the thread that writes.
//!
//! Of a batch the writer goes through the messages from the first, whoever reads ahead from the last, and each takes what the
//! other has not begun.

use super::Update;
use crate::dialogue::{Assistant, Content, Reading};
use std::sync::{Arc, OnceLock};

/// What a message means, if somebody has read it before it is handled.
#[derive(Debug, Clone, Default)]
pub struct Ahead(Arc<OnceLock<Option<Reading>>>);

impl Ahead {
    /// What was read of it. From now on nobody reads ahead of whoever has asked.
    pub(super) fn taken(&self) -> Option<&Reading> {
        self.0.get_or_init(|| None).as_ref()
    }

    fn read(&self, assistant: &Assistant, words: &str) {
        self.0.get_or_init(|| Some(assistant.read(words)));
    }
}

/// The messages of a batch that can be read ahead; nothing if there is nobody to be ahead of.
#[must_use]
pub fn messages(updates: &[Update]) -> Option<Messages> {
    let words = updates
        .iter()
        .filter_map(|update| match &update.input.content {
            Content::Text(words) => Some((words.clone(), update.ahead.clone())),
            Content::Press(_) | Content::Command(..) | Content::Media(_) => None,
        });
    let words: Vec<(String, Ahead)> = words.collect();
    (words.len() > 1).then_some(Messages(words))
}

/// Messages that wait to be read.
#[derive(Debug)]
pub struct Messages(Vec<(String, Ahead)>);

impl Messages {
    /// Reads them, the last one first, as long as nobody has asked for them.
    pub fn read(self, assistant: &Assistant) {
        for (words, ahead) in self.0.iter().rev() {
            ahead.read(assistant, words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::tests::assistant;

    #[test]
    fn what_was_read_is_taken_and_what_was_taken_is_not_read() {
        let assistant = assistant();
        let read = Ahead::default();
        read.read(&assistant, "怎么解绑手机号");
        assert!(read.taken().is_some());
        let asked = Ahead::default();
        assert!(asked.taken().is_none());
        asked.read(&assistant, "怎么解绑手机号");
        assert!(asked.taken().is_none());
    }
}
