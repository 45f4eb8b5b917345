//! What is pending in a state, what can be answered to it, and what that changes.

use super::{
    DONE, FAILED, HELPED, IMPOSSIBLE, Masks, Model, Move, NOT_HELPED, NOTHING, Next, Put, REOPENED,
    SKIPPED, State, StepPart, Variable, get, holds, set,
};
use crate::dialogue::{Entry, Found, Origin, Prompt, RemedyResult, StepResult, find};
use crate::knowledge::Item;

/// What can still play a part in a state, by the numbers of the items.
pub(super) struct Scope {
    pub met: Vec<bool>,
    /// Problems into which a step can still fail.
    pub failing: Vec<bool>,
}

impl Model<'_> {
    /// Something that can be pending.
    pub fn put(&self, number: usize) -> Option<&Put> {
        self.puts.get(number)
    }

    /// What is pending, by its number, and the way there: what `place` does, item by item.
    pub fn place(&mut self, state: &State) -> (usize, Vec<usize>) {
        let mut path = vec![state.goal];
        loop {
            match self.next(state, &path) {
                Next::Put(put) => return (put, path),
                Next::Go(to) => path.push(to),
            }
        }
    }

    /// What becomes of the last item of a path: asked of the dialogue once for all that it can see, then remembered.
    fn next(&mut self, state: &State, path: &[usize]) -> Next {
        let item = path.last().copied().unwrap_or(state.goal);
        let part = self.parts.get(item);
        let footprint = part.map_or(&[][..], |part| &part.footprint);
        let seen = footprint.iter().map(|cell| get(state, *cell)).collect();
        let leads = part.into_iter().flat_map(|part| &part.leads);
        let passed = leads
            .filter(|to| path.contains(to))
            .fold(0, |passed, to| passed | (1_u64 << (to & 63)));
        let key = (item, seen, passed);
        if let Some(next) = self.remembered.get(&key) {
            return *next;
        }
        let view = self.view(state, footprint);
        let items: Vec<Item> = path
            .iter()
            .filter_map(|item| self.items.get(*item).cloned())
            .collect();
        let next = match find(self.knowledge, &view, &items) {
            Found::Prompt(prompt) => Next::Put(self.number(prompt)),
            // A place that the pack does not have is where the item itself ends.
            Found::Go { to, .. } => Next::Go(self.item(&to).unwrap_or(item)),
        };
        self.remembered.insert(key, next);
        next
    }

    fn number(&mut self, prompt: Prompt) -> usize {
        if let Some(number) = self.put_numbers.get(&prompt) {
            return *number;
        }
        let number = self.puts.len();
        let moves = self
            .answers_to(&prompt)
            .into_iter()
            .filter_map(|entry| self.moved(entry))
            .collect();
        self.put_numbers.insert(prompt.clone(), number);
        self.puts.push(Put { prompt, moves });
        number
    }

    /// What can be answered to a prompt: every answer that has a button.
    pub fn answers_to(&self, prompt: &Prompt) -> Vec<Entry> {
        match prompt {
            Prompt::Menu | Prompt::Ended { .. } => Vec::new(),
            Prompt::Ask { fact, .. } => self
                .fact(fact)
                .into_iter()
                .flat_map(|cell| self.answers(cell))
                .map(|answer| Entry::fact(fact, answer, Origin::Question))
                .collect(),
            Prompt::Step { guide, step, .. } => {
                let known = self
                    .knowledge
                    .guides
                    .get(guide)
                    .and_then(|known| known.step(step));
                let optional = known.is_some_and(|step| step.optional);
                let skipped = optional.then_some(StepResult::Skipped);
                [StepResult::Done, StepResult::Failed]
                    .into_iter()
                    .chain(skipped)
                    .map(|result| Entry::Step {
                        guide: guide.clone(),
                        step: step.clone(),
                        result,
                    })
                    .collect()
            }
            Prompt::Remedy { problem, remedy } => [
                RemedyResult::Helped,
                RemedyResult::NotHelped,
                RemedyResult::Impossible,
            ]
            .into_iter()
            .map(|result| Entry::Remedy {
                problem: problem.clone(),
                remedy: remedy.clone(),
                result,
            })
            .collect(),
        }
    }

    fn moved(&self, entry: Entry) -> Option<Move> {
        let (cell, value, recalls, reopens) = match &entry {
            Entry::Fact { fact, answer, .. } => {
                let cell = self.fact(fact)?;
                let (_, value) = self.answers(cell).zip(1..).find(|(of, _)| *of == answer)?;
                (cell, value, None, None)
            }
            Entry::Step {
                guide,
                step,
                result,
            } => {
                let cell = self.cell(|variable| {
                    matches!(variable, Variable::Step { guide: of, step: known } if of == guide && known == step)
                })?;
                let part = self.steps().find(|part| part.cell == cell)?;
                match result {
                    StepResult::Done => (cell, DONE, None, None),
                    StepResult::Skipped => (cell, SKIPPED, None, None),
                    StepResult::Failed => (cell, FAILED, part.fails, None),
                }
            }
            Entry::Remedy {
                problem,
                remedy,
                result,
            } => {
                let cell = self.cell(|variable| {
                    matches!(variable, Variable::Remedy { problem: of, remedy: known } if of == problem && known == remedy)
                })?;
                let problem = self.item(&Item::Problem(problem.clone()));
                match result {
                    RemedyResult::Helped => (cell, HELPED, None, problem),
                    RemedyResult::NotHelped => (cell, NOT_HELPED, None, None),
                    RemedyResult::Impossible => (cell, IMPOSSIBLE, None, None),
                }
            }
            // The walk is over the answers under one goal; goals and ends are the turns' part.
            Entry::Goal(_) | Entry::Later(_) | Entry::Dropped(_) | Entry::End(_) | Entry::Fresh => {
                return None;
            }
        };
        Some(Move {
            entry,
            cell,
            value,
            recalls,
            reopens,
        })
    }

    fn steps(&self) -> impl Iterator<Item = &StepPart> {
        self.parts.iter().flat_map(|part| &part.steps)
    }

    /// The state after an answer.
    pub fn after(&self, state: &State, told: &Move) -> State {
        let mut state = state.clone();
        set(&mut state, told.cell, told.value);
        if let Some(problem) = told.recalls.and_then(|problem| self.parts.get(problem)) {
            for cell in &problem.own {
                if get(&state, *cell) == HELPED {
                    set(&mut state, *cell, NOT_HELPED);
                }
            }
        }
        if told.reopens.is_some() {
            for part in self.steps().filter(|part| part.fails == told.reopens) {
                if get(&state, part.cell) == FAILED {
                    set(&mut state, part.cell, REOPENED);
                }
            }
        }
        state
    }

    /// The state without what can play no part any more, whatever is answered from here on: two states that agree in
    /// the rest have the same future. An item can play a part if a chain of routes and failing steps leads to it that
    /// the facts known so far do not rule out; answers only ever add facts, and a step that is done stays done.
    pub fn relevant(&self, state: &State) -> State {
        self.within(state).0
    }

    /// The same, with what can still play a part.
    pub(super) fn within(&self, state: &State) -> (State, Scope) {
        let mut kept = State {
            goal: state.goal,
            cells: vec![NOTHING; state.cells.len()].into(),
        };
        let mut scope = Scope {
            met: vec![false; self.parts.len()],
            failing: vec![false; self.parts.len()],
        };
        let mut waiting = vec![state.goal];
        while let Some(item) = waiting.pop() {
            if scope
                .met
                .get_mut(item)
                .is_none_or(|met| std::mem::replace(met, true))
            {
                continue;
            }
            let Some(part) = self.parts.get(item) else {
                continue;
            };
            for cell in &part.footprint {
                set(&mut kept, *cell, get(state, *cell));
            }
            let routes = part.routes.iter();
            waiting.extend(
                routes
                    .filter(|(when, _)| possible(state, when))
                    .map(|(_, to)| *to),
            );
            for step in &part.steps {
                match get(state, step.cell) {
                    DONE | SKIPPED => set(&mut kept, step.cell, DONE),
                    _ if possible(state, &step.when) => {
                        let failing = step.fails.and_then(|to| scope.failing.get_mut(to));
                        if let Some(failing) = failing {
                            *failing = true;
                        }
                        waiting.extend(step.fails);
                    }
                    _ => {}
                }
            }
        }
        (kept, scope)
    }

    /// Where the last item of a path would lead by what is known, were it not on the path already.
    pub fn circle(&self, state: &State, item: usize, path: &[usize]) -> Option<usize> {
        let routes = &self.parts.get(item)?.routes;
        let holding = routes.iter().filter(|(when, _)| holds(state, when));
        holding.map(|(_, to)| *to).find(|to| path.contains(to))
    }

    /// How far a state is from having nothing left to answer, most weighty first: remedies, steps, facts. It falls with
    /// every answer to what is pending: a remedy that is tried weighs more than the steps that it may reopen.
    pub fn rank(&self, state: &State) -> (usize, usize, usize) {
        let mut rank = (0, 0, 0);
        for (cell, variable) in self.variables.iter().enumerate() {
            match (variable, get(state, cell)) {
                (Variable::Fact { .. }, NOTHING) => rank.2 += 1,
                (Variable::Step { .. }, NOTHING | REOPENED) => rank.1 += 2,
                (Variable::Step { .. }, FAILED) => rank.1 += 1,
                (Variable::Remedy { .. }, NOTHING) => rank.0 += 2,
                (Variable::Remedy { .. }, HELPED) => rank.0 += 1,
                _ => {}
            }
        }
        rank
    }
}

/// Whether a condition can still come to hold: no fact of it is known otherwise.
fn possible(state: &State, masks: &Masks) -> bool {
    masks.iter().all(|(fact, mask)| {
        let value = get(state, *fact);
        value == NOTHING || mask & (1 << (value & 63)) != 0
    })
}
