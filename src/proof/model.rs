//! A case in numbers, so that hundreds of thousands of them can be looked at: a byte per fact, step and remedy.
//!
//! What is pending is found by the dialogue's own `find`, asked once for every different part of a case that it can see
//! and remembered. Only what an entry changes is written again here (see [`Move`]); tests hold it against the real `View`.

use crate::dialogue::{Entry, Prompt, RemedyResult, StepState, View};
use crate::knowledge::{Ask, Condition, Decline, Facts, Id, Item, Knowledge, Route, UNSURE};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

mod alike;
mod moves;

use alike::Classes;

/// What is known of a fact, a step or a remedy; 0 is "nothing yet". Facts count their answers from 1.
pub(super) type Cell = u8;

pub(super) const NOTHING: Cell = 0;

/// Values of a step's cell, beside [`NOTHING`].
pub(super) const DONE: Cell = 1;
const SKIPPED: Cell = 2;
pub(super) const FAILED: Cell = 3;
pub(super) const REOPENED: Cell = 4;

/// Values of a remedy's cell, beside [`NOTHING`].
pub(super) const HELPED: Cell = 1;
pub(super) const NOT_HELPED: Cell = 2;
pub(super) const IMPOSSIBLE: Cell = 3;

/// A case under a goal: what a `View` is, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct State {
    /// Number of the goal among [`Model::items`].
    pub goal: usize,
    pub cells: Box<[Cell]>,
}

/// A condition in numbers: per fact, the answers that it takes, a bit each.
type Masks = Vec<(usize, u64)>;

/// What a cell stands for.
#[derive(Debug)]
pub(super) enum Variable {
    Fact { id: Id, answers: Vec<Id> },
    Step { guide: Id, step: Id },
    Remedy { problem: Id, remedy: Id },
}

/// What the model knows of a guide or a problem.
#[derive(Debug)]
pub(super) struct Part {
    /// The cells that [`find`] can see when this item is looked at.
    pub footprint: Vec<usize>,
    /// Facts among them that routes, questions and refusals go by.
    pub gates: Vec<usize>,
    /// Facts among them that the diagnosis goes by; empty for a guide.
    pub evidence: Vec<usize>,
    /// For each of them, by its values: all the values that the diagnosis takes for the same, a bit each.
    kinds: Vec<Vec<u64>>,
    /// Facts that nothing but the diagnosis of this problem goes by.
    private: Vec<usize>,
    /// Its own steps, in order, or its remedies.
    pub own: Vec<usize>,
    routes: Vec<(Masks, usize)>,
    /// What its questions and refusals wait for.
    waiting: Vec<Masks>,
    steps: Vec<StepPart>,
    /// Places that it can lead to.
    pub leads: BTreeSet<usize>,
}

#[derive(Debug)]
struct StepPart {
    cell: usize,
    when: Masks,
    requires: Masks,
    fails: Option<usize>,
}

/// All that [`find`](crate::dialogue::find) can see of a state: the item, the cells of its footprint, and which of the
/// places that it leads to have been passed, a bit each.
type Seen = (usize, Box<[Cell]>, u64);

/// What becomes of an item: something to put, or another item to go to, by their numbers.
#[derive(Debug, Clone, Copy)]
enum Next {
    Put(usize),
    Go(usize),
}

/// Something that can be pending, with what can be answered to it.
#[derive(Debug)]
pub(super) struct Put {
    pub prompt: Prompt,
    pub moves: Vec<Move>,
}

/// An answer, and what it changes: a cell, and what hangs together with it. A step that fails takes back what seemed to help
/// against the problem behind it; a remedy that helps reopens the steps that had failed into its problem. Both as in
/// [`View::of`].
#[derive(Debug)]
pub(super) struct Move {
    pub entry: Entry,
    cell: usize,
    value: Cell,
    /// The problem whose remedies are taken back.
    recalls: Option<usize>,
    /// The problem whose steps are reopened.
    reopens: Option<usize>,
}

/// The pack in numbers.
pub(super) struct Model<'k> {
    pub knowledge: &'k Knowledge,
    pub items: Vec<Item>,
    pub parts: Vec<Part>,
    pub variables: Vec<Variable>,
    /// What can be pending, met so far.
    puts: Vec<Put>,
    put_numbers: FxHashMap<Prompt, usize>,
    remembered: FxHashMap<Seen, Next>,
    classes: Classes,
}

impl<'k> Model<'k> {
    pub fn new(knowledge: &'k Knowledge) -> Self {
        let guides = knowledge.guides.keys().cloned().map(Item::Guide);
        let problems = knowledge.problems.keys().cloned().map(Item::Problem);
        let mut model = Self {
            knowledge,
            items: guides.chain(problems).collect(),
            parts: Vec::new(),
            variables: Vec::new(),
            puts: Vec::new(),
            put_numbers: FxHashMap::default(),
            remembered: FxHashMap::default(),
            classes: Classes::default(),
        };
        for (id, fact) in &knowledge.facts {
            let answers = fact.answers.iter().map(|answer| answer.id.clone());
            let unsure = fact.unsure.then(|| UNSURE.to_owned());
            model.variables.push(Variable::Fact {
                id: id.clone(),
                answers: answers.chain(unsure).collect(),
            });
        }
        for item in model.items.clone() {
            let part = match &item {
                Item::Guide(id) => model.guide(id),
                Item::Problem(id) => model.problem(id),
                Item::Topic(_) => continue,
            };
            model.parts.push(part);
        }
        model.tell_apart();
        model
    }

    fn guide(&mut self, id: &Id) -> Part {
        let knowledge = self.knowledge;
        let known = knowledge.guides.get(id);
        let asks = known.map_or(&[][..], |guide| &guide.ask);
        let routes = known.map_or(&[][..], |guide| &guide.route);
        let declines = known.map_or(&[][..], |guide| &guide.declines);
        let mut part = self.gates(asks, routes, declines);
        let mut facts: BTreeSet<usize> = part.gates.iter().copied().collect();
        for step in known.iter().flat_map(|guide| &guide.steps) {
            let cell = self.variables.len();
            self.variables.push(Variable::Step {
                guide: id.clone(),
                step: step.id.clone(),
            });
            let fails = step
                .fails
                .as_ref()
                .and_then(|problem| self.item(&Item::Problem(problem.clone())));
            facts.extend(self.named(&step.when).chain(self.named(&step.requires)));
            part.leads.extend(fails);
            part.own.push(cell);
            part.steps.push(StepPart {
                cell,
                when: self.masks(&step.when),
                requires: self.masks(&step.requires),
                fails,
            });
        }
        part.footprint = facts.into_iter().chain(part.own.iter().copied()).collect();
        part
    }

    fn problem(&mut self, id: &Id) -> Part {
        let knowledge = self.knowledge;
        let known = knowledge.problems.get(id);
        let asks = known.map_or(&[][..], |problem| &problem.ask);
        let routes = known.map_or(&[][..], |problem| &problem.route);
        let mut part = self.gates(asks, routes, &[]);
        let mut evidence = BTreeSet::new();
        if let Some(problem) = known {
            let observed = problem.observe.iter().map(|observe| &observe.fact);
            evidence.extend(
                observed
                    .chain(problem.evidence.keys())
                    .filter_map(|fact| self.fact(fact)),
            );
            for remedy in &problem.remedies {
                evidence.extend(self.named(&remedy.requires));
                part.own.push(self.variables.len());
                self.variables.push(Variable::Remedy {
                    problem: id.clone(),
                    remedy: remedy.id.clone(),
                });
            }
        }
        let facts: BTreeSet<usize> = part.gates.iter().chain(&evidence).copied().collect();
        part.evidence = evidence.into_iter().collect();
        part.footprint = facts.into_iter().chain(part.own.iter().copied()).collect();
        part
    }

    fn gates(&self, asks: &[Ask], routes: &[Route], declines: &[Decline]) -> Part {
        let asked = asks.iter().filter_map(|ask| self.fact(&ask.fact));
        let declines = declines.iter().map(|decline| &decline.when);
        let waiting = asks.iter().map(|ask| &ask.when).chain(declines);
        let conditions = waiting
            .clone()
            .chain(routes.iter().map(|route| &route.when));
        let gates: BTreeSet<usize> = asked
            .chain(conditions.flat_map(|condition| self.named(condition)))
            .collect();
        let routes: Vec<(Masks, usize)> = routes
            .iter()
            .filter_map(|route| Some((self.masks(&route.when), self.item(&route.to)?)))
            .collect();
        Part {
            footprint: Vec::new(),
            gates: gates.into_iter().collect(),
            evidence: Vec::new(),
            kinds: Vec::new(),
            private: Vec::new(),
            own: Vec::new(),
            waiting: waiting.map(|when| self.masks(when)).collect(),
            leads: routes.iter().map(|(_, to)| *to).collect(),
            routes,
            steps: Vec::new(),
        }
    }

    /// Number of an item.
    pub fn item(&self, item: &Item) -> Option<usize> {
        self.items.iter().position(|known| known == item)
    }

    fn fact(&self, id: &str) -> Option<usize> {
        self.cell(|variable| matches!(variable, Variable::Fact { id: known, .. } if known == id))
    }

    fn cell(&self, is: impl FnMut(&Variable) -> bool) -> Option<usize> {
        self.variables.iter().position(is)
    }

    fn named(&self, condition: &Condition) -> impl Iterator<Item = usize> {
        let facts: Vec<usize> = condition
            .facts()
            .filter_map(|(fact, _)| self.fact(fact))
            .collect();
        facts.into_iter()
    }

    fn masks(&self, condition: &Condition) -> Masks {
        let masks = condition.facts().filter_map(|(fact, taken)| {
            let cell = self.fact(fact)?;
            let mask = self.answers(cell).zip(1..).filter_map(|(answer, number)| {
                taken.contains(answer).then_some(1_u64 << (number & 63))
            });
            Some((cell, mask.fold(0, |mask, bit| mask | bit)))
        });
        masks.collect()
    }

    /// The answers of a fact's cell, from 1 on.
    pub fn answers(&self, cell: usize) -> impl Iterator<Item = &Id> {
        match self.variables.get(cell) {
            Some(Variable::Fact { answers, .. }) => answers.iter(),
            _ => [].iter(),
        }
    }

    /// Nothing told but the goal, and what choosing it tells.
    pub fn chosen(&self, goal: usize) -> State {
        let mut state = State {
            goal,
            cells: vec![NOTHING; self.variables.len()].into(),
        };
        if let Some(Item::Guide(id)) = self.items.get(goal)
            && let Some(guide) = self.knowledge.guides.get(id)
        {
            for (fact, answer) in &guide.tells {
                if let Some(cell) = self.fact(fact)
                    && let Some((_, value)) =
                        self.answers(cell).zip(1..).find(|(of, _)| *of == answer)
                {
                    set(&mut state, cell, value);
                }
            }
        }
        state
    }

    /// The facts known in a state.
    pub fn facts(&self, state: &State) -> Facts {
        let cells: Vec<usize> = (0..self.variables.len()).collect();
        self.view(state, &cells).facts
    }

    /// The view that these cells make up.
    pub fn view(&self, state: &State, cells: &[usize]) -> View {
        let mut view = View {
            goal: self.items.get(state.goal).cloned(),
            ..View::default()
        };
        for cell in cells {
            let value = get(state, *cell);
            match self.variables.get(*cell) {
                Some(Variable::Fact { id, answers }) => {
                    let answer = usize::from(value).checked_sub(1);
                    if let Some(answer) = answer.and_then(|place| answers.get(place)) {
                        view.facts.insert(id.clone(), answer.clone());
                    }
                }
                Some(Variable::Step { guide, step }) => {
                    let known = match value {
                        DONE => StepState::Done,
                        SKIPPED => StepState::Skipped,
                        FAILED => StepState::Failed,
                        REOPENED => StepState::Reopened,
                        _ => continue,
                    };
                    view.steps.insert((guide.clone(), step.clone()), known);
                }
                Some(Variable::Remedy { problem, remedy }) => {
                    let known = match value {
                        HELPED => RemedyResult::Helped,
                        NOT_HELPED => RemedyResult::NotHelped,
                        IMPOSSIBLE => RemedyResult::Impossible,
                        _ => continue,
                    };
                    view.remedies
                        .insert((problem.clone(), remedy.clone()), known);
                }
                None => {}
            }
        }
        view
    }
}

pub(super) fn get(state: &State, cell: usize) -> Cell {
    state.cells.get(cell).copied().unwrap_or(NOTHING)
}

pub(super) fn set(state: &mut State, cell: usize, value: Cell) {
    if let Some(known) = state.cells.get_mut(cell) {
        *known = value;
    }
}

/// Whether a condition holds.
pub(super) fn holds(state: &State, masks: &Masks) -> bool {
    masks.iter().all(|(fact, mask)| {
        let value = get(state, *fact);
        value != NOTHING && mask & (1 << (value & 63)) != 0
    })
}

#[cfg(test)]
mod tests {
    use super::Model;
    use crate::dialogue::{Case, Entry, Origin, View, place};
    use crate::knowledge::{Item, load};
    use crate::shipped;

    /// Walks at random, in numbers and in the dialogue itself, and compares them at every step: what is pending, the way
    /// there, and that what [`Model::relevant`] leaves out and [`Model::merged`] makes one makes no difference.
    #[test]
    fn the_numbers_say_what_the_dialogue_says() {
        let knowledge = load(&shipped::files()).unwrap();
        let mut model = Model::new(&knowledge);
        let mut dice = 1_u64;
        let mut compared = 0;
        for goal in 0..model.items.len() {
            let item = model.items[goal].clone();
            for _ in 0..60 {
                let mut state = model.chosen(goal);
                let mut case = Case::default();
                let mut entries = vec![Entry::Goal(item.clone())];
                if let Item::Guide(id) = &item {
                    let tells = knowledge.guides[id].tells.iter();
                    entries.extend(
                        tells.map(|(fact, answer)| Entry::fact(fact, answer, Origin::Question)),
                    );
                }
                case.tell(entries);
                loop {
                    let (put, path) = model.place(&state);
                    let real = View::of(&knowledge, &case);
                    let real = place(&knowledge, &real);
                    let put = model.put(put).unwrap();
                    assert_eq!(put.prompt, real.prompt, "{case:?}");
                    let items: Vec<&Item> = path.iter().map(|item| &model.items[*item]).collect();
                    assert_eq!(items, real.path.iter().collect::<Vec<_>>(), "{case:?}");
                    compared += 1;
                    if put.moves.is_empty() {
                        break;
                    }
                    dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let chosen = usize::try_from(dice >> 33).unwrap() % put.moves.len();
                    let told = &put.moves[chosen];
                    case.tell(vec![told.entry.clone()]);
                    let after = model.after(&state, told);
                    assert!(model.rank(&after) < model.rank(&state), "{case:?}");
                    let kept = model.relevant(&after);
                    assert_eq!(model.place(&kept), model.place(&after), "{case:?}");
                    let merged = model.merged(&after);
                    assert_eq!(model.place(&merged), model.place(&after), "{case:?}");
                    // Now and then only the relevant part is kept for the rest of the way, or another state is in its place.
                    state = match dice >> 40 & 3 {
                        0 => kept,
                        1 => after,
                        _ => merged,
                    };
                }
            }
        }
        assert!(compared > 2000, "{compared}");
    }
}
