//! Files that are no TOML: a line for each sentence, for each thing that has names, for each sentence with what it states.

use super::diagnostic::{Diagnostic, Mistake};
use super::raw::{At, Span};
use std::collections::BTreeMap;

/// A sentence, and the facts that it states with their answers.
#[derive(Debug)]
pub(super) struct Stated {
    pub facts: BTreeMap<At<String>, At<String>>,
    pub sentence: At<String>,
}

/// In place of facts where a sentence states none.
pub(super) const NO_FACTS: &str = "-";

/// The names of one thing, between commas.
pub(super) fn names(line: &At<String>) -> Vec<At<String>> {
    let mut start = line.span.start;
    let mut names = Vec::new();
    for name in line.value.split_inclusive(',') {
        let trimmed = name.trim_end_matches(',').trim();
        let indent = name.len() - name.trim_start().len();
        names.push(At {
            value: trimmed.to_owned(),
            span: Span {
                start: start + indent,
                end: start + indent + trimmed.len(),
            },
        });
        start += name.len();
    }
    names
}

/// What a plain file has, line by line, without empty lines and comments, which begin with `#`.
pub(super) fn sentences(content: &str) -> Vec<At<String>> {
    let mut start = 0;
    let mut sentences = Vec::new();
    for line in content.split_inclusive('\n') {
        let sentence = line.trim();
        if !sentence.is_empty() && !sentence.starts_with('#') {
            let indent = line.len() - line.trim_start().len();
            let span = Span {
                start: start + indent,
                end: start + indent + sentence.len(),
            };
            sentences.push(At {
                value: sentence.to_owned(),
                span,
            });
        }
        start += line.len();
    }
    sentences
}

/// Lines `fact=answer,…`, a tab, and the sentence that states them; or `-` for facts, where it states none.
pub(super) fn stated(path: &str, content: &str) -> Result<Vec<Stated>, Vec<Diagnostic>> {
    let mut all = Vec::new();
    let mut mistakes = Vec::new();
    for line in sentences(content) {
        match stated_by(&line) {
            Some(stated) => all.push(stated),
            None => mistakes.push(Diagnostic {
                file: path.to_owned(),
                span: line.span,
                mistake: Mistake::NotStated,
            }),
        }
    }
    if mistakes.is_empty() {
        Ok(all)
    } else {
        Err(mistakes)
    }
}

fn stated_by(line: &At<String>) -> Option<Stated> {
    let (labels, sentence) = line.value.split_once('\t')?;
    let mut facts = BTreeMap::new();
    let labels = At {
        value: labels.to_owned(),
        span: line.span,
    };
    for label in names(&labels) {
        if label.value == NO_FACTS {
            continue;
        }
        let (fact, answer) = label.value.split_once('=')?;
        let at = |name: &str, before: usize| {
            let start = label.span.start + before + name.len() - name.trim_start().len();
            let name = name.trim();
            At {
                value: name.to_owned(),
                span: Span {
                    start,
                    end: start + name.len(),
                },
            }
        };
        let fact_at = at(fact, 0);
        if facts
            .keys()
            .any(|known: &At<String>| known.value == fact_at.value)
        {
            return None;
        }
        facts.insert(fact_at, at(answer, fact.len() + 1));
    }
    let trimmed = sentence.trim();
    let start = line.span.end - sentence.trim_start().len();
    (!trimmed.is_empty()).then(|| Stated {
        facts,
        sentence: At {
            value: trimmed.to_owned(),
            span: Span {
                start,
                end: start + trimmed.len(),
            },
        },
    })
}
