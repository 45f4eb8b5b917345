//! `mibao learn`: what the outcomes of conversations would change in the priors of a pack, for a person to accept.

#![expect(clippy::disallowed_methods, reason = "a shell: it prints")]

use crate::columns::aligned;
use crate::packs::{Failure, Pack, files, mistakes};
use clap::Args;
use mibao::knowledge::{self, Knowledge, Problem};
use mibao::learning::{FLOOR, Outcomes, Tally, rounded, updated};
use mibao::store::{Loaded, Store};
use serde::Deserialize;
use serde_spanned::Spanned;
use similar::TextDiff;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

/// More decimals than this are not written.
const DECIMALS_MAX: i32 = 9;

#[derive(Debug, Args)]
#[command(
    after_help = "Propose:  mibao learn --db mibao.db > priors.patch\nAccept:   patch -p0 < priors.patch, then mibao check knowledge --accept\n\nPriors that were accepted hold the cases they came from. Propose again from the same store only after it has been begun anew, or those cases count twice."
)]
pub struct Learn {
    #[command(flatten)]
    pack: Pack,
    /// File that the bot keeps its conversations in. It is only read, also while the bot runs.
    #[arg(long, value_name = "FILE", default_value = "mibao.db")]
    db: PathBuf,
    /// How many cases the priors of the pack weigh as much as: the more, the less a case changes.
    #[arg(long, value_name = "CASES", default_value = "50", value_parser = weight)]
    weight: f64,
}

fn weight(text: &str) -> Result<f64, String> {
    let weight = text.parse().ok();
    weight
        .filter(|weight: &f64| weight.is_finite() && *weight > 0.0)
        .ok_or_else(|| "expected a number of cases above 0".to_owned())
}

/// Prints what was counted, and the change to the pack that follows from it.
///
/// # Errors
/// What is wrong with the pack or the store.
pub fn learn(arguments: &Learn) -> Result<(), Failure> {
    let directory = arguments.pack.directory.as_deref();
    let files = files(directory)?;
    let pack =
        knowledge::load(&files).map_err(|diagnostics| mistakes(&diagnostics, &files, directory))?;
    let (outcomes, unreadable) = outcomes(&pack, &arguments.db)?;
    let mut out = io::stdout().lock();
    if unreadable > 0 {
        writeln!(
            out,
            "Conversations that this release cannot read, left out: {unreadable}\n"
        )?;
    }
    if outcomes.problems.is_empty() {
        writeln!(
            out,
            "No outcomes yet in `{}`: no remedy has helped, and none was tried in vain before a human took over.",
            arguments.db.display()
        )?;
        return Ok(());
    }
    let place = Place::of(directory);
    let mut patch = String::new();
    for (id, tally) in &outcomes.problems {
        let Some(problem) = pack.problems.get(id) else {
            continue;
        };
        let priors: Vec<f64> = problem.causes.iter().map(|cause| cause.prior).collect();
        let proposed = updated(&priors, &tally.counts, arguments.weight);
        table(&mut out, id, problem, tally, &proposed)?;
        let file = format!("problems/{id}.toml");
        if let Some(content) = files.get(&file) {
            let changed = rewritten(content, &proposed)?;
            let name = format!("{}{file}", place.prefix);
            let diff = TextDiff::from_lines(content, &changed);
            let mut diff = diff.unified_diff();
            patch += &diff.context_radius(1).header(&name, &name).to_string();
        }
    }
    if patch.is_empty() {
        writeln!(
            out,
            "At the precision of the pack's priors that changes none of them."
        )?;
    } else {
        writeln!(
            out,
            "The priors of the pack weigh as much as {} cases. To accept the change, keep all of this in a file, and\n  {}\n  mibao check {} --accept\nThe `reason` beside a changed prior is yours to bring up to date.\n",
            arguments.weight, place.patch, place.pack
        )?;
        write!(out, "{patch}")?;
    }
    Ok(())
}

/// What the conversations of a store say, and how many of them cannot be read.
fn outcomes(pack: &Knowledge, db: &Path) -> Result<(Outcomes, u32), Failure> {
    let mut outcomes = Outcomes::default();
    let mut unreadable = 0;
    Store::look(db, |records| {
        records.visit_sessions(|loaded| match loaded {
            Loaded::Session(session) => outcomes.add(pack, &session.case),
            Loaded::Unreadable => unreadable += 1,
            Loaded::New => {}
        })
    })?;
    Ok((outcomes, unreadable))
}

/// Where the change is to be made.
struct Place {
    /// Before the path of a file in the pack.
    prefix: String,
    /// How `patch` is called.
    patch: String,
    pack: String,
}

impl Place {
    fn of(directory: Option<&Path>) -> Self {
        let directory = directory.unwrap_or(Path::new("knowledge"));
        let mut prefix = String::new();
        let mut is_below = true;
        for component in directory.components() {
            match component {
                Component::Normal(part) => {
                    prefix += &part.to_string_lossy();
                    prefix.push('/');
                }
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir | Component::ParentDir => {
                    is_below = false;
                }
            }
        }
        let pack = directory.display().to_string();
        if is_below {
            let patch = "patch -p0 < FILE".to_owned();
            return Self {
                prefix,
                patch,
                pack,
            };
        }
        // `patch` touches nothing outside of where it is called.
        Self {
            prefix: String::new(),
            patch: format!("patch -p0 -d {pack} < FILE"),
            pack,
        }
    }
}

fn table(
    out: &mut impl Write,
    id: &str,
    problem: &Problem,
    tally: &Tally,
    proposed: &[f64],
) -> io::Result<()> {
    writeln!(
        out,
        "{id}: {} solved, {} handed over",
        tally.solved, tally.handed_over
    )?;
    if tally.unexplained > 0 {
        writeln!(
            out,
            "  left out, because no cause of the pack explains them: {}",
            tally.unexplained
        )?;
    }
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let mut rows = vec![["cause", "prior", "cases", "proposed"].map(str::to_owned)];
    for ((cause, count), share) in problem.causes.iter().zip(&tally.counts).zip(proposed) {
        rows.push([
            cause.id.clone(),
            percent(cause.prior),
            format!("{count:.1}"),
            percent(*share),
        ]);
    }
    for line in aligned(&rows) {
        writeln!(out, "  {line}")?;
    }
    writeln!(out)
}

/// As much of a problem's file as its priors are.
#[derive(Deserialize)]
struct Written {
    cause: Vec<WrittenCause>,
}

#[derive(Deserialize)]
struct WrittenCause {
    prior: Spanned<f64>,
}

/// A problem's file with these shares as its priors: of the same sum and precision, all else as it was.
fn rewritten(content: &str, shares: &[f64]) -> Result<String, Failure> {
    let written: Written = toml::from_str(content)?;
    let old: Vec<f64> = written
        .cause
        .iter()
        .map(|cause| *cause.prior.get_ref())
        .collect();
    let sum: f64 = old.iter().sum();
    let texts = written
        .cause
        .iter()
        .filter_map(|cause| content.get(cause.prior.span()));
    let mut decimals = texts.map(decimals).max().unwrap_or(0);
    // The least share that there can be has to be written as more than 0.
    let least = old.iter().map(|prior| FLOOR.min(prior / sum));
    let least = least.fold(FLOOR, f64::min) * sum;
    while decimals < DECIMALS_MAX && least * 10_f64.powi(decimals) < 1.0 - 1e-9 {
        decimals += 1;
    }
    let mut changed = String::new();
    let mut done = 0;
    for (cause, new) in written.cause.iter().zip(rounded(shares, sum, decimals)) {
        if (cause.prior.get_ref() - new).abs() < 1e-9 {
            continue;
        }
        let span = cause.prior.span();
        changed += content.get(done..span.start).unwrap_or_default();
        let precision = usize::try_from(decimals).unwrap_or(0);
        let new = format!("{new:.precision$}");
        changed += &new;
        done = span.end;
    }
    changed += content.get(done..).unwrap_or_default();
    Ok(changed)
}

/// How many decimals a number is written with.
fn decimals(number: &str) -> i32 {
    let tail = number.split_once('.').map_or("", |(_, tail)| tail);
    let digits = tail.chars().filter(char::is_ascii_digit).count();
    i32::try_from(digits).map_or(DECIMALS_MAX, |digits| digits.min(DECIMALS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(priors: [&str; 3], shares: [f64; 3], expected: [&str; 3]) {
        let file = |priors: [&str; 3]| {
            let cause = |prior| format!("[[cause]]\nid = \"a\"\nprior = {prior} # so\nx = 1\n");
            format!("title = \"\u{6c14}\"\n{}", priors.map(cause).concat())
        };
        let changed = rewritten(&file(priors), &shares).unwrap();
        assert_eq!(changed, file(expected));
    }

    #[test]
    fn priors_are_written_as_their_author_did() {
        check(
            ["0.5", "0.3", "0.20"],
            [0.504, 0.3, 0.196],
            ["0.5", "0.3", "0.20"],
        );
        check(
            ["0.5", "0.3", "0.20"],
            [0.4, 0.3, 0.3],
            ["0.40", "0.3", "0.30"],
        );
        check(
            ["4.0", "3.0", "3.0"],
            [0.5, 0.3, 0.2],
            ["5.0", "3.0", "2.0"],
        );
    }

    #[test]
    fn a_precision_that_would_write_nothing_is_raised() {
        check(["4", "3", "3"], [0.98, 0.01, 0.01], ["9.8", "0.1", "0.1"]);
        check(
            ["0.4", "0.3", "0.3"],
            [0.98, 0.01, 0.01],
            ["0.98", "0.01", "0.01"],
        );
    }
}
