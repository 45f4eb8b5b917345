//! What an author wants to be met and nobody meets: who comes nearest to it, and what comes in its stead.
//!
//! The ways are walked once more from one goal on, as a user would go who does what is asked and wants to get there.

use super::model::{Model, State};
use crate::diagnosis;
use crate::dialogue::{Entry, Outcome, Prompt, RemedyResult, StepResult};
use crate::knowledge::{Condition, Facts, Id, Item, Problem};
use std::collections::{BTreeSet, HashSet};

/// Further than this nobody looks for words; what was found by then shows it well enough.
const STATES_MAX: usize = 50_000;

/// Something that nobody meets, and the number of the item that it belongs to.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub item: usize,
    pub what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    /// Something that waits for answers: a step, a route, a question.
    Answers(Condition),
    /// A question of the diagnosis.
    Observed(Id),
    Remedy(Id),
    Cause(Id),
}

/// Of all that can be answered from a goal on, what comes nearest to a wish, the shortest way; and why that is not it, as
/// the end of a sentence.
pub(super) fn nearest(
    model: &mut Model<'_>,
    goal: usize,
    wish: &Wish,
) -> Option<(String, Vec<Entry>)> {
    let mut nodes: Vec<Node> = vec![Node {
        state: model.chosen(goal),
        from: None,
    }];
    let mut known = HashSet::new();
    let mut best: Option<(f64, usize, String)> = None;
    let mut at = 0;
    while let Some(state) = nodes.get(at).map(|node| node.state.clone()) {
        let (put, path) = model.place(&state);
        let Some(prompt) = model.put(put).map(|put| put.prompt.clone()) else {
            break;
        };
        let here = Here {
            model,
            state: &state,
            prompt: &prompt,
            path: &path,
        };
        if let Some((near, reason)) = here.near(wish)
            && best.as_ref().is_none_or(|(best, ..)| near > *best)
        {
            best = Some((near, at, reason));
        }
        let moves = model.put(put).into_iter().flat_map(|put| &put.moves);
        let moves: Vec<(Entry, State)> = moves
            .filter(|told| goal != wish.item || is_willing(&told.entry))
            .map(|told| (told.entry.clone(), model.after(&state, told)))
            .collect();
        for (entry, after) in moves {
            let state = model.relevant(&after);
            if nodes.len() < STATES_MAX && known.insert(state.clone()) {
                let from = Some((at, entry));
                nodes.push(Node { state, from });
            }
        }
        at += 1;
    }
    let (_, found, reason) = best?;
    let mut plan = Vec::new();
    let mut at = found;
    while let Some((from, entry)) = nodes.get(at).and_then(|node| node.from.as_ref()) {
        plan.push(entry.clone());
        at = *from;
    }
    plan.reverse();
    Some((reason, plan))
}

struct Node {
    state: State,
    from: Option<(usize, Entry)>,
}

/// Whether somebody answers so who does what is asked, and whose trouble lasts.
fn is_willing(entry: &Entry) -> bool {
    match entry {
        Entry::Step { result, .. } => *result != StepResult::Failed,
        Entry::Remedy { result, .. } => *result == RemedyResult::NotHelped,
        Entry::Fact { .. }
        | Entry::Goal(_)
        | Entry::Later(_)
        | Entry::Dropped(_)
        | Entry::End(_)
        | Entry::Fresh => true,
    }
}

/// A state, as far as a wish is concerned.
struct Here<'h, 'k> {
    model: &'h Model<'k>,
    state: &'h State,
    prompt: &'h Prompt,
    path: &'h [usize],
}

impl Here<'_, '_> {
    /// How near this is, and what is still in the way; nothing, if it is elsewhere altogether.
    fn near(&self, wish: &Wish) -> Option<(f64, String)> {
        let part = self.model.parts.get(wish.item)?;
        let view = self.model.view(self.state, &part.footprint);
        if let What::Answers(when) = &wish.what {
            return self.answered(wish.item, when, &view.facts);
        }
        let Some(Item::Problem(id)) = self.model.items.get(wish.item) else {
            return None;
        };
        let problem = self.model.knowledge.problems.get(id)?;
        let is_over = self.prompt.outcome() == Some(Outcome::HandedOver);
        if self.path.last() != Some(&wish.item) || self.prompt.outcome() == Some(Outcome::Solved) {
            return None;
        }
        let belief = diagnosis::belief(problem, &view.facts, &view.tried(id));
        match &wish.what {
            What::Answers(_) => None,
            What::Observed(fact) => {
                let is_past = matches!(self.prompt, Prompt::Remedy { .. }) || is_over;
                is_past.then(|| (1.0, unobserved(problem, fact)))
            }
            What::Remedy(remedy) => {
                let known = problem.remedy(remedy)?;
                let held = met(&known.requires, &view.facts);
                let chances = belief.iter().zip(&known.chances);
                let saved = chances.map(|(belief, chance)| belief * chance).sum::<f64>()
                    * problem.handover_minutes;
                let reason = if saved <= known.minutes {
                    format!(
                        ": it takes {} minutes, and would save {saved:.0} ({:.0} % of the {} that handing over takes)",
                        known.minutes,
                        saved / problem.handover_minutes * 100.0,
                        problem.handover_minutes
                    )
                } else {
                    ": what it `requires` is never known by then".to_owned()
                };
                // By then all the others have been tried; until then the likeliest way is not known.
                let ends = if is_over { 1.0 } else { 0.0 };
                let near = ends * 1e6 + f64::from(held) * 1e5 + saved;
                Some((near, reason))
            }
            What::Cause(cause) => {
                let causes = || problem.causes.iter().map(|cause| &cause.id).zip(&belief);
                let (_, own) = causes().find(|(id, _)| *id == cause)?;
                let (first, most) = causes().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
                let reason = format!(
                    ": at its best it has {:.0} %, and `{first}` then has {:.0} %",
                    own * 100.0,
                    most * 100.0
                );
                Some((*own, reason))
            }
        }
    }

    fn answered(&self, item: usize, when: &Condition, facts: &Facts) -> Option<(f64, String)> {
        if !self.path.contains(&item) {
            return None;
        }
        let is_left = self.path.last() != Some(&item) || self.prompt.outcome().is_some();
        let near = f64::from(met(when, facts)) * 2.0 + f64::from(u8::from(is_left));
        let all = |lacking: bool| {
            let is_met = move |fact: &Id, answers: &BTreeSet<Id>| {
                facts.get(fact).is_some_and(|told| answers.contains(told))
            };
            let facts = when.facts();
            let written: Vec<String> = facts
                .filter(|(fact, answers)| !lacking || !is_met(fact, answers))
                .map(|(fact, answers)| written(fact, answers))
                .collect();
            written.join(" and ")
        };
        let after = self.path.iter().skip_while(|known| **known != item).nth(1);
        let instead = match after.and_then(|item| self.model.items.get(*item)) {
            Some(elsewhere) => format!("a `route` before it leads to `{elsewhere}`"),
            None => "it has ended by then".to_owned(),
        };
        let lacking = all(true);
        let reason = if lacking.is_empty() {
            match all(false) {
                none if none.is_empty() => format!(": {instead}"),
                when => format!(": with {when}, {instead}"),
            }
        } else {
            format!(": {lacking} is not known by then")
        };
        Some((near, reason))
    }
}

/// How many facts of a condition are known and hold.
fn met(condition: &Condition, facts: &Facts) -> u32 {
    let held = condition.facts().filter(|(fact, answers)| {
        let told = facts.get(*fact);
        told.is_some_and(|told| answers.contains(told))
    });
    held.map(|_| 1).sum()
}

/// Answers as an author writes them in a condition.
pub(super) fn written<'a>(fact: &str, answers: impl IntoIterator<Item = &'a Id>) -> String {
    let answers: Vec<&str> = answers.into_iter().map(String::as_str).collect();
    format!("`{fact} = {}`", answers.join(" or "))
}

fn unobserved(problem: &Problem, fact: &Id) -> String {
    let minutes = problem.observe.iter().find(|observe| observe.fact == *fact);
    match minutes {
        Some(observe) if problem.evidence.contains_key(fact) => format!(
            ": no answer to it is worth the {} minutes that it takes",
            observe.minutes
        ),
        _ => ": no `evidence` goes by it".to_owned(),
    }
}
