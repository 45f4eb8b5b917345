//! `mibao understand`: how sentences are read, and why.

#![expect(
    clippy::disallowed_methods,
    reason = "a shell: it reads the standard input and prints"
)]

use crate::columns::aligned;
use crate::learned::learn;
use crate::packs::{Failure, Pack, load};
use clap::Args;
use mibao::knowledge::Knowledge;
use mibao::text;
use mibao::understanding::{Explanation, KeptOut, Stage, Understood, Verdict, Zone};
use std::io::{self, BufRead, Write};

/// Readings below this probability are only counted.
const PROBABILITY_MIN: f32 = 0.005;

#[derive(Debug, Args)]
pub struct Understand {
    #[command(flatten)]
    pack: Pack,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Say why: what decided, which words spoke for it, the nearest examples, the pattern behind every fact.
    #[arg(long, conflicts_with = "json")]
    explain: bool,
}

/// Says how each line of the standard input is understood.
///
/// # Errors
/// What is wrong with the pack.
pub fn understand(arguments: &Understand) -> Result<(), Failure> {
    let pack = load(arguments.pack.directory.as_deref())?;
    let understanding = learn(&pack);
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        let sentence = String::from_utf8_lossy(&line);
        let masked = text::mask(&sentence).text;
        if arguments.explain {
            print(&mut out, &pack, &understanding.explain(&pack, &masked))?;
        } else if arguments.json {
            let understood = understanding.message(&pack, &masked);
            writeln!(out, "{}", serde_json::to_string(&understood)?)?;
        } else {
            writeln!(out, "{}", in_short(&understanding.message(&pack, &masked)))?;
        }
        out.flush()?;
    }
    Ok(())
}

fn in_short(understood: &Understood) -> String {
    let intent = understood.intent.as_deref().unwrap_or("-");
    let facts: Vec<String> = understood
        .facts
        .iter()
        .map(|(fact, answer)| format!("{fact}={answer}"))
        .collect();
    let zone = format!("{:?}", understood.zone).to_lowercase();
    let line = format!(
        "{intent:<20} {:.2}  {zone:<8} {}",
        understood.confidence,
        facts.join(" ")
    );
    line.trim_end().to_owned()
}

fn print(out: &mut impl Write, pack: &Knowledge, explanation: &Explanation) -> io::Result<()> {
    writeln!(out, "{}", in_short(&explanation.understood))?;
    section(out, "normalised to", vec![explanation.normalised.clone()])?;
    section(out, "decided by", vec![decided(explanation)])?;
    section(out, "so", vec![conclusion(pack, &explanation.understood)])?;
    section(out, "listed words", words(explanation))?;
    section(out, "readings", readings(explanation))?;
    let spoken = explanation.spoken.iter().map(|spoken| {
        let kind = if spoken.is_mark {
            "words that are: "
        } else {
            ""
        };
        [
            format!("{kind}{}", spoken.what),
            format!("{:+.2}", spoken.weight),
        ]
    });
    let pair = match explanation.readings.as_slice() {
        [(winner, _), (second, _), ..] => format!("for {winner} against {second}:"),
        _ => String::new(),
    };
    let spoken = aligned(&spoken.collect::<Vec<_>>());
    let head = (!spoken.is_empty()).then_some(pair);
    section(out, "what spoke", head.into_iter().chain(spoken).collect())?;
    let near = explanation.near.iter().map(|near| {
        [
            format!("{:.2}", near.nearness),
            near.intent.clone(),
            near.sentence.clone(),
        ]
    });
    section(out, "nearest examples", aligned(&near.collect::<Vec<_>>()))?;
    section(out, "facts", facts(explanation))?;
    section(
        out,
        "quoted message",
        explanation.understood.prompt.iter().cloned().collect(),
    )?;
    section(out, "heeded", explanation.understood.heeded.clone())?;
    writeln!(out)
}

/// Lines behind their title; nothing where there are none.
fn section(out: &mut impl Write, title: &str, lines: Vec<String>) -> io::Result<()> {
    let titles = std::iter::once(title).chain(std::iter::repeat(""));
    for (title, line) in titles.zip(lines) {
        writeln!(out, "{}", format!("  {title:<18}{line}").trim_end())?;
    }
    Ok(())
}

fn decided(explanation: &Explanation) -> String {
    let familiar = format!(
        "{:.0} % of its pairs of characters occur in examples",
        explanation.familiarity * 100.0
    );
    match explanation.stage {
        Stage::Nothing => "nothing: there is no letter in it".to_owned(),
        Stage::Example => "an example, word for word".to_owned(),
        Stage::Ngrams => format!("its n-grams; {familiar}"),
        Stage::Encoder => {
            format!("the encoder and its n-grams, which were not sure alone; {familiar}")
        }
    }
}

fn conclusion(pack: &Knowledge, understood: &Understood) -> String {
    let outside = understood
        .intent
        .as_ref()
        .is_some_and(|intent| pack.outside.contains(intent));
    match understood.zone {
        Zone::Sure if outside => "it is turned away".to_owned(),
        Zone::Sure => "it is acted upon".to_owned(),
        Zone::Unsure => match &understood.second {
            Some(second) => format!("the reading is offered together with {second}"),
            None => "the reading is offered".to_owned(),
        },
        Zone::Lost => "other words are asked for".to_owned(),
    }
}

fn words(explanation: &Explanation) -> Vec<String> {
    let words = explanation
        .words
        .iter()
        .map(|(list, word)| [(*list).to_owned(), word.clone()]);
    let mut lines = aligned(&words.collect::<Vec<_>>());
    let listed = &explanation.listed;
    let decided_by_models = matches!(explanation.stage, Stage::Ngrams | Stage::Encoder);
    if decided_by_models && !listed.others.is_empty() && !listed.service {
        lines.push(format!(
            "names {} and not the service: hardly one of our matters",
            listed.others.join(", ")
        ));
    } else if decided_by_models && !listed.own {
        lines.push("no word of our own matters: hardly one of them".to_owned());
    }
    lines
}

fn readings(explanation: &Explanation) -> Vec<String> {
    let (likely, others): (Vec<_>, Vec<_>) = explanation
        .readings
        .iter()
        .partition(|(_, probability)| *probability >= PROBABILITY_MIN);
    let likely = likely
        .into_iter()
        .map(|(intent, probability)| [intent.clone(), format!("{probability:.3}")]);
    let mut lines = aligned(&likely.collect::<Vec<_>>());
    if !others.is_empty() {
        let sum: f32 = others.iter().map(|(_, probability)| probability).sum();
        lines.push(format!("and {} others, {sum:.3} together", others.len()));
    }
    lines
}

fn facts(explanation: &Explanation) -> Vec<String> {
    let mut lines = Vec::new();
    for found in &explanation.facts {
        lines.push(format!("{}={}", found.fact, found.answer));
        if let Some((pattern, matched)) = &found.pattern {
            lines.push(format!("  found   {matched}   by  {pattern}"));
        }
        if let Some(probability) = found.probability {
            let spoken = found.spoken.iter();
            let spoken: Vec<String> = spoken
                .map(|spoken| format!("{} {:+.2}", spoken.what, spoken.weight))
                .collect();
            lines.push(format!(
                "  by labelled sentences  {probability:.2}   {}",
                spoken.join("  ")
            ));
        }
        lines.push(match &found.verdict {
            Verdict::Taken => "  taken".to_owned(),
            Verdict::KeptOut(KeptOut::Unless(pattern, matched)) => {
                format!("  kept out, unless  {matched}   by  {pattern}")
            }
            Verdict::KeptOut(KeptOut::Word(listed)) => {
                format!(
                    "  kept out by  {}   of  words/{}.txt",
                    listed.word, listed.list
                )
            }
            Verdict::KeptOut(KeptOut::Improbable) => {
                "  left: by labelled sentences it is unlikely".to_owned()
            }
            Verdict::Unsure => "  left: no pattern found it, and it is not sure without".to_owned(),
            Verdict::Outdone => {
                "  left: another answer was found later, in more of the sentence, or is more probable"
                    .to_owned()
            }
        });
    }
    lines
}
