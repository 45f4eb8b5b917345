//! The Telegram bot under load, beside a bot of teloxide's dispatcher with durable dialogues, and beside what the machine
//! allows at all.
//!
//! `cargo bench --bench telegram` runs everything, in some eight minutes, the first time with the building of the other bot
//! some more; progress goes to stderr. Behind `--`, name parts of it: `limits`, `mibao`, `million`, `teloxide`, and `quick`
//! for a look in a fraction of the time.
//!
//! The harness is a Bot API server and its users in one thread. Every user goes through the same five turns: a command, a
//! sentence, a press, a button's label typed, a press. A turn is durable: its reply has come, and the bots commit before
//! they reply; how many turns are in the store is counted when the bot has stopped.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a shell around a bot: it measures time and prints; a benchmark that cannot go on says nothing"
)]

mod limits;
mod measure;
mod million;
mod process;
mod report;
mod server;
mod wire;
mod world;

use measure::{Figures, Pace, measure};
use mibao::dialogue::Assistant;
use report::Limits;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::LocalSet;

fn main() {
    let wishes: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, run(&wishes));
}

async fn run(wishes: &[String]) {
    let quick = wishes.iter().any(|wish| wish == "quick");
    let all = wishes.iter().all(|wish| wish == "quick");
    let includes = |part: &str| all || wishes.iter().any(|wish| wish == part);
    let pace = Pace {
        closed: Duration::from_secs(if quick { 4 } else { 15 }),
        open: Duration::from_secs(if quick { 8 } else { 30 }),
    };
    // Where the build is, for what is kept in memory only is soon committed.
    let directory = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let directory = directory.path();
    if includes("limits") {
        report::limits(&find_limits(directory, pace).await);
    }
    report::load();
    let mut bots: Vec<(&str, Figures)> = Vec::new();
    if includes("teloxide") {
        let program = build_peer();
        let peer = |url: &str, store: &Path| peer(&program, url, store);
        bots.push((
            "teloxide",
            measure("teloxide", &directory.join("teloxide.db"), pace, peer).await,
        ));
        let store = directory.join("teloxide-wal.db");
        // A setting of the file: whoever knows of it can give it to that bot, too.
        let set = Connection::open(&store)
            .unwrap()
            .pragma_update(None, "journal_mode", "WAL");
        set.unwrap();
        bots.push((
            "teloxide, WAL",
            measure("teloxide, WAL", &store, pace, peer).await,
        ));
    }
    if includes("mibao") {
        let figures = measured(&directory.join("mibao.db"), 0, "mibao", pace).await;
        bots.push(("mibao", figures));
    }
    if includes("million") {
        let knowledge = mibao::knowledge::load(&mibao::shipped::files());
        let assistant = Assistant::new(knowledge.unwrap_or_else(|_| panic!("the pack is broken")));
        let store = directory.join("million.db");
        let started_at = Instant::now();
        let turns = million::fill(&store, &assistant);
        let bytes = store.metadata().unwrap().len();
        eprintln!(
            "a store of {} MiB in {:.0?}",
            bytes >> 20,
            started_at.elapsed()
        );
        bots.push((
            "mibao, a million stored",
            measured(&store, turns, "mibao, a million stored", pace).await,
        ));
    }
    compare(&bots);
}

/// Each against teloxide's best, and a million stored against none.
fn compare(bots: &[(&str, Figures)]) {
    if bots.is_empty() {
        return;
    }
    let named = |name: &str| bots.iter().find(|(candidate, _)| *candidate == name);
    let all: Vec<(&str, &Figures)> = bots
        .iter()
        .map(|(name, figures)| (*name, figures))
        .collect();
    let peers = bots.iter().filter(|(name, _)| name.starts_with("teloxide"));
    let best = peers.max_by(|(_, one), (_, other)| {
        one.few
            .turns_per_second
            .total_cmp(&other.few.turns_per_second)
    });
    if let Some((name, _)) = best {
        println!("in brackets: to {name}, the faster of the two");
    }
    report::bots(&all, best.map(|(_, figures)| figures));
    if let (Some((_, none)), Some((name, million))) =
        (named("mibao"), named("mibao, a million stored"))
    {
        println!("in brackets: to mibao with an empty store");
        report::bots(&[(*name, million)], Some(none));
    }
}

async fn find_limits(directory: &Path, pace: Pace) -> Limits {
    eprintln!("the harness alone");
    let harness = limits::harness_alone(pace.closed / 3).await;
    eprintln!("the HTTP client alone");
    let http_client = limits::http_client(pace.closed / 3).await;
    eprintln!("the disk alone");
    let commits = [1, 10, 100, 1000]
        .map(|rows| (rows, limits::commits(directory, rows, pace.closed / 5)))
        .to_vec();
    Limits {
        harness,
        http_client,
        commits,
    }
}

/// Measures our bot, and counts what is in its store afterwards.
async fn measured(store: &Path, turns_before: u64, name: &str, pace: Pace) -> Figures {
    let figures = measure(name, store, pace, bot).await;
    let stored = million::turns(store) - turns_before;
    let counts = figures.counts;
    assert!(
        (counts.turns..=counts.said).contains(&stored),
        "{} replies, {stored} turns stored, {} updates",
        counts.turns,
        counts.said
    );
    eprintln!(
        "{name}: {} replies, {stored} turns in the store, {} updates given",
        counts.turns, counts.said
    );
    figures
}

fn bot(url: &str, store: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mibao"));
    command
        .args([
            "telegram",
            "--updates-per-second-max",
            "0",
            "--messages-per-second-max",
            "0",
            "--chat-messages-per-minute-max",
            "0",
            "--user-updates-per-minute-max",
            "0",
            "--api-url",
            url,
            "--db",
        ])
        .arg(store);
    command
}

fn peer(program: &Path, url: &str, store: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg(store).env("TELOXIDE_API_URL", url);
    command
}

/// Builds the other bot: a package of its own, for its SQLite and ours cannot be in one.
fn build_peer() -> PathBuf {
    eprintln!("building the bot to compare with");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/teloxide_bot");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("teloxide_bot");
    let mut cargo = Command::new("cargo");
    // What tells of this package would have some of that one's built anew each time.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_")) {
        cargo.env_remove(name);
    }
    let built = cargo
        .args(["build", "--release", "--locked", "--quiet"])
        .arg("--manifest-path")
        .arg(package.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        .status();
    assert!(
        built.is_ok_and(|status| status.success()),
        "the other bot cannot be built"
    );
    target.join("release/teloxide_bot")
}
