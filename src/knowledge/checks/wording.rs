//! Rules about the texts.

use super::structure::report;
use crate::knowledge::diagnostic::{Diagnostic, Mistake, nearest};
use crate::knowledge::draft::{Draft, Part};
use crate::knowledge::raw::{At, Span, Words};
use crate::knowledge::texts::{self, Use};
use crate::knowledge::{Item, Language, Phrase};
use crate::text::markup;
use std::collections::{BTreeMap, BTreeSet};

fn declared(draft: &Draft) -> Vec<Language> {
    draft
        .pack
        .iter()
        .flat_map(|part| &part.value.languages)
        .map(|language| language.value)
        .collect()
}

/// The texts of a `Words`, with their places and, where it is said, their language.
fn each(words: &At<Words>) -> Vec<(Option<Language>, &str, Span)> {
    match &words.value {
        Words::Plain(text) => vec![(None, text.as_str(), words.span)],
        Words::Languages(texts) => texts
            .iter()
            .map(|(language, text)| (Some(*language), text.value.as_str(), text.span))
            .collect(),
    }
}

/// Every text exists in every language of the pack, and in no other.
pub(super) fn languages(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let declared = declared(draft);
    let Some(first) = declared.first() else {
        return;
    };
    for placed in texts::texts(draft) {
        let present: BTreeMap<Language, Span> = each(placed.words)
            .into_iter()
            .map(|(language, _, span)| (language.unwrap_or(*first), span))
            .collect();
        for language in declared
            .iter()
            .filter(|language| !present.contains_key(language))
        {
            report(
                diagnostics,
                placed.file,
                placed.words.span,
                Mistake::MissingLanguage {
                    language: *language,
                },
            );
        }
        for (language, span) in present
            .iter()
            .filter(|(language, _)| !declared.contains(language))
        {
            report(
                diagnostics,
                placed.file,
                *span,
                Mistake::UndeclaredLanguage {
                    language: *language,
                },
            );
        }
    }
}

/// Texts are not empty and use the small Markdown; labels use none.
pub(super) fn markup(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let mut look = |file: &str, text: &str, span: Span, plain: bool| {
        if text.trim().is_empty() {
            report(diagnostics, file, span, Mistake::Empty { what: "text" });
        } else if let Err(message) = markup::check(text) {
            report(diagnostics, file, span, Mistake::Markup { message });
        } else if plain && markup::plain(text) != text {
            report(
                diagnostics,
                file,
                span,
                Mistake::Markup {
                    message: "labels, titles and clauses are plain text".to_owned(),
                },
            );
        }
    };
    for placed in texts::texts(draft) {
        for (_, text, span) in each(placed.words) {
            look(placed.file, text, span, placed.purpose.is_plain());
        }
    }
    for Part { file, value } in draft.phrases.values() {
        for (key, text) in value {
            look(
                file,
                &text.value,
                text.span,
                Phrase::from_key(&key.value).is_some_and(Phrase::is_plain),
            );
        }
    }
}

/// Texts fit a phone and Telegram.
pub(super) fn lengths(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let mut look = |file: &str, text: &str, span: Span, units_max: usize| {
        let units = text.encode_utf16().count();
        if units > units_max {
            report(
                diagnostics,
                file,
                span,
                Mistake::TooLong { units, units_max },
            );
        }
    };
    for placed in texts::texts(draft) {
        for (_, text, span) in each(placed.words) {
            look(placed.file, text, span, placed.purpose.units_max());
        }
    }
    for Part { file, value } in draft.phrases.values() {
        for (key, text) in value {
            let plain = Phrase::from_key(&key.value).is_some_and(Phrase::is_plain);
            look(
                file,
                &text.value,
                text.span,
                if plain {
                    Use::Label.units_max()
                } else {
                    Use::Message.units_max()
                },
            );
        }
    }
}

/// No two buttons of one message look the same, compared as typed words are.
pub(super) fn labels(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let declared = declared(draft);
    let Some(first) = declared.first().copied() else {
        return;
    };
    for language in declared {
        let in_language = |words: &At<Words>| {
            each(words)
                .into_iter()
                .find(|(of, _, _)| of.unwrap_or(first) == language)
                .map(|(_, text, span)| (text.to_owned(), span))
        };
        let phrase = |phrase: Phrase| {
            let texts = &draft.phrases.get(&language)?.value;
            texts
                .iter()
                .find(|(key, _)| key.value == phrase.key())
                .map(|(_, text)| text.value.clone())
        };
        let always: Vec<String> = [
            Phrase::ButtonUnsure,
            Phrase::ButtonWhy,
            Phrase::ButtonBack,
            Phrase::ButtonMenu,
            Phrase::ButtonHuman,
        ]
        .into_iter()
        .filter_map(phrase)
        .collect();
        for Part { file, value } in draft.facts.values() {
            distinct(
                file,
                &always,
                value
                    .answer
                    .iter()
                    .filter_map(|answer| in_language(&answer.label)),
                diagnostics,
            );
        }
        let titles = |names: &[At<String>]| -> Vec<(String, Span)> {
            names
                .iter()
                .filter_map(|name| {
                    Some((
                        in_language(title(draft, &name.value.parse().ok()?)?)?.0,
                        name.span,
                    ))
                })
                .collect()
        };
        if let Some(Part { file, value }) = &draft.pack {
            distinct(file, &always, titles(&value.menu).into_iter(), diagnostics);
        }
        let guides = draft
            .guides
            .values()
            .map(|part| (&part.file, &part.value.related));
        let problems = draft
            .problems
            .values()
            .map(|part| (&part.file, &part.value.related));
        let topics = draft
            .topics
            .values()
            .map(|part| (&part.file, &part.value.related));
        for (file, related) in guides.chain(problems).chain(topics) {
            distinct(file, &always, titles(related).into_iter(), diagnostics);
        }
    }
}

fn title<'d>(draft: &'d Draft, item: &Item) -> Option<&'d At<Words>> {
    match item {
        Item::Guide(id) => draft.guides.get(id).map(|part| &part.value.title),
        Item::Problem(id) => draft.problems.get(id).map(|part| &part.value.title),
        Item::Topic(id) => draft.topics.get(id).map(|part| &part.value.title),
    }
}

fn distinct(
    file: &str,
    always: &[String],
    labels: impl Iterator<Item = (String, Span)>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let fold = |label: &str| crate::text::skeleton(&crate::text::normalise(label));
    let mut seen: BTreeSet<String> = always.iter().map(|label| fold(label)).collect();
    for (label, span) in labels {
        if !seen.insert(fold(&label)) {
            report(diagnostics, file, span, Mistake::DuplicateLabel { label });
        }
    }
}

/// Every language has every phrase, with its placeholders.
pub(super) fn phrases(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    for language in declared(draft) {
        let Some(Part { file, value }) = draft.phrases.get(&language) else {
            let path = format!("phrases/{}.toml", language.id());
            if !draft
                .broken
                .contains(&("phrases", language.id().to_owned()))
            {
                report(
                    diagnostics,
                    &path.clone(),
                    Span::default(),
                    Mistake::MissingFile { path },
                );
            }
            continue;
        };
        for phrase in Phrase::ALL
            .iter()
            .filter(|phrase| !value.keys().any(|key| key.value == phrase.key()))
        {
            let mistake = Mistake::MissingPhrase {
                key: phrase.key().to_owned(),
                purpose: phrase.purpose().to_owned(),
            };
            report(diagnostics, file, Span::default(), mistake);
        }
        for (key, text) in value {
            phrase(file, key, text, diagnostics);
        }
    }
    for (language, Part { file, .. }) in draft
        .phrases
        .iter()
        .filter(|(language, _)| !declared(draft).contains(language))
    {
        report(
            diagnostics,
            file,
            Span::default(),
            Mistake::UndeclaredLanguage {
                language: *language,
            },
        );
    }
}

/// One phrase has a key that the engine knows, and the placeholders that belong to it.
fn phrase(file: &str, key: &At<String>, text: &At<String>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(phrase) = Phrase::from_key(&key.value) else {
        let nearest = nearest(&key.value, Phrase::ALL.iter().map(|phrase| phrase.key()));
        return report(
            diagnostics,
            file,
            key.span,
            Mistake::UnknownPhrase {
                key: key.value.clone(),
                nearest,
            },
        );
    };
    let expected: BTreeSet<&str> = phrase.placeholders().iter().copied().collect();
    let found = placeholders(&text.value);
    if expected != found {
        let names = |names: BTreeSet<&str>| {
            names
                .into_iter()
                .map(|name| format!("{{{name}}}"))
                .collect()
        };
        let mistake = Mistake::Placeholder {
            expected: names(expected),
            found: names(found),
        };
        report(diagnostics, file, text.span, mistake);
    }
}

/// The `{names}` in a text.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}
