//! How well sentences are understood: what `mibao eval` prints.

use super::{Understanding, Zone};
use crate::knowledge::{Id, Knowledge};
use crate::text::normalise;
use std::collections::BTreeMap;
use std::fmt;

/// Counts over a labelled file.
#[derive(Debug, Default)]
pub struct Score {
    /// Per expected intent: sentences, and how many were understood so.
    intents: BTreeMap<Id, (usize, usize)>,
    /// (expected, understood) → count and one example, where they differ.
    confusions: BTreeMap<(Id, Id), (usize, String)>,
    in_scope: (usize, usize),
    out_of_scope: (usize, usize),
    asked_back: usize,
    /// Lines that are no `intent<TAB>sentence`, by number.
    pub malformed: Vec<usize>,
}

/// Scores the lines of a file `intent<TAB>sentence` or `intent/second<TAB>sentence`; empty lines and `#` lines are skipped.
#[must_use]
pub fn score(knowledge: &Knowledge, understanding: &Understanding, lines: &str) -> Score {
    let mut score = Score::default();
    for (number, line) in lines.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once('\t') {
            Some((labels, sentence)) => score.add(knowledge, understanding, labels, sentence),
            None => score.malformed.push(number + 1),
        }
    }
    score
}

impl Score {
    fn add(
        &mut self,
        knowledge: &Knowledge,
        understanding: &Understanding,
        labels: &str,
        sentence: &str,
    ) {
        let understood = understanding.understand(knowledge, &normalise(sentence));
        let expected: Vec<&str> = labels.split('/').collect();
        let first = expected.first().copied().unwrap_or_default().to_owned();
        let (best, second) = (
            understood.intent.unwrap_or_default(),
            understood.second.unwrap_or_default(),
        );
        let outside = |intent: &str| knowledge.outside.contains(intent);
        let right = match understood.zone {
            Zone::Lost => expected.iter().any(|label| outside(label)),
            _ if expected.iter().any(|label| outside(label)) => outside(&best),
            // Offered as one of two readings, it is found where one of them is right.
            Zone::Unsure => {
                expected.contains(&best.as_str()) || expected.contains(&second.as_str())
            }
            Zone::Sure => expected.contains(&best.as_str()),
        };
        if understood.zone == Zone::Unsure {
            self.asked_back += 1;
        }
        let counts = if expected.iter().any(|label| outside(label)) {
            &mut self.out_of_scope
        } else {
            &mut self.in_scope
        };
        for counts in [counts, self.intents.entry(first.clone()).or_default()] {
            counts.0 += 1;
            counts.1 += usize::from(right);
        }
        if !right {
            let took = if understood.zone == Zone::Lost {
                "(lost)".to_owned()
            } else {
                best
            };
            self.confusions
                .entry((first, took))
                .or_insert_with(|| (0, sentence.to_owned()))
                .0 += 1;
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.in_scope.0 + self.out_of_scope.0;
        writeln!(formatter, "in scope right        {}", share(self.in_scope))?;
        writeln!(
            formatter,
            "out of scope refused  {}",
            share(self.out_of_scope)
        )?;
        writeln!(
            formatter,
            "asked back            {}",
            share((all, self.asked_back))
        )?;
        writeln!(formatter, "\nper intent")?;
        for (intent, counts) in &self.intents {
            writeln!(formatter, "  {intent:<20} {}", share(*counts))?;
        }
        if !self.confusions.is_empty() {
            writeln!(
                formatter,
                "\nconfusions: expected, understood, how often, for example"
            )?;
        }
        let mut confusions: Vec<_> = self.confusions.iter().collect();
        confusions.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for ((expected, understood), (count, example)) in confusions {
            writeln!(
                formatter,
                "  {expected:<20} {understood:<20} {count:>4}  {example}"
            )?;
        }
        Ok(())
    }
}

fn share((all, right): (usize, usize)) -> String {
    if all == 0 {
        return "none".to_owned();
    }
    let tenths = (right * 1000 + all / 2) / all;
    format!("{:>5}.{} %  ({right} of {all})", tenths / 10, tenths % 10)
}
