//! How well sentences are understood: what `mibao eval` prints.
//!
//! A sentence is turned away where it is read as none of ours, or as nothing at all. One that is offered back as one of two
//! readings counts as right where one of them is.

use super::encoder::Point;
use super::{SURE, Share, Understanding, Zone, concluded, shipped_point};
use crate::knowledge::{Id, Knowledge};
use crate::text::{normalise, skeleton};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a sentence was taken for that nothing was read in.
const LOST: &str = "(lost)";
/// Examples that are kept of a confusion.
const EXAMPLES_MAX: usize = 3;

/// A sentence and what it may be read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The intents that are right; the first says whether it is one of our matters.
    pub labels: Vec<Id>,
    pub sentence: String,
}

/// Counts over labelled sentences.
#[derive(Debug, Default, Serialize)]
pub struct Score {
    /// All sentences that were understood.
    pub right: Share,
    /// The mean of F1 over all intents that a sentence was labelled with.
    pub macro_f1: f32,
    /// Sentences about our matters that were not turned away.
    pub in_scope_kept: Share,
    /// Sentences about our matters that were understood.
    pub in_scope: Share,
    /// Sentences about none of our matters that were turned away (or read as their other label).
    pub out_of_scope: Share,
    /// Sentences of which two readings were offered.
    pub asked_back: Share,
    pub intents: BTreeMap<Id, IntentScore>,
    /// The most frequent first.
    pub confusions: Vec<Confusion>,
    /// What other thresholds would give, the highest first; empty unless there are sentences of both kinds.
    pub curve: Vec<CurvePoint>,
}

/// How one intent fares.
#[derive(Debug, Default, Serialize)]
pub struct IntentScore {
    /// Sentences that mean it.
    pub support: usize,
    /// Sentences that were read as it.
    pub read: usize,
    /// Sentences of which both is true.
    pub right: usize,
    pub precision: f32,
    pub recall: f32,
    pub f1: f32,
}

/// What was read as something else.
#[derive(Debug, Serialize)]
pub struct Confusion {
    pub expected: Id,
    pub understood: Id,
    pub count: usize,
    pub examples: Vec<String>,
}

/// What comes of turning away from this probability on of being none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    pub threshold: f32,
    pub in_scope: Share,
    pub out_of_scope: Share,
}

/// How one sentence was read, beside its labels.
pub(super) struct Judged {
    /// Its first label is one of our matters.
    pub in_scope: bool,
    /// The label that was met.
    pub met: Option<Id>,
    took: Id,
    turned_away: bool,
    zone: Zone,
    /// It may be turned away.
    outside_is_right: bool,
    /// The probability of being none of ours; above 1 for what is turned away at any threshold.
    outside: f32,
    /// Were it taken for one of ours, it would be understood.
    own_is_right: bool,
}

/// Reads lines `intent<TAB>sentence` or `intent/second<TAB>sentence`; empty lines and `#` lines are skipped. Lines that
/// are neither are given back by number.
#[must_use]
pub fn labelled(lines: &str) -> (Vec<Labelled>, Vec<usize>) {
    read_lines(lines, |labels, sentence| {
        let labels: Vec<Id> = labels
            .split('/')
            .map(|label| label.trim().to_owned())
            .collect();
        labels
            .iter()
            .all(|label| !label.is_empty())
            .then(|| Labelled {
                labels,
                sentence: sentence.to_owned(),
            })
    })
}

/// Lines of two columns, and the numbers of those that cannot be read so.
pub(super) fn read_lines<T>(
    lines: &str,
    read: impl Fn(&str, &str) -> Option<T>,
) -> (Vec<T>, Vec<usize>) {
    let (mut good, mut malformed) = (Vec::new(), Vec::new());
    for (number, line) in lines.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match line
            .split_once('\t')
            .and_then(|(first, second)| read(first, second))
        {
            Some(item) => good.push(item),
            None => malformed.push(number + 1),
        }
    }
    (good, malformed)
}

/// Understands labelled sentences and counts.
#[must_use]
pub fn score(
    knowledge: &Knowledge,
    understanding: &Understanding,
    sentences: &[Labelled],
) -> Score {
    let mut score = Score::default();
    let mut confusions: BTreeMap<(Id, Id), Vec<&str>> = BTreeMap::new();
    let judged: Vec<Judged> = sentences
        .iter()
        .map(|labelled| understanding.judge(knowledge, labelled, &shipped_point))
        .collect();
    for (judged, labelled) in judged.iter().zip(sentences) {
        score.add(judged, labelled);
        if judged.met.is_none() {
            let expected = labelled.labels.first().cloned().unwrap_or_default();
            let met = confusions
                .entry((expected, judged.took.clone()))
                .or_default();
            met.push(&labelled.sentence);
        }
    }
    for intent in score.intents.values_mut() {
        intent.finish();
    }
    let supported = score.intents.values().filter(|intent| intent.support > 0);
    let (sum, count) = supported.fold((0.0, 0.0_f32), |(sum, count), intent| {
        (sum + intent.f1, count + 1.0)
    });
    score.macro_f1 = sum / count.max(1.0);
    score.confusions = confusions
        .into_iter()
        .map(|((expected, understood), met)| Confusion {
            expected,
            understood,
            count: met.len(),
            examples: met
                .into_iter()
                .take(EXAMPLES_MAX)
                .map(str::to_owned)
                .collect(),
        })
        .collect();
    score
        .confusions
        .sort_by_key(|confusion| std::cmp::Reverse(confusion.count));
    score.curve = curve(&judged);
    score
}

impl Understanding {
    /// Reads a sentence and lays what was read beside its labels.
    pub(super) fn judge(
        &self,
        knowledge: &Knowledge,
        labelled: &Labelled,
        point: &dyn Fn(&str) -> Option<Point>,
    ) -> Judged {
        let labels = &labelled.labels;
        let outside = |intent: &Id| knowledge.outside.contains(intent);
        let plain = normalise(&labelled.sentence);
        let normalised = self.mended(&plain);
        let said = self.said(&labelled.sentence, &plain, &normalised);
        let read = self.read(knowledge, &normalised, &skeleton(&normalised), point);
        let understood = concluded(knowledge, &read, self.facts(knowledge, &said));
        let best = understood.intent.unwrap_or_default();
        let lost = understood.zone == Zone::Lost;
        let turned_away = lost || outside(&best);
        let offered = understood
            .second
            .filter(|_| understood.zone == Zone::Unsure);
        // Offered as one of two readings, it is found where one of them is right; that it is none of ours is offered too.
        let met = labels.iter().find(|label| {
            (lost && outside(label))
                || [Some(&best), offered.as_ref()]
                    .into_iter()
                    .flatten()
                    .any(|reading| reading == *label || (outside(reading) && outside(label)))
        });
        let mut own = read.readings.iter().filter(|(_, intent)| !outside(intent));
        let own_is_right = own.next().is_some_and(|(probability, intent)| {
            let mut others = own.filter(|(_, intent)| knowledge.by_intent.contains_key(*intent));
            let second = others.next().filter(|_| *probability < SURE);
            labels.contains(intent) || second.is_some_and(|(_, second)| labels.contains(second))
        });
        Judged {
            in_scope: labels.first().is_some_and(|label| !outside(label)),
            met: met.cloned(),
            took: if lost { LOST.to_owned() } else { best },
            turned_away,
            zone: understood.zone,
            outside_is_right: labels.iter().any(outside),
            outside: if lost {
                f32::INFINITY
            } else {
                understood.outside
            },
            own_is_right,
        }
    }
}

impl Judged {
    /// Whether it would be right at this threshold.
    fn right_at(&self, threshold: f32) -> bool {
        if self.outside >= threshold {
            self.outside_is_right
        } else {
            self.own_is_right
        }
    }
}

impl Score {
    fn add(&mut self, judged: &Judged, labelled: &Labelled) {
        let right = judged.met.is_some();
        self.right.add(right);
        self.asked_back.add(judged.zone == Zone::Unsure);
        if judged.in_scope {
            self.in_scope.add(right);
            self.in_scope_kept.add(!judged.turned_away);
        } else {
            self.out_of_scope.add(right);
        }
        // A sentence that may mean either counts for what it was read as.
        let meant = judged
            .met
            .as_ref()
            .or(labelled.labels.first())
            .cloned()
            .unwrap_or_default();
        let intent = self.intents.entry(meant).or_default();
        intent.support += 1;
        if right {
            intent.right += 1;
            intent.read += 1;
        } else if judged.took != LOST {
            self.intents.entry(judged.took.clone()).or_default().read += 1;
        }
    }
}

impl IntentScore {
    fn finish(&mut self) {
        let share = |of: usize| {
            Share {
                right: self.right,
                of,
            }
            .fraction()
        };
        self.precision = share(self.read);
        self.recall = share(self.support);
        self.f1 = 2.0 * self.precision * self.recall
            / (self.precision + self.recall).max(f32::MIN_POSITIVE);
    }
}

/// One point for every threshold that changes anything.
fn curve(judged: &[Judged]) -> Vec<CurvePoint> {
    let mut thresholds: Vec<f32> = judged
        .iter()
        .map(|judged| judged.outside)
        .filter(|outside| outside.is_finite())
        .collect();
    thresholds.sort_by(|first, second| second.total_cmp(first));
    thresholds.dedup();
    let mut curve: Vec<CurvePoint> = Vec::new();
    for threshold in thresholds {
        let (mut in_scope, mut out_of_scope) = (Share::default(), Share::default());
        for judged in judged {
            let share = if judged.in_scope {
                &mut in_scope
            } else {
                &mut out_of_scope
            };
            share.add(judged.right_at(threshold));
        }
        if in_scope.of == 0 || out_of_scope.of == 0 {
            break;
        }
        let changes =
            |last: &CurvePoint| last.in_scope != in_scope || last.out_of_scope != out_of_scope;
        if curve.last().is_none_or(changes) {
            curve.push(CurvePoint {
                threshold,
                in_scope,
                out_of_scope,
            });
        }
    }
    curve
}
