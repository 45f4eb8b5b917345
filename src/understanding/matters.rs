//! A message that is about several things at once: the first, and what else it names.
//!
//! Each part of a message is read by itself; what a part plainly asks for is a matter of its own unless it is the first
//! matter in other words: what lies on the way of that, what is done instead of it, or what only tells how it stands. So
//! "no code comes" beside a number that is dead is no second matter, and "my friends do not see my messages" is.

use super::{Understanding, Understood, Zone};
use crate::knowledge::{Facts, Id, Item, Knowledge};
use crate::text::{normalise, parts, skeleton};

/// Shorter messages are about one thing.
const CHARACTERS_MIN: usize = 8;
/// Shorter parts say nothing by themselves.
const PART_MIN: usize = 3;
/// So many parts are read: who writes more tells a story.
const PARTS_MAX: usize = 12;
/// A part has less to say than a whole message, so it has to say it more plainly.
const PLAIN: f32 = 0.8;

/// Something that a part of a message asks for.
struct Matter<'k> {
    intent: Id,
    item: &'k Item,
    confidence: f32,
    facts: Facts,
    /// It is asked for plainly. What only the facts of a part point to can come first, but never as a matter more.
    plain: bool,
}

impl Understanding {
    /// What a message means, out of context: with all the matters that it names.
    #[must_use]
    pub fn message(&self, knowledge: &Knowledge, text: &str) -> Understood {
        let normalised = normalise(text);
        let whole = self.understand(knowledge, text);
        let asked = whole.intent.as_ref().filter(|_| whole.zone == Zone::Sure);
        let asked = asked.map(|intent| knowledge.by_intent.get(intent));
        // An example is about what its author says; who plainly asks about something else than our guides and problems tells
        // of those by the way.
        let is_single = normalised.chars().count() < CHARACTERS_MIN
            || whole.prompt.is_some()
            || asked.is_some_and(|item| item.is_none_or(|item| !item.is_goal()))
            || self
                .model
                .exact(&skeleton(&self.mended(&normalised)))
                .is_some();
        if is_single {
            return whole;
        }
        let mut matters = self.named(knowledge, text, &whole.facts);
        if matters.len() < 2 {
            return whole;
        }
        let safety = knowledge.safety.as_ref().map(|safety| &safety.first);
        let danger = matters
            .iter()
            .position(|matter| matter.plain && Some(matter.item) == safety);
        let plain = matters
            .iter()
            .position(|matter| asked == Some(Some(matter.item)));
        let first = matters.remove(danger.or(plain).unwrap_or(0));
        let mut taken = vec![&first];
        for matter in matters.iter().filter(|matter| matter.plain) {
            if !taken
                .iter()
                .any(|known| is_same(knowledge, known, matter, &whole.facts))
            {
                taken.push(matter);
            }
        }
        let also: Vec<Id> = taken
            .iter()
            .skip(1)
            .map(|matter| matter.intent.clone())
            .collect();
        if also.is_empty() {
            return whole;
        }
        if asked == Some(Some(first.item)) {
            return Understood { also, ..whole };
        }
        Understood {
            confidence: first.confidence,
            intent: Some(first.intent.clone()),
            zone: Zone::Sure,
            also,
            ..whole
        }
    }

    /// What the parts of a message ask for, each once.
    fn named<'k>(&self, knowledge: &'k Knowledge, text: &str, told: &Facts) -> Vec<Matter<'k>> {
        let mut matters: Vec<Matter<'k>> = Vec::new();
        let parts = parts(text);
        if parts.len() < 2 {
            return matters;
        }
        for part in parts.iter().take(PARTS_MAX) {
            if skeleton(part).chars().count() < PART_MIN {
                continue;
            }
            let read = self.understand(knowledge, part);
            let Some(intent) = read.intent.filter(|_| read.zone != Zone::Lost) else {
                continue;
            };
            let safety = knowledge.safety.as_ref();
            let danger = safety.is_some_and(|safety| safety.danger.holds(&read.facts));
            let plain = read.zone == Zone::Sure && (danger || read.confidence >= PLAIN);
            if !plain && read.facts.is_empty() {
                continue;
            }
            if let Some(item) = knowledge.by_intent.get(&intent)
                && item.is_goal()
                && !knowledge.contradicts(item, told)
                && !matters.iter().any(|matter| matter.item == item)
            {
                matters.push(Matter {
                    intent,
                    item,
                    confidence: read.confidence,
                    facts: read.facts,
                    plain,
                });
            }
        }
        matters
    }
}

/// Whether the second of two matters is the first in other words.
fn is_same(knowledge: &Knowledge, first: &Matter<'_>, second: &Matter<'_>, told: &Facts) -> bool {
    let safety = knowledge.safety.as_ref().map(|safety| &safety.first);
    let danger = safety == Some(first.item);
    // What a guide does instead of both is the end of both; what a problem clears away is only in the way of the other.
    let instead = || {
        let (ours, theirs) = [first.item, second.item]
            .map(|item| knowledge.instead(item, told))
            .into();
        let mut common = ours
            .intersection(&theirs)
            .filter(|item| matches!(item, Item::Guide(_)));
        !danger
            && common.any(|item| {
                Some(item) != safety
                    && (item == first.item || is_told(knowledge, second.item, item, told))
            })
    };
    let known = knowledge.goes_by(first.item);
    let tells = |fact: &Id| known.contains(fact);
    let has_told = |fact: &Id| first.facts.contains_key(fact);
    // The ways are walked last: that takes longest.
    is_checked_by(knowledge, second.item, first.item)
        || second.facts.keys().any(tells)
        || knowledge.observes(second.item).any(has_told)
        || knowledge.way(first.item, told).contains(second.item)
        || instead()
}

/// Whether what is told leads from one item to another.
fn is_told(knowledge: &Knowledge, from: &Item, to: &Item, told: &Facts) -> bool {
    let mut routes = knowledge.routes(from).iter();
    routes.any(|route| route.to == *to && route.when.holds(told))
}

/// Whether a problem is what is looked into when all of a guide was done and did not work.
fn is_checked_by(knowledge: &Knowledge, guide: &Item, problem: &Item) -> bool {
    match (guide, problem) {
        (Item::Guide(guide), Item::Problem(problem)) => {
            let guide = knowledge.guides.get(guide);
            guide.is_some_and(|guide| guide.fails.as_ref() == Some(problem))
        }
        _ => false,
    }
}
