//! The shape of the knowledge files, exactly as an author writes them.
//!
//! serde reads the files into these types, and schemars makes the JSON schema from the same types; every file is
//! held against that schema first (see `shape`), so that all mistakes of form are reported at once. Nothing
//! here is trusted yet: `resolve` turns it into a [`Knowledge`](super::Knowledge) or into diagnostics. The doc
//! comments are what an author's editor shows.

use super::language::Language;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

mod place;

pub use place::{At, Span, Wording, Words};

/// `pack.toml`: what the pack is, which languages it is written in, and what its menu offers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Short name of the pack.
    pub id: At<String>,
    /// Languages that every text exists in; the first one is what a plain string is written in. Beside `zh-Hans`, `zh-Hant`
    /// need not be written: what is missing is derived.
    pub languages: Vec<At<Language>>,
    /// What the menu offers, in this order: `guide:…`, `problem:…` or `topic:…`.
    pub menu: Vec<At<String>>,
    /// The topic that says where a human can be reached. It closes every handover.
    pub contact: At<String>,
    /// The topic told when somebody sends private data.
    pub private_data: At<String>,
    /// The topic that answers `/privacy`.
    pub privacy: At<String>,
    /// Intents that are none of this assistant's matters. `mibao eval` counts whether they are turned away.
    #[serde(default)]
    pub outside: Vec<At<String>>,
    /// Named pieces of regular expressions: `{NAME}` in a `pattern` or `unless` stands for one of them, so that what is the
    /// same in many is written once (`old = '旧|老|原来'`).
    #[serde(default)]
    pub pieces: BTreeMap<At<String>, At<String>>,
    /// What comes first where protection is at stake. Needed as soon as a step or remedy `loosens` it.
    pub safety: Option<Safety>,
}

/// `[safety]` in `pack.toml`: what must be known before protection is loosened, and where danger leads.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Safety {
    /// What must be known before anything that loosens protection, as in `requires`.
    pub loosening: Condition,
    /// Answers that mean danger: then everything else waits.
    pub danger: Condition,
    /// The guide or problem that danger leads to.
    pub first: At<String>,
}

/// `sources.toml`: what the pack rests on, and the ledger of the guide's statements.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// The sources, each with a tag that items refer to.
    pub source: Vec<Source>,
    /// Every statement that must be accounted for.
    #[serde(default)]
    pub statement: Vec<Statement>,
}

/// One source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Tag by which items cite it.
    pub id: At<String>,
    /// What it is.
    pub title: String,
    /// When it was published or seen, in words.
    pub date: String,
    /// How far it is trusted.
    pub trust: Trust,
}

/// How far a source is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    High,
    Medium,
    Low,
}

/// One statement of the guide: told, corrected or dropped.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Number of the statement. Items cite it in their `sources`.
    pub id: At<String>,
    /// What became of it.
    pub fate: At<Fate>,
    /// Why, and by which source, it was corrected or dropped.
    pub reason: Option<At<String>>,
}

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Users are told it: at least one item cites it.
    Told,
    /// Users are told something truer: at least one item cites it, and `reason` says why.
    Corrected,
    /// No item cites it, and `reason` says why.
    Dropped,
}

/// `facts/ID.toml`: something that can be known of a user's case.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The question as it is put to the user.
    pub question: At<Words>,
    /// Answer to "why do you ask?".
    pub why: At<Words>,
    /// Whether "not sure" is offered as an answer (`unsure` in conditions). Default: true.
    #[serde(default = "yes")]
    pub unsure: bool,
    /// The answers, each a button.
    pub answer: Vec<FactAnswer>,
    /// Sources or statements that this rests on.
    pub sources: Vec<At<String>>,
}

/// One answer to a fact's question.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactAnswer {
    /// Name of the answer, for conditions and evidence.
    pub id: At<String>,
    /// The button, at most 20 characters wide if possible.
    pub label: At<Words>,
    /// How the assistant repeats it, completing "you say: …", for example "原来的手机号已经停机".
    pub told: At<Words>,
    /// Whole replies that mean this answer while the question is pending ("能用", "还在用").
    #[serde(default)]
    pub words: Vec<At<String>>,
    /// Regular expressions that mean this answer in any sentence. They are matched against the normalised text:
    /// lower case, simplified, without spaces between Chinese characters, and with `,`, `。`, `?` or `.` for every sign at
    /// which a clause ends. What is only supposed, feared, asked, over, or said of others is no matter of theirs: the word
    /// lists `supposed`, `doubted`, `asked`, `over`, `hearsay`, `mine` and `others` see to that.
    #[serde(default)]
    pub patterns: Vec<At<String>>,
    /// Regular expressions that keep this answer out if they match in the clauses where one of `patterns` does ("没停机").
    #[serde(default)]
    pub unless: Vec<At<String>>,
}

/// A condition over facts: all of them must be known and have one of the answers listed.
pub type Condition = BTreeMap<At<String>, Vec<At<String>>>;

/// `guides/ID.toml`: a procedure. First its questions (skipped where the answer is known), then its steps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// Name of the procedure, as a button shows it.
    pub title: At<Words>,
    /// Intents that start it.
    #[serde(default)]
    pub intents: Vec<At<String>>,
    /// Answers that choosing this guide gives: whoever chooses "my account was stolen" says that it is not safe.
    #[serde(default)]
    pub tells: BTreeMap<At<String>, At<String>>,
    /// Said once, when it starts.
    pub intro: Option<At<Words>>,
    /// Questions, in order.
    #[serde(default)]
    pub ask: Vec<Ask>,
    /// Where the answers may lead instead. The first one whose condition holds is taken.
    #[serde(default)]
    pub route: Vec<Route>,
    /// When this guide is refused. The first one whose condition holds ends it.
    #[serde(default)]
    pub decline: Vec<Decline>,
    /// The steps, in order.
    pub step: Vec<Step>,
    /// Said when the last step is done.
    pub done: At<Words>,
    /// Topics, guides or problems offered at the end.
    #[serde(default)]
    pub related: Vec<At<String>>,
    /// The problem to look into when a step fails (a step may name its own).
    pub fails: Option<At<String>>,
}

/// A question that a guide or a problem asks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// The fact to ask for.
    pub fact: At<String>,
    /// Only asked when this holds.
    #[serde(default)]
    pub when: Condition,
}

/// Leads to another guide or problem.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Taken when this holds.
    pub when: Condition,
    /// `guide:…` or `problem:…`.
    pub to: At<String>,
    /// Said when this way is taken.
    pub say: Option<At<Words>>,
}

/// What is refused, and with which words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Refused when this holds.
    pub when: Condition,
    /// `topic:…`, which says so. It has `refuses = true`.
    pub topic: At<String>,
}

/// One step of a guide.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name of the step, unique in its guide. Sessions remember it: do not reuse it for something else.
    pub id: At<String>,
    /// What to do.
    pub text: At<Words>,
    /// What the user should see when it worked.
    pub see: At<Words>,
    /// Answer to "why?". Without it, the guide's title is the reason.
    pub why: Option<At<Words>>,
    /// Only shown when this holds.
    #[serde(default)]
    pub when: Condition,
    /// Must hold before the step may be shown; what is unknown of it is asked first.
    #[serde(default)]
    pub requires: Condition,
    /// Cannot be undone. Needs `requires`.
    #[serde(default)]
    pub irreversible: bool,
    /// Makes the account less protected. Needs `requires`.
    #[serde(default)]
    pub loosens: bool,
    /// May be skipped.
    #[serde(default)]
    pub optional: bool,
    /// The problem to look into when this step fails; otherwise the guide's.
    pub fails: Option<At<String>>,
    /// Sources or statements that this rests on.
    pub sources: Vec<At<String>>,
    /// Tells the reader that the page itself decides.
    #[serde(default)]
    pub as_shown: bool,
}

/// `problems/ID.toml`: something that does not work, why that may be, and what helps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Name of the problem, as a button shows it.
    pub title: At<Words>,
    /// Intents that open it.
    #[serde(default)]
    pub intents: Vec<At<String>>,
    /// Said once, when it is opened.
    pub intro: Option<At<Words>>,
    /// Questions that are always asked first (safety), in order.
    #[serde(default)]
    pub ask: Vec<Ask>,
    /// Where the answers may lead instead.
    #[serde(default)]
    pub route: Vec<Route>,
    /// Questions that tell causes apart, asked only while they are worth their minutes.
    #[serde(default)]
    pub observe: Vec<Observe>,
    /// The causes, one of which is `other`: what the list does not cover.
    pub cause: Vec<Cause>,
    /// What can be done.
    pub remedy: Vec<Remedy>,
    /// When nothing is left to try.
    pub handover: Handover,
    /// Topics, guides or problems offered at the end.
    #[serde(default)]
    pub related: Vec<At<String>>,
}

/// A question that tells causes apart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Observe {
    /// The fact to ask for.
    pub fact: At<String>,
    /// What the question costs the user, in minutes.
    pub minutes: At<f64>,
    /// Per answer, how many times as often as an unlisted answer it is given, whatever the cause. The evidence of a cause on
    /// this fact stands in its place.
    #[serde(default)]
    pub usual: BTreeMap<At<String>, At<f64>>,
}

/// One possible cause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// Name of the cause, unique in its problem.
    pub id: At<String>,
    /// The cause in a few words, for the handover card.
    pub title: At<Words>,
    /// How likely it is before anything is known: a weight; the weights of a problem are scaled to sum 1.
    pub prior: At<f64>,
    /// Why this prior (for authors; never shown).
    pub reason: At<String>,
    /// Per fact and answer, how many times as likely as an unlisted answer it is under this cause.
    /// A fact that is not listed says nothing about this cause.
    #[serde(default)]
    pub evidence: BTreeMap<At<String>, BTreeMap<At<String>, At<f64>>>,
    /// Per fact of the evidence, why these weights (for authors; never shown).
    #[serde(default)]
    pub because: BTreeMap<At<String>, At<String>>,
    /// Sources or statements that this rests on.
    pub sources: Vec<At<String>>,
}

/// Something that can be done about a problem.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// Name of the remedy, unique in its problem. Sessions remember it.
    pub id: At<String>,
    /// The remedy in a few words, for the handover card.
    pub title: At<Words>,
    /// What to do.
    pub text: At<Words>,
    /// What the user should see when it worked.
    pub see: At<Words>,
    /// Per cause, the chance (0 to 1) that it helps if that is the cause.
    pub fixes: BTreeMap<At<String>, At<f64>>,
    /// Why these chances and minutes (for authors; never shown).
    pub reason: Option<At<String>>,
    /// What it costs the user, in minutes.
    pub minutes: At<f64>,
    /// How long it takes before anything can be seen of it, in hours: the user is told to come back then.
    pub wait_hours: Option<At<f64>>,
    /// Must hold before it may be offered; what is unknown of it is asked first.
    #[serde(default)]
    pub requires: Condition,
    /// Cannot be undone. Needs `requires`.
    #[serde(default)]
    pub irreversible: bool,
    /// Makes the account less protected. Needs `requires`.
    #[serde(default)]
    pub loosens: bool,
    /// Sources or statements that this rests on.
    pub sources: Vec<At<String>>,
    /// Tells the reader that the page itself decides.
    #[serde(default)]
    pub as_shown: bool,
}

/// What is said and what it costs when the problem goes to a human.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Handover {
    /// What to do next, and where.
    pub text: At<Words>,
    /// What it costs the user, in minutes.
    pub minutes: At<f64>,
    /// Sources or statements that this rests on.
    pub sources: Vec<At<String>>,
}

/// `prompts/ID.toml`: messages that a page or program shows to users.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prompts {
    /// The messages.
    pub prompt: Vec<Prompt>,
}

/// One message as shown to users.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// Name of the message, unique among all files in `prompts/`.
    pub id: At<String>,
    /// The message as it is shown, and telling pieces of it, each enough to recognise it: at least 4 characters. Long ones
    /// are recognised with slips too, and by half.
    pub shown: Vec<At<String>>,
    /// Numbers by which the message is known as well: digits, as in "(219)".
    #[serde(default)]
    pub codes: Vec<At<String>>,
    /// What it means.
    pub meaning: At<Words>,
    /// What to do about it.
    pub advice: At<Words>,
    /// Answers that it gives.
    #[serde(default)]
    pub facts: BTreeMap<At<String>, At<String>>,
    /// The guide or problem that it leads to when none is under way.
    pub to: Option<At<String>>,
    /// Sources or statements that this rests on.
    pub sources: Vec<At<String>>,
    /// Tells the reader that the page itself decides.
    #[serde(default)]
    pub as_shown: bool,
}

/// `topics/ID.toml`: the answer to a question.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Name of the topic, as a button shows it.
    pub title: At<Words>,
    /// Intents that it answers.
    #[serde(default)]
    pub intents: Vec<At<String>>,
    /// The answer.
    pub text: At<Words>,
    /// Regular expressions, as in facts, by which it is told whatever a sentence asks for and whoever it is about: a refusal
    /// instead of an answer, anything else in a message of its own before it.
    #[serde(default)]
    pub patterns: Vec<At<String>>,
    /// Regular expressions that keep it out if they match anywhere in the sentence.
    #[serde(default)]
    pub unless: Vec<At<String>>,
    /// The intent that a sentence is read as in which this refusal is found.
    pub reads_as: Option<At<String>>,
    /// Of several that are found in a sentence, the most urgent is told first; what is less urgent than a refusal is not told.
    #[serde(default)]
    pub urgency: u8,
    /// What people say right after it in a few words, and the sentence that they mean.
    #[serde(default)]
    pub then: Vec<Then>,
    /// Said before everything that there is to do, once this was told: a child, say, needs a grown-up at every step.
    pub reminder: Option<At<Words>>,
    /// The answer is a refusal: the assistant will not help with this.
    #[serde(default)]
    pub refuses: bool,
    /// Topics, guides or problems offered below it when nothing else is pending.
    #[serde(default)]
    pub related: Vec<At<String>>,
    /// Sources or statements that this rests on.
    pub sources: Vec<At<String>>,
    /// Tells the reader that the page itself decides.
    #[serde(default)]
    pub as_shown: bool,
}

/// `phrases/LANGUAGE.toml`: the assistant's own wording, a line per phrase.
pub type Phrases = BTreeMap<At<String>, At<String>>;

fn yes() -> bool {
    true
}

/// What somebody says who has just been told a topic, in words that only mean something there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// Whole replies ("已经发了").
    pub words: Vec<At<String>>,
    /// The sentence that is read in their place ("验证码已经发给对方了").
    pub means: At<String>,
}
