//! The program as its users start it.

use crate::world::{bicycle_with, files, repository};
use mibao::proof::POINTS;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn mibao(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mibao"))
        .args(arguments)
        .env_remove("TELOXIDE_TOKEN")
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has said all it will may have closed its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json_lines(output: &Output) -> Vec<Value> {
    stdout(output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn json_chat_greets_and_asks() {
    let output = mibao(&["chat", "--json"], "{\"text\":\"解绑失败了\"}\n");
    assert!(output.status.success(), "{}", stderr(&output));
    let lines = json_lines(&output);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["turn"], 1);
    assert_eq!(lines[0]["pending"], "menu");
    let answer = &lines[1];
    assert_eq!(answer["turn"], 2);
    assert_eq!(answer["understood"]["intent"], "unbind_failed");
    assert!(
        answer["shows"]
            .as_array()
            .unwrap()
            .contains(&Value::from("problem:unbind_failed"))
    );
    assert!(answer["pending"].as_str().unwrap().starts_with("fact:"));
    assert!(
        answer["replies"][0]["text"]
            .as_str()
            .unwrap()
            .contains('？')
    );
    assert!(
        !answer["replies"][0]["buttons"][0][0]["id"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    assert_eq!(answer["outcome"], Value::Null);
}

#[test]
fn json_chat_takes_presses_commands_media_and_times() {
    let greeting = json_lines(&mibao(&["chat", "--json"], ""));
    let first = greeting[0]["replies"][0]["buttons"][0][0]["id"]
        .as_str()
        .unwrap();
    let input = format!(
        "{{\"press\":\"{first}\",\"at\":\"2026-01-01T08:00:00+08:00\"}}\n{{\"command\":\"status\"}}\n{{\"media\":\"photo\"}}\n"
    );
    let lines = json_lines(&mibao(&["chat", "--json"], &input));
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[1]["shows"][0], "guide:unbind");
    assert!(lines.iter().all(|line| line.get("error").is_none()));
}

#[test]
fn json_chat_survives_bad_lines() {
    let bad = "no json\n{}\n{\"text\":1}\n{\"text\":\"a\",\"press\":\"b\"}\n{\"command\":\"dance\"}\n{\"media\":\"smell\"}\n[]\n{\"text\":\"怎么解绑\"}\n";
    let lines = json_lines(&mibao(&["chat", "--json"], bad));
    assert_eq!(lines.len(), 9);
    assert!(lines[1..8].iter().all(|line| line["error"].is_string()));
    assert_eq!(lines[8]["turn"], 2);
}

#[test]
fn a_conversation_goes_on_where_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("talk.db");
    let arguments = ["chat", "--json", "--db", db.to_str().unwrap()];
    let first = json_lines(&mibao(
        &arguments,
        "{\"text\":\"怎么解绑\"}\n{\"text\":\"没有异常\"}\n",
    ));
    let again = json_lines(&mibao(&arguments, ""));
    assert_eq!(again[0]["pending"], first[2]["pending"]);
    assert_ne!(again[0]["pending"], "menu");
}

#[test]
fn a_pipe_gets_plain_lines() {
    let output = mibao(&["chat"], "怎么解绑\n");
    let printed = stdout(&output);
    assert!(printed.contains("[1] "), "{printed}");
    assert!(!printed.contains('\u{1b}'), "{printed:?}");
}

#[test]
fn bytes_that_are_no_text_do_not_stop_the_talk() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mibao"))
        .args(["chat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"\xff\xfe\x00\n\xe6\x80\x8e\xe4\xb9\x88\xe8\xa7\xa3\xe7\xbb\x91\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(stdout(&output).contains("[1] "));
}

/// A copy of the shipped pack, changed in one place.
fn copy_with(directory: &Path, path: &str, from: &str, to: &str) {
    for (name, content) in files(&repository("knowledge")) {
        let content = if name == path {
            assert!(content.contains(from), "{path} has no `{from}`");
            content.replacen(from, to, 1)
        } else {
            content
        };
        write(directory, &name, &content);
    }
}

fn write(directory: &Path, name: &str, content: &str) {
    let target = directory.join(name);
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(target, content).unwrap();
}

#[test]
fn check_proves_the_shipped_pack() {
    let output = mibao(&["check"], "");
    let told = stdout(&output);
    assert!(output.status.success(), "{told}{}", stderr(&output));
    assert!(told.ends_with("\nproved\n"), "{told}");
    for point in POINTS {
        assert!(told.contains(&format!("ok  {:<11} ", point.code)), "{told}");
    }
    println!("{told}");
}

#[test]
fn check_shows_a_failure_that_chat_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().to_str().unwrap();
    for (name, content) in bicycle_with("tests/knowledge/unproved/nothing_to_do") {
        write(folder.path(), &name, &content);
    }
    fs::remove_file(folder.path().join("flow.txt")).unwrap();
    let output = mibao(&["check", directory], "");
    assert_eq!(output.status.code(), Some(1));
    let (table, told) = (stdout(&output), stderr(&output));
    assert!(table.contains("\nno  ends "), "{table}");
    assert!(table.contains("\nok  texts "), "{table}");
    assert!(told.contains("error[hollow-end]: "), "{told}");
    assert!(told.ends_with("\n1 failure in 1 of 8 points\n"), "{told}");

    // The last reply of the conversation is what `chat` says when it is fed the same lines.
    let (shown, command) = told.split_once("  replay it: printf '%s\\n' ").unwrap();
    let (lines, rest) = command.split_once(" | ").unwrap();
    let chat = format!("mibao chat --knowledge {directory}\n");
    assert!(rest.starts_with(&chat), "{rest}");
    let lines: String = lines
        .split('\'')
        .filter(|line| !line.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n");
    let replayed = stdout(&mibao(&["chat", "--knowledge", directory], &lines));
    let last = shown.rsplit("\u{203a} ").next().unwrap();
    let said = last
        .lines()
        .skip(1)
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap();
    let repeated = replayed.rsplit("\n\n").find(|part| part.contains(said));
    assert!(repeated.is_some(), "{said}\n\n{replayed}");
}

#[test]
fn check_names_a_misspelt_key_with_its_place_and_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    copy_with(folder.path(), "guides/unbind.toml", "title =", "titel =");
    let output = mibao(&["check", folder.path().to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("guides/unbind.toml:1:1"), "{told}");
    assert!(told.contains("unknown key `titel`"), "{told}");
    assert!(told.contains("did you mean `title`?"), "{told}");
    assert!(told.contains("missing key `title`"), "{told}");
}

#[test]
fn check_prints_a_schema_for_every_kind_of_file() {
    let output = mibao(&["check", "--schema"], "");
    let schemas: Value = serde_json::from_str(&stdout(&output)).unwrap();
    for kind in [
        "pack", "sources", "facts", "guides", "problems", "prompts", "topics", "phrases",
    ] {
        assert!(schemas[kind]["type"] == "object", "{kind}");
    }
}

#[test]
fn a_missing_directory_is_said() {
    let output = mibao(&["check", "/nowhere/at/all"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/nowhere/at/all"));
}

#[test]
fn understand_prints_a_line_per_sentence() {
    let lines = json_lines(&mibao(
        &["understand", "--json"],
        "怎么解绑QQ手机号\n手机号停机了\n\n",
    ));
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["intent"], "unbind");
    assert_eq!(lines[1]["facts"]["old_number"], "dead");
    assert_eq!(lines[2]["zone"], "lost");
    for line in lines {
        for key in ["intent", "confidence", "second", "facts", "zone"] {
            assert!(line.get(key).is_some(), "{key}");
        }
    }
}

#[test]
fn understand_explains() {
    let told = stdout(&mibao(
        &["understand", "--explain"],
        "我那号停机了没法弄解绑咋整\n",
    ));
    for title in [
        "normalised to",
        "decided by",
        "listed words",
        "readings",
        "nearest examples",
        "facts",
    ] {
        assert!(
            told.contains(&format!("\n  {title:<18}")),
            "{title}: {told}"
        );
    }
    assert!(told.contains("old_number=dead"), "{told}");
    assert!(!told.contains('\u{1}'), "{told:?}");
}

#[test]
fn eval_counts_over_files() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("labelled.tsv");
    fs::write(&file, "unbind/rebind\t怎么解绑手机\nno tab here\n").unwrap();
    let path = file.to_str().unwrap();
    let input = "out_of_scope\t今天天气怎么样\n";
    let output = mibao(&["eval", path, "-"], input);
    assert!(output.status.success(), "{}", stderr(&output));
    let told = stdout(&output);
    assert!(
        told.contains("in scope right            100.0 %  (1 of 1)\n"),
        "{told}"
    );
    assert!(
        told.contains("out of scope turned away  100.0 %  (1 of 1)\n"),
        "{told}"
    );
    for title in ["macro-F1", "per intent", "precision", "threshold", "in use"] {
        assert!(told.contains(title), "{title}: {told}");
    }
    assert!(stderr(&output).contains("labelled.tsv:2: expected `intent<TAB>sentence`"));

    let score = &json_lines(&mibao(&["eval", "--json", path, "-"], input))[0];
    assert_eq!(score["in_scope"]["of"], 1);
    assert_eq!(score["intents"]["unbind"]["f1"], 1.0);
    assert!(score["curve"][0]["threshold"].is_number());
}

#[test]
fn eval_counts_facts() {
    let input =
        "old_number=dead\t手机号停机了\n-\t今天天气怎么样\nsafe=no\t今天天气怎么样\nsafe\twhat\n";
    let output = mibao(&["eval", "--facts", "-"], input);
    let told = stdout(&output);
    assert!(
        told.contains("precision                 100.0 %  (1 of 1)\n"),
        "{told}"
    );
    assert!(
        told.contains("recall                     50.0 %  (1 of 2)\n"),
        "{told}"
    );
    assert!(told.contains("safe=no  -  今天天气怎么样\n"), "{told}");
    assert!(stderr(&output).contains("-:4: expected `fact=answer,"));
}

#[test]
fn eval_shows_what_every_part_adds() {
    let directory = repository("tests/knowledge/valid/bicycle");
    let arguments = [
        "eval",
        "--ablation",
        "--knowledge",
        directory.to_str().unwrap(),
    ];
    let output = mibao(&arguments, "");
    assert!(output.status.success(), "{}", stderr(&output));
    let told = stdout(&output);
    let rows: Vec<&str> = told.lines().filter(|line| line.starts_with("+ ")).collect();
    assert_eq!(rows.len(), 4, "{told}");
    assert_eq!(stderr(&output), "");
}

#[test]
fn telegram_without_a_token_says_where_to_get_one() {
    let output = mibao(&["telegram"], "");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("@BotFather"),
        "{}",
        stderr(&output)
    );
}
