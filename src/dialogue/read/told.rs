//! The facts of a sentence against what is known: news, symptoms, corrections.

use super::Reader;
use crate::dialogue::next::Prompt;
use crate::dialogue::session::{Entry, Origin, StepResult};
use crate::knowledge::{Facts, Item};
use crate::text::corrects;
use crate::understanding::Understood;

impl Reader<'_> {
    /// Whether a sentence denies what stands and says what is so instead: then it is about that fact, and not a "no" to
    /// what is pending.
    pub(super) fn corrects(&self, clauses: &[String], understood: &Understood) -> bool {
        self.view.goal.is_some()
            && !self.is_over()
            && !understood.facts.is_empty()
            && corrects(clauses)
    }

    /// Whether a sentence that is read as none of our matters tells something of the case in hand all the same. Of what
    /// else than the case, if it names nothing else?
    pub(super) fn tells_of_ours(&self, intent: &str, understood: &Understood) -> bool {
        self.view.goal.is_some()
            && !self.is_over()
            && understood.named.is_none()
            && !understood.facts.is_empty()
            && self.assistant.knowledge.outside.contains(intent)
    }

    /// What is told in the middle of a step and is a symptom of the problem behind it means that the step failed.
    pub(super) fn symptoms(&self, facts: Vec<Entry>) -> Vec<Entry> {
        let Prompt::Step { guide, step, .. } = &self.place.prompt else {
            return facts;
        };
        let problem = match self.fails(guide, step) {
            Some(Item::Problem(id)) => self.assistant.knowledge.problems.get(&id),
            _ => None,
        };
        let is_symptom = |entry: &Entry| {
            let Entry::Fact { fact: told, .. } = entry else {
                return false;
            };
            problem
                .is_some_and(|problem| problem.observe.iter().any(|observe| observe.fact == *told))
        };
        if !facts.iter().any(is_symptom) {
            return facts;
        }
        let failed = Entry::Step {
            guide: guide.clone(),
            step: step.clone(),
            result: StepResult::Failed,
        };
        std::iter::once(failed).chain(facts).collect()
    }

    /// Facts of a sentence that are not known already. What was known of a case that is over is not known of the next.
    pub(super) fn news(&self, facts: &Facts) -> Vec<Entry> {
        let known = |fact| self.view.facts.get(fact).filter(|_| !self.is_over());
        let new = facts
            .iter()
            .filter(|(fact, answer)| known(*fact) != Some(*answer));
        new.map(|(fact, answer)| Entry::fact(fact, answer, Origin::Sentence))
            .collect()
    }
}
