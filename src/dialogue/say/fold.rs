//! What is long and beside the matter, folded up, so that the pending question is still in sight on a phone.

use super::Speaker;
use crate::knowledge::Id;
use crate::text::markup;

/// An explanation is folded where what follows its first line is longer than this, in characters: some four lines.
const FOLDED_MIN: usize = 80;

impl Speaker<'_> {
    /// Folds the topic that was told last. A refusal is never folded: it is what must not be overlooked.
    pub(super) fn fold(&mut self, topic: &Id) {
        let refuses = |topic: &Id| {
            let topic = self.assistant.knowledge.topics.get(topic);
            topic.is_some_and(|topic| topic.refuses)
        };
        if self.is_open() && !refuses(topic) {
            self.fold_last();
        }
    }

    /// Folds what was said last, all but its first line.
    pub(super) fn fold_last(&mut self) {
        let Some(part) = self.parts.last_mut() else {
            return;
        };
        if let Some((first, rest)) = part.split_once('\n')
            && rest.chars().count() >= FOLDED_MIN
        {
            *part = format!("{first}\n{}", markup::quoted(rest));
        }
    }
}
