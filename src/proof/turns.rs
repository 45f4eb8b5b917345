//! Every turn: at each place in the dialogue, each act, through the real [`step`](crate::dialogue::step).
//!
//! How a turn is read depends on what is pending, the way there, what is left open beside it (`Repair`), and on nothing else
//! that could change what it does: facts are only compared with what is told, and the rest of the case is looked at
//! by `find`, in `parts`. So one session per place stands for all sessions there. What is left open changes two things:
//! which buttons stand, and how the acts marked `repairs` are read; both go by the kind of what is pending and never by
//! the way there. So each state of repair is walked once per kind, and every place without any.
//!
//! What is kept for later is looked at where a case has ended, and nowhere else: there it is named and offered. So every end
//! is walked without any and with each that there can be (see `kept`).

use super::acts::{self, Act};
use super::conversation::moment;
use super::sentences::Sentences;
use super::{Code, Progress, Violation, texts::Unseen};
use crate::dialogue::{
    Assistant, Content, Input, Prompt, Repair, Session, Turn, View, next, place, standing, step_as,
};
use crate::knowledge::Item;
use crate::understanding::Understood;
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet, HashSet};

mod judge;
mod kept;
mod visits;

pub(super) use judge::{UNITS_MAX, longest_card, room};

/// Longer than after which a user is reminded what it was about.
const PAUSE: TimeDelta = TimeDelta::hours(30);

/// How many turns a glance takes.
const GLANCE_TURNS: usize = 150;

/// What was walked.
#[derive(Debug, Default)]
pub(super) struct Turns {
    pub places: usize,
    /// Places in a state of repair.
    pub repairs: usize,
    /// Turns per kind of act.
    pub acts: BTreeMap<&'static str, usize>,
    pub digressions: usize,
    pub backs: usize,
    pub corrections: usize,
    /// Places from which a human, and an end, was one turn away.
    pub humans: usize,
    pub cancels: usize,
    /// Ends at which something was kept for later.
    pub kept: usize,
    /// The longest reply that was seen, in UTF-16 units.
    pub longest: usize,
    /// What led to it.
    pub longest_lines: Vec<String>,
    /// Where one item led to another.
    pub taken: BTreeSet<(Item, Item)>,
    /// Texts that no turn has shown.
    pub unseen: Vec<String>,
    /// A session at every place, for whoever wants to go on from there.
    pub sessions: Vec<Session>,
}

/// Somewhere in the dialogue.
#[derive(Debug, Clone)]
struct Situation {
    session: Session,
    /// What led here, as lines.
    lines: Vec<String>,
}

type Key = (Prompt, Vec<Item>);

pub(super) struct Walk<'w> {
    assistant: &'w Assistant,
    acts: Vec<Act>,
    known: BTreeSet<Key>,
    situations: Vec<Situation>,
    /// One of each kind of prompt, to walk the states of repair at.
    kinds: BTreeSet<String>,
    /// The same of ends, with what is kept there.
    kept: BTreeSet<(String, Item)>,
    asked: BTreeSet<String>,
    replies: HashSet<String>,
    reported: BTreeSet<(Code, String)>,
    unseen: Unseen<'w>,
    turns: Turns,
    violations: &'w mut Vec<Violation>,
}

/// A turn and what was before it.
struct Done<'d> {
    before: &'d Session,
    after: Session,
    turn: Turn,
    lines: &'d [String],
    /// As the user would type it.
    line: String,
}

impl<'w> Walk<'w> {
    pub fn new(
        assistant: &'w Assistant,
        sentences: &'w Sentences,
        violations: &'w mut Vec<Violation>,
    ) -> Self {
        Self {
            assistant,
            acts: acts::acts(&assistant.knowledge, sentences),
            known: BTreeSet::new(),
            situations: Vec::new(),
            kinds: BTreeSet::new(),
            kept: BTreeSet::new(),
            asked: BTreeSet::new(),
            replies: HashSet::new(),
            reported: BTreeSet::new(),
            unseen: Unseen::of(&assistant.knowledge),
            turns: Turns::default(),
            violations,
        }
    }

    /// Somewhere to walk from.
    pub fn begin(&mut self, session: Session, lines: Vec<String>) {
        let view = View::of(&self.assistant.knowledge, &session.case);
        let place = place(&self.assistant.knowledge, &view);
        for pair in place.path.windows(2) {
            if let [from, to] = pair {
                self.turns.taken.insert((from.clone(), to.clone()));
            }
        }
        if self.known.insert((place.prompt, place.path)) {
            let situation = Situation {
                session: settled(session),
                lines,
            };
            self.situations.push(situation);
        }
    }

    /// Walks every place, and every further one that an act leads to.
    pub fn walk(mut self, progress: &mut dyn FnMut(Progress)) -> Turns {
        let mut number = 0;
        while let Some(situation) = self.situations.get(number).cloned() {
            if number % 16 == 0 {
                progress(Progress::Turns {
                    place: number,
                    places: self.situations.len(),
                });
            }
            self.visit(&situation);
            number += 1;
        }
        self.turns.places = number;
        self.turns.unseen = self.unseen.rest();
        self.turns.sessions = self
            .situations
            .into_iter()
            .map(|situation| situation.session)
            .collect();
        self.turns
    }

    fn visit(&mut self, situation: &Situation) {
        let acts = std::mem::take(&mut self.acts);
        // Whatever a press shows is plainer than what a sentence does.
        self.buttons(situation);
        let prompt = next(&self.assistant.knowledge, &situation.session.case);
        let asked = matches!(prompt, Prompt::Ask { .. });
        let here = |act: &&Act| !act.anywhere && (asked || !act.at_questions);
        for act in acts.iter().filter(here) {
            self.act(situation, act);
        }
        self.other_languages(situation, &acts);
        self.lost_twice(situation, &acts);
        self.corrections(situation);
        self.other_version(situation);
        self.listed_words(situation, &prompt);
        if self.kinds.insert(visits::kind(&prompt)) {
            self.repairs(situation, &acts);
        }
        self.ends_with_more(situation, &prompt, &acts);
        self.acts = acts;
    }

    /// Takes a turn, and looks at what every turn must be.
    fn turn<'d>(
        &mut self,
        before: &'d Session,
        lines: &'d [String],
        kind: &'static str,
        content: &'d Content,
        reading: Option<&Understood>,
        later: bool,
    ) -> Done<'d> {
        let pause = if later { PAUSE } else { TimeDelta::zero() };
        let input = Input {
            at: moment(before.turn) + pause,
            language: None,
            content: content.clone(),
            removable: true,
        };
        let (after, turn) = step_as(self.assistant, before.clone(), &input, reading);
        *self.turns.acts.entry(kind).or_default() += 1;
        let line = match content {
            Content::Text(words) => words.clone(),
            Content::Command(command, payload) => {
                format!("/{} {payload}", command.name()).trim().to_owned()
            }
            Content::Media(media) => format!("({})", media.name()),
            Content::Press(id) => {
                let standing = standing(self.assistant, before);
                let pressed = standing.into_iter().find(|button| button.id == *id);
                pressed.map_or_else(|| format!("[{id}]"), |button| button.label)
            }
        };
        let done = Done {
            before,
            after,
            turn,
            lines,
            line,
        };
        self.looks_right(&done);
        done
    }

    fn act(&mut self, situation: &Situation, act: &Act) {
        let done = self.turn(
            &situation.session,
            &situation.lines,
            act.kind,
            &act.content,
            act.reading.as_ref(),
            act.later,
        );
        self.expect(&done, &act.expects);
        self.moved(done);
    }

    /// Where an act leads is walked too, if nobody has been there.
    fn moved(&mut self, done: Done<'_>) {
        if done.after.case == done.before.case {
            return;
        }
        self.in_danger(&done);
        let lines = done.lines.iter().cloned();
        let lines = lines.chain(std::iter::once(done.line)).collect();
        self.begin(done.after, lines);
    }

    /// Presses buttons, from the menu on, for as many turns as take no time to speak of.
    pub fn glance(&mut self) {
        let mut number = 0;
        while let Some(situation) = self.situations.get(number).cloned() {
            for button in standing(self.assistant, &situation.session) {
                let press = Content::Press(button.id);
                let (session, lines) = (&situation.session, situation.lines.as_slice());
                let done = self.turn(session, lines, "buttons", &press, None, false);
                self.moved(done);
            }
            number += 1;
            if self.turns.acts.values().sum::<usize>() >= GLANCE_TURNS {
                return;
            }
        }
    }
}

/// A session as it stands after its last turn, with nothing left open beside the question.
fn settled(session: Session) -> Session {
    Session {
        repair: Repair::default(),
        ..session
    }
}
