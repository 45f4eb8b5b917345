//! What follows from a case: the next thing to put before the user.

use super::session::{Case, Outcome};
use super::view::{StepState, View};
use crate::diagnosis::{self, Decision};
use crate::knowledge::{Ask, Condition, Facts, Guide, Id, Item, Knowledge, Route, Step, Text};

/// What is put before the user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prompt {
    /// Nothing is under way: choose a guide, a problem or a topic.
    /// choice → `Ask`, `Step`, `Remedy` or `Ended`.
    Menu,
    /// A fact is needed.
    /// answer → whatever comes next of the guide or problem.
    Ask { fact: Id, within: Item },
    /// A step is to be done.
    /// done, skipped → the next step, or `Ended`; failed → the problem behind it.
    Step { guide: Id, step: Id, again: bool },
    /// A remedy is to be tried.
    /// helped → `Ended`, or the step that had failed; did not help, cannot be done → what the diagnosis says then.
    Remedy { problem: Id, remedy: Id },
    /// It is over. What is refused is the topic that says so.
    /// choice → a new case; "not solved" → the problem behind it.
    Ended {
        outcome: Outcome,
        of: Option<Item>,
        chosen: bool,
    },
}

impl Prompt {
    /// The pack item behind it, as `pending` and `shows` name it.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        match self {
            Self::Menu => Some("menu".to_owned()),
            Self::Ask { fact, .. } => Some(format!("fact:{fact}")),
            Self::Step { guide, step, .. } => Some(format!("guide:{guide}/{step}")),
            Self::Remedy { problem, remedy } => Some(format!("problem:{problem}/{remedy}")),
            Self::Ended { .. } => None,
        }
    }

    /// The end that this is.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Ended { outcome, .. } => Some(*outcome),
            Self::Menu | Self::Ask { .. } | Self::Step { .. } | Self::Remedy { .. } => None,
        }
    }
}

/// Where the case has led to, and by which way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'k> {
    pub prompt: Prompt,
    /// The guides and problems on the way, the one in hand last.
    pub path: Vec<Item>,
    /// What is said where an answer led elsewhere, with the item that it led to.
    pub said: Vec<(Item, &'k Text)>,
    /// What is kept for later and has not come up on the way here.
    pub kept: Vec<Item>,
}

/// What to put before the user: a pure function of what they told us.
#[must_use]
pub fn next(knowledge: &Knowledge, case: &Case) -> Prompt {
    place(knowledge, &View::of(knowledge, case)).prompt
}

/// The same from a folded case, with the way there.
#[must_use]
pub fn place<'k>(knowledge: &'k Knowledge, view: &View) -> Place<'k> {
    let mut place = Place {
        prompt: Prompt::Menu,
        path: Vec::new(),
        said: Vec::new(),
        kept: Vec::new(),
    };
    match (&view.end, &view.goal) {
        (Some(outcome), goal) => {
            place.prompt = Prompt::Ended {
                outcome: *outcome,
                of: goal.clone(),
                chosen: true,
            };
        }
        (None, None) => {}
        (None, Some(goal)) => follow(knowledge, view, goal, &mut place),
    }
    place.kept = kept(knowledge, view, &place);
    place
}

/// Goes from a goal to what is pending.
fn follow<'k>(knowledge: &'k Knowledge, view: &View, goal: &Item, place: &mut Place<'k>) {
    place.path.push(goal.clone());
    // No item is entered twice, so this ends.
    place.prompt = loop {
        match find(knowledge, view, &place.path) {
            Found::Prompt(prompt) => break prompt,
            Found::Go { to, say } => {
                place.said.extend(say.map(|say| (to.clone(), say)));
                place.path.push(to);
            }
        }
    };
}

/// What is kept for later, without what has been seen to on the way to where the case stands, chosen ends included.
fn kept(knowledge: &Knowledge, view: &View, place: &Place<'_>) -> Vec<Item> {
    if view.later.is_empty() {
        return Vec::new();
    }
    let mut here = place.clone();
    if let (Some(_), Some(goal)) = (&view.end, &view.goal) {
        follow(knowledge, view, goal, &mut here);
    }
    let is_solved = |item: &Item| match item {
        Item::Problem(id) => view.is_solved(id),
        Item::Guide(_) | Item::Topic(_) => false,
    };
    let kept = view.later.iter();
    kept.filter(|item| !here.path.contains(item) && !is_solved(item))
        .cloned()
        .collect()
}

/// What becomes of one item: something to put, or another item to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<'k> {
    Prompt(Prompt),
    Go { to: Item, say: Option<&'k Text> },
}

/// What becomes of the last item of a path. Of the view it looks at nothing but the facts that the item names and the
/// item's own steps or remedies, and of the path only at whether a place to go to has been passed already.
pub(crate) fn find<'k>(knowledge: &'k Knowledge, view: &View, path: &[Item]) -> Found<'k> {
    let at = At {
        knowledge,
        view,
        path,
    };
    let found = match path.last() {
        Some(Item::Guide(id)) => at.guide(id),
        Some(Item::Problem(id)) => at.problem(id),
        Some(Item::Topic(_)) | None => None,
    };
    // The pack has no such item any more: a human takes over.
    found.unwrap_or_else(|| Found::Prompt(at.ended(Outcome::HandedOver)))
}

struct At<'k, 'v> {
    knowledge: &'k Knowledge,
    view: &'v View,
    path: &'v [Item],
}

impl<'k> At<'k, '_> {
    fn guide(&self, id: &Id) -> Option<Found<'k>> {
        let guide = self.knowledge.guides.get(id)?;
        if let Some(found) = self.route_or_ask(&guide.route, &guide.ask, &Item::Guide(id.clone())) {
            return Some(found);
        }
        let mut declines = guide.declines.iter();
        if let Some(decline) = declines.find(|decline| decline.when.holds(&self.view.facts)) {
            return Some(Found::Prompt(Prompt::Ended {
                outcome: Outcome::Refused,
                of: Some(decline.topic.clone()),
                chosen: false,
            }));
        }
        for step in guide
            .steps
            .iter()
            .filter(|step| step.when.holds(&self.view.facts))
        {
            let state = self.view.steps.get(&(id.clone(), step.id.clone()));
            match state {
                Some(StepState::Done | StepState::Skipped) => {}
                Some(StepState::Failed) => {
                    let problem = step.fails.clone().map(Item::Problem);
                    return Some(
                        match problem.filter(|problem| !self.path.contains(problem)) {
                            Some(to) => Found::Go { to, say: None },
                            None => Found::Prompt(self.ended(Outcome::HandedOver)),
                        },
                    );
                }
                Some(StepState::Reopened) | None => {
                    return Some(Found::Prompt(self.step(id, step, state.is_some())));
                }
            }
        }
        Some(Found::Prompt(self.ended(Outcome::Solved)))
    }

    /// A step, once its safety requirements are known and hold.
    fn step(&self, guide: &Id, step: &Step, again: bool) -> Prompt {
        match blocked(&step.requires, &self.view.facts) {
            Blocked::No => Prompt::Step {
                guide: guide.clone(),
                step: step.id.clone(),
                again,
            },
            Blocked::Unknown(fact) => Prompt::Ask {
                fact: fact.clone(),
                within: Item::Guide(guide.clone()),
            },
            Blocked::Forbidden => self.ended(Outcome::HandedOver),
        }
    }

    fn problem(&self, id: &Id) -> Option<Found<'k>> {
        let problem = self.knowledge.problems.get(id)?;
        let item = Item::Problem(id.clone());
        if self.view.is_solved(id) {
            return Some(Found::Prompt(self.ended(Outcome::Solved)));
        }
        if let Some(found) = self.route_or_ask(&problem.route, &problem.ask, &item) {
            return Some(found);
        }
        Some(Found::Prompt(
            match diagnosis::decide(problem, &self.view.facts, &self.view.tried(id)) {
                Decision::Ask(fact) => Prompt::Ask { fact, within: item },
                Decision::Try(remedy) => Prompt::Remedy {
                    problem: id.clone(),
                    remedy,
                },
                Decision::HandOver => self.ended(Outcome::HandedOver),
            },
        ))
    }

    /// Where the answers lead, or what must be asked first.
    fn route_or_ask(&self, routes: &'k [Route], asks: &[Ask], within: &Item) -> Option<Found<'k>> {
        let facts = &self.view.facts;
        let taken = routes
            .iter()
            .find(|route| route.when.holds(facts) && !self.path.contains(&route.to));
        if let Some(route) = taken {
            return Some(Found::Go {
                to: route.to.clone(),
                say: route.say.as_ref(),
            });
        }
        let ask = asks
            .iter()
            .find(|ask| ask.when.holds(facts) && !facts.contains_key(&ask.fact))?;
        Some(Found::Prompt(Prompt::Ask {
            fact: ask.fact.clone(),
            within: within.clone(),
        }))
    }

    fn ended(&self, outcome: Outcome) -> Prompt {
        Prompt::Ended {
            outcome,
            of: self.path.last().cloned(),
            chosen: false,
        }
    }
}

/// Whether a requirement lets something through.
enum Blocked<'c> {
    No,
    Unknown(&'c Id),
    Forbidden,
}

fn blocked<'c>(requires: &'c Condition, facts: &Facts) -> Blocked<'c> {
    match requires.unknown(facts) {
        Some(fact) => Blocked::Unknown(fact),
        None if requires.holds(facts) => Blocked::No,
        None => Blocked::Forbidden,
    }
}

/// The steps of a guide that apply to a case, in order: what "step 2 of 5" counts.
#[must_use]
pub(super) fn applicable<'g>(guide: &'g Guide, facts: &Facts) -> Vec<&'g Step> {
    guide
        .steps
        .iter()
        .filter(|step| step.when.holds(facts))
        .collect()
}
