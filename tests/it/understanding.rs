//! How well the shipped pack understands sentences that it did not learn from, and what the parts of a score mean.
//!
//! `cargo test understanding -- --nocapture` prints the figures; `mibao eval` on the same files says more.

use crate::world::{Talk, pack, repository};
use mibao::dialogue::{Assistant, Outcome};
use mibao::knowledge::Knowledge;
use mibao::text::{normalise, skeleton};
use mibao::understanding::ablation::{Material, ablation};
use mibao::understanding::{
    Score, Stage, Understanding, Verdict, labelled, score, score_facts, stated,
};
use std::collections::BTreeSet;
use std::fs;

/// What must be understood of sentences about our matters, and turned away of all others.
const IN_SCOPE_MIN: f32 = 0.96;
const OUT_OF_SCOPE_MIN: f32 = 0.97;

fn scored(knowledge: &Knowledge, lines: &str) -> Score {
    let (sentences, malformed) = labelled(lines);
    assert!(malformed.is_empty(), "{malformed:?}");
    score(knowledge, &Understanding::learn(knowledge), &sentences)
}

#[test]
fn sentences_are_understood_and_others_turned_away() {
    let lines = fs::read_to_string(repository("tests/understanding/intents.tsv")).unwrap();
    let score = scored(&pack("knowledge"), &lines);
    println!("in scope right           {}", score.in_scope);
    println!("in scope kept            {}", score.in_scope_kept);
    println!("out of scope turned away {}", score.out_of_scope);
    println!("asked back               {}", score.asked_back);
    println!("macro-F1                 {:.3}", score.macro_f1);
    for confusion in &score.confusions {
        println!(
            "{} {} as {}: {}",
            confusion.count,
            confusion.expected,
            confusion.understood,
            confusion.examples.join(" | ")
        );
    }
    assert!(score.in_scope.fraction() >= IN_SCOPE_MIN, "in scope");
    assert!(
        score.out_of_scope.fraction() >= OUT_OF_SCOPE_MIN,
        "out of scope"
    );
}

#[test]
fn facts_are_found_in_sentences() {
    let lines = fs::read_to_string(repository("tests/understanding/facts.tsv")).unwrap();
    let (sentences, malformed) = stated(&lines);
    assert!(malformed.is_empty(), "{malformed:?}");
    let score = {
        let knowledge = pack("knowledge");
        score_facts(&knowledge, &Understanding::learn(&knowledge), &sentences)
    };
    println!("precision {}", score.all.precision());
    println!("recall    {}", score.all.recall());
    assert_eq!(score.sentences.of, sentences.len());
    assert_eq!(
        score.all.stated,
        sentences
            .iter()
            .map(|stated| stated.facts.len())
            .sum::<usize>()
    );
    let wrong = score.sentences.of - score.sentences.right;
    assert_eq!(score.wrong.len(), wrong);
    assert!(score.all.precision().fraction() >= 0.96, "precision");
    assert!(score.all.recall().fraction() >= 0.84, "recall");
}

/// What is measured is not what was learned from, and what was learned from is read right for the most part.
#[test]
fn labelled_sentences_teach_and_are_no_measure() {
    let knowledge = pack("knowledge");
    let (sentences, malformed) = stated(&knowledge.stated);
    assert!(malformed.is_empty(), "{malformed:?}");
    let known: BTreeSet<String> = sentences
        .iter()
        .map(|stated| skeleton(&normalise(&stated.sentence)))
        .collect();
    let lines = fs::read_to_string(repository("tests/understanding/facts.tsv")).unwrap();
    for measured in stated(&lines).0 {
        let said = skeleton(&normalise(&measured.sentence));
        assert!(!known.contains(&said), "{}", measured.sentence);
    }
    let understanding = Understanding::learn(&knowledge);
    let score = score_facts(&knowledge, &understanding, &sentences);
    println!("learned from: precision {}", score.all.precision());
    println!("learned from: recall    {}", score.all.recall());
    assert!(score.all.precision().fraction() >= 0.95, "precision");
    assert!(score.all.recall().fraction() >= 0.8, "recall");
}

#[test]
fn either_label_counts() {
    let knowledge = pack("knowledge");
    let score = scored(
        &knowledge,
        "thanks/unbind\t怎么解绑手机\nunbind/out_of_scope\t今天天气怎么样\n",
    );
    assert_eq!((score.right.right, score.right.of), (2, 2));
    assert_eq!(score.intents["unbind"].support, 1);
    assert_eq!(score.intents["out_of_scope"].support, 1);
    assert_eq!((score.in_scope.of, score.in_scope_kept.right), (2, 1));
}

#[test]
fn lines_that_say_nothing_are_numbered() {
    let (sentences, malformed) = labelled("# comment\n\nunbind\tone\nnone\n\ttwo\na//b\tthree\n");
    assert_eq!(sentences.len(), 1);
    assert_eq!(malformed, [4, 5, 6]);
    let (sentences, malformed) = stated("-\tone\na=b,c=d\ttwo\na\tthree\nnone\n");
    assert_eq!(
        sentences
            .iter()
            .map(|stated| stated.facts.len())
            .collect::<Vec<_>>(),
        [0, 2]
    );
    assert_eq!(malformed, [3, 4]);
}

#[test]
fn a_higher_threshold_keeps_more_and_turns_away_less() {
    let lines = fs::read_to_string(repository("tests/understanding/intents.tsv")).unwrap();
    let score = scored(&pack("knowledge"), &lines);
    let (first, last) = (score.curve.first().unwrap(), score.curve.last().unwrap());
    assert!(first.threshold > last.threshold);
    assert!(first.in_scope.right > last.in_scope.right);
    assert!(first.out_of_scope.right < last.out_of_scope.right);
    assert!(
        score
            .curve
            .iter()
            .all(|point| point.in_scope.of == score.in_scope.of)
    );
}

#[test]
fn an_explanation_is_of_what_is_understood() {
    let knowledge = pack("knowledge");
    let understanding = Understanding::learn(&knowledge);
    for sentence in [
        "我那号停机了没法弄解绑咋整",
        "微信密码忘了",
        "号码还在用吗",
        "🙂",
    ] {
        let explanation = understanding.explain(&knowledge, sentence);
        assert_eq!(
            explanation.understood,
            understanding.understand(&knowledge, sentence)
        );
        for found in &explanation.facts {
            let taken = explanation.understood.facts.get(&found.fact) == Some(&found.answer);
            assert_eq!(found.verdict == Verdict::Taken, taken, "{found:?}");
        }
        let empty = explanation.stage == Stage::Nothing;
        assert_eq!(
            explanation.near.len(),
            if empty { 0 } else { 3 },
            "{sentence}"
        );
    }
    let kept_out = understanding.explain(&knowledge, "号码还在用吗");
    assert!(
        kept_out
            .facts
            .iter()
            .any(|found| matches!(found.verdict, Verdict::KeptOut(..)))
    );
}

#[test]
fn ablation_reads_every_example_once_in_every_row() {
    let knowledge = pack("tests/knowledge/valid/bicycle");
    let understanding = Understanding::learn(&knowledge);
    let all: usize = knowledge.intents.values().map(Vec::len).sum();
    let mut steps = Vec::new();
    let rows = ablation(
        &knowledge,
        &understanding,
        &Material::Examples,
        &mut |step, of| steps.push((step, of)),
    );
    assert_eq!(rows.len(), 5);
    for row in rows {
        assert_eq!(
            row.in_scope.of + row.near.of + row.far.of,
            all,
            "{}",
            row.name
        );
    }
    assert_eq!(steps, (0..10).map(|step| (step, 10)).collect::<Vec<_>>());
}

/// What must be refused and what must not, each a conversation of one message; and where it matters, what it must show.
#[test]
fn what_must_be_refused_is_and_nothing_else() {
    let assistant = Assistant::new(pack("knowledge"));
    for file in ["refusals.tsv", "refusals_held.tsv"] {
        let lines = fs::read_to_string(repository(&format!("tests/understanding/{file}"))).unwrap();
        let mut right = [0, 0];
        let mut all = [0, 0];
        for line in lines.lines().filter(|line| line.contains('\t')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [wanted, _, sentence] = fields.as_slice() else {
                panic!("{line}");
            };
            let refuse = *wanted == "refuse";
            let turn = Talk::new(&assistant).does(sentence);
            all[usize::from(refuse)] += 1;
            if (turn.outcome == Some(Outcome::Refused)) == refuse {
                right[usize::from(refuse)] += 1;
            } else {
                println!("{line}");
            }
        }
        println!(
            "{file}: helped {} of {}, refused {} of {}",
            right[0], all[0], right[1], all[1]
        );
        assert_eq!(all, [75, 75], "{file}");
        assert!(right.iter().all(|right| *right >= 73), "{file}: {right:?}");
    }
}
