//! Which states have the same future: a finer look than [`Model::relevant`]'s, at what is told of those items that can still
//! play a part.
//!
//! Two states are one if whatever is answered from here on leads to the same places, in the same number of answers, with
//! the same causes in the lead (a bisimulation). Three things make them one, each for a reason that holds whatever is
//! answered, so they hold one after the other as well:
//!
//! - *Answers that nothing tells apart.* An answer is only ever looked at through the conditions of routes, questions and
//!   steps that can still come to hold, and through the kinds of answers that a diagnosis knows. What none of them tells
//!   apart is one answer.
//! - *A problem that is solved for good.* That it is solved is all that is ever looked at, unless a step can still fail
//!   into it.
//! - *Diagnoses that go on alike.* What was told to a problem alone, and what was tried against it, is seen by its diagnosis
//!   alone. What that diagnosis will ever do (which cause leads, what is asked or tried next, and the same again after
//!   each answer, after anything that others may be told meanwhile, and after a step that fails in spite of what had
//!   helped) is a tree, and states with the same tree are one. Trees are built from their leaves and numbered, equal ones
//!   with the same number, so that a number says it all.

use super::moves::Scope;
use super::{
    Cell, HELPED, IMPOSSIBLE, Masks, Model, NOT_HELPED, NOTHING, Part, SKIPPED, State, get, set,
};
use crate::diagnosis::{self, Decision};
use crate::knowledge::{Id, Item, Problem};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The trees met so far.
#[derive(Default)]
pub(super) struct Classes {
    /// The number of a tree, by all that it consists of.
    trees: FxHashMap<Tree, usize>,
    /// By a problem and what its diagnosis sees.
    known: FxHashMap<(usize, Box<[Cell]>), usize>,
    /// What stands for all that is like it.
    standing: FxHashMap<Alike, Box<[Cell]>>,
}

/// A problem, what of it others see, and the number of its tree.
type Alike = (usize, Box<[Cell]>, usize);

/// What a diagnosis will ever do.
#[derive(PartialEq, Eq, Hash)]
struct Tree {
    problem: usize,
    does: Does,
    /// What follows, in the order of the answers.
    then: Vec<usize>,
    /// What follows where others are told something, with the cell in question.
    meanwhile: Vec<(usize, Vec<usize>)>,
}

#[derive(PartialEq, Eq, Hash)]
enum Does {
    /// It waits for a step that fails after all.
    Solved,
    Goes {
        on: Act,
        /// Number of the most probable cause.
        leading: usize,
    },
}

#[derive(PartialEq, Eq, Hash)]
enum Act {
    /// By the place of the cell among those that the diagnosis sees.
    Ask(usize),
    Try(usize),
    HandOver,
}

impl Model<'_> {
    /// One state for all that have the same future.
    pub fn merged(&mut self, state: &State) -> State {
        let (mut state, scope) = self.within(state);
        let items = scope.met.iter().zip(0..).filter(|(met, _)| **met);
        for item in items.map(|(_, item)| item).collect::<Vec<usize>>() {
            self.fold(item, &scope, &mut state);
        }
        self.plain(&scope, &mut state);
        state
    }

    /// Finds what each problem has for itself, and which answers it does not tell apart.
    pub(super) fn tell_apart(&mut self) {
        let others = |number: usize, cell: usize| {
            let parts = self.parts.iter().enumerate();
            let mut others = parts.filter(|(other, _)| *other != number);
            others.any(|(_, part)| part.footprint.contains(&cell))
        };
        let parts = self.parts.iter().enumerate();
        let found: Vec<(Vec<usize>, Vec<Vec<u64>>)> = parts
            .map(|(number, part)| {
                let is_private =
                    |cell: &usize| !part.gates.contains(cell) && !others(number, *cell);
                let cells = part.evidence.iter().copied();
                let kinds = cells.clone().map(|cell| self.kinds_of(number, cell));
                (cells.filter(is_private).collect(), kinds.collect())
            })
            .collect();
        for (part, (private, kinds)) in self.parts.iter_mut().zip(found) {
            part.private = private;
            part.kinds = kinds;
        }
    }

    /// By the values of a cell: the values that a diagnosis takes for the same, a bit each.
    fn kinds_of(&self, item: usize, cell: usize) -> Vec<u64> {
        let Some(super::Variable::Fact { id, answers }) = self.variables.get(cell) else {
            return Vec::new();
        };
        let known = self.problem_of(item).and_then(|problem| {
            let mut facts = problem.numbers.facts.iter();
            facts.find(|known| known.fact == *id)
        });
        let kind = |answer: &Id| known.and_then(|known| known.kinds.get(answer));
        let alike = |answer: &Id| {
            let of = kind(answer);
            let values = answers.iter().zip(1..);
            let alike =
                values.filter(|(other, _)| *other == answer || (of.is_some() && kind(other) == of));
            alike.fold(0, |alike, (_, value)| alike | 1_u64 << (value & 63))
        };
        std::iter::once(0)
            .chain(answers.iter().map(alike))
            .collect()
    }

    fn problem_of(&self, item: usize) -> Option<&Problem> {
        match self.items.get(item) {
            Some(Item::Problem(id)) => self.knowledge.problems.get(id),
            Some(Item::Guide(_) | Item::Topic(_)) | None => None,
        }
    }

    /// Puts what stands for all that is like it in the place of what a problem was told and what was tried.
    fn fold(&mut self, item: usize, scope: &Scope, state: &mut State) {
        let Some(part) = self
            .parts
            .get(item)
            .filter(|_| self.problem_of(item).is_some())
        else {
            return;
        };
        let is_own = |cell: &usize| part.private.contains(cell) || part.own.contains(cell);
        let mut owned = part.private.iter().chain(&part.own);
        if owned.all(|cell| get(state, *cell) == NOTHING) {
            return;
        }
        let over = is_solved(part, state) && scope.failing.get(item) == Some(&false);
        let cells: Vec<usize> = part.evidence.iter().chain(&part.own).copied().collect();
        let own: Vec<bool> = cells.iter().map(is_own).collect();
        if over {
            let first = part.own.first().copied();
            for (cell, _) in cells.iter().zip(&own).filter(|(_, own)| **own) {
                let value = if Some(*cell) == first {
                    HELPED
                } else {
                    NOTHING
                };
                set(state, *cell, value);
            }
            return;
        }
        let seen = self.seen(item, &cells, state);
        let tree = self.tree(item, &cells, seen.clone());
        let shared = seen.iter().zip(&own).filter(|(_, own)| !**own);
        let shared: Box<[Cell]> = shared.map(|(value, _)| *value).collect();
        let standing = self.classes.standing.entry((item, shared, tree));
        let standing = standing.or_insert(seen);
        for ((cell, value), own) in cells.iter().zip(standing.iter()).zip(own) {
            if own {
                set(state, *cell, *value);
            }
        }
    }

    /// What a diagnosis sees: of answers that it does not tell apart the first.
    fn seen(&self, item: usize, cells: &[usize], state: &State) -> Box<[Cell]> {
        let kinds = self
            .parts
            .get(item)
            .into_iter()
            .flat_map(|part| &part.kinds);
        let kinds = kinds.map(Some).chain(std::iter::repeat(None));
        let values = cells.iter().zip(kinds).map(|(cell, kinds)| {
            let value = get(state, *cell);
            let kind = kinds.and_then(|kinds| kinds.get(usize::from(value)));
            kind.and_then(|kind| lowest(*kind)).unwrap_or(value)
        });
        values.collect()
    }

    /// The number of the tree that a diagnosis goes by from here on.
    fn tree(&mut self, item: usize, cells: &[usize], seen: Box<[Cell]>) -> usize {
        let key = (item, seen);
        if let Some(number) = self.classes.known.get(&key) {
            return *number;
        }
        let (_, seen) = &key;
        let (does, place, values) = self.does(item, cells, seen);
        let with = |place: usize, value: Cell| {
            let mut seen = seen.clone();
            if let Some(cell) = seen.get_mut(place) {
                *cell = value;
            }
            seen
        };
        let mut nexts: Vec<Box<[Cell]>> = Vec::new();
        if does == Does::Solved {
            let recalled = |value: &Cell| if *value == HELPED { NOT_HELPED } else { *value };
            nexts.push(seen.iter().map(recalled).collect());
        }
        nexts.extend(values.into_iter().map(|value| with(place, value)));
        let mut others: Vec<(usize, Vec<Box<[Cell]>>)> = Vec::new();
        for (place, (cell, value)) in cells.iter().zip(seen).enumerate() {
            let told = self.kinds(item, *cell);
            let is_private = |part: &Part| part.private.contains(cell);
            if *value == NOTHING && !self.parts.get(item).is_some_and(is_private) {
                let told: Vec<_> = told.into_iter().map(|value| with(place, value)).collect();
                others.push((place, told));
            }
        }
        let mut follow = |seen: Vec<Box<[Cell]>>| -> Vec<usize> {
            let seen = seen.into_iter();
            seen.map(|seen| self.tree(item, cells, seen)).collect()
        };
        let tree = Tree {
            problem: item,
            does,
            then: follow(nexts),
            meanwhile: others
                .into_iter()
                .map(|(place, told)| (place, follow(told)))
                .collect(),
        };
        let number = self.classes.trees.len();
        let number = *self.classes.trees.entry(tree).or_insert(number);
        self.classes.known.insert(key, number);
        number
    }

    /// What a diagnosis does, and the cell that the answer to it changes, by its place, with what it can become.
    fn does(&self, item: usize, cells: &[usize], seen: &[Cell]) -> (Does, usize, Vec<Cell>) {
        let mut state = State {
            goal: item,
            cells: vec![NOTHING; self.variables.len()].into(),
        };
        for (cell, value) in cells.iter().zip(seen) {
            set(&mut state, *cell, *value);
        }
        let part = self.parts.get(item);
        let (Some(problem), Some(Item::Problem(id))) =
            (self.problem_of(item), self.items.get(item))
        else {
            return (Does::Solved, 0, Vec::new());
        };
        if part.is_some_and(|part| is_solved(part, &state)) {
            return (Does::Solved, 0, Vec::new());
        }
        let view = self.view(&state, cells);
        let tried = view.tried(id);
        let at = |cell: Option<usize>| cells.iter().position(|known| Some(*known) == cell);
        let (on, place, values) = match diagnosis::decide(problem, &view.facts, &tried) {
            Decision::Ask(fact) => {
                let cell = self.fact(&fact);
                let place = at(cell).unwrap_or(cells.len());
                let kinds = cell.into_iter().flat_map(|cell| self.kinds(item, cell));
                (Act::Ask(place), place, kinds.collect())
            }
            Decision::Try(remedy) => {
                let numbers = problem.remedies.iter().map(|known| &known.id);
                let mut owned = numbers.zip(part.into_iter().flat_map(|part| &part.own));
                let cell = owned.find(|(known, _)| **known == remedy);
                let place = at(cell.map(|(_, cell)| *cell)).unwrap_or(cells.len());
                let values = vec![HELPED, NOT_HELPED, IMPOSSIBLE];
                (Act::Try(place), place, values)
            }
            Decision::HandOver => (Act::HandOver, 0, Vec::new()),
        };
        let leading = diagnosis::ranked(problem, &view.facts, &tried);
        let leading = leading.first().and_then(|(leading, _)| {
            let mut causes = problem.causes.iter();
            causes.position(|cause| cause.id == **leading)
        });
        let leading = leading.unwrap_or(problem.causes.len());
        (Does::Goes { on, leading }, place, values)
    }

    /// Of each kind of answers the first.
    fn kinds(&self, item: usize, cell: usize) -> BTreeSet<Cell> {
        let part = self.parts.get(item);
        let cells = part
            .into_iter()
            .flat_map(|part| part.evidence.iter().zip(&part.kinds));
        let kinds = cells.filter(|(known, _)| **known == cell);
        kinds
            .flat_map(|(_, kinds)| kinds.iter().filter_map(|kind| lowest(*kind)))
            .collect()
    }

    /// Puts the first of all answers that nothing tells apart any more in the place of each.
    fn plain(&self, scope: &Scope, state: &mut State) {
        let mut alike: FxHashMap<usize, u64> = FxHashMap::default();
        let mut look = |state: &State, cell: usize, mask: u64| {
            let value = get(state, cell);
            if value != NOTHING {
                let is_in = mask & (1 << (value & 63)) != 0;
                *alike.entry(cell).or_insert(u64::MAX) &= if is_in { mask } else { !mask };
            }
        };
        let parts = self.parts.iter().zip(&scope.met);
        for (part, _) in parts.filter(|(_, met)| **met) {
            let left = part.steps.iter();
            let left = left.filter(|step| !matches!(get(state, step.cell), super::DONE | SKIPPED));
            let steps: Vec<_> = left.collect();
            let routes = part.routes.iter().map(|(when, _)| when);
            let whens = routes.chain(&part.waiting);
            for when in whens.chain(steps.iter().map(|step| &step.when)) {
                for (cell, mask) in ruled(state, when) {
                    look(state, cell, mask);
                }
            }
            for (cell, mask) in steps.iter().flat_map(|step| &step.requires) {
                look(state, *cell, *mask);
            }
            for (cell, kinds) in part.evidence.iter().zip(&part.kinds) {
                let kind = kinds.get(usize::from(get(state, *cell)));
                look(state, *cell, kind.copied().unwrap_or(0));
            }
        }
        let cells: Vec<usize> = (0..self.variables.len()).collect();
        for cell in cells {
            let answers = self.answers(cell).count();
            if (1..64).contains(&answers) && get(state, cell) != NOTHING {
                let open = alike.get(&cell).copied().unwrap_or(u64::MAX) & !1;
                if let Some(value) = lowest(open) {
                    set(state, cell, value);
                }
            }
        }
    }
}

/// What of a condition still matters: all of it, or what is up to the first fact by which it can never come to hold.
fn ruled(state: &State, masks: &Masks) -> Vec<(usize, u64)> {
    let mut kept = Vec::new();
    for (cell, mask) in masks {
        kept.push((*cell, *mask));
        let value = get(state, *cell);
        if value != NOTHING && mask & (1 << (value & 63)) == 0 {
            break;
        }
    }
    kept
}

fn is_solved(part: &Part, state: &State) -> bool {
    part.own.iter().any(|cell| get(state, *cell) == HELPED)
}

/// The lowest number whose bit is set.
fn lowest(bits: u64) -> Option<Cell> {
    (bits != 0)
        .then(|| bits.trailing_zeros())
        .and_then(|bit| Cell::try_from(bit).ok())
}
