//! What to do next in any state, exactly where that can be had: plans are solved when they are first needed, and kept.

use super::grid::Grid;
use super::plan::Plan;
use super::{Act, Model, STATES_MAX, State, rollout};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// So many states are kept of all plans together, a byte each; the oldest plans go first.
const KEPT_MAX: usize = 1 << 22;

/// A problem with the plans for it.
///
/// A plan is a pure function of the model, so keeping it changes no answer. One plan serves all that can be answered and
/// tried from its origin on; another is solved only for another answer to what is given beforehand, and where a remedy
/// turns out to be impossible.
#[derive(Default)]
pub struct Policy {
    model: Model,
    plans: Mutex<Plans>,
}

#[derive(Default)]
struct Plans {
    /// By their origins; nothing where the table would be too large.
    by_origin: BTreeMap<State, Option<Arc<Plan>>>,
    oldest: VecDeque<State>,
    states: usize,
}

impl Policy {
    #[must_use]
    pub fn new(model: Model) -> Self {
        Self {
            model,
            plans: Mutex::default(),
        }
    }

    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Whether its first plan is exact: what is not must be too large for [`STATES_MAX`].
    #[must_use]
    pub fn is_exact(&self) -> bool {
        Grid::new(&self.model, &self.model.blank(), STATES_MAX).is_some()
    }

    /// What to do next. Where what is known contradicts every cause, there is nothing left to do here.
    #[must_use]
    pub fn act(&self, state: &State) -> Act {
        // Of all that can be asked anything may still be answered, so that one plan serves every user.
        let mut origin = state.clone();
        for (question, answer) in self.model.questions.iter().zip(&mut origin.answers) {
            if question.minutes.is_some() && !question.given {
                *answer = None;
            }
        }
        origin.failed = 0;
        self.planned(&origin, state)
            // Too much can come of that; of where the user stands now perhaps not.
            .or_else(|| self.planned(state, state))
            .unwrap_or_else(|| rollout::act(&self.model, state))
    }

    /// What to do in every state there can be: each answer to each question, or none, and each remedy untried, failed or
    /// impossible.
    pub fn every(&self, visit: &mut dyn FnMut(&State, Act)) {
        let blank = self.model.blank();
        let mut origins = vec![blank];
        for (number, question) in self.model.questions.iter().enumerate() {
            if question.minutes.is_some() && !question.given {
                continue;
            }
            let answers = 0..question.likelihoods.len();
            let answers = answers.filter_map(|answer| u8::try_from(answer).ok());
            let told: Vec<State> = answers
                .flat_map(|answer| {
                    let states = origins.iter();
                    states.map(move |state| self.model.answered(state, number, answer))
                })
                .collect();
            origins.extend(told);
        }
        for origin in origins {
            for impossible in 0..1_u32 << self.model.remedies.len() {
                let origin = State {
                    impossible,
                    ..origin.clone()
                };
                self.every_from(&origin, visit);
            }
        }
    }

    /// The same where what is given, and what is impossible, is as in this state.
    fn every_from(&self, origin: &State, visit: &mut dyn FnMut(&State, Act)) {
        let Some(grid) = Grid::new(&self.model, origin, usize::MAX) else {
            return;
        };
        let plan = self.plan(origin);
        let failed: Vec<u32> = (0..grid.sets())
            .map(|set| grid.state(0, set).failed)
            .collect();
        let given = grid.asks.iter().filter(|asked| asked.question.given);
        let given: Vec<_> = given.collect();
        for combination in 0..grid.combinations {
            // What is given is another origin's.
            if given
                .iter()
                .any(|given| given.answer(combination).is_some())
            {
                continue;
            }
            let mut state = grid.state(combination, 0);
            for failed in &failed {
                state.failed = *failed;
                let act = plan.as_ref().and_then(|plan| plan.act(&grid, &state));
                visit(&state, act.unwrap_or_else(|| self.act(&state)));
            }
        }
    }

    fn planned(&self, origin: &State, state: &State) -> Option<Act> {
        let plan = self.plan(origin)?;
        let grid = Grid::new(&self.model, origin, STATES_MAX)?;
        plan.act(&grid, state)
    }

    /// The plan from a state on.
    fn plan(&self, origin: &State) -> Option<Arc<Plan>> {
        // A panic elsewhere leaves the plans whole: each is put in at once.
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = plans.by_origin.get(origin) {
            return known.clone();
        }
        let plan = Plan::solve(&self.model, origin).map(Arc::new);
        plans.keep(origin.clone(), plan.clone());
        plan
    }
}

impl Plans {
    fn keep(&mut self, origin: State, plan: Option<Arc<Plan>>) {
        let states = |plan: &Option<Arc<Plan>>| plan.as_ref().map_or(1, |plan| plan.states());
        self.states += states(&plan);
        self.oldest.push_back(origin.clone());
        self.by_origin.insert(origin, plan);
        while self.states > KEPT_MAX && self.oldest.len() > 1 {
            let gone = self.oldest.pop_front();
            let gone = gone.and_then(|origin| self.by_origin.remove(&origin));
            self.states -= gone.map_or(0, |plan| states(&plan));
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut policy = formatter.debug_struct("Policy");
        policy.field("model", &self.model).finish_non_exhaustive()
    }
}
