//! What users report becomes a proposal for a pack's priors, and nothing more than a proposal.

use crate::world::{Talk, files, repository};
use mibao::dialogue::{Assistant, Session};
use mibao::knowledge::{self, Files};
use mibao::learning::Outcomes;
use mibao::store::{JournalEntry, Store};
use rusqlite::Connection;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

static ASSISTANT: LazyLock<Assistant> = LazyLock::new(|| Assistant::new(bicycle(&pack_files())));

fn pack_files() -> Files {
    files(&repository("tests/knowledge/valid/bicycle"))
}

fn bicycle(files: &Files) -> knowledge::Knowledge {
    knowledge::load(files).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// A conversation about a tyre that goes flat.
fn talk(lines: &[&str]) -> Session {
    let mut talk = Talk::new(&ASSISTANT);
    talk.does("/start");
    talk.does("[The tyre goes flat again]");
    for line in lines {
        talk.does(line);
    }
    talk.session
}

const VALVE: &[&str] = &["[Out at the valve]", "[Fixed]"];
const IN_VAIN: &[&str] = &["[Out at the valve]", "[No change]", "[Ask a human]"];
const UNFINISHED: &[&str] = &["[Out at the valve]", "[No change]"];
/// Nothing was tried before a human was called.
const UNTRIED: &[&str] = &["[Out at the valve]", "[Ask a human]"];

/// Cases of the tyre: per cause, solved, handed over.
fn counted(lines: &[&str]) -> Option<(Vec<f64>, u32, u32)> {
    let mut outcomes = Outcomes::default();
    outcomes.add(&ASSISTANT.knowledge, &talk(lines).case);
    let tally = outcomes.problems.remove("goes_flat")?;
    assert!(outcomes.problems.is_empty());
    Some((tally.counts, tally.solved, tally.handed_over))
}

/// A place with a store and a copy of the pack.
struct Place {
    directory: TempDir,
}

impl Place {
    fn with(sessions: &[Session]) -> Self {
        let directory = TempDir::new().unwrap();
        let place = Self { directory };
        for (path, content) in pack_files() {
            let path = place.path("pack").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let mut store = Store::open(&place.path("talk.db")).unwrap();
        store
            .transaction(|records| {
                for (number, session) in sessions.iter().enumerate() {
                    let entry = JournalEntry {
                        session: &format!("telegram:{number}"),
                        at: session.at.unwrap(),
                        did: "text",
                        shows: &[],
                        outcome: "",
                    };
                    records.keep_turn(session, &entry)?;
                }
                Ok(())
            })
            .unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn learn(&self, store: &str) -> Output {
        let arguments = ["learn", "--knowledge", "pack", "--db", store];
        self.run(env!("CARGO_BIN_EXE_mibao"), &arguments, Stdio::null())
    }

    fn run(&self, program: &str, arguments: &[&str], input: Stdio) -> Output {
        Command::new(program)
            .args(arguments)
            .current_dir(self.directory.path())
            .env("NO_COLOR", "1")
            .stdin(input)
            .output()
            .unwrap()
    }

    #[track_caller]
    fn check_refused(&self, store: &str, expected: &str) {
        let output = self.learn(store);
        assert!(!output.status.success());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(expected), "{message}");
    }
}

#[track_caller]
fn printed(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_case_counts_once_it_has_come_to_something() {
    let (counts, solved, handed_over) = counted(VALVE).unwrap();
    assert_eq!((solved, handed_over), (1, 0));
    assert_eq!(counts, [1.0, 0.0, 0.0, 0.0]);

    let (counts, solved, handed_over) = counted(IN_VAIN).unwrap();
    assert_eq!((solved, handed_over), (0, 1));
    assert!((counts.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(counts.iter().all(|count| *count > 0.0), "{counts:?}");

    assert_eq!(counted(UNFINISHED), None);
    assert_eq!(counted(UNTRIED), None);
}

#[test]
fn whoever_starts_over_has_another_case() {
    let again = [
        VALVE,
        &["/restart", "[The tyre goes flat again]"],
        VALVE,
        &["/restart", "[The tyre goes flat again]"],
        IN_VAIN,
    ];
    let (counts, solved, handed_over) = counted(&again.concat()).unwrap();
    assert_eq!((solved, handed_over), (2, 1));
    assert!((counts.iter().sum::<f64>() - 3.0).abs() < 1e-9);
}

#[test]
fn what_seemed_to_help_and_did_not_is_not_counted_as_solved() {
    let (_, solved, handed_over) =
        counted(&[VALVE, &["[Not fixed after all]", "[Ask a human]"]].concat()).unwrap();
    assert_eq!((solved, handed_over), (0, 1));
}

#[test]
fn the_proposal_can_be_accepted() {
    let place = Place::with(&[VALVE, VALVE, VALVE, UNFINISHED].map(talk));
    let before = (
        names(place.directory.path()),
        fs::read(place.path("talk.db")).unwrap(),
    );
    let output = printed(&place.learn("talk.db"));
    let after = (
        names(place.directory.path()),
        fs::read(place.path("talk.db")).unwrap(),
    );
    assert_eq!(after, before, "the store was changed");
    let expected = "\
goes_flat: 3 solved, 0 handed over
  cause     prior   cases  proposed
  valve     18.2 %    3.0    22.8 %
  thorn     45.5 %    0.0    42.9 %
  rim_tape  27.3 %    0.0    25.7 %
  other      9.1 %    0.0     8.6 %
";
    assert!(output.starts_with(expected), "{output}");
    assert!(!output.contains("brakes_squeal"), "{output}");

    fs::write(place.path("priors.patch"), &output).unwrap();
    let patch = || Stdio::from(File::open(place.path("priors.patch")).unwrap());
    let git = place.run("git", &["apply", "-p0", "--check"], patch());
    assert!(git.status.success(), "{git:?}");
    printed(&place.run("patch", &["-p0"], patch()));
    let accepted = bicycle(&files(&place.path("pack")));
    let priors = accepted.problems["goes_flat"].causes.iter();
    let weights: Vec<f64> = priors.map(|cause| (cause.prior * 110.0).round()).collect();
    assert_eq!(weights, [25.0, 47.0, 28.0, 10.0]);
    let check = ["check", "pack", "--accept"];
    printed(&place.run(env!("CARGO_BIN_EXE_mibao"), &check, Stdio::null()));
}

#[test]
fn a_store_in_use_can_be_learned_from() {
    let place = Place::with(&[talk(VALVE)]);
    let store = Store::open(&place.path("talk.db")).unwrap();
    assert!(printed(&place.learn("talk.db")).contains("1 solved"));
    drop(store);
}

#[test]
fn no_outcomes_are_no_error() {
    let place = Place::with(&[UNFINISHED, UNTRIED].map(talk));
    assert!(printed(&place.learn("talk.db")).starts_with("No outcomes yet in `talk.db`"));
    File::create(place.path("new.db")).unwrap();
    assert!(printed(&place.learn("new.db")).starts_with("No outcomes yet in `new.db`"));
}

#[test]
fn a_store_that_cannot_be_read_is_said() {
    let place = Place::with(&[]);
    place.check_refused("none.db", "there is no store `none.db`: name the file");
    assert!(!place.path("none.db").exists());
    place.check_refused("pack", "is not a file");
    fs::write(
        place.path("bad.db"),
        "no database at all, but some text".repeat(99),
    )
    .unwrap();
    place.check_refused("bad.db", "is damaged");
    let connection = Connection::open(place.path("talk.db")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    place.check_refused("talk.db", "run the release that wrote it");
}
