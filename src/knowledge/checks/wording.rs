//! Rules about the texts.

use super::structure::report;
use crate::knowledge::diagnostic::{Diagnostic, Mistake, nearest};
use crate::knowledge::draft::{Draft, Part, PhraseText};
use crate::knowledge::raw::{At, Span, Wording, Words};
use crate::knowledge::texts::{self, Placed, Use};
use crate::knowledge::{Item, Phrase};
use crate::text::markup;
use std::collections::BTreeSet;

/// Every text exists in every language of the pack, and in no other. What is derived where it is missing need not be written.
pub(super) fn languages(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let declared = draft.languages();
    if declared.0.is_empty() {
        return;
    }
    for Placed { file, words, .. } in texts::texts(draft) {
        let present = words.wordings(&declared);
        for language in declared.written() {
            if !present.iter().any(|wording| wording.language == language) {
                let mistake = Mistake::MissingLanguage { language };
                report(diagnostics, file, words.span, mistake);
            }
        }
        for Wording { language, span, .. } in present {
            if !declared.0.contains(&language) {
                let mistake = Mistake::UndeclaredLanguage { language };
                report(diagnostics, file, span, mistake);
            }
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
    // What is not ours is called by its name in a sentence of ours.
    for list in ["others", "features"] {
        let things = draft.words.get(list).into_iter();
        for (file, name) in things.flat_map(named) {
            look(file, &name.value, name.span, true);
        }
    }
    let languages = draft.languages();
    for placed in texts::texts(draft) {
        for Wording { text, span, .. } in placed.words.wordings(&languages) {
            look(placed.file, text, span, placed.purpose.is_plain());
        }
    }
    for PhraseText {
        file, key, text, ..
    } in draft.phrases()
    {
        let plain = Phrase::from_key(&key.value).is_some_and(Phrase::is_plain);
        look(file, &text.value, text.span, plain);
    }
}

/// All names of the things of a word list, with its file.
fn named(part: &Part<Vec<Vec<At<String>>>>) -> impl Iterator<Item = (&str, &At<String>)> {
    let names = part.value.iter().flatten();
    names.map(|name| (part.file.as_str(), name))
}

/// Texts fit a phone and Telegram.
pub(super) fn lengths(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    // What is too long already where it was derived from is one mistake, not two.
    let mut too_long = BTreeSet::new();
    let mut look = |file: &str, text: &str, span: Span, units_max: usize, is_derived: bool| {
        let units = text.encode_utf16().count();
        if units > units_max && (too_long.insert((file.to_owned(), span)) || !is_derived) {
            let mistake = Mistake::TooLong {
                units,
                units_max,
                is_derived,
            };
            report(diagnostics, file, span, mistake);
        }
    };
    let languages = draft.languages();
    for placed in texts::texts(draft) {
        let units_max = placed.purpose.units_max();
        for wording in placed.words.wordings(&languages) {
            let Wording { text, span, .. } = wording;
            look(placed.file, text, span, units_max, wording.is_derived);
        }
    }
    for phrase in draft.phrases() {
        let plain = Phrase::from_key(&phrase.key.value).is_some_and(Phrase::is_plain);
        let purpose = if plain { Use::Label } else { Use::Message };
        let At { value, span } = phrase.text;
        look(
            phrase.file,
            value,
            *span,
            purpose.units_max(),
            phrase.is_derived,
        );
    }
}

/// No two buttons of one message look the same, compared as typed words are.
pub(super) fn labels(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let languages = draft.languages();
    for language in languages.0.iter().copied() {
        let in_language = |words: &At<Words>| {
            words
                .wordings(&languages)
                .into_iter()
                .find(|wording| wording.language == language)
                .map(|wording| (wording.text.to_owned(), wording.span))
        };
        let phrase = |phrase: Phrase| {
            draft
                .phrases()
                .find(|text| text.language == language && text.key.value == phrase.key())
                .map(|text| text.text.value.clone())
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
        // Labels that are alike stay alike in a language that is derived.
        let is_known = |known: &Diagnostic| {
            let alike = matches!(known.mistake, Mistake::DuplicateLabel { .. });
            alike && known.file == file && known.span == span
        };
        if !seen.insert(fold(&label)) && !diagnostics.iter().any(is_known) {
            report(diagnostics, file, span, Mistake::DuplicateLabel { label });
        }
    }
}

/// Every language has every phrase, with its placeholders.
pub(super) fn phrases(draft: &Draft, diagnostics: &mut Vec<Diagnostic>) {
    let declared = draft.languages();
    for language in declared.written() {
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
    }
    for (language, Part { file, value }) in &draft.phrases {
        if !declared.0.contains(language) {
            let mistake = Mistake::UndeclaredLanguage {
                language: *language,
            };
            report(diagnostics, file, Span::default(), mistake);
            continue;
        }
        for (key, text) in value {
            phrase(file, key, text, diagnostics);
        }
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
