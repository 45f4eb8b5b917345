//! `mibao simulate`: what the diagnosis costs its users, computed and played.

#![expect(clippy::disallowed_methods, reason = "a shell: it prints")]

use crate::columns::aligned;
use crate::learned::assistant;
use crate::packs::{Failure, Pack, load};
use clap::Args;
use mibao::decision::Strategy;
use mibao::dialogue::Assistant;
use mibao::knowledge::{Id, Problem};
use mibao::simulation::{Figures, Played, WRONG_BY, explain, figures, play};
use std::io::{self, Write};

/// Below this share of right ends a cause is marked.
const RIGHT_MIN: f64 = 0.9;

#[derive(Debug, Args)]
pub struct Simulate {
    #[command(flatten)]
    pack: Pack,
    /// This problem alone.
    #[arg(long, value_name = "ID")]
    problem: Option<Id>,
    /// The policy in full: what is done, what each answer leads to, what every other act would cost instead.
    #[arg(long)]
    explain: bool,
    /// How many simulated users have each cause.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    users: u32,
    /// The same seed, the same users.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Prints the figures of each problem, and of all together.
///
/// # Errors
/// What is wrong with the pack, or an unknown problem.
pub fn simulate(arguments: &Simulate) -> Result<(), Failure> {
    let assistant = assistant(load(arguments.pack.directory.as_deref())?);
    let problems = &assistant.knowledge.problems;
    let chosen: Vec<(&Id, &Problem)> = match &arguments.problem {
        None => problems.iter().collect(),
        Some(id) => vec![problems.get_key_value(id).ok_or_else(|| {
            let known: Vec<&str> = problems.keys().map(String::as_str).collect();
            format!(
                "there is no problem `{id}`: expected one of {}",
                known.join(", ")
            )
        })?],
    };
    let mut out = io::stdout().lock();
    let mut all = Vec::new();
    for (id, problem) in chosen {
        if arguments.explain {
            writeln!(out, "problem:{id}")?;
            let told = explain(&assistant.knowledge, problem);
            let told = told.unwrap_or_else(|| "  too large to be solved exactly\n".to_owned());
            writeln!(out, "{told}")?;
            continue;
        }
        let found = figures(&assistant.knowledge, problem);
        print(&mut out, id, &found)?;
        played(&mut out, &assistant, id, &found, arguments)?;
        all.push(found);
        out.flush()?;
    }
    if all.len() > 1 {
        together(&mut out, &all)?;
    }
    Ok(())
}

fn print(out: &mut impl Write, id: &Id, figures: &Figures) -> io::Result<()> {
    writeln!(
        out,
        "problem:{id}  {} causes, {} remedies, {} questions, {} ways to come there",
        figures.causes, figures.remedies, figures.questions, figures.starts
    )?;
    if figures.strategies.is_empty() {
        writeln!(
            out,
            "  too large to be solved exactly: its policy is a rollout"
        )?;
    }
    table(out, &[figures])?;
    if let Some((worst, mean)) = figures.regret {
        writeln!(
            out,
            "  a prior wrong by ×{WRONG_BY:.0} costs {mean:.2} minutes on average, {worst:.2} at worst"
        )?;
    }
    Ok(())
}

/// Strategies below each other, over some problems taken together, each as frequent as the others.
fn table(out: &mut impl Write, all: &[&Figures]) -> io::Result<()> {
    let heading = ["", "minutes", "gap", "turns", "turns at worst", "solved"];
    let mut rows = vec![heading.map(str::to_owned)];
    let number = f64::from(u32::try_from(all.len()).unwrap_or(u32::MAX)).max(1.0);
    for strategy in Strategy::ALL {
        let mut sum = (0.0, 0.0, 0.0, 0, 0.0);
        for figures in all {
            let (Some(found), Some(gap)) = (figures.of(strategy), figures.gap(strategy)) else {
                return Ok(());
            };
            sum.0 += found.minutes / number;
            sum.1 += gap / number;
            sum.2 += found.turns / number;
            sum.3 = found.turns_max.max(sum.3);
            sum.4 += found.solved / number;
        }
        rows.push([
            strategy.name().to_owned(),
            format!("{:.2}", sum.0),
            format!("{:.2}", sum.1),
            format!("{:.2}", sum.2),
            sum.3.to_string(),
            format!("{:.1} %", sum.4 * 100.0),
        ]);
    }
    for row in aligned(&rows) {
        writeln!(out, "  {row}")?;
    }
    Ok(())
}

fn played(
    out: &mut impl Write,
    assistant: &Assistant,
    id: &Id,
    figures: &Figures,
    arguments: &Simulate,
) -> io::Result<()> {
    let Some(Played {
        causes,
        minutes,
        error,
    }) = play(assistant, id, arguments.users, arguments.seed)
    else {
        return writeln!(
            out,
            "  nobody comes to its diagnosis, or it leads elsewhere\n"
        );
    };
    let expected = figures.of(Strategy::Optimal).map_or_else(
        || "by rollout".to_owned(),
        |optimal| format!("{:.2} computed", optimal.minutes),
    );
    writeln!(
        out,
        "  {} simulated users in the real dialogue: {minutes:.2} ± {error:.2} minutes, {expected}",
        arguments.users as usize * causes.len()
    )?;
    let heading = [
        "cause",
        "prior",
        "right end",
        "solved",
        "turns",
        "minutes",
        "",
    ];
    let mut rows = vec![heading.map(str::to_owned)];
    for found in &causes {
        let reason = match &found.mistaken {
            Some((taken_for, share)) if found.right < RIGHT_MIN => {
                format!(
                    "its remedies help {:.0} % at most; then taken for `{taken_for}` by {:.0} %",
                    found.solvable * 100.0,
                    share * 100.0
                )
            }
            _ => String::new(),
        };
        rows.push([
            found.cause.clone(),
            format!("{:.1} %", found.prior * 100.0),
            format!("{:.1} %", found.right * 100.0),
            format!("{:.1} %", found.solved * 100.0),
            format!("{:.1}", found.turns),
            format!("{:.1}", found.minutes),
            reason,
        ]);
    }
    for row in aligned(&rows) {
        writeln!(out, "  {row}")?;
    }
    writeln!(out)
}

fn together(out: &mut impl Write, all: &[Figures]) -> io::Result<()> {
    writeln!(
        out,
        "all {} problems, each as frequent as the others",
        all.len()
    )?;
    table(out, &all.iter().collect::<Vec<_>>())
}
