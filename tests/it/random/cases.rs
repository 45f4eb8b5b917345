//! Cases on their own: whatever is told of them, in whatever order, without a conversation.

use super::{Held, hold_of};
use mibao::dialogue::{Answer, Case, Entry, Origin, Outcome, RemedyResult, StepResult, View};
use mibao::knowledge::{Item, Knowledge, UNSURE};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// All that can be told of a case.
fn entries(knowledge: &Knowledge) -> Vec<Entry> {
    let guides = knowledge.guides.keys().cloned().map(Item::Guide);
    let problems = knowledge.problems.keys().cloned().map(Item::Problem);
    let goals: Vec<Item> = guides.chain(problems).collect();
    let kinds = [Entry::Goal, Entry::Later, Entry::Dropped];
    let told = |kind: fn(Item) -> Entry| goals.iter().cloned().map(kind);
    let mut entries: Vec<Entry> = kinds.into_iter().flat_map(told).collect();
    for (fact, known) in &knowledge.facts {
        let answers = known.answers.iter().map(|answer| answer.id.as_str());
        let told = |answer| Entry::fact(fact, answer, Origin::Sentence);
        entries.extend(answers.chain([UNSURE]).map(told));
    }
    for (guide, known) in &knowledge.guides {
        for step in &known.steps {
            let told = |result| Entry::Step {
                guide: guide.clone(),
                step: step.id.clone(),
                result,
            };
            entries.extend([StepResult::Done, StepResult::Skipped, StepResult::Failed].map(told));
        }
    }
    for (problem, known) in &knowledge.problems {
        for remedy in &known.remedies {
            let told = |result| Entry::Remedy {
                problem: problem.clone(),
                remedy: remedy.id.clone(),
                result,
            };
            let results = [
                RemedyResult::Helped,
                RemedyResult::NotHelped,
                RemedyResult::Impossible,
            ];
            entries.extend(results.map(told));
        }
    }
    let ends = [Outcome::Solved, Outcome::HandedOver, Outcome::Cancelled];
    entries.extend(ends.map(Entry::End));
    entries.push(Entry::Fresh);
    entries
}

fn told<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Case {
    let mut case = Case::default();
    for entry in entries {
        case.tell(vec![entry.clone()]);
    }
    case
}

/// Whoever corrects an answer stands where they would stand had they given the right one at once. Only starting over,
/// and what is told of the same fact in between, part the two.
#[test]
fn a_correction_is_as_good_as_the_right_answer_at_once() {
    let picks = || vec(any::<Index>(), 0..20);
    let answers = (any::<Index>(), any::<Index>());
    hold_of((picks(), answers, picks(), picks()), |pack, _, random| {
        let (before, (wrong, right), between, later) = random;
        let knowledge = pack.knowledge()?;
        let all = entries(&knowledge);
        let these =
            |picks: &[Index]| -> Vec<&Entry> { picks.iter().map(|pick| pick.get(&all)).collect() };
        let fact_of = |entry: &Entry| match entry {
            Entry::Fact { fact, .. } => Some(fact.clone()),
            _ => None,
        };
        let answers: Vec<&Entry> = all
            .iter()
            .filter(|entry| fact_of(entry).is_some())
            .collect();
        let wrong = *wrong.get(&answers);
        let same: Vec<&Entry> = all
            .iter()
            .filter(|entry| fact_of(entry) == fact_of(wrong))
            .collect();
        let right = *right.get(&same);
        // "Not sure" is no answer to some questions: then nothing is corrected.
        prop_assume!(View::of(&knowledge, &told([right])) != View::default());
        let between = these(between)
            .into_iter()
            .filter(|entry| !same.contains(entry) && **entry != Entry::Fresh);
        let between: Vec<&Entry> = between.collect();
        let (before, later) = (these(before), these(later));
        let corrected = [
            before.clone(),
            vec![wrong],
            between.clone(),
            vec![right],
            later.clone(),
        ]
        .concat();
        let at_once = [before, vec![right], between, later].concat();
        prop_assert_eq!(
            View::of(&knowledge, &told(corrected)),
            View::of(&knowledge, &told(at_once))
        );
        Ok(())
    });
}

/// A conversation without end stays small, and merging its oldest answers changes nothing of what is known.
#[test]
fn endless_answers_are_merged_without_a_trace() {
    hold_of(vec(any::<Index>(), 0..900), |pack, _, picks| -> Held {
        let knowledge = pack.knowledge()?;
        let all = entries(&knowledge);
        let (mut merged, mut whole) = (Case::default(), Case::default());
        for pick in picks {
            let entries = vec![pick.get(&all).clone()];
            merged.tell(entries.clone());
            whole.answers.push(Answer { entries });
            prop_assert!(merged.answers.len() <= 200);
        }
        prop_assert_eq!(View::of(&knowledge, &merged), View::of(&knowledge, &whole));
        Ok(())
    });
}
