//! Every way through the packs by their own questions: all answers to all questions, every step done, failed or skipped,
//! every remedy helping or not. Each way ends well, and everything in a pack is on one. To keep the number of ways in
//! hand, one step fails per way at most, and a remedy is impossible only where nothing else has been tried.

use crate::world::pack;
use mibao::dialogue::{
    Case, Entry, Origin, Outcome, Prompt, RemedyResult, StepResult, StepState, View, place,
};
use mibao::knowledge::{Item, Knowledge, UNSURE};
use std::collections::{BTreeMap, BTreeSet};

struct Walk<'k> {
    knowledge: &'k Knowledge,
    /// Answers still to come at most, per state.
    longest: BTreeMap<View, usize>,
    shown: BTreeSet<String>,
    ends: BTreeMap<Outcome, usize>,
}

impl Walk<'_> {
    /// The greatest number of answers from here to an end.
    fn from(&mut self, case: &Case) -> usize {
        let view = View::of(self.knowledge, case);
        if let Some(known) = self.longest.get(&view) {
            return *known;
        }
        assert!(case.answers.len() < 100, "no end in sight: {case:?}");
        let prompt = place(self.knowledge, &view).prompt;
        self.shown.extend(prompt.key());
        let mut longest = 0;
        for entry in self.answers(&view, &prompt) {
            let mut after = case.clone();
            after.tell(vec![entry]);
            longest = longest.max(1 + self.from(&after));
        }
        if let Prompt::Ended { outcome, .. } = prompt {
            *self.ends.entry(outcome).or_default() += 1;
        } else {
            assert!(longest > 0, "a dead end: {prompt:?}");
        }
        self.longest.insert(view, longest);
        longest
    }

    fn answers(&self, view: &View, prompt: &Prompt) -> Vec<Entry> {
        match prompt {
            Prompt::Menu | Prompt::Ended { .. } => Vec::new(),
            Prompt::Ask { fact, .. } => {
                let known = &self.knowledge.facts[fact];
                let unsure = known.unsure.then_some(UNSURE);
                let answers = known
                    .answers
                    .iter()
                    .map(|answer| answer.id.as_str())
                    .chain(unsure);
                answers
                    .map(|answer| Entry::fact(fact, answer, Origin::Question))
                    .collect()
            }
            Prompt::Step { guide, step, .. } => {
                let optional = self.knowledge.guides[guide].step(step).unwrap().optional;
                let failed = view
                    .steps
                    .values()
                    .any(|state| matches!(state, StepState::Failed | StepState::Reopened))
                    || !view.remedies.is_empty();
                let results = [
                    Some(StepResult::Done),
                    optional.then_some(StepResult::Skipped),
                    (!failed).then_some(StepResult::Failed),
                ];
                results
                    .into_iter()
                    .flatten()
                    .map(|result| Entry::Step {
                        guide: guide.clone(),
                        step: step.clone(),
                        result,
                    })
                    .collect()
            }
            Prompt::Remedy { problem, remedy } => {
                let first = view.remedies.is_empty();
                let results = [
                    Some(RemedyResult::Helped),
                    Some(RemedyResult::NotHelped),
                    first.then_some(RemedyResult::Impossible),
                ];
                results
                    .into_iter()
                    .flatten()
                    .map(|result| Entry::Remedy {
                        problem: problem.clone(),
                        remedy: remedy.clone(),
                        result,
                    })
                    .collect()
            }
        }
    }
}

#[test]
fn every_way_through_a_pack_ends_well() {
    for directory in ["knowledge", "tests/knowledge/valid/bicycle"] {
        let knowledge = pack(directory);
        let mut walk = Walk {
            knowledge: &knowledge,
            longest: BTreeMap::new(),
            shown: BTreeSet::new(),
            ends: BTreeMap::new(),
        };
        let guides = knowledge.guides.keys().cloned().map(Item::Guide);
        for goal in guides.chain(knowledge.problems.keys().cloned().map(Item::Problem)) {
            walk.longest.clear();
            let mut case = Case::default();
            case.tell(vec![Entry::Goal(goal.clone())]);
            let longest = walk.from(&case);
            println!(
                "{directory}: {goal}: at most {longest} answers, {} states",
                walk.longest.len()
            );
        }
        println!(
            "{directory}: {} states, ends {:?}",
            walk.longest.len(),
            walk.ends
        );
        let mut missing = Vec::new();
        for (id, guide) in &knowledge.guides {
            missing.extend(
                guide
                    .steps
                    .iter()
                    .map(|step| format!("guide:{id}/{}", step.id)),
            );
        }
        for (id, problem) in &knowledge.problems {
            missing.extend(
                problem
                    .remedies
                    .iter()
                    .map(|remedy| format!("problem:{id}/{}", remedy.id)),
            );
        }
        missing.extend(knowledge.facts.keys().map(|id| format!("fact:{id}")));
        missing.retain(|item| !walk.shown.contains(item));
        assert!(
            missing.is_empty(),
            "{directory}: nobody ever sees {missing:?}"
        );
    }
}
