//! The facts of a sentence against what is known: news, symptoms, corrections.

use super::Reader;
use crate::dialogue::next::Prompt;
use crate::dialogue::session::{Entry, Origin, Outcome, StepResult};
use crate::knowledge::{Facts, Id, Item};
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

    /// Whether a sentence that is read as none of our matters tells something of the case in hand, or corrects it, all the
    /// same. Of what else than the case, if it names nothing else?
    pub(super) fn tells_of_ours(
        &self,
        intent: &str,
        clauses: &[String],
        understood: &Understood,
    ) -> bool {
        self.view.goal.is_some()
            && !self.is_over()
            && understood.named.is_none()
            && (!understood.facts.is_empty() || corrects(clauses))
            && self.assistant.knowledge.outside.contains(intent)
    }

    /// What is told in the middle of a step and is a symptom of the problem behind it means that the step failed.
    pub(super) fn symptoms(&self, facts: Vec<Entry>) -> Vec<Entry> {
        let failed = self.failure().filter(|(problem, _)| {
            let problem = self.assistant.knowledge.problems.get(problem);
            let observed = || problem.into_iter().flat_map(|problem| &problem.observe);
            facts.iter().any(|entry| {
                let is_told = |of: &Id| matches!(entry, Entry::Fact { fact, .. } if fact == of);
                observed().any(|observe| is_told(&observe.fact))
            })
        });
        let failed = failed.map(|(_, failed)| failed);
        failed.into_iter().chain(facts).collect()
    }

    /// Whether what is told is a symptom of what is in hand or has just been done, by somebody who has said that nothing is
    /// in danger and does not take it back: then it is about that, however it sounds.
    pub(super) fn is_symptom(&self, facts: &[Entry], understood: &Understood) -> bool {
        let safety = self.assistant.knowledge.safety.as_ref();
        safety.is_some_and(|safety| {
            safety.loosening.holds(&self.view.facts) && !safety.danger.holds(&understood.facts)
        }) && self.symptoms(facts.to_vec()).len() > facts.len()
    }

    /// Where danger leads, if a sentence that names nothing else tells of it.
    pub(super) fn danger(&self, understood: &Understood) -> Option<&Item> {
        let safety = self.assistant.knowledge.safety.as_ref();
        let in_danger = safety.filter(|safety| safety.danger.holds(&understood.facts));
        in_danger
            .filter(|_| understood.named.is_none())
            .map(|safety| &safety.first)
    }

    /// What it means that the step in hand failed, or that a guide that is done did not help: the problem to look into, and
    /// what is to be noted.
    fn failure(&self) -> Option<(Id, Entry)> {
        let knowledge = &self.assistant.knowledge;
        match &self.place.prompt {
            Prompt::Step { guide, step, .. } => {
                let Some(Item::Problem(problem)) = self.fails(guide, step) else {
                    return None;
                };
                let failed = Entry::Step {
                    guide: guide.clone(),
                    step: step.clone(),
                    result: StepResult::Failed,
                };
                Some((problem, failed))
            }
            Prompt::Ended {
                outcome: Outcome::Solved,
                of: Some(Item::Guide(guide)),
                ..
            } => {
                let problem = knowledge.guides.get(guide)?.fails.clone()?;
                let opened = Entry::Goal(Item::Problem(problem.clone()));
                Some((problem, opened))
            }
            Prompt::Menu | Prompt::Ask { .. } | Prompt::Remedy { .. } | Prompt::Ended { .. } => {
                None
            }
        }
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
