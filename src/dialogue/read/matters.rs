//! Several matters at once: which comes first, what is kept for later, and what goes with it when it is taken up.

use super::{Act, Reader};
use crate::dialogue::next::Prompt;
use crate::dialogue::session::{Entry, Outcome, RemedyResult};
use crate::knowledge::{Facts, Id, Item};
use crate::understanding::Understood;
use std::collections::BTreeSet;

impl Reader<'_> {
    /// A message that names several matters: danger first, else what is in hand, else what the message is first about.
    pub(super) fn several(&self, understood: &Understood, facts: &[Entry]) -> Option<Act> {
        let named = self.named(understood);
        let safety = self.assistant.knowledge.safety.as_ref();
        let danger = safety.and_then(|safety| named.iter().find(|item| **item == safety.first));
        let in_hand = named.iter().find(|item| self.is_in_hand(item));
        let first = danger.or(in_hand).or(named.first())?;
        let told = self.told(understood);
        let way = self.assistant.knowledge.way(first, &told);
        // What is in hand is kept too, if danger comes before it.
        let stays = self.is_in_hand(first);
        let others = named
            .iter()
            .filter(|item| !(way.contains(*item) || stays && self.is_in_hand(item)));
        let later = self.later(others.cloned().collect());
        Some(self.choose(first, facts.iter().cloned().chain(later).collect()))
    }

    /// What else a message names that answers the pending question.
    pub(super) fn beside(&self, understood: &Understood) -> Vec<Entry> {
        let told = self.told(understood);
        let knowledge = &self.assistant.knowledge;
        let ways = self.place.path.iter();
        let ways: BTreeSet<Item> = ways.flat_map(|item| knowledge.way(item, &told)).collect();
        let mut named = self.named(understood);
        named.retain(|item| !ways.contains(item));
        self.later(named)
    }

    /// The guides and problems of a message that names several, in its order.
    fn named(&self, understood: &Understood) -> Vec<Item> {
        if understood.also.is_empty() {
            return Vec::new();
        }
        let knowledge = &self.assistant.knowledge;
        let intents = understood.intent.iter().chain(&understood.also);
        let items = intents.filter_map(|intent| knowledge.by_intent.get(intent));
        items
            .filter(|item| item.is_goal() && !knowledge.contradicts(item, &understood.facts))
            .cloned()
            .collect()
    }

    fn is_in_hand(&self, item: &Item) -> bool {
        !self.is_over() && self.place.path.contains(item)
    }

    fn told(&self, understood: &Understood) -> Facts {
        let mut told = if self.is_over() {
            Facts::new()
        } else {
            self.view.facts.clone()
        };
        told.extend(understood.facts.clone());
        told
    }

    /// What is to be kept, but for what is kept already. At an end it is told again with what is carried over.
    fn later(&self, items: Vec<Item>) -> Vec<Entry> {
        let is_new = |item: &Item| !self.view.later.contains(item);
        items.into_iter().filter(is_new).map(Entry::Later).collect()
    }

    /// What goes over from a case that has ended to the next: whatever else is kept, and what is known of it. Who takes up
    /// what was kept is not asked again what they told, and is not sent again to what they tried; only what the case
    /// that was solved may have changed is asked anew.
    pub(super) fn carried(&self, item: &Item) -> Vec<Entry> {
        let kept = &self.place.kept;
        let taken = kept.iter().filter(|known| *known == item);
        let rest = kept.iter().filter(|known| *known != item);
        let ended = self.ways(self.view.goal.iter());
        let (taken, others) = (self.ways(taken), self.ways(rest.clone()));
        let knowledge = &self.assistant.knowledge;
        let goes = |items: &BTreeSet<Item>, fact: &Id| {
            items
                .iter()
                .any(|item| knowledge.goes_by(item).contains(fact))
        };
        let facts = self.view.facts.iter().filter(|(fact, answer)| {
            let is_told_of = goes(&taken, fact) || (goes(&others, fact) && !goes(&ended, fact));
            is_told_of && !self.is_past(fact, answer)
        });
        let facts = facts.filter_map(|(fact, _)| self.entry(fact));
        let solved = self.solved();
        let remedies = self.view.remedies.iter().filter(|((problem, _), result)| {
            let problem = Item::Problem(problem.clone());
            **result != RemedyResult::Helped && taken.contains(&problem) && solved != Some(&problem)
        });
        let remedies = remedies.map(|((problem, remedy), result)| Entry::Remedy {
            problem: problem.clone(),
            remedy: remedy.clone(),
            result: *result,
        });
        facts
            .chain(remedies)
            .chain(rest.cloned().map(Entry::Later))
            .collect()
    }

    /// Whatever can come up on the ways of these.
    fn ways<'i>(&self, items: impl Iterator<Item = &'i Item>) -> BTreeSet<Item> {
        let knowledge = &self.assistant.knowledge;
        items
            .flat_map(|item| knowledge.way(item, &self.view.facts))
            .collect()
    }

    /// A fact as it was last told.
    fn entry(&self, id: &Id) -> Option<Entry> {
        let answers = self.session.case.answers.iter().rev();
        let mut entries = answers.flat_map(|answer| answer.entries.iter().rev());
        let is_told = |entry: &&Entry| matches!(entry, Entry::Fact { fact, .. } if fact == id);
        entries.find(is_told).cloned()
    }

    fn solved(&self) -> Option<&Item> {
        if let Prompt::Ended { outcome, of, .. } = &self.place.prompt
            && *outcome == Outcome::Solved
        {
            return of.as_ref();
        }
        None
    }

    /// Whether what was solved may have changed this: it is what had led there.
    fn is_past(&self, fact: &Id, answer: &Id) -> bool {
        let knowledge = &self.assistant.knowledge;
        let Some(solved) = self.solved() else {
            return false;
        };
        let guides = knowledge.guides.values().flat_map(|guide| &guide.route);
        let problems = knowledge.problems.values();
        let mut routes = guides.chain(problems.flat_map(|problem| &problem.route));
        routes.any(|route| {
            let mut named = route.when.facts();
            route.to == *solved && named.any(|(of, answers)| of == fact && answers.contains(answer))
        })
    }
}
