//! Simulated users: each has one cause, answers as the pack says that such people answer, tries what is proposed, and is helped
//! as often as the pack says. They press real buttons, and the real `step` answers them.

use super::{Start, starts};
use crate::decision::{Model, State};
use crate::diagnosis;
use crate::dialogue::{
    Assistant, Content, Entry, Input, Outcome, Prompt, Session, View, next, standing, step,
};
use crate::knowledge::{Facts, Id, Item, Problem};
use chrono::{DateTime, TimeDelta};
use fastrand::Rng;
use std::collections::BTreeMap;

/// So many turns no diagnosis takes; who is still there then is lost.
const TURNS_MAX: usize = 100;

/// How the users of a problem fared.
#[derive(Debug, Clone)]
pub struct Played {
    /// By cause, in the problem's order.
    pub causes: Vec<Found>,
    /// Mean minutes over all users, each cause as frequent as its prior.
    pub minutes: f64,
    /// Standard error of that.
    pub error: f64,
}

/// How those with one cause fared.
#[derive(Debug, Clone)]
pub struct Found {
    pub cause: Id,
    /// How probable it is among those who come to the diagnosis.
    pub prior: f64,
    /// Share of them that a remedy helped, or that were handed over with their cause named as the most probable.
    pub right: f64,
    /// Share that a remedy helped.
    pub solved: f64,
    /// The most that could be helped: the chance that any of its remedies helps, were all of them tried.
    pub solvable: f64,
    pub turns: f64,
    pub minutes: f64,
    /// What was taken for it most often where it was not found, with its share of all.
    pub mistaken: Option<(Id, f64)>,
}

/// Puts so many users with each cause of a problem through the dialogue. The same seed plays the same users.
#[must_use]
pub fn play(assistant: &Assistant, id: &Id, users: u32, seed: u64) -> Option<Played> {
    let problem = assistant.knowledge.problems.get(id)?;
    let starts = starts(&assistant.knowledge, problem);
    if starts.is_empty() {
        return None;
    }
    let mut rng = Rng::with_seed(seed);
    let mut played = Played {
        causes: Vec::new(),
        minutes: 0.0,
        error: 0.0,
    };
    let believed = believed(problem, &starts);
    for (cause, prior) in believed.into_iter().enumerate() {
        let all: Option<Vec<End>> = (0..users)
            .map(|_| {
                let start = chosen(&mut rng, problem, &starts, cause)?;
                let user = User {
                    assistant,
                    problem: id,
                    known: problem,
                    cause,
                    facts: start.facts.clone(),
                };
                user.talk(&mut rng)
            })
            .collect();
        let (found, variance) = summed(problem, cause, prior, &all?);
        played.minutes += prior * found.minutes;
        played.error += prior * prior * variance / f64::from(users.max(1));
        played.causes.push(found);
    }
    played.error = played.error.sqrt();
    Some(played)
}

/// P(cause) among those who come to the diagnosis.
fn believed(problem: &Problem, starts: &[Start]) -> Vec<f64> {
    let model = problem.numbers.policy.model();
    let mut sum = vec![0.0; model.priors.len()];
    for start in starts {
        for (sum, belief) in sum.iter_mut().zip(model.belief(&start.state)) {
            *sum += start.share * belief;
        }
    }
    sum
}

/// A way that somebody with this cause comes by.
fn chosen<'s>(
    rng: &mut Rng,
    problem: &Problem,
    starts: &'s [Start],
    cause: usize,
) -> Option<&'s Start> {
    let model = problem.numbers.policy.model();
    let weights = starts.iter().map(|start| {
        let belief = model.belief(&start.state);
        start.share * belief.get(cause).copied().unwrap_or_default()
    });
    starts.get(drawn(rng, &weights.collect::<Vec<_>>()))
}

/// A place, as often as its weight has it.
fn drawn(rng: &mut Rng, weights: &[f64]) -> usize {
    let mut left = rng.f64() * weights.iter().sum::<f64>();
    for (place, weight) in weights.iter().enumerate() {
        left -= weight;
        if left < 0.0 {
            return place;
        }
    }
    weights.len().saturating_sub(1)
}

/// How a talk ended.
struct End {
    minutes: f64,
    turns: f64,
    solved: bool,
    /// The most probable cause then.
    taken_for: usize,
}

fn summed(problem: &Problem, cause: usize, prior: f64, ends: &[End]) -> (Found, f64) {
    let number = f64::from(u32::try_from(ends.len()).unwrap_or(u32::MAX)).max(1.0);
    let mean = |of: &dyn Fn(&End) -> f64| ends.iter().map(of).sum::<f64>() / number;
    let minutes = mean(&|end| end.minutes);
    let variance = mean(&|end| (end.minutes - minutes).powi(2));
    let is_right = |end: &End| end.solved || end.taken_for == cause;
    let mut wrong: BTreeMap<usize, f64> = BTreeMap::new();
    for end in ends.iter().filter(|end| !is_right(end)) {
        *wrong.entry(end.taken_for).or_default() += 1.0 / number;
    }
    let chances = problem.remedies.iter();
    let chances = chances.map(|remedy| remedy.chances.get(cause).copied().unwrap_or_default());
    let unsolved: f64 = chances.map(|chance| 1.0 - chance).product();
    let mistaken = wrong
        .into_iter()
        .max_by(|(_, first), (_, second)| first.total_cmp(second));
    let name = |cause: usize| problem.causes.get(cause).map(|cause| cause.id.clone());
    let found = Found {
        cause: name(cause).unwrap_or_default(),
        prior,
        right: mean(&|end| f64::from(u8::from(is_right(end)))),
        solved: mean(&|end| f64::from(u8::from(end.solved))),
        solvable: 1.0 - unsolved,
        turns: mean(&|end| end.turns),
        minutes,
        mistaken: mistaken.and_then(|(taken_for, share)| Some((name(taken_for)?, share))),
    };
    (found, variance)
}

/// Somebody who has a cause.
struct User<'u> {
    assistant: &'u Assistant,
    problem: &'u Id,
    known: &'u Problem,
    cause: usize,
    /// What they will answer to what is asked before any diagnosis.
    facts: Facts,
}

impl User<'_> {
    /// Talks until it is over. Nothing if it does not end in this problem: then the pack leads elsewhere.
    fn talk(&self, rng: &mut Rng) -> Option<End> {
        let mut session = Session::default();
        let mut at = DateTime::UNIX_EPOCH;
        let (mut minutes, mut turns) = (0.0, 0.0);
        let item = Item::Problem(self.problem.clone());
        // However people come to it: some problems only come up behind a step that fails.
        session.case.tell(vec![Entry::Goal(item)]);
        for _ in 0..TURNS_MAX {
            let act = match next(&self.assistant.knowledge, &session.case) {
                Prompt::Ask { fact, .. } => {
                    let asked = self.known.ask.iter().any(|ask| ask.fact == fact);
                    if !asked {
                        turns += 1.0;
                        minutes += self.asking(&fact)?;
                    }
                    let answer = self.answer(rng, &fact)?;
                    format!("{fact}={answer}")
                }
                Prompt::Remedy { problem, remedy } if problem == *self.problem => {
                    let known = self.known.remedy(&remedy)?;
                    turns += 1.0;
                    minutes += known.minutes;
                    if rng.f64() < known.chances.get(self.cause).copied().unwrap_or_default() {
                        return Some(self.end(&session, minutes, turns, true));
                    }
                    "not_helped".to_owned()
                }
                Prompt::Ended {
                    outcome: Outcome::HandedOver,
                    ..
                } => {
                    let minutes = minutes + self.known.handover_minutes;
                    return Some(self.end(&session, minutes, turns, false));
                }
                Prompt::Menu
                | Prompt::Step { .. }
                | Prompt::Remedy { .. }
                | Prompt::Ended { .. } => {
                    return None;
                }
            };
            let buttons = standing(self.assistant, &session);
            let meant = |id: &str| id.split_once('.').is_some_and(|(_, rest)| rest == act);
            let button = buttons.into_iter().find(|button| meant(&button.id))?;
            session = self.does(session, &mut at, Content::Press(button.id))?;
        }
        None
    }

    fn does(
        &self,
        session: Session,
        at: &mut DateTime<chrono::Utc>,
        content: Content,
    ) -> Option<Session> {
        *at = at.checked_add_signed(TimeDelta::seconds(30))?;
        let input = Input {
            at: *at,
            language: None,
            content,
            removable: false,
        };
        Some(step(self.assistant, session, &input).0)
    }

    fn model(&self) -> &Model {
        self.known.numbers.policy.model()
    }

    fn place(&self, fact: &Id) -> Option<usize> {
        let facts = self.known.numbers.facts.iter();
        facts.clone().position(|known| known.fact == *fact)
    }

    fn asking(&self, fact: &Id) -> Option<f64> {
        self.model().questions.get(self.place(fact)?)?.minutes
    }

    /// What somebody with this cause answers.
    fn answer(&self, rng: &mut Rng, fact: &Id) -> Option<Id> {
        if let Some(answer) = self.facts.get(fact) {
            return Some(answer.clone());
        }
        let place = self.place(fact)?;
        let likelihoods = &self.model().questions.get(place)?.likelihoods;
        let weights: Vec<f64> = likelihoods
            .iter()
            .map(|causes| causes.get(self.cause).copied().unwrap_or_default())
            .collect();
        let drawn = drawn(rng, &weights);
        let kinds = self.known.numbers.facts.get(place)?.kinds.iter();
        let mut alike: Vec<&Id> = kinds
            .filter(|(_, kind)| usize::from(**kind) == drawn)
            .map(|(answer, _)| answer)
            .collect();
        let one = rng.usize(..alike.len().max(1));
        (!alike.is_empty()).then(|| alike.swap_remove(one).clone())
    }

    fn end(&self, session: &Session, minutes: f64, turns: f64, solved: bool) -> End {
        let view = View::of(&self.assistant.knowledge, &session.case);
        let state: State = diagnosis::state(self.known, &view.facts, &view.tried(self.problem));
        let belief = self.model().belief(&state).into_iter().enumerate();
        let best = belief.max_by(|(_, first), (_, second)| first.total_cmp(second));
        End {
            minutes,
            turns,
            solved,
            taken_for: best.map_or(0, |(cause, _)| cause),
        }
    }
}
