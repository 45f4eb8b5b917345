//! Where we are.

use super::Speaker;
use crate::knowledge::Phrase;

impl Speaker<'_> {
    /// Names what is under way.
    pub(super) fn under_way(&mut self) {
        if let Some(item) = self.place.path.first() {
            let title = self.title(item).to_owned();
            self.phrase_with(Phrase::Status, &[("title", &title)]);
        }
    }

    /// Says where we are and what is known, and puts the question again.
    pub(super) fn status(&mut self) {
        if self.place.path.is_empty() {
            self.phrase(Phrase::StatusNothing);
            return self.offer_kept();
        }
        self.under_way();
        let told = self.told(&self.view.facts);
        if !told.is_empty() {
            self.phrase_with(Phrase::Heard, &[("facts", &told)]);
        }
        self.put_again();
    }
}
