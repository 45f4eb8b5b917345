//! The reviewed flow of a pack: its whole structure as a person last looked at it, and what has changed since.
//!
//! A reference to the wrong item that exists breaks no rule: only a person can say which was meant. So a pack may carry
//! `flow.txt`, one line per statement and no wording. To a dialogue it is what a lock file is to dependencies.

mod statement;

use super::diagnostic::{Diagnostic, Mistake};
use super::raw::Span;
use super::{Files, draft};
use statement::{GAP, Statement, statements};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The file of a pack that holds its accepted flow.
pub const FLOW_FILE: &str = "flow.txt";

const HEAD: &str = "\
# The flow of this pack as it was last looked at and accepted: everything in it but the wording.
# `mibao check DIR` says which of these lines a change of the pack has changed. Do not edit them here: when the change
# is what you mean, `mibao check DIR --accept` writes this file anew.
";

/// The flow of a pack, as it belongs into its [`FLOW_FILE`].
#[must_use]
pub fn flow(files: &Files) -> String {
    let (draft, _) = draft::read(files);
    let mut text = HEAD.to_owned();
    let mut group = String::new();
    for statement in statements(&draft) {
        let line = statement.line();
        if group_of(&line) != group {
            group_of(&line).clone_into(&mut group);
            text.push('\n');
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// What stands together in the file: the statements on an item, or all items of a kind that one line each is said of.
fn group_of(line: &str) -> &str {
    let item = item_of(line);
    match item.split_once(':') {
        Some((kind @ ("prompt" | "source" | "statement"), _)) => kind,
        _ => item,
    }
}

fn item_of(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or_default()
}

/// Where the flow of a pack is not the accepted one: nothing if it has no [`FLOW_FILE`].
///
/// A pack with mistakes of form is not reviewed: what could not be read would seem to be gone.
#[must_use]
pub fn review(files: &Files) -> Vec<Diagnostic> {
    let (draft, mistakes) = draft::read(files);
    let Some(accepted) = files.get(FLOW_FILE).filter(|_| mistakes.is_empty()) else {
        return Vec::new();
    };
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    for line in lines(accepted) {
        let item = item_of(line.text).to_owned();
        items.entry(item).or_default().accepted.push(line);
    }
    for statement in statements(&draft) {
        let line = statement.line();
        let item = items.entry(item_of(&line).to_owned()).or_default();
        item.now.push((line, statement));
    }
    let mut changes: Vec<Diagnostic> = items.values().flat_map(Item::changes).collect();
    changes.sort();
    changes
}

/// A line of the accepted flow and its place.
struct Line<'f> {
    text: &'f str,
    span: Span,
}

fn lines(accepted: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in accepted.split_inclusive('\n') {
        let text = line.trim();
        if !text.is_empty() && !text.starts_with('#') {
            let indent = line.len() - line.trim_start().len();
            let span = Span {
                start: start + indent,
                end: start + indent + text.len(),
            };
            lines.push(Line { text, span });
        }
        start += line.len();
    }
    lines
}

/// What was accepted of one item, and what it is now.
#[derive(Default)]
struct Item<'f> {
    accepted: Vec<Line<'f>>,
    now: Vec<(String, Statement<'f>)>,
}

/// A line that is not the same in both, by its index.
struct Loose<'i> {
    index: usize,
    line: &'i str,
    /// How many lines before it are the same in both: lines of one gap stand in one place.
    gap: usize,
}

impl Item<'_> {
    fn changes(&self) -> Vec<Diagnostic> {
        let accepted: Vec<&str> = self.accepted.iter().map(|line| line.text).collect();
        let now: Vec<&str> = self.now.iter().map(|(line, _)| line.as_str()).collect();
        if accepted == now {
            return Vec::new();
        }
        let same = common(&accepted, &now);
        let (kept_then, kept_now): (Vec<usize>, Vec<usize>) = same.into_iter().unzip();
        let pairs = pairs(&loose(&accepted, &kept_then), &loose(&now, &kept_now));
        let was: BTreeMap<usize, usize> = pairs.iter().map(|(then, now)| (*now, *then)).collect();
        let gone = self.accepted.iter().enumerate().filter(|(index, _)| {
            !kept_then.contains(index) && !was.values().any(|then| then == index)
        });
        let changed = self
            .now
            .iter()
            .enumerate()
            .filter(|(index, _)| !kept_now.contains(index))
            .map(|(index, (line, statement))| {
                let then = was.get(&index).and_then(|then| self.accepted.get(*then));
                changed(line, statement, then.map(|then| then.text))
            });
        changed.chain(gone.map(|(_, line)| is_gone(line))).collect()
    }
}

/// The indices of the lines that are the same and in the same order, as many as there are.
fn common(one: &[&str], other: &[&str]) -> Vec<(usize, usize)> {
    // Per number of lines of the other: the best for them and the lines of the one so far.
    let mut best: Vec<Vec<(usize, usize)>> = vec![Vec::new(); other.len() + 1];
    for (left, line) in one.iter().enumerate() {
        let mut row = Vec::with_capacity(best.len());
        let mut longest: Vec<(usize, usize)> = Vec::new();
        row.push(Vec::new());
        let steps = best.iter().zip(best.iter().skip(1));
        for ((right, candidate), (before, above)) in other.iter().enumerate().zip(steps) {
            if line == candidate {
                longest.clone_from(before);
                longest.push((left, right));
            } else if above.len() >= longest.len() {
                longest.clone_from(above);
            }
            row.push(longest.clone());
        }
        best = row;
    }
    best.pop().unwrap_or_default()
}

fn loose<'i>(lines: &[&'i str], kept: &[usize]) -> Vec<Loose<'i>> {
    let mut gap = 0;
    let mut loose = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if kept.contains(&index) {
            gap += 1;
        } else {
            loose.push(Loose { index, line, gap });
        }
    }
    loose
}

/// Which new line evidently stands for which old one: the most alike first, and each only once.
fn pairs(then: &[Loose<'_>], now: &[Loose<'_>]) -> Vec<(usize, usize)> {
    let mut candidates = Vec::new();
    for old in then {
        for new in now {
            let elsewhere = old.gap != new.gap;
            // In one place, the item and the kind of statement are enough; elsewhere it takes a name as well.
            let (alike, needed) = (likeness(old.line, new.line), 2 + usize::from(elsewhere));
            if alike >= needed {
                candidates.push((Reverse(alike), elsewhere, old.index, new.index));
            }
        }
    }
    candidates.sort_unstable();
    let (mut taken, mut pairs): (BTreeSet<usize>, Vec<(usize, usize)>) = Default::default();
    for (_, _, old, new) in candidates {
        if !taken.contains(&old) && pairs.iter().all(|(_, paired)| *paired != new) {
            taken.insert(old);
            pairs.push((old, new));
        }
    }
    pairs
}

/// How many leading words two lines share.
fn likeness(one: &str, other: &str) -> usize {
    if one == other {
        return usize::MAX;
    }
    one.split_whitespace()
        .zip(other.split_whitespace())
        .take_while(|(left, right)| left == right)
        .count()
}

/// A line that is new, that has moved, or that was another.
fn changed(line: &str, statement: &Statement<'_>, was: Option<&str>) -> Diagnostic {
    let now = &statement.fields;
    let then: Vec<&str> = was.unwrap_or_default().split(GAP).collect();
    let mut differing = now.iter().filter(|field| !then.contains(&&*field.text));
    // What a line is about comes first in it, right after the item.
    let place = match was {
        Some(_) => differing.next().or(now.get(1)),
        None => now.get(1),
    };
    Diagnostic {
        file: statement.file.to_owned(),
        span: place.map(|field| field.span).unwrap_or_default(),
        mistake: difference(was.unwrap_or_default(), line),
    }
}

fn is_gone(line: &Line<'_>) -> Diagnostic {
    Diagnostic {
        file: FLOW_FILE.to_owned(),
        span: line.span,
        mistake: difference(line.text, ""),
    }
}

/// What tells two lines apart: of two different ones, only the fields that are not in both.
fn difference(was: &str, now: &str) -> Mistake {
    let then: Vec<&str> = was.split(GAP).collect();
    let fields: Vec<&str> = now.split(GAP).collect();
    let shared = then
        .iter()
        .zip(&fields)
        .take_while(|(then, now)| then == now)
        .count();
    let only = |of: &[&str], others: &[&str]| {
        let differing = of.iter().filter(|field| !others.contains(field));
        differing.copied().collect::<Vec<_>>().join(GAP)
    };
    let (lost, found) = (only(&then, &fields), only(&fields, &then));
    if shared > 0 && lost != found {
        return Mistake::FlowChanged {
            about: now.split(GAP).take(shared).collect::<Vec<_>>().join(GAP),
            was: lost,
            now: found,
        };
    }
    let rest = |line: &str| {
        let rest = line.split_once(GAP).map_or(line, |(_, rest)| rest);
        rest.to_owned()
    };
    Mistake::FlowChanged {
        about: item_of(if now.is_empty() { was } else { now }).to_owned(),
        was: rest(was),
        now: rest(now),
    }
}
