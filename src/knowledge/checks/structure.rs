//! Rules about ids and what they connect.

use crate::knowledge::diagnostic::{Diagnostic, Mistake, nearest};
use crate::knowledge::draft::{Draft, Part};
use crate::knowledge::raw::{At, Span};
use crate::knowledge::references::{self, Target};
use crate::knowledge::{Item, UNSURE};
use std::collections::{BTreeMap, BTreeSet};

/// Ids are well-formed, unique where they must be, and none is reserved.
pub(super) fn ids(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let folders: [Vec<(&String, &String)>; 6] = [
        draft
            .facts
            .iter()
            .map(|(id, part)| (id, &part.file))
            .collect(),
        draft
            .guides
            .iter()
            .map(|(id, part)| (id, &part.file))
            .collect(),
        draft
            .problems
            .iter()
            .map(|(id, part)| (id, &part.file))
            .collect(),
        draft
            .prompts
            .iter()
            .map(|(id, part)| (id, &part.file))
            .collect(),
        draft
            .topics
            .iter()
            .map(|(id, part)| (id, &part.file))
            .collect(),
        draft
            .intents
            .iter()
            .map(|(id, part)| (id, &part.file))
            .collect(),
    ];
    for (id, file) in folders.into_iter().flatten().filter(|(id, _)| !is_id(id)) {
        report(
            diagnostics,
            file,
            Span::default(),
            Mistake::BadId { id: id.clone() },
        );
    }
    ids_inside(draft, diagnostics);
}

/// Ids inside the files.
fn ids_inside(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    for Part { file, value } in draft.facts.values() {
        unique(
            file,
            value.answer.iter().map(|answer| &answer.id),
            diagnostics,
        );
        for answer in value
            .answer
            .iter()
            .filter(|answer| answer.id.value == UNSURE)
        {
            report(diagnostics, file, answer.id.span, Mistake::ReservedAnswer);
        }
    }
    for Part { file, value } in draft.guides.values() {
        unique(file, value.step.iter().map(|step| &step.id), diagnostics);
    }
    for Part { file, value } in draft.problems.values() {
        unique(file, value.cause.iter().map(|cause| &cause.id), diagnostics);
        unique(
            file,
            value.remedy.iter().map(|remedy| &remedy.id),
            diagnostics,
        );
    }
    let mut prompts = BTreeSet::new();
    for Part { file, value } in draft.prompts.values() {
        unique_among(
            &mut prompts,
            file,
            value.prompt.iter().map(|prompt| &prompt.id),
            diagnostics,
        );
    }
}

fn unique<'d>(
    file: &str,
    ids: impl Iterator<Item = &'d At<String>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    unique_among(&mut BTreeSet::new(), file, ids, diagnostics);
}

fn unique_among<'d>(
    seen: &mut BTreeSet<&'d str>,
    file: &str,
    ids: impl Iterator<Item = &'d At<String>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for id in ids {
        if !is_id(&id.value) {
            report(
                diagnostics,
                file,
                id.span,
                Mistake::BadId {
                    id: id.value.clone(),
                },
            );
        }
        if !seen.insert(&id.value) {
            report(
                diagnostics,
                file,
                id.span,
                Mistake::DuplicateId {
                    id: id.value.clone(),
                },
            );
        }
    }
}

/// Lower-case letters, digits and `_`, short enough for a button's 64 bytes beside its kind.
fn is_id(id: &str) -> bool {
    id.len() <= 24
        && id.starts_with(|first: char| first.is_ascii_lowercase())
        && id.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        })
}

/// Every id that is named exists.
pub(super) fn references(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let names = Names { draft };
    // Some are referred to ten thousand times.
    let mut known = BTreeMap::new();
    for reference in references::references(draft) {
        let target = reference.target;
        let known = known.entry(target).or_insert_with(|| names.known(target));
        let name = reference.name.value.as_str();
        if let Some((kind, known)) = known
            && !known.contains(name)
        {
            let nearest = nearest(name, known.iter().map(String::as_str));
            let mistake = Mistake::UnknownReference {
                kind,
                id: name.to_owned(),
                nearest,
            };
            report(diagnostics, reference.file, reference.name.span, mistake);
        }
    }
}

/// What can be named. Files that could not be read count by their name.
struct Names<'d> {
    draft: &'d Draft,
}

impl Names<'_> {
    /// What such a thing is called, and the names that there are; none where that cannot be told.
    fn known(&self, target: Target<'_>) -> Option<(&'static str, BTreeSet<String>)> {
        let draft = self.draft;
        Some(match target {
            Target::Item => ("item", self.items(&["guide", "problem", "topic"])),
            Target::Goal => ("guide or problem", self.items(&["guide", "problem"])),
            Target::Problem => ("problem", self.items(&["problem"])),
            Target::Topic => ("topic", self.items(&["topic"])),
            Target::Fact => ("fact", self.of("facts")),
            Target::Answer(fact) => {
                let fact = &draft.facts.get(fact)?.value;
                let unsure = fact.unsure.then(|| UNSURE.to_owned());
                let answers = fact.answer.iter().map(|answer| answer.id.value.clone());
                ("answer", answers.chain(unsure).collect())
            }
            Target::Cause(problem) => {
                let causes = &draft.problems.get(problem)?.value.cause;
                let causes = causes.iter().map(|cause| cause.id.value.clone());
                ("cause", causes.collect())
            }
            Target::Intent => ("intent", draft.intents.keys().cloned().collect()),
            Target::Source => ("source or statement", self.sources()?),
        })
    }

    fn of(&self, folder: &str) -> BTreeSet<String> {
        let read: Vec<&String> = match folder {
            "facts" => self.draft.facts.keys().collect(),
            "guides" => self.draft.guides.keys().collect(),
            "problems" => self.draft.problems.keys().collect(),
            _ => self.draft.topics.keys().collect(),
        };
        let broken = self
            .draft
            .broken
            .iter()
            .filter(|(of, _)| *of == folder)
            .map(|(_, id)| id);
        read.into_iter().chain(broken).cloned().collect()
    }

    fn items(&self, kinds: &[&str]) -> BTreeSet<String> {
        kinds
            .iter()
            .flat_map(|kind| {
                self.of(&format!("{kind}s"))
                    .into_iter()
                    .map(move |id| format!("{kind}:{id}"))
            })
            .collect()
    }

    fn sources(&self) -> Option<BTreeSet<String>> {
        let sources = &self.draft.sources.as_ref()?.value;
        let tags = sources.source.iter().map(|source| &source.id.value);
        Some(
            tags.chain(
                sources
                    .statement
                    .iter()
                    .map(|statement| &statement.id.value),
            )
            .cloned()
            .collect(),
        )
    }
}

/// Something leads to every item: the menu, an intent, another item.
pub(super) fn reachable(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    if draft.is_partial() {
        return;
    }
    let mut reached = BTreeSet::new();
    let mut waiting = roots(draft);
    while let Some(item) = waiting.pop() {
        if reached.insert(item.clone()) {
            waiting.extend(successors(draft, &item));
        }
    }
    let guides = draft
        .guides
        .iter()
        .map(|(id, part)| (Item::Guide(id.clone()), &part.file));
    let problems = draft
        .problems
        .iter()
        .map(|(id, part)| (Item::Problem(id.clone()), &part.file));
    let topics = draft
        .topics
        .iter()
        .map(|(id, part)| (Item::Topic(id.clone()), &part.file));
    for (item, file) in guides
        .chain(problems)
        .chain(topics)
        .filter(|(item, _)| !reached.contains(item))
    {
        report(
            diagnostics,
            file,
            Span::default(),
            Mistake::Unreachable {
                item: item.to_string(),
            },
        );
    }
    let asked = asked(draft);
    for (id, part) in draft
        .facts
        .iter()
        .filter(|(id, _)| !asked.contains(id.as_str()))
    {
        report(
            diagnostics,
            &part.file,
            Span::default(),
            Mistake::Unreachable {
                item: format!("fact:{id}"),
            },
        );
    }
}

fn roots(draft: &Draft) -> Vec<Item> {
    let pack = draft.pack.iter().flat_map(|part| {
        let pack = &part.value;
        pack.menu
            .iter()
            .chain([&pack.contact, &pack.private_data, &pack.privacy])
    });
    let prompts = draft
        .prompts
        .values()
        .flat_map(|part| &part.value.prompt)
        .filter_map(|prompt| prompt.to.as_ref());
    let named = pack
        .chain(prompts)
        .filter_map(|name| name.value.parse().ok());
    let guides = draft
        .guides
        .iter()
        .filter(|(_, part)| !part.value.intents.is_empty())
        .map(|(id, _)| Item::Guide(id.clone()));
    let problems = draft
        .problems
        .iter()
        .filter(|(_, part)| !part.value.intents.is_empty())
        .map(|(id, _)| Item::Problem(id.clone()));
    let topics = draft
        .topics
        .iter()
        .filter(|(_, part)| !part.value.intents.is_empty() || !part.value.patterns.is_empty())
        .map(|(id, _)| Item::Topic(id.clone()));
    named.chain(guides).chain(problems).chain(topics).collect()
}

fn successors(draft: &Draft, item: &Item) -> Vec<Item> {
    let mut names: Vec<&String> = Vec::new();
    let mut fails: Vec<&String> = Vec::new();
    match item {
        Item::Guide(id) => {
            if let Some(Part { value, .. }) = draft.guides.get(id) {
                names.extend(value.route.iter().map(|route| &route.to.value));
                names.extend(value.related.iter().map(|name| &name.value));
                names.extend(value.decline.iter().map(|decline| &decline.topic.value));
                fails.extend(
                    value
                        .step
                        .iter()
                        .filter_map(|step| step.fails.as_ref())
                        .chain(&value.fails)
                        .map(|name| &name.value),
                );
            }
        }
        Item::Problem(id) => {
            if let Some(Part { value, .. }) = draft.problems.get(id) {
                names.extend(
                    value
                        .route
                        .iter()
                        .map(|route| &route.to.value)
                        .chain(value.related.iter().map(|name| &name.value)),
                );
            }
        }
        Item::Topic(id) => {
            if let Some(Part { value, .. }) = draft.topics.get(id) {
                names.extend(value.related.iter().map(|name| &name.value));
            }
        }
    }
    names
        .into_iter()
        .chain(fails)
        .filter_map(|name| name.parse().ok())
        .collect()
}

/// Facts that some guide or problem asks for.
fn asked(draft: &Draft) -> BTreeSet<&str> {
    let guides = draft.guides.values().flat_map(|part| {
        let required = part.value.step.iter().flat_map(|step| step.requires.keys());
        part.value.ask.iter().map(|ask| &ask.fact).chain(required)
    });
    let problems = draft.problems.values().flat_map(|part| {
        let observed = part.value.observe.iter().map(|observe| &observe.fact);
        let required = part
            .value
            .remedy
            .iter()
            .flat_map(|remedy| remedy.requires.keys());
        part.value
            .ask
            .iter()
            .map(|ask| &ask.fact)
            .chain(observed)
            .chain(required)
    });
    guides
        .chain(problems)
        .map(|fact| fact.value.as_str())
        .collect()
}

/// Nothing is empty that has to have something in it.
pub(super) fn complete(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let mut require = |present: bool, file: &str, what| {
        if !present {
            report(diagnostics, file, Span::default(), Mistake::Empty { what });
        }
    };
    if let Some(Part { file, value }) = &draft.pack {
        require(!value.languages.is_empty(), file, "language");
        require(!value.menu.is_empty(), file, "menu");
    }
    for Part { file, value } in draft.facts.values() {
        require(
            value.answer.len() + usize::from(value.unsure) >= 2,
            file,
            "choice: a question needs two answers at least",
        );
    }
    for Part { file, value } in draft.guides.values() {
        require(!value.step.is_empty(), file, "step");
    }
    for Part { file, value } in draft.problems.values() {
        require(!value.cause.is_empty(), file, "cause");
        require(
            value.cause.iter().any(|cause| cause.id.value == OTHER),
            file,
            "cause `other`: what the list does not cover",
        );
        require(!value.remedy.is_empty(), file, "remedy");
        require(
            value.remedy.iter().all(|remedy| !remedy.fixes.is_empty()),
            file,
            "cause that a remedy fixes",
        );
    }
    for Part { file, value } in draft.prompts.values() {
        require(
            value.prompt.iter().all(|prompt| !prompt.shown.is_empty()),
            file,
            "words that a message is recognised by",
        );
    }
    accounted(draft, diagnostics);
}

/// The cause that every problem has beside those that can be named.
const OTHER: &str = "other";

/// What only authors read is there as well: why each number is what it is, what a source is and of when.
fn accounted(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let mut require = |text: &str, file: &str, span, what| {
        if text.trim().is_empty() {
            report(diagnostics, file, span, Mistake::Empty { what });
        }
    };
    for Part { file, value } in draft.problems.values() {
        for cause in &value.cause {
            require(&cause.reason.value, file, cause.reason.span, "reason");
            for fact in cause.evidence.keys() {
                let mut reasons = cause.because.iter();
                let reason = reasons.find(|(of, _)| of.value == fact.value);
                let reason = reason.map(|(_, reason)| reason.value.as_str());
                let what = "reason for these weights in `because`";
                require(reason.unwrap_or_default(), file, fact.span, what);
            }
        }
        for remedy in &value.remedy {
            let reason = remedy.reason.as_ref().map(|reason| reason.value.as_str());
            let what = "reason for these chances and minutes";
            require(reason.unwrap_or_default(), file, remedy.id.span, what);
        }
    }
    if let Some(Part { file, value }) = &draft.sources {
        for source in &value.source {
            require(&source.title, file, source.id.span, "title");
            require(&source.date, file, source.id.span, "date");
        }
    }
}

pub(super) fn report(diagnostics: &mut Vec<Diagnostic>, file: &str, span: Span, mistake: Mistake) {
    diagnostics.push(Diagnostic {
        file: file.to_owned(),
        span,
        mistake,
    });
}
