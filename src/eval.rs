//! `mibao eval`: how well sentences are understood, and what each part of understanding is worth.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a shell: it reads files and prints"
)]

use crate::columns::aligned;
use crate::learned::{assistant, learn};
use crate::packs::{Failure, Pack, load};
use crate::refusals;
use clap::Args;
use mibao::understanding::ablation::{Material, Row, ablation};
use mibao::understanding::{
    CurvePoint, FactsScore, PrivateScore, Score, Share, labelled, score, score_facts,
    score_private, secrets, stated,
};
use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(
    after_help = "A line is `intent<TAB>sentence`; `intent/second<TAB>sentence` where either is right; `fact=answer,…<TAB>sentence` or `-<TAB>sentence` with --facts; `kind=span | kind=span<TAB>sentence` or `-<TAB>sentence` with --private (kinds: phone, id_card, passport, bank_card, code, password, account, email, address), and `<TAB>after code` behind a sentence that answers something about a code; `#` starts a comment."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch")]
pub struct Eval {
    #[command(flatten)]
    pack: Pack,
    /// Labelled sentences; `-` for the standard input.
    #[arg(value_name = "FILE", required_unless_present = "ablation")]
    files: Vec<PathBuf>,
    /// The files say which facts their sentences state.
    #[arg(long, conflicts_with = "ablation")]
    facts: bool,
    /// The files say what must be refused: `refuse<TAB>shows<TAB>sentence`, or `help`; `-` where it does not matter what is shown.
    #[arg(long, conflicts_with_all = ["ablation", "facts"])]
    refusals: bool,
    /// The files say what is private in their sentences, with its exact bounds. No pack is needed for that.
    #[arg(long, conflicts_with_all = ["ablation", "facts", "refusals"])]
    private: bool,
    /// Show what each part of understanding adds: on the pack's own examples, five times learned from four fifths and
    /// tested on the fifth; or on the files, learned from all examples.
    #[arg(long)]
    ablation: bool,
    /// One JSON object, for machines.
    #[arg(long)]
    json: bool,
}

/// Scores.
///
/// # Errors
/// What is wrong with the pack, or the file that cannot be read.
pub fn eval(arguments: &Eval) -> Result<(), Failure> {
    let mut contents = Vec::new();
    for path in &arguments.files {
        contents.push((path.as_path(), read(path)?));
    }
    let mut out = io::stdout().lock();
    if arguments.private {
        let form = "kind=span | kind=span<TAB>sentence` or `-<TAB>sentence";
        let score = score_private(&lines(&contents, form, secrets));
        return if arguments.json {
            Ok(writeln!(out, "{}", serde_json::to_string(&score)?)?)
        } else {
            Ok(print_private(&mut out, &score)?)
        };
    }
    let pack = load(arguments.pack.directory.as_deref())?;
    if arguments.facts {
        let sentences = lines(
            &contents,
            "fact=answer,…<TAB>sentence` or `-<TAB>sentence",
            stated,
        );
        let score = score_facts(&pack, &learn(&pack), &sentences);
        return if arguments.json {
            Ok(writeln!(out, "{}", serde_json::to_string(&score)?)?)
        } else {
            Ok(print_facts(&mut out, &score)?)
        };
    }
    if arguments.refusals {
        let form = "refuse<TAB>shows<TAB>sentence` or `help<TAB>shows<TAB>sentence";
        let sentences = lines(&contents, form, refusals::judged);
        let score = refusals::play(&assistant(pack), &sentences);
        return if arguments.json {
            Ok(writeln!(out, "{}", serde_json::to_string(&score)?)?)
        } else {
            Ok(refusals::print(&mut out, &score)?)
        };
    }
    let sentences = lines(&contents, "intent<TAB>sentence", labelled);
    let understanding = learn(&pack);
    if arguments.ablation {
        let material = match sentences.as_slice() {
            [] if contents.is_empty() => Material::Examples,
            sentences => Material::Sentences(sentences),
        };
        let rows = ablation(&pack, &understanding, &material, &mut waiting);
        waiting(1, 1);
        return if arguments.json {
            Ok(writeln!(out, "{}", serde_json::to_string(&rows)?)?)
        } else {
            Ok(print_ablation(&mut out, &rows)?)
        };
    }
    let score = score(&pack, &understanding, &sentences);
    if arguments.json {
        return Ok(writeln!(out, "{}", serde_json::to_string(&score)?)?);
    }
    let watched = out.is_terminal();
    Ok(print(&mut out, &score, watched)?)
}

fn read(path: &Path) -> Result<String, Failure> {
    if path == Path::new("-") {
        return Ok(io::read_to_string(io::stdin().lock().by_ref())?);
    }
    fs::read_to_string(path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()).into())
}

/// What the lines of all files say. Those that say nothing are named.
fn lines<T>(
    contents: &[(&Path, String)],
    form: &str,
    read: fn(&str) -> (Vec<T>, Vec<usize>),
) -> Vec<T> {
    let mut all = Vec::new();
    for (path, content) in contents {
        let (good, malformed) = read(content);
        for number in malformed {
            anstream::eprintln!(
                "{}:{number}: expected `{form}`; the line is left out",
                path.display()
            );
        }
        all.extend(good);
    }
    all
}

/// A line that says how far it has come, for whoever watches; gone when all is done.
fn waiting(step: usize, steps: usize) {
    let mut error = io::stderr();
    if error.is_terminal() {
        let told = if step < steps {
            format!("learning and asking: {} of {steps}", step + 1)
        } else {
            String::new()
        };
        // A terminal that is gone needs no progress.
        let _ = write!(error, "\r\u{1b}[K{told}");
    }
}

fn print(out: &mut impl Write, score: &Score, watched: bool) -> io::Result<()> {
    for (name, share) in [
        ("right", score.right),
        ("in scope right", score.in_scope),
        ("in scope kept", score.in_scope_kept),
        ("out of scope turned away", score.out_of_scope),
        ("asked back", score.asked_back),
    ] {
        writeln!(out, "{name:<26}{share}")?;
    }
    writeln!(out, "{:<26}{}", "macro-F1", percent(score.macro_f1))?;

    writeln!(out, "\nper intent")?;
    let head = ["intent", "precision", "recall", "F1", "sentences"].map(str::to_owned);
    let intents = score.intents.iter().map(|(intent, counts)| {
        let [precision, recall, f1] = [counts.precision, counts.recall, counts.f1].map(percent);
        [
            intent.clone(),
            precision,
            recall,
            f1,
            counts.support.to_string(),
        ]
    });
    indented(
        out,
        aligned(&std::iter::once(head).chain(intents).collect::<Vec<_>>()),
    )?;

    if !score.curve.is_empty() {
        writeln!(
            out,
            "\nturned away from this probability on of being none of ours"
        )?;
        indented(out, aligned(&curve_rows(score)))?;
        if watched {
            writeln!(out)?;
            indented(out, plot(score))?;
        }
    }
    if !score.confusions.is_empty() {
        writeln!(
            out,
            "\nconfusions: how often, expected, understood, for example"
        )?;
    }
    let rows: Vec<[String; 4]> = score
        .confusions
        .iter()
        .flat_map(|confusion| {
            let first = [
                confusion.count.to_string(),
                confusion.expected.clone(),
                confusion.understood.clone(),
            ];
            let heads =
                std::iter::once(first).chain(std::iter::repeat_with(<[String; 3]>::default));
            let examples = confusion.examples.iter();
            examples
                .zip(heads)
                .map(|(example, [count, expected, understood])| {
                    [count, expected, understood, example.clone()]
                })
        })
        .collect();
    indented(out, aligned(&rows))
}

fn indented(out: &mut impl Write, lines: impl IntoIterator<Item = String>) -> io::Result<()> {
    lines
        .into_iter()
        .try_for_each(|line| writeln!(out, "  {line}"))
}

fn percent(share: f32) -> String {
    format!("{:.1} %", share * 100.0)
}

/// What is done now, and for every share of out-of-scope sentences that somebody may want turned away, the most that can
/// be kept of the others.
fn curve_rows(score: &Score) -> Vec<[String; 3]> {
    let head = ["threshold", "in scope right", "out of scope turned away"].map(str::to_owned);
    let now = [
        "in use".to_owned(),
        percent(score.in_scope.fraction()),
        percent(score.out_of_scope.fraction()),
    ];
    let wanted = [
        0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 1.0,
    ];
    let mut points: Vec<&CurvePoint> = wanted
        .iter()
        .filter_map(|wanted| best(&score.curve, *wanted))
        .collect();
    points.dedup();
    let points = points.into_iter().map(|point| {
        [
            format!("{:.4}", point.threshold),
            percent(point.in_scope.fraction()),
            percent(point.out_of_scope.fraction()),
        ]
    });
    [head, now].into_iter().chain(points).collect()
}

/// The point with the most in-scope sentences right among those that turn away at least so much; of equal ones, the one
/// that turns away more.
fn best(curve: &[CurvePoint], turned_away: f32) -> Option<&CurvePoint> {
    curve
        .iter()
        .filter(|point| point.out_of_scope.fraction() >= turned_away)
        .max_by_key(|point| (point.in_scope.right, point.out_of_scope.right))
}

/// The curve as a picture, from 80 % on: out of scope turned away to the right, in scope right upwards.
fn plot(score: &Score) -> Vec<String> {
    const ROWS: u16 = 11;
    const COLUMNS: u16 = 61;
    let lies_at = |place: u16, count: u16, share: Share| {
        let low = 0.8 + 0.2 * (f32::from(place) - 0.5) / f32::from(count - 1);
        let high = 0.8 + 0.2 * (f32::from(place) + 0.5) / f32::from(count - 1);
        (low..high).contains(&share.fraction())
    };
    let mut lines: Vec<String> = (0..ROWS)
        .rev()
        .map(|row| {
            let cells = (0..COLUMNS).map(|column| {
                let here = |in_scope, out_of_scope| {
                    lies_at(row, ROWS, in_scope) && lies_at(column, COLUMNS, out_of_scope)
                };
                if here(score.in_scope, score.out_of_scope) {
                    'O'
                } else if score
                    .curve
                    .iter()
                    .any(|point| here(point.in_scope, point.out_of_scope))
                {
                    '*'
                } else {
                    ' '
                }
            });
            let line = format!("{:>3} % |{}", 80 + row * 2, cells.collect::<String>());
            line.trim_end().to_owned()
        })
        .collect();
    lines.push(format!("      +{}", "-".repeat(usize::from(COLUMNS))));
    lines.push(format!(
        "       {:<15}{:<15}{:<15}{:<15}100 %",
        "80 %", "85 %", "90 %", "95 %"
    ));
    lines.push(
        "in scope right upwards, out of scope turned away to the right; O is what is in use"
            .to_owned(),
    );
    lines
}

fn print_facts(out: &mut impl Write, score: &FactsScore) -> io::Result<()> {
    writeln!(out, "{:<26}{}", "sentences all right", score.sentences)?;
    let (both, alone) = (score.all, score.by_patterns);
    for (name, share) in [
        ("precision", both.precision()),
        ("recall", both.recall()),
        ("precision, patterns alone", alone.precision()),
        ("recall, patterns alone", alone.recall()),
    ] {
        writeln!(out, "{name:<26}{share}")?;
    }
    writeln!(out, "\nper fact")?;
    let head = ["fact", "precision", "recall", "stated", "found"].map(str::to_owned);
    let facts = score.facts.iter().map(|(fact, counts)| {
        let share = |share: Share| {
            if share.of == 0 {
                "none".to_owned()
            } else {
                percent(share.fraction())
            }
        };
        let [stated, found] = [counts.stated, counts.found].map(|count| count.to_string());
        [
            fact.clone(),
            share(counts.precision()),
            share(counts.recall()),
            stated,
            found,
        ]
    });
    indented(
        out,
        aligned(&std::iter::once(head).chain(facts).collect::<Vec<_>>()),
    )?;
    if score.wrong.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nwrong: stated, found, sentence")?;
    let written = |facts: &std::collections::BTreeMap<String, String>| {
        let facts: Vec<String> = facts
            .iter()
            .map(|(fact, answer)| format!("{fact}={answer}"))
            .collect();
        if facts.is_empty() {
            "-".to_owned()
        } else {
            facts.join(",")
        }
    };
    let rows = score.wrong.iter().map(|wrong| {
        [
            written(&wrong.stated),
            written(&wrong.found),
            wrong.sentence.clone(),
        ]
    });
    indented(out, aligned(&rows.collect::<Vec<_>>()))
}

fn print_private(out: &mut impl Write, score: &PrivateScore) -> io::Result<()> {
    for (name, share) in [
        ("precision", score.precision),
        ("recall", score.recall),
        ("covered to the last letter", score.covered),
        ("look-alikes left alone", score.left_alone),
    ] {
        writeln!(out, "{name:<27}{share}")?;
    }
    writeln!(out, "\nper kind")?;
    let head = ["kind", "stated", "found", "right"].map(str::to_owned);
    let kinds = score.kinds.iter().map(|(kind, counts)| {
        let [stated, found, right] =
            [counts.stated, counts.found, counts.right].map(|count| count.to_string());
        [(*kind).to_owned(), stated, found, right]
    });
    indented(
        out,
        aligned(&std::iter::once(head).chain(kinds).collect::<Vec<_>>()),
    )?;
    if score.wrong.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nwrong: stated, masked, sentence")?;
    let rows = score.wrong.iter().map(|wrong| {
        [
            wrong.stated.clone(),
            wrong.masked.clone(),
            wrong.sentence.clone(),
        ]
    });
    indented(out, aligned(&rows.collect::<Vec<_>>()))
}

fn print_ablation(out: &mut impl Write, rows: &[Row]) -> io::Result<()> {
    let head = [
        "",
        "in scope right",
        "turned away, near",
        "turned away, far",
    ]
    .map(str::to_owned);
    let share = |share: Share| share.to_string().trim_start().to_owned();
    let rows = rows.iter().map(|row| {
        [
            row.name.to_owned(),
            share(row.in_scope),
            share(row.near),
            share(row.far),
        ]
    });
    for line in aligned(&std::iter::once(head).chain(rows).collect::<Vec<_>>()) {
        writeln!(out, "{line}")?;
    }
    writeln!(
        out,
        "\nnear: out of scope, with a word of our own matters or the name of a thing of others in it; far: with neither"
    )
}
