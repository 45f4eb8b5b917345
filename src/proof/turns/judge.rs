//! What every turn has to be, and what an act has to do.

use super::{Done, Walk};
use crate::dialogue::{Assistant, Outcome, Prompt, RULED_OUT_MAX, Reply, View, next, place};
use crate::knowledge::{Facts, Item, Knowledge, Language, Phrase, Problem, Text};
use crate::proof::acts::Expects;
use crate::proof::ways::named;
use crate::proof::{Code, Violation};
use crate::text::{markup, normalise, skeleton};
use std::collections::BTreeSet;

/// What Telegram takes.
pub(in crate::proof) const UNITS_MAX: usize = 4096;
const BUTTON_BYTES_MAX: usize = 64;

impl Done<'_> {
    /// What was done up to here and in this turn.
    pub(super) fn all_lines(&self) -> Vec<String> {
        let lines = self.lines.iter().chain(std::iter::once(&self.line));
        lines.cloned().collect()
    }
}

impl Walk<'_> {
    /// The same words in other places, and the same mistake in other words, are one: the first way to it is the shortest.
    pub(super) fn report(&mut self, code: Code, done: &Done<'_>, message: String) {
        let of_words = matches!(
            code,
            Code::Misread | Code::Digression | Code::Back | Code::NoHuman | Code::Act
        );
        let same_words = of_words && !self.reported.insert((code, done.line.clone()));
        if !self.reported.insert((code, message.clone())) || same_words {
            return;
        }
        self.violations
            .push(Violation::said(code, message, done.all_lines()));
    }

    pub(super) fn looks_right(&mut self, done: &Done<'_>) {
        // What is pending follows from the case: as long as that stays, so does this.
        let pending = if done.after.case == done.before.case && done.before.pack == done.after.pack
        {
            done.before.pending.clone()
        } else {
            next(&self.assistant.knowledge, &done.after.case).key()
        };
        if done.turn.pending != pending || done.after.pending != pending {
            let message = format!("what is pending is said to be {:?}", done.turn.pending);
            self.report(Code::Act, done, message);
        }
        let Some((reply, cards)) = done.turn.replies.split_last() else {
            return self.report(Code::Act, done, "nothing is said".to_owned());
        };
        if cards.iter().any(|card| !card.buttons.is_empty()) {
            let message = "buttons stand above the last reply".to_owned();
            self.report(Code::Act, done, message);
        }
        for card in cards {
            self.reads_right(done, card);
        }
        self.reads_right(done, reply);
        for message in wrong_buttons(self.assistant, reply) {
            self.report(Code::SameLabel, done, message);
        }
        for button in reply.buttons.iter().flatten() {
            if !self.replies.contains(&button.label) {
                self.replies.insert(button.label.clone());
                self.unseen.look(&button.label);
            }
        }
    }

    fn reads_right(&mut self, done: &Done<'_>, reply: &Reply) {
        let units = reply.text.encode_utf16().count();
        if units > self.turns.longest {
            self.turns.longest = units;
            self.turns.longest_lines = done.all_lines();
        }
        if let Some(label) = &reply.copy
            && self.replies.insert(label.clone())
        {
            self.unseen.look(label);
        }
        let together = done.turn.shows.join("` and `");
        if units > UNITS_MAX && self.reported.insert((Code::TooLong, together.clone())) {
            let message =
                format!("a reply of {units} characters, where {UNITS_MAX} fit: `{together}`");
            self.report(Code::TooLong, done, message);
        }
        if self.replies.insert(reply.text.clone()) {
            if reply.text.trim().is_empty() {
                self.report(Code::Act, done, "nothing is said".to_owned());
            }
            if let Err(message) = markup::check_reply(&reply.text) {
                self.report(Code::Markup, done, message);
            }
            self.unseen.look(&reply.text);
        }
    }

    pub(super) fn expect(&mut self, done: &Done<'_>, expects: &Expects) {
        let (before, after) = (&done.before.case, &done.after.case);
        let ended = |outcome| {
            next(&self.assistant.knowledge, after).outcome() == Some(outcome)
                && done.turn.outcome == Some(outcome)
        };
        let place = || named(&next(&self.assistant.knowledge, before));
        let line = &done.line;
        match expects {
            Expects::Anything => self.grows(done),
            Expects::Digression => {
                self.turns.digressions += 1;
                if after != before {
                    let message = self
                        .claimed(done)
                        .unwrap_or_else(|| format!("`{line}` at {} changes the case", place()));
                    self.report(Code::Digression, done, message);
                }
            }
            Expects::Fact(fact, answer) => {
                self.grows(done);
                let view = View::of(&self.assistant.knowledge, after);
                if view.facts.get(fact) != Some(answer) {
                    let message =
                        format!("`{line}` at {} does not tell `{fact} = {answer}`", place());
                    self.report(Code::Misread, done, message);
                }
            }
            Expects::Kept(item) => self.heeds(done, item),
            Expects::Back => {
                self.turns.backs += 1;
                let mut shorter = before.clone();
                shorter.back();
                if *after != shorter {
                    let message = self
                        .claimed(done)
                        .unwrap_or_else(|| format!("`{line}` at {} is not one step back", place()));
                    self.report(Code::Back, done, message);
                }
            }
            Expects::Human => {
                self.turns.humans += 1;
                if !ended(Outcome::HandedOver) {
                    let message = self
                        .claimed(done)
                        .unwrap_or_else(|| format!("`{line}` at {} reaches no human", place()));
                    self.report(Code::NoHuman, done, message);
                }
            }
            Expects::Cancel => {
                self.turns.cancels += 1;
                if !ended(Outcome::Cancelled) {
                    let message = self
                        .claimed(done)
                        .unwrap_or_else(|| format!("`{line}` at {} does not end it", place()));
                    self.report(Code::NoHuman, done, message);
                }
            }
            Expects::Restart => {
                if View::of(&self.assistant.knowledge, after) != View::default() {
                    let message = self
                        .claimed(done)
                        .unwrap_or_else(|| format!("`{line}` at {} does not begin again", place()));
                    self.report(Code::Act, done, message);
                }
            }
        }
    }

    /// What is named beside another matter is in hand, can come up on the way of what is, or is kept.
    fn heeds(&mut self, done: &Done<'_>, item: &Item) {
        self.grows(done);
        let knowledge = &self.assistant.knowledge;
        let view = View::of(knowledge, &done.after.case);
        let path = place(knowledge, &view).path;
        let mut on = path.iter().chain(&view.goal);
        let comes_up = on.any(|on| knowledge.way(on, &view.facts).contains(item));
        if !comes_up && !view.later.contains(item) {
            let place = named(&next(knowledge, &done.before.case));
            let message = format!("`{}` at {place} loses `{item}`", done.line);
            self.report(Code::Act, done, message);
        }
    }

    /// Says so if these words stand among those of an answer to what is pending, and mean something else everywhere.
    fn claimed(&self, done: &Done<'_>) -> Option<String> {
        let knowledge = &self.assistant.knowledge;
        let Prompt::Ask { fact, .. } = next(knowledge, &done.before.case) else {
            return None;
        };
        let said = skeleton(&normalise(&done.line));
        let answers = &knowledge.facts.get(&fact)?.answers;
        let answer = answers.iter().find(|answer| answer.words.contains(&said))?;
        let intent = done.turn.understood.as_ref()?.intent.as_ref()?;
        Some(format!(
            "`{}` is listed for `{fact} = {}`, and is an example of the intent `{intent}`",
            done.line, answer.id
        ))
    }

    /// An act adds one answer to the case, or takes one away, or leaves it alone.
    pub(super) fn grows(&mut self, done: &Done<'_>) {
        let (before, after) = (&done.before.case, &done.after.case);
        let mut shorter = after.clone();
        let added = shorter.back() && shorter == *before;
        let mut taken = before.clone();
        taken.back();
        if !added && after != before && *after != taken {
            let message = format!("`{}` rewrites what was told before", done.line);
            self.report(Code::Back, done, message);
        }
    }

    /// Signs of danger anywhere lead to what comes first.
    pub(super) fn in_danger(&mut self, done: &Done<'_>) {
        let knowledge = &self.assistant.knowledge;
        let Some(safety) = &knowledge.safety else {
            return;
        };
        let view = View::of(knowledge, &done.after.case);
        if !safety.danger.holds(&view.facts) {
            return;
        }
        let place = place(knowledge, &view);
        let behind = matches!((&safety.first, place.path.last()), (Item::Guide(first), Some(Item::Problem(last)))
            if knowledge.guides.get(first).is_some_and(|guide| guide.steps.iter().any(|step| step.fails.as_ref() == Some(last))));
        if view.goal.is_some()
            && place.prompt.outcome().is_none()
            && !behind
            && !place.path.contains(&safety.first)
        {
            let item = place.path.last().map_or_else(String::new, Item::to_string);
            let message = format!("`{item}` goes on in danger, instead of `{}`", safety.first);
            self.report(Code::Danger, done, message);
        }
    }
}

fn wrong_buttons(assistant: &Assistant, reply: &Reply) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut labels = BTreeSet::new();
    for button in reply.buttons.iter().flatten() {
        if !labels.insert(assistant.skeleton(&button.label)) {
            wrong.push(format!("two buttons say `{}`", button.label));
        }
        if button.id.len() > BUTTON_BYTES_MAX {
            wrong.push(format!(
                "the id of `{}` has more than {BUTTON_BYTES_MAX} bytes",
                button.label
            ));
        }
        if button.label.trim().is_empty() {
            wrong.push("a button says nothing".to_owned());
        }
    }
    wrong
}

/// Room that a reply needs beside what was seen in it: what can stand before it, and lists at their longest.
pub(in crate::proof) fn room(knowledge: &Knowledge) -> usize {
    let room = knowledge.languages.iter().map(|language| {
        let phrase = |phrase: Phrase| units(knowledge.phrase(*language, phrase));
        let before = [
            Phrase::TooLong,
            Phrase::PrivateRemoved,
            Phrase::Resume,
            Phrase::PackChanged,
            Phrase::Heard,
            Phrase::Changed,
            Phrase::Stuck,
        ];
        let before: usize = before.into_iter().map(phrase).sum();
        let turned_away = phrase(Phrase::Elsewhere).max(phrase(Phrase::Aside));
        let private = knowledge.topics.get(&knowledge.private_data);
        let private = private.map_or(0, |topic| units(topic.text.get(*language)));
        // Everything that is private in one message, each with what joins it to the next.
        let kinds = Phrase::ALL
            .iter()
            .filter(|phrase| phrase.key().starts_with("private_"));
        let kinds: usize = kinds
            .map(|kind| phrase(*kind) + phrase(Phrase::PrivateAnd))
            .sum();
        // A fact is heard or changed, not both; what is noted is noted where nothing is kept from before.
        told(knowledge, *language)
            + led(knowledge, *language)
            + noted(knowledge, *language).max(offered(knowledge, *language))
            + before
            + turned_away
            + private
            + kinds
    });
    room.max().unwrap_or(0)
}

/// What a card takes at the very most: everything told, everything tried, and as much ruled out as there is room for.
pub(in crate::proof) fn longest_card(knowledge: &Knowledge) -> usize {
    let cards = knowledge.languages.iter().map(|language| {
        let phrases = [
            Phrase::CardTitle,
            Phrase::CardProblem,
            Phrase::CardFacts,
            Phrase::CardRuledOut,
            Phrase::CardTried,
            Phrase::CardLikely,
            Phrase::CardNext,
        ];
        let phrases = phrases.map(|phrase| units(knowledge.phrase(*language, phrase)));
        let title = goal_titles(knowledge, *language).max().unwrap_or(0);
        let problems = knowledge.problems.values();
        let of_problem = problems.map(|problem| listed(knowledge, *language, problem));
        phrases.iter().sum::<usize>()
            + title
            + told(knowledge, *language)
            + of_problem.max().unwrap_or(0)
    });
    cards.max().unwrap_or(0)
}

/// What a card lists of a problem's causes and remedies at the most.
fn listed(knowledge: &Knowledge, language: Language, problem: &Problem) -> usize {
    let phrase = |phrase: Phrase| units(knowledge.phrase(language, phrase));
    let title = |text: &Text| units(text.get(language));
    let how = [
        Phrase::TriedHelped,
        Phrase::TriedNotHelped,
        Phrase::TriedImpossible,
    ];
    let how = how.map(phrase).into_iter().max().unwrap_or(0);
    let remedies = problem.remedies.iter().map(|remedy| title(&remedy.title));
    let tried: usize = remedies.clone().map(|title| title + how).sum();
    let causes = problem.causes.iter().map(|cause| title(&cause.title));
    let cause = causes.max().unwrap_or(0);
    let facts = knowledge.facts.values().flat_map(|fact| &fact.answers);
    let by = facts.map(|answer| title(&answer.told));
    let by = by.chain(remedies.map(|title| title + how)).max();
    tried + cause + RULED_OUT_MAX * (phrase(Phrase::RuledOut) + cause + by.unwrap_or(0))
}

/// All facts repeated at once, each at its longest.
fn told(knowledge: &Knowledge, language: Language) -> usize {
    let facts = knowledge.facts.values();
    let longest = facts.map(|fact| {
        let told = fact.answers.iter().map(|answer| answer.told.get(language));
        told.map(units).max().unwrap_or(0)
    });
    longest.sum()
}

/// Units of a text, and of what parts it from the next.
fn units(text: &str) -> usize {
    text.encode_utf16().count() + 2
}

/// What is offered at an end: the first of what is kept.
fn offered(knowledge: &Knowledge, language: Language) -> usize {
    let title = goal_titles(knowledge, language).max();
    units(knowledge.phrase(language, Phrase::LaterNow)) + title.unwrap_or(0)
}

/// What is said where other matters are noted, all of them at once.
fn noted(knowledge: &Knowledge, language: Language) -> usize {
    let titles: usize = goal_titles(knowledge, language).sum();
    units(knowledge.phrase(language, Phrase::Later)) + titles
}

fn goal_titles(knowledge: &Knowledge, language: Language) -> impl Iterator<Item = usize> {
    let goals = knowledge.by_intent.values().filter(|item| item.is_goal());
    let goals: BTreeSet<&Item> = goals.collect();
    let titles = goals.into_iter().filter_map(|item| knowledge.title(item));
    titles.map(move |title| units(title.get(language)))
}

/// What is said where a sentence that tells all at once leads by several items at a stretch.
fn led(knowledge: &Knowledge, language: Language) -> usize {
    let nothing = Facts::new();
    let guides = knowledge.guides.keys().cloned().map(Item::Guide);
    let problems = knowledge.problems.keys().cloned().map(Item::Problem);
    let longest = |item: Item| {
        let ways = knowledge.said_on_ways(&item, &nothing);
        let lengths = ways.map(|said| said.iter().map(|say| units(say.get(language))).sum());
        lengths.max().unwrap_or(0)
    };
    guides.chain(problems).map(longest).max().unwrap_or(0)
}
