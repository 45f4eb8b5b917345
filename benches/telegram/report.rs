//! The figures as a table, each with what it is to be compared with.

use super::measure::{Figures, Window};

/// A table of a first column and figures beside it.
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(heads: &[&str]) -> Self {
        Self {
            rows: vec![heads.iter().map(|head| (*head).to_owned()).collect()],
        }
    }

    fn row(&mut self, what: &str, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(std::iter::once(what.to_owned()).chain(cells).collect());
    }

    fn print(&self) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for row in &self.rows {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| match column {
                    0 => format!("{cell:<width$}"),
                    _ => format!("{cell:>width$}"),
                })
                .collect();
            println!("{}", cells.join("  ").trim_end());
        }
        println!();
    }
}

/// What nothing can exceed here.
pub struct Limits {
    pub harness: Window,
    pub http_client: f64,
    /// Rows in a commit, commits a second.
    pub commits: Vec<(u32, f64)>,
}

pub fn limits(limits: &Limits) {
    let mut table = Table::new(&["the limits here", "a second", "note"]);
    let harness = &limits.harness;
    table.row(
        "updates answered by a client that does nothing else",
        [
            format!("{:.0}", harness.turns_per_second),
            format!(
                "{} of the harness each",
                microseconds(harness.harness_cpu_per_turn.as_secs_f64())
            ),
        ],
    );
    table.row(
        "calls of teloxide's HTTP client, 64 at a time",
        [format!("{:.0}", limits.http_client), String::new()],
    );
    for (rows, commits) in &limits.commits {
        table.row(
            &format!("SQLite, WAL, synchronous=FULL: commits of {rows}"),
            [
                format!("{commits:.0}"),
                format!("{:.0} rows a second", commits * f64::from(*rows)),
            ],
        );
    }
    table.print();
}

/// Says so where others use the machine as well: then the figures are theirs, too.
pub fn load() {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: f64 = averages
        .split_whitespace()
        .next()
        .and_then(|load| load.parse().ok())
        .unwrap_or_default();
    // The harness itself has been at work for some seconds.
    if load > 1.0 {
        println!(
            "the machine is busy with other work (load {load}): these figures are not the bots' own\n"
        );
    }
}

/// What is told of a bot: how it is called, what it is, how it is written.
type Row = (&'static str, fn(&Figures) -> f64, fn(f64) -> String);

#[expect(clippy::cast_precision_loss, reason = "bytes are printed as mebibytes")]
const ROWS: &[Row] = &[
    (
        "durable turns a second, 200 users",
        |f| f.few.turns_per_second,
        rate,
    ),
    (
        "durable turns a second, 5,000 users",
        |f| f.many.turns_per_second,
        rate,
    ),
    (
        "reply at 200 updates a second, p50",
        |f| f.open.p50.as_secs_f64(),
        milliseconds,
    ),
    (
        "reply at 200 updates a second, p99",
        |f| f.open.p99.as_secs_f64(),
        milliseconds,
    ),
    (
        "reply with 200 users, p99",
        |f| f.few.p99.as_secs_f64(),
        milliseconds,
    ),
    (
        "reply with 5,000 users, p99",
        |f| f.many.p99.as_secs_f64(),
        milliseconds,
    ),
    (
        "processor time a turn, 200 users",
        |f| f.few.cpu_per_turn.as_secs_f64(),
        microseconds,
    ),
    (
        "of the harness",
        |f| f.few.harness_cpu_per_turn.as_secs_f64(),
        microseconds,
    ),
    (
        "calls a turn",
        |f| f.few.calls_per_turn,
        |calls| format!("{calls:.2}"),
    ),
    ("memory at rest", |f| f.memory_at_rest as f64, mebibytes),
    ("memory at most", |f| f.memory_peak as f64, mebibytes),
    (
        "start to first poll",
        |f| f.start.as_secs_f64(),
        milliseconds,
    ),
];

/// What should not happen at all.
type Count = (&'static str, fn(&Figures) -> u64);

const COUNTS: &[Count] = &[
    ("users who waited 10 s in vain", |f| f.counts.lost),
    ("dialogues that went astray", |f| f.counts.astray),
];

/// The bots beside each other; a ratio is to `base`.
pub fn bots(bots: &[(&str, &Figures)], base: Option<&Figures>) {
    let heads: Vec<&str> = std::iter::once("a bot under load")
        .chain(bots.iter().map(|(name, _)| *name))
        .collect();
    let mut table = Table::new(&heads);
    for (what, figure, form) in ROWS {
        let cells = bots.iter().map(|(_, figures)| {
            let own = figure(figures);
            match base {
                Some(base) => format!("{} ({:.2}×)", form(own), own / figure(base)),
                None => form(own),
            }
        });
        table.row(what, cells);
    }
    for (what, count) in COUNTS {
        let cells = bots.iter().map(|(_, figures)| count(figures).to_string());
        table.row(what, cells);
    }
    table.print();
    for (name, figures) in bots {
        if let Some(line) = figures.log.first() {
            println!(
                "{name}: {} warnings and errors in its log, the first: {line}",
                figures.log.len()
            );
        }
    }
}

fn rate(rate: f64) -> String {
    format!("{rate:.0}")
}

/// A delay of nothing at all is that of no reply.
fn milliseconds(seconds: f64) -> String {
    if seconds == 0.0 {
        return "never".to_owned();
    }
    format!("{:.1} ms", seconds * 1e3)
}

fn microseconds(seconds: f64) -> String {
    format!("{:.1} µs", seconds * 1e6)
}

fn mebibytes(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / f64::from(1 << 20))
}
