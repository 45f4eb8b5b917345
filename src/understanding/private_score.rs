//! How well private data is found in sentences: what `mibao eval --private` prints.

use super::Share;
use super::score::read_lines;
use crate::text::{Masked, Private, mask, mask_after_code};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Range;

/// What stands in the third column of a sentence that answers something about a code.
const AFTER_CODE: &str = "after code";

/// A sentence and all that is private in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    pub sentence: String,
    pub after_code: bool,
    /// What it is and where it stands, in bytes.
    pub places: Vec<(Private, Range<usize>)>,
}

/// Counts over such sentences.
#[derive(Debug, Default, Serialize)]
pub struct PrivateScore {
    /// What was found and is private, of this kind and with these bounds, of all that was found.
    pub precision: Share,
    /// The same of all that is private.
    pub recall: Share,
    /// What is private and was covered to its last letter, as whatever it was taken for.
    pub covered: Share,
    /// Sentences with nothing private in them that were left as they are.
    pub left_alone: Share,
    pub kinds: BTreeMap<&'static str, PrivateCounts>,
    pub wrong: Vec<PrivateWrong>,
}

/// How much of a kind was stated, how much found, and how much of that was right.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub struct PrivateCounts {
    pub stated: usize,
    pub found: usize,
    pub right: usize,
}

/// A sentence of which something else was found.
#[derive(Debug, Serialize)]
pub struct PrivateWrong {
    pub sentence: String,
    pub stated: String,
    pub masked: String,
}

/// Reads lines `kind=span | kind=span<TAB>sentence`, `-` where nothing is private, with `after code` in a third column where
/// a code was spoken of before; empty lines and `#` lines are skipped. The numbers of lines that are none come back.
#[must_use]
pub fn secrets(lines: &str) -> (Vec<Secret>, Vec<usize>) {
    read_lines(lines, |stated, rest| {
        let (sentence, after) = rest.split_once('\t').unwrap_or((rest, ""));
        let mut from = 0;
        let spans = stated.split(" | ").filter(|_| stated.trim() != "-");
        let place = |span: &str| {
            let (kind, value) = span.split_once('=')?;
            let start = from + sentence.get(from..)?.find(value)?;
            from = start + value.len();
            Some((Private::from_id(kind.trim())?, start..from))
        };
        Some(Secret {
            places: spans.map(place).collect::<Option<_>>()?,
            after_code: match after {
                "" => false,
                AFTER_CODE => true,
                _ => return None,
            },
            sentence: sentence.to_owned(),
        })
    })
}

/// Looks for private data and counts.
#[must_use]
pub fn score_private(secrets: &[Secret]) -> PrivateScore {
    let mut score = PrivateScore::default();
    for secret in secrets {
        let Secret {
            sentence,
            after_code,
            places,
        } = secret;
        let masked = if *after_code {
            mask_after_code(sentence)
        } else {
            mask(sentence)
        };
        let Masked {
            text,
            places: found,
            ..
        } = &masked;
        for (kind, place) in found {
            let right = places.contains(&(*kind, place.clone()));
            score.precision.add(right);
            score.kinds.entry(kind.id()).or_default().found += 1;
        }
        for (kind, place) in places {
            let right = found.contains(&(*kind, place.clone()));
            score.recall.add(right);
            let counts = score.kinds.entry(kind.id()).or_default();
            counts.stated += 1;
            counts.right += usize::from(right);
            let is_covered = |byte: usize| found.iter().any(|(_, found)| found.contains(&byte));
            score.covered.add(place.clone().all(is_covered));
        }
        if places.is_empty() {
            score.left_alone.add(found.is_empty());
        }
        if places != found {
            let stated = places.iter().map(|(kind, place)| {
                let span = sentence.get(place.clone()).unwrap_or_default();
                format!("{}={span}", kind.id())
            });
            let stated: Vec<String> = stated.collect();
            score.wrong.push(PrivateWrong {
                sentence: sentence.clone(),
                stated: if stated.is_empty() {
                    "-".to_owned()
                } else {
                    stated.join(" | ")
                },
                masked: text.clone(),
            });
        }
    }
    score
}
