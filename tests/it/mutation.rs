//! How much `mibao check` sees: packs with one thing changed are put before it, and the changes that it lets pass are
//! counted and have to have a reason.
//!
//! The mutants are made from the parsed files, by what their keys mean. What is changed is a slim copy: its facts have no
//! `patterns` and `unless`, and its intents few sentences. No mutant touches those, they are measured by `mibao eval`, and
//! without them a pack is read in milliseconds. Mutants of the small pack that are valid packs are put before the proof
//! alone as well, as if nobody had ever reviewed the flow.
//!
//! `MIBAO_ALL=1` tries every mutant, and redirects every reference to every other item of its kind, not just to the next;
//! otherwise it is every so manieth of those that take their time, and the table says so.

mod maker;
mod mutant;
mod names;
mod survivors;

use crate::world::{files, repository};
use maker::mutants;
use mibao::dialogue::Assistant;
use mibao::knowledge::{self, FLOW_FILE, Files};
use mibao::proof;
use mutant::{Kind, Mutant};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;
use survivors::MAY_SURVIVE;

/// How many sentences of an intent are kept, how many replies that mean an answer, how many pieces of a message.
const KEPT: usize = 2;

/// Of so many mutants of the shipped pack one is tried. It is long, and has the same kinds of keys again and again.
const SHIPPED_SHARE: usize = 7;

/// Of so many valid mutants of the small pack one is put before the proof.
const PROOF_SHARE: usize = 61;

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Rules,
    Flow,
    Survived,
}

/// What the proof said of a valid pack: the codes of what fails.
type Proved = Option<BTreeSet<&'static str>>;

fn changed(pack: &Files, mutant: &Mutant) -> Files {
    let mut files = pack.clone();
    if let Some(original) = files.remove(&mutant.file) {
        let content = mutant.content(&original);
        files.extend(content.map(|content| (mutant.file.clone(), content)));
    }
    files
}

fn fate(pack: &Files, mutant: &Mutant) -> Fate {
    let files = changed(pack, mutant);
    if knowledge::load(&files).is_err() {
        Fate::Rules
    } else if knowledge::review(&files).is_empty() {
        Fate::Survived
    } else {
        Fate::Flow
    }
}

/// The points that fail for a valid pack, by their codes.
fn proved(files: &Files) -> BTreeSet<&'static str> {
    let knowledge = knowledge::load(files).unwrap();
    let proof = proof::prove(&Assistant::new(knowledge), &mut |_| {});
    let codes = proof.failures.iter().map(|failure| failure.code.id());
    codes.collect()
}

/// Does it for each on all cores. What comes out is in the order of what went in.
fn on_all_cores<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else {
                return done;
            };
            done.push((number, work(item)));
        }
    };
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// A pack without what no mutant touches and with less of what there is much of, and with the flow that it then has.
fn slim(pack: &Files) -> Files {
    let mut slim: Files = pack
        .iter()
        .filter(|(path, _)| !path.starts_with("stated/"))
        .map(|(path, content)| (path.clone(), slimmed(path, content)))
        .collect();
    let flow = knowledge::flow(&slim);
    slim.insert(FLOW_FILE.to_owned(), flow);
    slim
}

fn slimmed(path: &str, content: &str) -> String {
    let kind = match path.split_once('/') {
        Some(("intents", _)) => {
            let sentences = content
                .lines()
                .filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
            return sentences.take(KEPT).collect::<Vec<_>>().join("\n");
        }
        Some(("facts", _)) => "answer",
        Some(("prompts", _)) => "prompt",
        _ => return content.to_owned(),
    };
    let mut document: toml::Table = content.parse().unwrap();
    for entry in document[kind].as_array_mut().unwrap() {
        let entry = entry.as_table_mut().unwrap();
        entry.remove("patterns");
        entry.remove("unless");
        for words in ["words", "shown"] {
            if let Some(toml::Value::Array(words)) = entry.get_mut(words) {
                words.truncate(KEPT);
            }
        }
    }
    toml::to_string(&document).unwrap()
}

/// A table with a line per kind.
#[derive(Default)]
struct Table {
    rows: BTreeMap<Kind, Row>,
}

#[derive(Default)]
struct Row {
    mutants: usize,
    rules: usize,
    flow: usize,
    survived: usize,
    put_to_proof: usize,
    disproved: usize,
}

impl Table {
    fn of(mutants: &[Mutant], fates: &[Fate], proofs: &[Proved]) -> Self {
        let mut table = Self::default();
        for (number, (mutant, fate)) in mutants.iter().zip(fates).enumerate() {
            let row = table.rows.entry(mutant.kind).or_default();
            row.mutants += 1;
            match fate {
                Fate::Rules => row.rules += 1,
                Fate::Flow => row.flow += 1,
                Fate::Survived => row.survived += 1,
            }
            if let Some(Some(codes)) = proofs.get(number) {
                row.put_to_proof += 1;
                row.disproved += usize::from(!codes.is_empty());
            }
        }
        table
    }

    fn print(&self, title: &str) {
        let mut all = Row::default();
        println!(
            "\n{title}\n{:<22} mutants  rules   flow  survive    proof",
            "kind"
        );
        for (kind, row) in &self.rows {
            row.print(&format!("{kind:?}"));
            all.mutants += row.mutants;
            all.rules += row.rules;
            all.flow += row.flow;
            all.survived += row.survived;
            all.put_to_proof += row.put_to_proof;
            all.disproved += row.disproved;
        }
        all.print("all");
    }
}

impl Row {
    fn print(&self, kind: &str) {
        println!(
            "{kind:<22} {:>7} {:>6} {:>6} {:>8}  {:>3} of {}",
            self.mutants, self.rules, self.flow, self.survived, self.disproved, self.put_to_proof
        );
    }
}

/// The names of mutants by kind and place.
fn groups<'m>(mutants: impl Iterator<Item = &'m Mutant>) -> BTreeMap<(Kind, &'m str), Vec<String>> {
    let mut groups: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for mutant in mutants {
        let group = groups.entry((mutant.kind, mutant.place.as_str()));
        group.or_default().push(mutant.to_string());
    }
    groups
}

/// The survivors, grouped; wrong are those that may not be among them.
fn judge(mutants: &[Mutant], fates: &[Fate]) -> String {
    let survived = mutants.iter().zip(fates);
    let survivors = survived
        .filter(|(_, fate)| **fate == Fate::Survived)
        .map(|(mutant, _)| mutant);
    let mut wrong = String::new();
    for ((kind, place), names) in groups(survivors) {
        let reason = MAY_SURVIVE.iter().find(|may| may.covers(kind, place));
        let why = reason.map_or("nobody said why", |may| may.reason);
        println!("survived: {kind:?} {place}: {} ({why})", names.len());
        let never = kind.is_structural() || kind.takes_text();
        if never || reason.is_none() {
            writeln!(wrong, "{kind:?} {place}: {}", names.join("\n    ")).unwrap();
        }
    }
    wrong
}

/// Whether all are wanted, however long it takes.
fn is_whole() -> bool {
    std::env::var_os("MIBAO_ALL").is_some()
}

#[test]
fn whatever_changes_in_the_shipped_pack_is_seen() {
    let start = Instant::now();
    let pack = slim(&files(&repository("knowledge")));
    assert!(knowledge::load(&pack).is_ok() && knowledge::review(&pack).is_empty());
    let share = if is_whole() { 1 } else { SHIPPED_SHARE };
    let mutants = mutants(&pack, is_whole());
    let tried: Vec<Mutant> = mutants.into_iter().step_by(share).collect();
    let fates = on_all_cores(&tried, |mutant| fate(&pack, mutant));
    let title = format!(
        "The shipped pack; one of {share} mutants; {:?}",
        start.elapsed()
    );
    Table::of(&tried, &fates, &[]).print(&title);
    let wrong = judge(&tried, &fates);
    assert!(wrong.is_empty(), "nothing sees these:\n{wrong}");
}

#[test]
fn whatever_changes_in_a_small_pack_is_seen_and_much_of_it_by_the_proof_alone() {
    let start = Instant::now();
    let pack = slim(&files(&repository("tests/knowledge/valid/bicycle")));
    assert!(proved(&pack).is_empty() && knowledge::review(&pack).is_empty());
    let mutants = mutants(&pack, is_whole());
    let fates = on_all_cores(&mutants, |mutant| fate(&pack, mutant));
    let read = start.elapsed();
    let share = if is_whole() { 1 } else { PROOF_SHARE };
    let valid = (0..mutants.len()).filter(|number| fates[*number] != Fate::Rules);
    let sample: Vec<usize> = valid.step_by(share).collect();
    let codes = on_all_cores(&sample, |number| proved(&changed(&pack, &mutants[*number])));
    let mut proofs: Vec<Proved> = vec![None; mutants.len()];
    for (number, codes) in sample.iter().zip(codes) {
        proofs[*number] = Some(codes);
    }
    let title = format!(
        "The small pack, {read:?}; one of {share} valid mutants put before the proof, {:?}",
        start.elapsed()
    );
    Table::of(&mutants, &fates, &proofs).print(&title);
    tell_of_the_proof(&mutants, &proofs);
    let wrong = judge(&mutants, &fates);
    assert!(wrong.is_empty(), "nothing sees these:\n{wrong}");
}

/// What the proof saw, and what is left to the review.
fn tell_of_the_proof(mutants: &[Mutant], proofs: &[Proved]) {
    let mut seen: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (mutant, codes) in mutants.iter().zip(proofs) {
        for code in codes.iter().flatten() {
            seen.entry(code).or_default().push(mutant.to_string());
        }
    }
    for (code, names) in seen {
        println!("seen by the proof: {code}: {}", names.join("; "));
    }
    let unseen = mutants.iter().zip(proofs).filter(|(mutant, codes)| {
        mutant.kind.is_structural() && codes.as_ref().is_some_and(BTreeSet::is_empty)
    });
    for ((kind, place), names) in groups(unseen.map(|(mutant, _)| mutant)) {
        println!("left to the review: {kind:?} {place}: {}", names.join("; "));
    }
}
