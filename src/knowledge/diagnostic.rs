//! What is wrong with a knowledge file, for the person who wrote it: where, what, and what to do about it.

use super::raw::Span;
use super::{Files, Language};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt;

/// One mistake in one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Path inside the pack.
    pub file: String,
    pub span: Span,
    pub mistake: Mistake,
}

/// What is wrong. The words are in [`Display`](fmt::Display), the advice in [`Mistake::hint`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mistake {
    Syntax {
        message: String,
    },
    UnknownFile {
        nearest: Option<String>,
    },
    MissingFile {
        path: String,
    },
    UnknownKey {
        key: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    MissingKey {
        key: String,
    },
    WrongType {
        expected: String,
        found: String,
    },
    WrongWord {
        found: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    BadId {
        id: String,
    },
    DuplicateId {
        id: String,
    },
    UnknownReference {
        kind: &'static str,
        id: String,
        nearest: Option<String>,
    },
    ReservedAnswer,
    Unasked {
        fact: String,
    },
    Unreachable {
        item: String,
    },
    Empty {
        what: &'static str,
    },
    MissingLanguage {
        language: Language,
    },
    UndeclaredLanguage {
        language: Language,
    },
    Markup {
        message: String,
    },
    TooLong {
        units: usize,
        units_max: usize,
        /// It would fit as it was written, and does not in the language derived from that.
        is_derived: bool,
    },
    DuplicateLabel {
        label: String,
    },
    BadPattern {
        message: String,
    },
    OutOfRange {
        expected: &'static str,
    },
    CodeClaimedTwice {
        code: String,
        other: String,
    },
    Unguarded {
        what: &'static str,
        /// What the pack itself says must be known first.
        needed: Option<String>,
    },
    MissingPhrase {
        key: String,
        purpose: String,
    },
    UnknownPhrase {
        key: String,
        nearest: Option<String>,
    },
    Placeholder {
        expected: Vec<String>,
        found: Vec<String>,
    },
    IntentWithoutItem {
        intent: String,
    },
    IntentWithoutSentences {
        intent: String,
    },
    IntentClaimedTwice {
        intent: String,
        other: String,
    },
    DuplicateSentence {
        sentence: String,
        other: String,
    },
    NotStated,
    NotRefusing {
        topic: String,
    },
    StatementUntold {
        id: String,
    },
    StatementDroppedButTold {
        id: String,
    },
    StatementWithoutReason {
        id: String,
    },
    /// A line of the flow is not the accepted one. New without `was`, gone without `now`, moved if they are alike.
    FlowChanged {
        about: String,
        was: String,
        now: String,
    },
}

impl Mistake {
    /// A stable code for the kind of mistake.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "syntax",
            Self::UnknownFile { .. } => "unknown-file",
            Self::MissingFile { .. } => "missing-file",
            Self::UnknownKey { .. } => "unknown-key",
            Self::MissingKey { .. } => "missing-key",
            Self::WrongType { .. } => "wrong-type",
            Self::WrongWord { .. } => "wrong-word",
            Self::BadId { .. } => "bad-id",
            Self::DuplicateId { .. } => "duplicate-id",
            Self::UnknownReference { .. } => "unknown-reference",
            Self::ReservedAnswer => "reserved-answer",
            Self::Unasked { .. } => "unasked",
            Self::Unreachable { .. } => "unreachable",
            Self::Empty { .. } => "empty",
            Self::MissingLanguage { .. } => "missing-language",
            Self::UndeclaredLanguage { .. } => "undeclared-language",
            Self::Markup { .. } => "markup",
            Self::TooLong { .. } => "too-long",
            Self::DuplicateLabel { .. } => "duplicate-label",
            Self::BadPattern { .. } => "bad-pattern",
            Self::OutOfRange { .. } => "out-of-range",
            Self::CodeClaimedTwice { .. } => "code-claimed-twice",
            Self::Unguarded { .. } => "unguarded",
            Self::MissingPhrase { .. } => "missing-phrase",
            Self::UnknownPhrase { .. } => "unknown-phrase",
            Self::Placeholder { .. } => "placeholder",
            Self::IntentWithoutItem { .. } => "intent-without-item",
            Self::IntentWithoutSentences { .. } => "intent-without-sentences",
            Self::IntentClaimedTwice { .. } => "intent-claimed-twice",
            Self::DuplicateSentence { .. } => "duplicate-sentence",
            Self::NotStated => "not-stated",
            Self::NotRefusing { .. } => "not-refusing",
            Self::StatementUntold { .. } => "statement-untold",
            Self::StatementDroppedButTold { .. } => "statement-dropped-but-told",
            Self::StatementWithoutReason { .. } => "statement-without-reason",
            Self::FlowChanged { .. } => "flow-changed",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let did_you_mean = |nearest: &Option<String>| {
            nearest
                .as_ref()
                .map(|name| format!("did you mean `{name}`?"))
        };
        match self {
            Self::Syntax { .. } | Self::WrongType { .. } | Self::Empty { .. } | Self::OutOfRange { .. } | Self::Markup { .. } => None,
            Self::UnknownFile { nearest } => did_you_mean(nearest)
                .or_else(|| Some("a pack has pack.toml, sources.toml, and files in facts, guides, problems, prompts, topics, phrases, intents, stated, words".to_owned())),
            Self::MissingFile { path } => Some(format!("write `{path}`; `mibao check --schema` prints what belongs there")),
            Self::UnknownKey { nearest, known, .. } | Self::WrongWord { nearest, known, .. } => {
                did_you_mean(nearest).or_else(|| Some(format!("expected one of {}", quoted(known))))
            }
            Self::MissingKey { key } => Some(format!("add `{key} = …`")),
            Self::BadId { .. } => Some("use lower-case letters, digits and `_`, beginning with a letter".to_owned()),
            Self::DuplicateId { .. } => Some("give each its own name".to_owned()),
            Self::UnknownReference { nearest, .. } | Self::UnknownPhrase { nearest, .. } => did_you_mean(nearest),
            Self::ReservedAnswer => Some("every fact has this answer already; `unsure = false` takes it away".to_owned()),
            Self::Unasked { fact } => Some(format!("add `[[ask]]` with `fact = \"{fact}\"`")),
            Self::Unreachable { .. } => Some("name it in `menu`, `intents`, `related`, `route`, `fails`, `ask` or `observe` somewhere, or delete it".to_owned()),
            Self::MissingLanguage { language } => Some(format!("add the text in `{}`", language.id())),
            Self::UndeclaredLanguage { language } => Some(format!("add `{}` to `languages` in pack.toml, or take the text out", language.id())),
            Self::TooLong { .. } => Some("people read this on a phone: shorten it, or split it".to_owned()),
            Self::DuplicateLabel { .. } => Some("two buttons of one message must differ, or typed words could not choose".to_owned()),
            Self::BadPattern { .. } => Some("patterns are regular expressions without look-around".to_owned()),
            Self::CodeClaimedTwice { .. } => Some("whoever names a code means one message: leave it to the one it is shown with most".to_owned()),
            Self::Unguarded { needed: Some(needed), .. } => Some(format!("add to its `requires`: {needed}")),
            Self::Unguarded { what: "this loosens protection", .. } => Some("say in pack.toml, under `[safety]`, what must be known before that".to_owned()),
            Self::Unguarded { .. } => Some("add `requires = { FACT = [\"ANSWER\"] }`: what must be known first".to_owned()),
            Self::MissingPhrase { purpose, .. } => Some(purpose.clone()),
            Self::Placeholder { .. } => Some("placeholders are written `{name}`, and each is used".to_owned()),
            Self::IntentWithoutItem { intent } => Some(format!("add `intents = [\"{intent}\"]` to the guide, problem or topic that it asks for")),
            Self::IntentWithoutSentences { intent } => Some(format!("write example sentences, one a line, into `intents/{intent}.txt`")),
            Self::IntentClaimedTwice { .. } => Some("an intent asks for exactly one item".to_owned()),
            Self::DuplicateSentence { .. } => Some("delete one of the two".to_owned()),
            Self::NotStated => Some("write `fact=answer, …`, a tab, and the sentence; `-` where it states nothing".to_owned()),
            Self::NotRefusing { topic } => Some(format!("add `refuses = true` to topics/{topic}.toml, or name a topic that has it")),
            Self::StatementUntold { id } => Some(format!("name `{id}` in the `sources` of an item, or mark it `dropped` with a reason")),
            Self::StatementDroppedButTold { id } => Some(format!("mark `{id}` `told` or `corrected` in sources.toml, or take it out here")),
            Self::StatementWithoutReason { .. } => Some("add `reason = \"…\"`, naming the better source".to_owned()),
            Self::FlowChanged { .. } => Some("if you mean it, run `mibao check DIR --accept`".to_owned()),
        }
    }
}

#[expect(clippy::too_many_lines, reason = "a table: an arm a mistake")]
impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message } | Self::Markup { message } | Self::BadPattern { message } => {
                formatter.write_str(message)
            }
            Self::UnknownFile { .. } => {
                formatter.write_str("no file of this name belongs in a pack")
            }
            Self::MissingFile { path } => write!(formatter, "the pack has no `{path}`"),
            Self::UnknownKey { key, .. } => write!(formatter, "unknown key `{key}`"),
            Self::MissingKey { key } => write!(formatter, "missing key `{key}`"),
            Self::WrongType { expected, found } => {
                write!(formatter, "expected {expected}, found {found}")
            }
            Self::WrongWord { found, .. } => write!(formatter, "unexpected `{found}`"),
            Self::BadId { id } => write!(formatter, "`{id}` is no id"),
            Self::DuplicateId { id } => write!(formatter, "`{id}` is there twice"),
            Self::UnknownReference { kind, id, .. } => {
                write!(formatter, "there is no {kind} `{id}`")
            }
            Self::ReservedAnswer => formatter.write_str("the answer `unsure` is built in"),
            Self::Unasked { fact } => {
                write!(
                    formatter,
                    "this goes by `{fact}`, which is not asked for here"
                )
            }
            Self::Unreachable { item } => write!(formatter, "nothing ever leads to `{item}`"),
            Self::Empty { what } => write!(formatter, "no {what}"),
            Self::MissingLanguage { language } => {
                write!(formatter, "the text is missing in `{}`", language.id())
            }
            Self::UndeclaredLanguage { language } => {
                write!(formatter, "the pack does not speak `{}`", language.id())
            }
            Self::TooLong {
                units,
                units_max,
                is_derived,
            } => {
                let derived = if *is_derived {
                    " in traditional Chinese"
                } else {
                    ""
                };
                write!(
                    formatter,
                    "{units} characters{derived}, where {units_max} fit"
                )
            }
            Self::DuplicateLabel { label } => write!(formatter, "two buttons say `{label}`"),
            Self::OutOfRange { expected } => write!(formatter, "expected {expected}"),
            Self::CodeClaimedTwice { code, other } => {
                write!(
                    formatter,
                    "`{code}` is the code of the message `{other}` already"
                )
            }
            Self::Unguarded { what, .. } => {
                write!(formatter, "{what}, but not enough is required before it")
            }
            Self::MissingPhrase { key, .. } => write!(formatter, "missing phrase `{key}`"),
            Self::UnknownPhrase { key, .. } => write!(formatter, "unknown phrase `{key}`"),
            Self::Placeholder { expected, found } => {
                let [expected, found] = [expected, found].map(|names| quoted(names));
                write!(
                    formatter,
                    "expected the placeholders {expected}, found {found}"
                )
            }
            Self::IntentWithoutItem { intent } => {
                write!(formatter, "no item answers the intent `{intent}`")
            }
            Self::IntentWithoutSentences { intent } => {
                write!(formatter, "the intent `{intent}` has no example sentences")
            }
            Self::IntentClaimedTwice { intent, other } => {
                write!(formatter, "`{other}` answers the intent `{intent}` already")
            }
            Self::DuplicateSentence { sentence, other } => {
                write!(formatter, "`{sentence}` is also in `{other}`")
            }
            Self::NotStated => formatter
                .write_str("expected facts, each once with its answer, a tab, and a sentence"),
            Self::NotRefusing { topic } => {
                write!(formatter, "`{topic}` refuses nothing")
            }
            Self::StatementUntold { id } => write!(formatter, "no item tells the statement `{id}`"),
            Self::StatementDroppedButTold { id } => {
                write!(formatter, "the statement `{id}` is dropped, but told here")
            }
            Self::StatementWithoutReason { id } => {
                write!(formatter, "the statement `{id}` has no reason")
            }
            Self::FlowChanged { about, was, now } => {
                write!(formatter, "`{about}`: {}", difference(was, now))
            }
        }
    }
}

fn difference(was: &str, now: &str) -> String {
    match (was, now) {
        (_, "") => format!("`{was}` is gone"),
        ("", _) => format!("`{now}` is new"),
        _ if was == now => format!("`{now}` has moved"),
        _ => format!("`{now}` was `{was}`"),
    }
}

fn quoted(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The name most like this one, if any is like it at all.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.chars().count() / 3)
        .map(|(_, candidate)| candidate.to_owned())
}

/// The diagnostics as an author reads them: `file:line:column`, the line, a caret under the words, a hint.
/// `prefix` goes before each path, so that an editor can open it.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], files: &Files, prefix: &str, colours: bool) -> String {
    let renderer = if colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    }
    .decor_style(DecorStyle::Ascii);
    let mut told = String::new();
    for diagnostic in diagnostics {
        let source = files.get(&diagnostic.file).map_or("", String::as_str);
        let path = format!("{prefix}{}", diagnostic.file);
        let title = diagnostic.mistake.to_string();
        let hint = diagnostic.mistake.hint();
        let annotation = AnnotationKind::Primary.span(within(source, diagnostic.span));
        let group = Level::ERROR
            .primary_title(title.as_str())
            .id(diagnostic.mistake.code())
            .element(
                Snippet::source(source)
                    .path(path.as_str())
                    .annotation(annotation),
            );
        let group = match &hint {
            Some(hint) => group.element(Level::HELP.message(hint.as_str())),
            None => group,
        };
        told.push_str(&renderer.render(&[group]));
        told.push_str("\n\n");
    }
    told
}

/// The span cut to its first line, so that a caret never runs over a page, and to the borders of characters.
fn within(source: &str, span: Span) -> std::ops::Range<usize> {
    let start = (0..=span.start.min(source.len()))
        .rev()
        .find(|&place| source.is_char_boundary(place))
        .unwrap_or(0);
    let line = source
        .get(start..)
        .and_then(|rest| rest.find('\n'))
        .map_or(source.len(), |length| start + length);
    let end = (start..=span.end.min(line).max(start))
        .rev()
        .find(|&place| source.is_char_boundary(place))
        .unwrap_or(start);
    start..end
}
