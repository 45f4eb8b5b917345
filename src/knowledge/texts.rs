//! Every text of a pack, in its place: what the checks of wording go by.

use super::draft::{Draft, Part};
use super::raw::{At, Words};

/// What a text is for, which decides what it may look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A message or a part of one, with Markdown.
    Message,
    /// A clause inside a sentence of the assistant's, which may be bold itself: in plain text.
    Clause,
    /// The label of a button, in plain text.
    Label,
}

impl Use {
    /// Whether it is without Markdown.
    pub fn is_plain(self) -> bool {
        match self {
            Self::Message => false,
            Self::Clause | Self::Label => true,
        }
    }

    /// How long it may be, in UTF-16 code units, which is what Telegram counts. A message is put together from
    /// several texts and must stay below 4096 in all; a label is read on a phone.
    pub fn units_max(self) -> usize {
        match self {
            Self::Message => 1000,
            Self::Clause => 120,
            Self::Label => 40,
        }
    }
}

/// One text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'d> {
    pub file: &'d str,
    pub words: &'d At<Words>,
    pub purpose: Use,
}

/// All of them.
pub(super) fn texts(draft: &Draft) -> Vec<Placed<'_>> {
    let mut found = Collector {
        file: "",
        texts: Vec::new(),
    };
    for Part { file, value } in draft.facts.values() {
        found.file = file;
        found.add([&value.question, &value.why], Use::Message);
        for answer in &value.answer {
            found.add([&answer.label], Use::Label);
            found.add([&answer.told], Use::Clause);
        }
    }
    for Part { file, value } in draft.guides.values() {
        found.file = file;
        found.add([&value.title], Use::Label);
        found.add(&value.intro, Use::Message);
        found.add(
            value.route.iter().filter_map(|route| route.say.as_ref()),
            Use::Message,
        );
        for step in &value.step {
            found.add([&step.text, &step.see], Use::Message);
            found.add(&step.why, Use::Message);
        }
        found.add([&value.done], Use::Message);
    }
    for Part { file, value } in draft.problems.values() {
        found.file = file;
        found.add([&value.title], Use::Label);
        found.add(&value.intro, Use::Message);
        found.add(
            value.route.iter().filter_map(|route| route.say.as_ref()),
            Use::Message,
        );
        found.add(value.cause.iter().map(|cause| &cause.title), Use::Clause);
        for remedy in &value.remedy {
            found.add([&remedy.title], Use::Clause);
            found.add([&remedy.text, &remedy.see], Use::Message);
        }
        found.add([&value.handover.text], Use::Message);
    }
    for Part { file, value } in draft.prompts.values() {
        found.file = file;
        found.add(
            value
                .prompt
                .iter()
                .flat_map(|prompt| [&prompt.meaning, &prompt.advice]),
            Use::Message,
        );
    }
    for Part { file, value } in draft.topics.values() {
        found.file = file;
        found.add([&value.title], Use::Label);
        found.add([&value.text], Use::Message);
        found.add(&value.reminder, Use::Message);
    }
    found.texts
}

struct Collector<'d> {
    file: &'d str,
    texts: Vec<Placed<'d>>,
}

impl<'d> Collector<'d> {
    fn add(&mut self, texts: impl IntoIterator<Item = &'d At<Words>>, purpose: Use) {
        self.texts.extend(texts.into_iter().map(|words| Placed {
            file: self.file,
            words,
            purpose,
        }));
    }
}
