//! Every way through the pack by its own questions: from every goal, every answer to whatever is pending, to the end.
//!
//! States that have the same future are one (see [`Model::merged`]), and so are the ends of a goal that are alike: the
//! graph is finite, small, and exact. Whatever can be met is met in it, after as many answers as it takes at least, and its
//! longest path is the longest that anybody can be kept answering.

use super::model::{DONE, Model, Put, State, Variable, get};
use super::{Code, Progress, Violation};
use crate::diagnosis;
use crate::dialogue::{Entry, Outcome, Prompt};
use crate::knowledge::{Id, Item};
use rustc_hash::FxHashMap;
use std::collections::btree_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

/// A place in the dialogue: what is pending, and the guides and problems on the way there, by their numbers.
pub(super) type Place = (usize, Vec<usize>);

/// The graph of all answers.
#[derive(Debug, Default)]
pub(super) struct Ways {
    nodes: Vec<Node>,
    edges: Vec<usize>,
    /// Every place that was met, with the first state there: the one with the shortest way.
    pub places: BTreeMap<Place, usize>,
    /// Causes that are the most probable somewhere, by problem.
    pub leading: BTreeSet<(Id, Id)>,
    /// Routes that are taken somewhere: where from, and where to.
    pub taken: BTreeSet<(usize, usize)>,
    /// How many ways end solved, and handed over.
    pub ends: BTreeMap<Outcome, usize>,
    /// The most answers that can be given under a goal until it ends.
    pub longest: BTreeMap<Item, usize>,
}

#[derive(Debug)]
struct Node {
    goal: usize,
    place: usize,
    /// The state that it was first reached from, and by which of the answers there.
    from: Option<(usize, usize)>,
    edges: Range<usize>,
}

/// Walks every way, breadth first, so that the first way to a place is a shortest one.
pub(super) fn walk(
    model: &mut Model<'_>,
    goals: &[usize],
    progress: &mut dyn FnMut(Progress),
    violations: &mut Vec<Violation>,
) -> Ways {
    walk_by(model, goals, Model::merged, progress, violations)
}

/// The same, with one state for all that `merged` makes one.
fn walk_by<'k>(
    model: &mut Model<'k>,
    goals: &[usize],
    merged: fn(&mut Model<'k>, &State) -> State,
    progress: &mut dyn FnMut(Progress),
    violations: &mut Vec<Violation>,
) -> Ways {
    let mut walk = Walk {
        model,
        merged,
        violations,
        ways: Ways::default(),
        known: FxHashMap::default(),
        ends: FxHashMap::default(),
        waiting: VecDeque::new(),
        places: Vec::new(),
        circles: BTreeSet::new(),
        ranked: BTreeSet::new(),
    };
    for goal in goals {
        let state = walk.model.chosen(*goal);
        walk.meet(&state, None);
    }
    while let Some((number, state)) = walk.waiting.pop_front() {
        if number % 4096 == 0 {
            progress(Progress::Ways {
                states: walk.ways.nodes.len(),
            });
        }
        walk.visit(number, &state);
    }
    let places = walk.places;
    let mut ways = walk.ways;
    longest(&mut ways, model, &places, violations);
    ways
}

struct Walk<'w, 'k> {
    model: &'w mut Model<'k>,
    merged: fn(&mut Model<'k>, &State) -> State,
    violations: &'w mut Vec<Violation>,
    ways: Ways,
    known: FxHashMap<State, usize>,
    ends: FxHashMap<Stand, usize>,
    waiting: VecDeque<(usize, State)>,
    /// Places by their number.
    places: Vec<Place>,
    /// Pairs of items that lead to each other.
    circles: BTreeSet<BTreeSet<usize>>,
    /// What the diagnosis has been asked already.
    ranked: BTreeSet<(usize, Vec<u8>)>,
}

/// Where a state stands: of one after which nothing comes that is all there is to know.
#[derive(PartialEq, Eq, Hash)]
struct Stand {
    goal: usize,
    place: usize,
    /// It is the end of a guide, and nothing was done.
    hollow: bool,
    /// Items that would lead back to others on the way.
    circles: Vec<[usize; 2]>,
}

impl Walk<'_, '_> {
    /// The number of a state, which is put in line if it is new.
    fn meet(&mut self, state: &State, from: Option<(usize, usize)>) -> usize {
        let (put, path) = self.model.place(state);
        let ends = self.model.put(put).is_some_and(|put| put.moves.is_empty());
        let (number, next) = (self.ways.nodes.len(), self.places.len());
        let place = match self.ways.places.entry((put, path)) {
            Slot::Occupied(known) => self
                .ways
                .nodes
                .get(*known.get())
                .map_or(0, |node| node.place),
            Slot::Vacant(new) => {
                self.places.push(new.key().clone());
                new.insert(number);
                next
            }
        };
        let node = Node {
            goal: state.goal,
            place,
            from,
            edges: 0..0,
        };
        if ends {
            self.rank_causes(state, place);
            let stand = self.stand(state, place);
            if let Some(number) = self.ends.get(&stand) {
                return *number;
            }
            self.ways.nodes.push(node);
            self.judge(number, &stand);
            self.ends.insert(stand, number);
            return number;
        }
        let state = (self.merged)(self.model, state);
        if let Some(number) = self.known.get(&state) {
            return *number;
        }
        self.rank_causes(&state, place);
        self.ways.nodes.push(node);
        self.judge(number, &self.stand(&state, place));
        self.known.insert(state.clone(), number);
        self.waiting.push_back((number, state));
        number
    }

    fn visit(&mut self, number: usize, state: &State) {
        let place = self.ways.nodes.get(number).map_or(0, |node| node.place);
        let Some(put) = self.places.get(place).map(|(put, _)| *put) else {
            return;
        };
        let first = self.ways.edges.len();
        let moves = self.model.put(put).map_or(0, |put| put.moves.len());
        let rank = self.model.rank(state);
        for choice in 0..moves {
            let after = self
                .model
                .put(put)
                .and_then(|put| put.moves.get(choice))
                .map(|told| self.model.after(state, told));
            let Some(after) = after else { continue };
            if self.model.rank(&after) >= rank {
                self.report(Code::Endless, number, || {
                    "an answer brings no end nearer".to_owned()
                });
                continue;
            }
            let to = self.meet(&after, Some((number, choice)));
            self.ways.edges.push(to);
        }
        let edges = first..self.ways.edges.len();
        if let Some(node) = self.ways.nodes.get_mut(number) {
            node.edges = edges;
        }
    }

    fn report(&mut self, code: Code, node: usize, message: impl FnOnce() -> String) {
        // The first of a kind has the shortest way; a hundred more of it would say no more.
        let message = message();
        if !self
            .violations
            .iter()
            .any(|known| known.code == code && known.message == message)
        {
            self.violations
                .push(Violation::at_state(code, message, node));
        }
    }

    /// All that there is to say of where a state stands.
    fn stand(&self, state: &State, place: usize) -> Stand {
        let none = (usize::MAX, Vec::new());
        let (put, path) = self.places.get(place).unwrap_or(&none);
        let prompt = self.model.put(*put).map(|put| &put.prompt);
        let solved = match prompt {
            Some(Prompt::Ended {
                outcome: Outcome::Solved,
                of: Some(item @ Item::Guide(_)),
                ..
            }) => self.model.item(item),
            _ => None,
        };
        let part = solved.and_then(|item| self.model.parts.get(item));
        let circles = path.iter().enumerate().filter_map(|(at, item)| {
            let before = path.get(..=at).unwrap_or_default();
            let other = self.model.circle(state, *item, before)?;
            Some([*item, other])
        });
        Stand {
            goal: state.goal,
            place,
            hollow: part.is_some_and(|part| part.own.iter().all(|cell| get(state, *cell) != DONE)),
            circles: circles.collect(),
        }
    }

    /// What is wrong with a state that is met for the first time.
    fn judge(&mut self, number: usize, stand: &Stand) {
        let Some((put, path)) = self.places.get(stand.place) else {
            return;
        };
        for pair in path.windows(2) {
            if let [from, to] = pair {
                self.ways.taken.insert((*from, *to));
            }
        }
        let prompt = self.model.put(*put).map(|put| put.prompt.clone());
        match prompt {
            Some(Prompt::Ended { outcome, of, .. }) => {
                *self.ways.ends.entry(outcome).or_default() += 1;
                if let Some(item) = of.filter(|_| stand.hollow) {
                    self.report(Code::Hollow, number, || {
                        format!("`{item}` says that it is done before anything was done")
                    });
                }
            }
            Some(Prompt::Menu) => self.report(Code::DeadEnd, number, || {
                "the goal is forgotten on the way".to_owned()
            }),
            Some(Prompt::Ask { .. } | Prompt::Step { .. } | Prompt::Remedy { .. }) | None => {}
        }
        for circle in &stand.circles {
            // One circle is met from all its sides.
            if !self.circles.insert((*circle).into()) {
                continue;
            }
            let names = circle.map(|item| {
                let item = self.model.items.get(item);
                item.map_or_else(String::new, Item::to_string)
            });
            let [from, to] = names;
            self.report(Code::Circle, number, || {
                format!("`{from}` leads back to `{to}`, which had led there")
            });
        }
    }

    /// Which cause leads here, if it is a problem that is being looked into.
    fn rank_causes(&mut self, state: &State, place: usize) {
        let Some((put, path)) = self.places.get(place) else {
            return;
        };
        let Some(item) = path.last() else { return };
        let prompt = self.model.put(*put).map(|put| &put.prompt);
        let (Some(Item::Problem(id)), Some(part)) =
            (self.model.items.get(*item), self.model.parts.get(*item))
        else {
            return;
        };
        if prompt.and_then(Prompt::outcome) == Some(Outcome::Solved) {
            return;
        }
        let cells: Vec<usize> = part.evidence.iter().chain(&part.own).copied().collect();
        let seen = cells.iter().map(|cell| get(state, *cell)).collect();
        if !self.ranked.insert((*item, seen)) {
            return;
        }
        let view = self.model.view(state, &cells);
        if let Some(problem) = self.model.knowledge.problems.get(id)
            && let Some((cause, _)) =
                diagnosis::ranked(problem, &view.facts, &view.tried(id)).first()
        {
            self.ways.leading.insert((id.clone(), (*cause).clone()));
        }
    }
}

impl Ways {
    pub fn states(&self) -> usize {
        self.nodes.len()
    }

    pub fn transitions(&self) -> usize {
        self.edges.len()
    }

    /// The goal of a state, and the answers on the shortest way to it.
    pub fn plan(&self, model: &mut Model<'_>, node: usize) -> (usize, Vec<Entry>) {
        let mut choices = Vec::new();
        let mut at = node;
        while let Some((from, choice)) = self.nodes.get(at).and_then(|node| node.from) {
            choices.push(choice);
            at = from;
        }
        let goal = self.nodes.get(at).map_or(0, |node| node.goal);
        let mut state = model.chosen(goal);
        let mut plan = Vec::new();
        for choice in choices.into_iter().rev() {
            let (put, _) = model.place(&state);
            let told = model.put(put).and_then(|put| put.moves.get(choice));
            let Some(told) = told else { break };
            plan.push(told.entry.clone());
            state = model.after(&state, told);
        }
        (goal, plan)
    }

    fn successors(&self, node: usize) -> &[usize] {
        let edges = self.nodes.get(node).map(|node| node.edges.clone());
        edges
            .and_then(|edges| self.edges.get(edges))
            .unwrap_or_default()
    }
}

/// The longest path from every node, depth first; what is met again while it is still open would never end.
fn longest(ways: &mut Ways, model: &Model<'_>, places: &[Place], violations: &mut Vec<Violation>) {
    const OPEN: usize = usize::MAX;
    const UNKNOWN: usize = usize::MAX - 1;
    let mut lengths = vec![UNKNOWN; ways.nodes.len()];
    for start in 0..ways.nodes.len() {
        let mut stack = vec![(start, 0)];
        while let Some((node, next)) = stack.pop() {
            let Some(length) = lengths.get_mut(node) else {
                continue;
            };
            if next == 0 {
                if *length != UNKNOWN {
                    if *length == OPEN {
                        let message = "the answers lead round in a circle".to_owned();
                        violations.push(Violation::at_state(Code::Endless, message, node));
                    }
                    continue;
                }
                *length = OPEN;
            }
            let successors = ways.successors(node);
            if let Some(to) = successors.get(next) {
                stack.push((node, next + 1));
                stack.push((*to, 0));
                continue;
            }
            let after = successors
                .iter()
                .filter_map(|to| lengths.get(*to).filter(|length| **length < UNKNOWN));
            let most = after.max().map_or(0, |most| most + 1);
            if let Some(length) = lengths.get_mut(node) {
                *length = most;
            }
            let put = ways
                .nodes
                .get(node)
                .and_then(|node| places.get(node.place))
                .and_then(|(put, _)| model.put(*put));
            if let Some(Put { prompt, .. }) = put
                && successors.is_empty()
                && prompt.outcome().is_none()
            {
                let message = format!("nothing can be answered to {}", named(prompt));
                violations.push(Violation::at_state(Code::DeadEnd, message, node));
            }
        }
    }
    for (node, length) in ways.nodes.iter().zip(&lengths) {
        if node.from.is_none()
            && let Some(item) = model.items.get(node.goal)
        {
            ways.longest.insert(item.clone(), *length);
        }
    }
}

/// A prompt as the author knows it.
pub(super) fn named(prompt: &Prompt) -> String {
    prompt
        .key()
        .map_or_else(|| "the end".to_owned(), |key| format!("`{key}`"))
}

/// How many facts a pack has, each of which can be told unasked once: so many turns a talk can be longer than by its own
/// questions, if nothing is taken back.
pub(super) fn tellable(model: &Model<'_>) -> usize {
    let facts = model
        .variables
        .iter()
        .filter(|variable| matches!(variable, Variable::Fact { .. }));
    facts.count()
}

#[cfg(test)]
mod tests {
    use super::{Model, Outcome, Place, State, Ways, walk_by};
    use crate::dialogue::Prompt;
    use crate::knowledge::{Id, Item, load};
    use crate::shipped;
    use std::collections::{BTreeMap, BTreeSet};

    /// What a walk has found, in the pack's own names: every place with the fewest answers to it, and the rest.
    #[derive(Debug, PartialEq)]
    struct Found {
        places: BTreeMap<(Option<Prompt>, Vec<Item>), usize>,
        leading: BTreeSet<(Id, Id)>,
        taken: BTreeSet<(usize, usize)>,
        ends: BTreeSet<Outcome>,
        longest: BTreeMap<Item, usize>,
    }

    fn found<'k>(
        model: &mut Model<'k>,
        goals: &[usize],
        merged: fn(&mut Model<'k>, &State) -> State,
    ) -> (Found, usize) {
        let mut violations = Vec::new();
        let ways = walk_by(model, goals, merged, &mut |_| (), &mut violations);
        assert!(violations.is_empty(), "{violations:?}");
        let named = |(put, path): &Place| {
            let items = path.iter().map(|item| model.items[*item].clone());
            let prompt = model.put(*put).map(|put| put.prompt.clone());
            (prompt, items.collect())
        };
        let far = |ways: &Ways, mut node: usize| {
            let mut far = 0;
            while let Some((from, _)) = ways.nodes[node].from {
                (node, far) = (from, far + 1);
            }
            far
        };
        let places = ways.places.iter();
        let found = Found {
            places: places
                .map(|(place, node)| (named(place), far(&ways, *node)))
                .collect(),
            leading: ways.leading.clone(),
            taken: ways.taken.clone(),
            ends: ways.ends.keys().copied().collect(),
            longest: ways.longest.clone(),
        };
        (found, ways.states())
    }

    /// From every goal whose plain walk can be awaited, one after the other: what is met, by how many answers, and how many
    /// there can be.
    #[test]
    fn states_that_are_one_have_the_same_future() {
        let knowledge = load(&shipped::files()).unwrap();
        let mut model = Model::new(&knowledge);
        let goals = [
            Item::Guide("account_stolen".to_owned()),
            Item::Guide("not_my_number".to_owned()),
            Item::Guide("restore_number".to_owned()),
            Item::Problem("account_abnormal".to_owned()),
            Item::Problem("code_not_received".to_owned()),
            Item::Problem("login_failed".to_owned()),
            Item::Problem("recovery_failed".to_owned()),
        ];
        for goal in goals.map(|goal| model.item(&goal).unwrap()) {
            let plain = |model: &mut Model<'_>, state: &State| model.relevant(state);
            let (plain, states) = found(&mut model, &[goal], plain);
            let (merged, fewer) = found(&mut model, &[goal], Model::merged);
            assert_eq!(merged, plain, "{}", model.items[goal]);
            assert!(fewer <= states, "{fewer} for {states}");
        }
    }
}
