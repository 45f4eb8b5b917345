//! What is kept for later: noted when it is named, offered when what came first is over, and left out of its card.

use super::Speaker;
use crate::knowledge::{Facts, Item, Phrase};
use std::collections::BTreeSet;

impl Speaker<'_> {
    /// Says that what was named beside the first matter will come up again.
    pub(super) fn noted(&mut self, kept: &[Item]) {
        let is_kept = |item: &&Item| self.place.kept.contains(item);
        let titles: Vec<&str> = kept
            .iter()
            .filter(is_kept)
            .map(|item| self.title(item))
            .collect();
        // At an end it is offered at once.
        if !titles.is_empty() && self.place.prompt.outcome().is_none() {
            let title = titles.join(self.words(Phrase::ListSeparator));
            self.phrase_with(Phrase::Later, &[("title", &title)]);
        }
    }

    /// Names what is kept, where the case is over.
    pub(super) fn offer_kept(&mut self) {
        if self.place.prompt.outcome().is_some()
            && let Some(item) = self.place.kept.first()
        {
            let title = self.title(item).to_owned();
            self.phrase_with(Phrase::LaterNow, &[("title", &title)]);
        }
    }

    /// What was kept is not wanted: the next of it is named, or nothing is left.
    pub(super) fn dropped(&mut self) {
        if self.place.kept.is_empty() {
            self.phrase(Phrase::Bye);
        } else {
            self.offer_kept();
        }
    }

    /// What is known of the matter in hand: what only tells how another stands that is kept is left out.
    pub(super) fn of_this_matter(&self, subject: &Item) -> Facts {
        let knowledge = &self.assistant.knowledge;
        let mut facts = self.view.facts.clone();
        if self.place.kept.is_empty() {
            return facts;
        }
        let here = self.place.path.iter().chain(&self.before.path);
        let here = here.chain(&self.view.goal).chain([subject]);
        let here: BTreeSet<_> = here.flat_map(|item| knowledge.goes_by(item)).collect();
        let kept = self.place.kept.iter();
        let kept: BTreeSet<_> = kept.flat_map(|item| knowledge.observes(item)).collect();
        facts.retain(|fact, _| here.contains(fact) || !kept.contains(fact));
        facts
    }
}
