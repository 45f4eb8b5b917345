//! Every way through the pack by its own questions: from every goal, every answer to whatever is pending, to the end.
//!
//! States that agree in all that can still play a part are one (see [`Model::relevant`]), so the graph is finite, small,
//! and exact: its longest path is the longest that anybody can be kept answering.

use super::model::{DONE, Model, Put, State, Variable, get};
use super::{Code, Progress, Violation};
use crate::diagnosis;
use crate::dialogue::{Entry, Outcome, Prompt};
use crate::knowledge::{Id, Item};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    /// Where its edges begin; they end where the next node's begin.
    edges: usize,
}

/// Walks every way, breadth first, so that the first way to a place is a shortest one.
pub(super) fn walk(
    model: &mut Model<'_>,
    goals: &[usize],
    progress: &mut dyn FnMut(Progress),
    violations: &mut Vec<Violation>,
) -> Ways {
    let mut walk = Walk {
        model,
        violations,
        ways: Ways::default(),
        known: FxHashMap::default(),
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
    violations: &'w mut Vec<Violation>,
    ways: Ways,
    known: FxHashMap<State, usize>,
    waiting: VecDeque<(usize, State)>,
    /// Places by their number.
    places: Vec<Place>,
    /// Pairs of items that lead to each other.
    circles: BTreeSet<BTreeSet<usize>>,
    /// What the diagnosis has been asked already.
    ranked: BTreeSet<(usize, Vec<u8>)>,
}

impl Walk<'_, '_> {
    /// The number of a state, which is put in line if it is new.
    fn meet(&mut self, state: &State, from: Option<(usize, usize)>) -> usize {
        let state = self.model.relevant(state);
        if let Some(number) = self.known.get(&state) {
            return *number;
        }
        let number = self.ways.nodes.len();
        self.ways.nodes.push(Node {
            goal: state.goal,
            place: 0,
            from,
            edges: 0,
        });
        self.known.insert(state.clone(), number);
        self.waiting.push_back((number, state));
        number
    }

    fn visit(&mut self, number: usize, state: &State) {
        let place = self.model.place(state);
        let edges = self.ways.edges.len();
        let place_number = if let Some(first) = self.ways.places.get(&place) {
            self.ways.nodes.get(*first).map_or(0, |node| node.place)
        } else {
            self.places.push(place.clone());
            self.ways.places.insert(place.clone(), number);
            self.places.len() - 1
        };
        if let Some(node) = self.ways.nodes.get_mut(number) {
            node.place = place_number;
            node.edges = edges;
        }
        let (put, path) = place;
        for pair in path.windows(2) {
            if let [from, to] = pair {
                self.ways.taken.insert((*from, *to));
            }
        }
        let moves = self.model.put(put).map_or(0, |put| put.moves.len());
        if let Some(prompt) = self.model.put(put).map(|put| put.prompt.clone()) {
            self.judge(number, state, &prompt, &path);
        }
        let rank = self.model.rank(state);
        for place in 0..moves {
            let after = self
                .model
                .put(put)
                .and_then(|put| put.moves.get(place))
                .map(|told| self.model.after(state, told));
            let Some(after) = after else { continue };
            if self.model.rank(&after) >= rank {
                self.report(Code::Endless, number, || {
                    "an answer brings no end nearer".to_owned()
                });
                continue;
            }
            let to = self.meet(&after, Some((number, place)));
            self.ways.edges.push(to);
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

    fn judge(&mut self, number: usize, state: &State, prompt: &Prompt, path: &[usize]) {
        match prompt {
            Prompt::Ended { outcome, of, .. } => {
                *self.ways.ends.entry(*outcome).or_default() += 1;
                if let (Outcome::Solved, Some(item @ Item::Guide(_))) = (outcome, of)
                    && let Some(part) = self
                        .model
                        .item(item)
                        .and_then(|item| self.model.parts.get(item))
                    && part.own.iter().all(|cell| get(state, *cell) != DONE)
                {
                    self.report(Code::Hollow, number, || {
                        format!("`{item}` says that it is done before anything was done")
                    });
                }
            }
            Prompt::Menu => self.report(Code::DeadEnd, number, || {
                "the goal is forgotten on the way".to_owned()
            }),
            Prompt::Ask { .. } | Prompt::Step { .. } | Prompt::Remedy { .. } => {}
        }
        let last = path.last().and_then(|item| self.model.items.get(*item));
        if let Some(Item::Problem(id)) = last.cloned() {
            self.rank_causes(state, &id, path);
        }
        for (place, item) in path.iter().enumerate() {
            let before = path.get(..=place).unwrap_or_default();
            if let Some(other) = self.model.circle(state, *item, before) {
                let names = [*item, other].map(|item| {
                    self.model
                        .items
                        .get(item)
                        .map_or_else(String::new, Item::to_string)
                });
                let [from, to] = names;
                // One circle is met from all its sides.
                if !self.circles.insert([*item, other].into()) {
                    continue;
                }
                self.report(Code::Circle, number, || {
                    format!("`{from}` leads back to `{to}`, which had led there")
                });
            }
        }
    }

    /// Which cause leads here.
    fn rank_causes(&mut self, state: &State, id: &Id, path: &[usize]) {
        let Some(item) = path.last() else { return };
        let Some(part) = self.model.parts.get(*item) else {
            return;
        };
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
        let start = self.nodes.get(node).map_or(0, |node| node.edges);
        let end = self
            .nodes
            .get(node + 1)
            .map_or(self.edges.len(), |next| next.edges);
        self.edges.get(start..end).unwrap_or_default()
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
