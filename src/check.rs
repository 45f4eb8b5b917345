//! `mibao check`: the rules for the files, the reviewed flow, and the proof of the dialogue.

#![expect(
    clippy::disallowed_methods,
    reason = "a shell: it prints, and writes the reviewed flow where it is told to"
)]

use crate::learned;
use crate::packs::{Failure, files, load, mistakes};
use clap::Args;
use mibao::dialogue::Assistant;
use mibao::knowledge::{self, FLOW_FILE};
use mibao::proof::{self, OpenConversations, Progress, Proof};
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(
    after_help = "Before you commit a change:  mibao check knowledge\nYou meant what it says changed:  mibao check knowledge --accept\nConversations that are open:  mibao check knowledge --since the-version-in-use"
)]
pub struct Check {
    /// Directory of the pack.
    directory: Option<PathBuf>,
    /// Print the JSON schemas of the files instead, for editors.
    #[arg(long)]
    schema: bool,
    /// Accept the flow as it is now: write `flow.txt`, which later checks hold changes of the structure against.
    #[arg(long, requires = "directory", conflicts_with = "schema")]
    accept: bool,
    /// Directory of the version in use: conversations that are open there must go on here.
    #[arg(long, value_name = "DIR", conflicts_with = "schema")]
    since: Option<PathBuf>,
}

/// Checks a pack.
///
/// # Errors
/// Everything that is wrong with it, in the words of an author.
pub fn check(arguments: &Check) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    if arguments.schema {
        let schemas = serde_json::to_string_pretty(knowledge::schemas())?;
        return Ok(writeln!(out, "{schemas}")?);
    }
    let directory = arguments.directory.as_deref();
    let assistant = assistant(directory, arguments.accept)?;
    let pack = &assistant.knowledge;
    let sentences: usize = pack.intents.values().map(Vec::len).sum();
    writeln!(
        out,
        "{}: {} facts, {} guides, {} problems, {} prompts, {} topics, {} intents with {sentences} sentences",
        pack.id,
        pack.facts.len(),
        pack.guides.len(),
        pack.problems.len(),
        pack.prompts.len(),
        pack.topics.len(),
        pack.intents.len(),
    )?;
    for check in knowledge::CHECKS {
        writeln!(out, "ok  {:<11} {}", check.name, check.purpose)?;
    }
    let waiting = Waiting::new();
    let proof = proof::prove(&assistant, &mut |progress| waiting.show(&progress));
    waiting.clear();
    table(&mut out, &proof)?;
    let mut failures = proof.failures;
    if let Some(since) = &arguments.since {
        let old = learned::assistant(load(Some(since))?);
        let open = OpenConversations::of(&old, &mut |progress| waiting.show(&progress));
        waiting.clear();
        let replay = open.under(&assistant);
        let word = if replay.failures.is_empty() {
            "ok"
        } else {
            "no"
        };
        writeln!(
            out,
            "{word}  {:<11} conversations of the version in use go on, with all that was told\n                {} conversations, one at every place: {} asked the same, {} something else",
            "replay", replay.sessions, replay.same, replay.moved
        )?;
        failures.extend(replay.failures);
    }
    if failures.is_empty() {
        return Ok(writeln!(out, "\nproved")?);
    }
    let arguments = directory.map_or_else(String::new, |directory| {
        format!(" --knowledge {}", directory.display())
    });
    // The terminal's side of `anstream` strips colours where they do not belong.
    Err(proof::render(&failures, &assistant, &arguments, true).into())
}

/// The pack, if every rule holds for its files and its flow is the one that was looked at.
fn assistant(directory: Option<&Path>, accept: bool) -> Result<Assistant, Failure> {
    let mut files = files(directory)?;
    let pack =
        knowledge::load(&files).map_err(|diagnostics| mistakes(&diagnostics, &files, directory))?;
    if let Some(directory) = directory.filter(|_| accept) {
        let path = directory.join(FLOW_FILE);
        let flow = knowledge::flow(&files);
        fs::write(&path, &flow)
            .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
        files.insert(FLOW_FILE.to_owned(), flow);
    }
    let changes = knowledge::review(&files);
    if changes.is_empty() {
        Ok(learned::assistant(pack))
    } else {
        Err(mistakes(&changes, &files, directory))
    }
}

/// The points, each with what was looked at.
fn table(out: &mut impl Write, proof: &Proof) -> io::Result<()> {
    writeln!(out)?;
    for (point, counts) in &proof.points {
        let fails = proof
            .failures
            .iter()
            .any(|failure| failure.code.point() == point.code);
        let word = if fails { "no" } else { "ok" };
        writeln!(out, "{word}  {:<11} {}", point.code, point.purpose)?;
        for line in wrapped(counts, 96) {
            writeln!(out, "                {line}")?;
        }
    }
    Ok(())
}

/// A text in lines of at most so many characters, broken at spaces.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A line that says how far it has come, for whoever watches.
struct Waiting {
    watched: bool,
}

impl Waiting {
    fn new() -> Self {
        Self {
            watched: io::stderr().is_terminal(),
        }
    }

    fn show(&self, progress: &Progress) {
        if !self.watched {
            return;
        }
        let told = match progress {
            Progress::Ways { states } => format!("every way: {states} states"),
            Progress::Beliefs { beliefs, problem } => {
                format!("every belief: {beliefs}, in problem:{problem}")
            }
            Progress::Turns { place, places } => {
                format!("every turn: at place {place} of {places}")
            }
        };
        // A terminal that is gone needs no progress.
        let _ = write!(io::stderr(), "\r\u{1b}[K{told}");
    }

    fn clear(&self) {
        if self.watched {
            let _ = write!(io::stderr(), "\r\u{1b}[K");
        }
    }
}
