//! What an item of a pack goes by and where it can lead: whether two things that somebody names are one matter.

use super::{Facts, Id, Item, Knowledge, Route, Text};
use std::collections::{BTreeMap, BTreeSet};

/// So many places in a row are followed: nobody is led further before something is asked or done.
const PLACES_MAX: usize = 4;

/// What facts can still be, where a way has asked for some of their answers; all that is not listed is open.
type Open<'k> = BTreeMap<&'k Id, BTreeSet<&'k Id>>;

impl Knowledge {
    /// Whether these facts say the opposite of what choosing this item tells.
    #[must_use]
    pub fn contradicts(&self, item: &Item, facts: &Facts) -> bool {
        let guide = match item {
            Item::Guide(id) => self.guides.get(id),
            Item::Problem(_) | Item::Topic(_) => None,
        };
        let mut tells = guide.into_iter().flat_map(|guide| &guide.tells);
        tells.any(|(fact, answer)| facts.get(fact).is_some_and(|said| said != answer))
    }

    /// The facts that an item itself goes by.
    #[must_use]
    pub fn goes_by(&self, item: &Item) -> BTreeSet<&Id> {
        let mut conditions = Vec::new();
        let mut facts: BTreeSet<&Id> = self.observes(item).collect();
        match item {
            Item::Guide(id) => {
                let Some(guide) = self.guides.get(id) else {
                    return facts;
                };
                facts.extend(guide.ask.iter().map(|ask| &ask.fact));
                conditions.extend(guide.route.iter().map(|route| &route.when));
                conditions.extend(guide.declines.iter().map(|decline| &decline.when));
                let steps = guide.steps.iter();
                conditions.extend(steps.flat_map(|step| [&step.when, &step.requires]));
            }
            Item::Problem(id) => {
                let Some(problem) = self.problems.get(id) else {
                    return facts;
                };
                facts.extend(problem.ask.iter().map(|ask| &ask.fact));
                conditions.extend(problem.route.iter().map(|route| &route.when));
                let remedies = problem.remedies.iter();
                conditions.extend(remedies.map(|remedy| &remedy.requires));
            }
            Item::Topic(_) => {}
        }
        let named = conditions
            .into_iter()
            .flat_map(super::Condition::facts)
            .map(|(fact, _)| fact);
        facts.extend(named);
        facts
    }

    /// The facts by which a problem tells its causes apart.
    pub fn observes(&self, item: &Item) -> impl Iterator<Item = &Id> {
        let problem = match item {
            Item::Problem(id) => self.problems.get(id),
            Item::Guide(_) | Item::Topic(_) => None,
        };
        let problem = problem.into_iter();
        problem.flat_map(|known| {
            let observed = known.observe.iter().map(|observe| &observe.fact);
            observed.chain(known.evidence.keys())
        })
    }

    /// Whatever can come up on the way of an item, itself included, as far as what is told does not rule it out: by routes,
    /// by steps that fail, and by what is looked into when all was done and did not work.
    #[must_use]
    pub fn way<'k>(&'k self, item: &'k Item, told: &'k Facts) -> BTreeSet<Item> {
        let walked = self.walked(item, told, true).into_iter();
        walked.map(|(item, _)| item).collect()
    }

    /// The same by routes alone: what is done instead of it.
    #[must_use]
    pub fn instead<'k>(&'k self, item: &'k Item, told: &'k Facts) -> BTreeSet<Item> {
        let walked = self.walked(item, told, false).into_iter();
        walked.map(|(item, _)| item).collect()
    }

    /// Everything that can be said on one way from here, for each way there is.
    pub fn said_on_ways<'k>(
        &'k self,
        item: &'k Item,
        told: &'k Facts,
    ) -> impl Iterator<Item = Vec<&'k Text>> {
        let walked = self.walked(item, told, true).into_iter();
        walked.map(|(_, said)| said)
    }

    /// Where each way leads, and what is said on it.
    fn walked<'k>(
        &'k self,
        item: &'k Item,
        told: &'k Facts,
        failing: bool,
    ) -> Vec<(Item, Vec<&'k Text>)> {
        let told = told
            .iter()
            .map(|(fact, answer)| (fact, BTreeSet::from([answer])));
        let mut met = Vec::new();
        let open: Open<'k> = told.collect();
        let mut waiting = vec![(item.clone(), open, Vec::new(), 0)];
        while let Some((item, open, said, length)) = waiting.pop() {
            if length < PLACES_MAX {
                for route in self.routes(&item) {
                    if let Some(open) = narrowed(&open, route) {
                        let said = said.iter().copied().chain(&route.say).collect();
                        waiting.push((route.to.clone(), open, said, length + 1));
                    }
                }
                if failing && let Item::Guide(id) = &item {
                    let guide = self.guides.get(id).into_iter();
                    let fails = guide.flat_map(|guide| {
                        let steps = guide.steps.iter().map(|step| &step.fails);
                        steps.chain([&guide.fails]).flatten()
                    });
                    let fails: BTreeSet<&Id> = fails.collect();
                    waiting.extend(fails.into_iter().map(|to| {
                        let to = Item::Problem(to.clone());
                        (to, open.clone(), said.clone(), length + 1)
                    }));
                }
            }
            met.push((item, said));
        }
        met
    }

    /// The routes of an item.
    #[must_use]
    pub fn routes(&self, item: &Item) -> &[Route] {
        let routes = match item {
            Item::Guide(id) => self.guides.get(id).map(|guide| &guide.route),
            Item::Problem(id) => self.problems.get(id).map(|problem| &problem.route),
            Item::Topic(_) => None,
        };
        routes.map_or(&[], Vec::as_slice)
    }
}

/// What is still open where a route is taken; nothing, if it cannot be.
fn narrowed<'k>(open: &Open<'k>, route: &'k Route) -> Option<Open<'k>> {
    let mut open = open.clone();
    for (fact, answers) in route.when.facts() {
        let left: BTreeSet<&Id> = match open.get(fact) {
            Some(known) => answers
                .iter()
                .filter(|answer| known.contains(answer))
                .collect(),
            None => answers.iter().collect(),
        };
        if left.is_empty() {
            return None;
        }
        open.insert(fact, left);
    }
    Some(open)
}
