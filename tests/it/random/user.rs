//! Random users: what they do, and what comes of it.

use chrono::{DateTime, TimeDelta, Utc};
use mibao::dialogue::{
    Assistant, Button, Command, Content, Input, Media, Session, Turn, Wish, step,
};
use mibao::knowledge::Language;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub const PHONE: &str = "13800138000";

/// Texts that no pack understands, each in its own way.
pub const NONSENSE: [&str; 8] = [
    "qzxv wjkp qzxv",
    "🙏🙏",
    "?!…",
    "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}x\u{306}\u{307}\u{308}q\u{30a}\u{30b}\u{30c}",
    "\u{202e}\u{2066}kqzx\u{2069}\u{202c}\u{200f}",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{0}\u{7}\u{1b}[31m",
    "   \n\t ",
];

/// One thing that somebody does.
#[derive(Debug, Clone)]
pub struct Act {
    deed: Deed,
    /// Minutes since the last one; clocks may go back.
    pause: i64,
    /// The language that the user's program says it is set to.
    language: Option<Wish>,
}

/// An index counts modulo what there is to choose from.
#[derive(Debug, Clone)]
enum Deed {
    /// Presses what leads on.
    Answer(Index),
    Press(Index),
    PressEarlier(Index),
    /// Presses a button that nobody ever showed.
    Forge(String),
    /// An act of one button under the stamp of another.
    Cross(Index, Index),
    TypeLabel(Index),
    TypeNumber(u8),
    /// Says an answer of a fact in the author's words.
    Word(Index, Index),
    Tell(Vec<(Index, Index)>, &'static str),
    /// Says an example of an intent that asks for an item, or of any.
    AskFor(Index, Index),
    Example(Index, Index),
    Quote(Index, Index),
    Say(String),
    Command(Command, Index),
    Media(Media),
}

/// Anything that users do.
pub fn acts() -> impl Strategy<Value = Vec<Act>> {
    let index = any::<Index>;
    let leads = ["it is ", "no wait, it is ", "it is not ", "hello? "];
    let deed = prop_oneof![
        12 => index().prop_map(Deed::Answer),
        2 => index().prop_map(Deed::Press),
        1 => index().prop_map(Deed::PressEarlier),
        1 => forged().prop_map(Deed::Forge),
        1 => (index(), index()).prop_map(|(stamp, act)| Deed::Cross(stamp, act)),
        2 => index().prop_map(Deed::TypeLabel),
        1 => (0..12_u8).prop_map(Deed::TypeNumber),
        2 => (index(), index()).prop_map(|(fact, answer)| Deed::Word(fact, answer)),
        2 => (vec((index(), index()), 1..4), select(leads.to_vec()))
            .prop_map(|(answers, lead)| Deed::Tell(answers, lead)),
        3 => (index(), index()).prop_map(|(intent, sentence)| Deed::AskFor(intent, sentence)),
        2 => (index(), index()).prop_map(|(intent, sentence)| Deed::Example(intent, sentence)),
        1 => (index(), index()).prop_map(|(prompt, piece)| Deed::Quote(prompt, piece)),
        2 => said().prop_map(Deed::Say),
        1 => (select(Command::ALL.to_vec()), index())
            .prop_map(|(command, payload)| Deed::Command(command, payload)),
        1 => select(Media::ALL.to_vec()).prop_map(Deed::Media),
    ];
    let pause = prop_oneof![9 => Just(1_i64), 1 => -100..20_000_i64];
    let language = prop_oneof![4 => Just(None), 1 => select(Language::ALL.to_vec()).prop_map(|language| Some(Wish::Program(language)))];
    let act = (deed, pause, language).prop_map(|(deed, pause, language)| Act {
        deed,
        pause,
        language,
    });
    vec(act, 0..40)
}

/// Ids of no button: of another pack, of none, and far too long.
pub fn forged() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9a-f]{7}\\.(done|failed|helped|human|menu|back|\\?|f0=a1|guide:g1|guide:change_tube)",
        Just("menu".repeat(2000)),
    ]
}

fn said() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => select(NONSENSE.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z]{1,9}( [a-z]{1,9}){0,5}",
        1 => Just(PHONE.to_owned()),
        1 => Just(format!("call {PHONE}, it is crimson")),
        1 => Just("long ".repeat(800)),
        1 => Just("啊".repeat(4000)),
    ]
}

/// One turn, with what was before it and what came of it.
#[derive(Debug)]
pub struct Moment {
    pub before: Session,
    pub turn: Turn,
    pub after: Session,
}

/// A whole conversation with a random user.
pub fn talk(assistant: &Assistant, acts: &[Act]) -> Vec<Moment> {
    let mut user = User::new(assistant);
    acts.iter().map(|act| user.does(act)).collect()
}

/// The buttons below a reply.
pub fn buttons(turn: &Turn) -> impl Iterator<Item = &Button> {
    turn.replies
        .iter()
        .flat_map(|reply| reply.buttons.iter().flatten())
}

/// The conversation as a reader of a failed test wants it, up to where it broke off.
pub fn transcript(assistant: &Assistant, acts: &[Act]) -> String {
    let mut user = User::new(assistant);
    let mut lines = String::new();
    for act in acts {
        let input = user.input(act);
        let doing = format!(
            "\n> {:?} ({} min, {:?})\n",
            input.content, act.pause, act.language
        );
        lines.push_str(&doing);
        let Ok(moment) = catch_unwind(AssertUnwindSafe(|| user.does(act))) else {
            lines.push_str("panics\n");
            break;
        };
        for reply in &moment.turn.replies {
            let labels = reply.buttons.iter().flatten();
            let labels: Vec<String> = labels.map(|button| format!("[{}]", button.label)).collect();
            let _ = writeln!(lines, "{}\n{}", reply.text, labels.join(" "));
        }
        let _ = writeln!(lines, "{:?}\n{:?}", moment.after.case, moment.after.repair);
    }
    lines
}

struct User<'a> {
    assistant: &'a Assistant,
    session: Session,
    now: DateTime<Utc>,
    shown: Vec<Button>,
    seen: Vec<Button>,
}

impl<'a> User<'a> {
    fn new(assistant: &'a Assistant) -> Self {
        Self {
            assistant,
            session: Session::default(),
            now: DateTime::from_timestamp(1_767_225_600, 0).unwrap(),
            shown: Vec::new(),
            seen: Vec::new(),
        }
    }

    fn does(&mut self, act: &Act) -> Moment {
        let input = self.input(act);
        self.now = input.at;
        let before = self.session.clone();
        let (after, turn) = step(self.assistant, before.clone(), &input);
        self.session = after.clone();
        self.shown = buttons(&turn).cloned().collect();
        self.seen.extend_from_slice(&self.shown);
        Moment {
            before,
            turn,
            after,
        }
    }

    fn input(&self, act: &Act) -> Input {
        Input {
            at: self.now + TimeDelta::minutes(act.pause),
            language: act.language,
            content: self.content(&act.deed),
            removable: false,
        }
    }

    /// What somebody does who finds nothing to press or to quote is to say hello.
    fn content(&self, deed: &Deed) -> Content {
        let press = |buttons: &[Button], index: &Index| {
            let button = (!buttons.is_empty()).then(|| index.get(buttons));
            button.map(|button| Content::Press(button.id.clone()))
        };
        let content = match deed {
            Deed::Answer(index) => {
                let leads_on = |button: &&Button| {
                    let steering = [".why", ".back", ".menu", ".human", ".?"];
                    !steering.iter().any(|act| button.id.ends_with(act))
                };
                let answers: Vec<Button> = self.shown.iter().filter(leads_on).cloned().collect();
                press(&answers, index)
            }
            Deed::Press(index) => press(&self.shown, index),
            Deed::PressEarlier(index) => press(&self.seen, index),
            Deed::Forge(id) => Some(Content::Press(id.clone())),
            Deed::Cross(stamp, act) => self.crossed(*stamp, *act),
            Deed::TypeLabel(index) => {
                let button = (!self.shown.is_empty()).then(|| index.get(&self.shown));
                button.map(|button| Content::Text(button.label.clone()))
            }
            Deed::TypeNumber(number) => Some(Content::Text(number.to_string())),
            Deed::Word(fact, answer) => Some(Content::Text(self.answer(*fact, *answer))),
            Deed::Tell(answers, lead) => {
                let answers: Vec<String> = answers
                    .iter()
                    .map(|(fact, answer)| self.answer(*fact, *answer))
                    .collect();
                Some(Content::Text(format!("{lead}{}", answers.join(" and "))))
            }
            Deed::AskFor(intent, sentence) => {
                let intents = self.assistant.knowledge.by_intent.keys();
                Some(self.example(intents, *intent, *sentence))
            }
            Deed::Example(intent, sentence) => {
                let intents = self.assistant.knowledge.intents.keys();
                Some(self.example(intents, *intent, *sentence))
            }
            Deed::Quote(prompt, piece) => {
                let prompts: Vec<_> = self.assistant.knowledge.prompts.values().collect();
                let prompt = (!prompts.is_empty()).then(|| prompt.get(&prompts));
                prompt.map(|prompt| Content::Text(format!("it says {}!", piece.get(&prompt.shown))))
            }
            Deed::Say(text) => Some(Content::Text(text.clone())),
            Deed::Command(command, payload) => {
                Some(Content::Command(*command, self.payload(*payload)))
            }
            Deed::Media(media) => Some(Content::Media(*media)),
        };
        content.unwrap_or_else(|| Content::Text("hello".to_owned()))
    }

    fn crossed(&self, stamp: Index, act: Index) -> Option<Content> {
        if self.seen.is_empty() {
            return None;
        }
        let (stamp, _) = stamp.get(&self.seen).id.split_once('.')?;
        let (_, act) = act.get(&self.seen).id.split_once('.')?;
        Some(Content::Press(format!("{stamp}.{act}")))
    }

    fn example<'i>(
        &self,
        intents: impl Iterator<Item = &'i String>,
        intent: Index,
        sentence: Index,
    ) -> Content {
        let intents: Vec<&String> = intents.collect();
        let sentences = &self.assistant.knowledge.intents[*intent.get(&intents)];
        Content::Text(sentence.get(sentences).clone())
    }

    fn answer(&self, fact: Index, answer: Index) -> String {
        let facts: Vec<_> = self.assistant.knowledge.facts.values().collect();
        let words = &answer.get(&fact.get(&facts).answers).words;
        words.first().cloned().unwrap_or_default()
    }

    fn payload(&self, index: Index) -> String {
        let fixed = ["", "", "en", " zh-Hans", "zh-Hant", "\u{202e}nobody knows"];
        let intents = self.assistant.knowledge.intents.keys().map(String::as_str);
        let payloads: Vec<&str> = fixed.into_iter().chain(intents).collect();
        (*index.get(&payloads)).to_owned()
    }
}
