//! The flow of a pack as it was accepted: each change of structure is said once and in its place, wording never.
//!
//! `MIBAO_UPDATE=1 cargo test flow` accepts the flow of the packs in the repository.

use crate::world::{files, repository};
use mibao::knowledge::{self, Diagnostic, FLOW_FILE, Files, Mistake};
use std::fs;
use std::path::Path;
use toml::Value;

const BICYCLE: &str = "tests/knowledge/valid/bicycle";
const TUBE: &str = "guides/change_tube.toml";
const SQUEAL: &str = "problems/brakes_squeal.toml";

fn bicycle() -> Files {
    let mut pack = files(&repository(BICYCLE));
    pack.insert(FLOW_FILE.to_owned(), knowledge::flow(&pack));
    pack
}

/// The pack with something else in the place of what stands there exactly once.
fn edited(path: &str, from: &str, to: &str) -> Files {
    let mut pack = bicycle();
    let content = pack.get_mut(path).unwrap();
    assert_eq!(content.matches(from).count(), 1, "{path}: {from}");
    *content = content.replace(from, to);
    pack
}

fn line(pack: &Files, Diagnostic { file, span, .. }: &Diagnostic) -> String {
    let content = &pack[file];
    let start = content[..span.start].rfind('\n').map_or(0, |end| end + 1);
    content[start..].lines().next().unwrap().to_owned()
}

/// What is said of an edit: `file: line: mistake`, all of them.
fn said(pack: &Files) -> Vec<String> {
    assert!(
        knowledge::load(pack).is_ok(),
        "this edit breaks a rule already"
    );
    knowledge::review(pack)
        .iter()
        .map(|found| {
            assert_eq!(found.mistake.code(), "flow-changed");
            format!("{}: {}: {}", found.file, line(pack, found), found.mistake)
        })
        .collect()
}

/// The block of a table of tables that begins with this line.
fn block<'c>(content: &'c str, kind: &str, id: &str) -> &'c str {
    let start = content
        .find(&format!("[[{kind}]]\nid = \"{id}\"\n"))
        .unwrap();
    let rest = &content[start..];
    let end = rest[1..].find("\n[").map_or(rest.len(), |end| end + 2);
    &rest[..end]
}

#[test]
fn the_flow_of_the_packs_in_the_repository_is_accepted() {
    for directory in ["knowledge", BICYCLE] {
        let directory = repository(directory);
        let mut pack = files(&directory);
        let flow = knowledge::flow(&pack);
        if std::env::var_os("MIBAO_UPDATE").is_some() {
            fs::write(directory.join(FLOW_FILE), &flow).unwrap();
            pack = files(&directory);
        }
        let found = knowledge::review(&pack);
        let rendered = knowledge::render(&found, &pack, "", false);
        assert!(found.is_empty(), "{rendered}");
        assert_eq!(pack.get(FLOW_FILE), Some(&flow), "{}", directory.display());
    }
}

#[track_caller]
fn assert_said(cases: &[(Files, &str)]) {
    for (pack, expected) in cases {
        assert_eq!(said(pack), [*expected]);
    }
}

#[test]
fn each_change_of_structure_is_said_once_in_its_place() {
    assert_said(&[
        (
            edited(
                TUBE,
                "when = { spare_fits = [\"no\"] }\nto = \"problem:goes_flat\"",
                "when = { spare_fits = [\"no\"] }\nto = \"guide:adjust_brakes\"",
            ),
            "guides/change_tube.toml: to = \"guide:adjust_brakes\": \
             `guide:change_tube  route  when spare_fits=no`: `-> guide:adjust_brakes` was `-> problem:goes_flat`",
        ),
        (
            edited(
                TUBE,
                "when = { wheel = [\"rear\"] }",
                "when = { wheel = [\"front\"] }",
            ),
            "guides/change_tube.toml: when = { wheel = [\"front\"] }: \
             `guide:change_tube  step gear`: `when wheel=front` was `when wheel=rear`",
        ),
        (
            edited(
                SQUEAL,
                "minutes = 8.0\nreason = \"Timed and counted at the shop.\"\nrequires = { has_tools = [\"yes\"] }\n",
                "minutes = 8.0\nreason = \"Timed and counted at the shop.\"\n",
            ),
            "problems/brakes_squeal.toml: id = \"toe_in\": \
             `problem:brakes_squeal  remedy toe_in  minutes 8`: `requires has_tools=yes` is gone",
        ),
        (
            edited(
                TUBE,
                "sources = [\"MANUAL\", \"SHOP\", \"B2\"]",
                "sources = [\"MANUAL\", \"B2\"]",
            ),
            "guides/change_tube.toml: sources = [\"MANUAL\", \"B2\"]: \
             `guide:change_tube  step fit_tube`: `sources B2 MANUAL` was `sources B2 MANUAL SHOP`",
        ),
        (
            edited(SQUEAL, "{ rim = 4.0 }", "{ rim = 0.4 }"),
            "problems/brakes_squeal.toml: evidence.brake_kind = { rim = 0.4 }: \
             `problem:brakes_squeal  cause crooked  brake_kind=rim`: `x0.4` was `x4`",
        ),
        (
            edited(
                TUBE,
                "say = \"Then the tube may be sound. Let us look at the valve first.\"\n",
                "",
            ),
            "guides/change_tube.toml: to = \"problem:goes_flat\": \
             `guide:change_tube  route  when air_loss=valve  -> problem:goes_flat`: `say` is gone",
        ),
    ]);
}

#[test]
fn a_flag_or_a_fate_is_said_once_in_its_place() {
    assert_said(&[
        (
            edited(TUBE, "optional = true\n", ""),
            "guides/change_tube.toml: id = \"mark_hole\": \
             `guide:change_tube  step mark_hole`: `optional` is gone",
        ),
        (
            edited("topics/speed_limiter.toml", "refuses = true\n", ""),
            "topics/speed_limiter.toml: title = \"No faster motor\": \
             `topic:speed_limiter  told`: `refuses` is gone",
        ),
        (
            edited(
                "sources.toml",
                "id = \"B3\"\nfate = \"told\"",
                "id = \"B3\"\nfate = \"corrected\"\nreason = \"No.\"",
            ),
            "sources.toml: fate = \"corrected\": `statement:B3`: `fate corrected  reason` was `fate told`",
        ),
    ]);
}

#[test]
fn a_step_that_is_gone_is_said_where_it_was_accepted() {
    let step = block(&bicycle()[TUBE], "step", "wheel_out").to_owned();
    let pack = edited(TUBE, &step, "");
    assert_eq!(
        said(&pack),
        [
            "flow.txt: guide:change_tube  step wheel_out  sources MANUAL: \
          `guide:change_tube`: `step wheel_out  sources MANUAL` is gone"
        ]
    );
}

#[test]
fn steps_that_change_places_are_said() {
    let content = bicycle()[TUBE].clone();
    let (one, other) = (
        block(&content, "step", "gear"),
        block(&content, "step", "wheel_out"),
    );
    let pack = edited(TUBE, &format!("{one}{other}"), &format!("{other}{one}"));
    let found = said(&pack);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(TUBE), "{found:?}");
    assert!(found[0].ends_with(" has moved"), "{found:?}");
}

#[test]
fn a_new_item_is_said_in_its_own_file() {
    let topic = "title = \"Rust\"\ntext = \"Keep it dry.\"\nsources = [\"SHOP\"]\n";
    let mut pack = edited(
        "topics/about_tyres.toml",
        "[\"guide:change_tube\"]",
        "[\"guide:change_tube\", \"topic:rust\"]",
    );
    pack.insert("topics/rust.toml".to_owned(), topic.to_owned());
    assert_eq!(
        said(&pack),
        [
            "topics/about_tyres.toml: related = [\"guide:change_tube\", \"topic:rust\"]: `topic:about_tyres`: `related topic:rust` is new",
            "topics/rust.toml: title = \"Rust\": `topic:rust`: `told  sources SHOP` is new",
        ]
    );
}

#[test]
fn wording_is_no_flow() {
    let edits = [
        edited(TUBE, "Well done.", "Well done indeed."),
        edited(TUBE, "Open the brake, then", "Open the brake, and then"),
        edited(
            SQUEAL,
            "fixes = { glazed = 0.7, dirt = 0.3 }",
            "fixes = { dirt = 0.30, glazed = 0.7 }",
        ),
        edited(
            SQUEAL,
            "What the shop finds first",
            "What everybody finds first",
        ),
        edited(
            TUBE,
            "[\"SHOP\", \"B2\"]\n\n[[step]]\nid = \"fit",
            "[\"B2\", \"SHOP\"]\n\n[[step]]\nid = \"fit",
        ),
        edited(
            TUBE,
            "[\"tyre\", \"slowly\", \"unsure\"]",
            "[\"unsure\", \"tyre\", \"slowly\"]",
        ),
    ];
    for pack in edits {
        assert!(said(&pack).is_empty(), "{:?}", said(&pack));
    }
    let mut reworded = bicycle();
    for (path, content) in &mut reworded {
        if path.starts_with("intents/") {
            content.push_str("one more way to put it\n");
        }
    }
    assert!(knowledge::review(&reworded).is_empty());
}

/// An editor's line ends, and comments of one's own, are no changes either.
#[test]
fn an_accepted_flow_is_read_as_lines() {
    let mut pack = bicycle();
    let flow = pack.get_mut(FLOW_FILE).unwrap();
    *flow = format!(
        "# looked at on Monday\r\n\r\n{}",
        flow.replace('\n', "\r\n")
    );
    assert!(said(&pack).is_empty());
}

#[test]
fn a_pack_without_an_accepted_flow_or_with_mistakes_of_form_is_not_reviewed() {
    let mut pack = edited(TUBE, "optional = true\n", "");
    pack.remove(FLOW_FILE);
    assert!(said(&pack).is_empty());
    let pack = edited(TUBE, "optional = true\n", "optional = maybe\n");
    assert!(knowledge::review(&pack).is_empty());
}

#[test]
fn the_accepted_flow_is_no_part_of_the_version() {
    let mut pack = bicycle();
    let before = knowledge::load(&pack).unwrap().hash;
    pack.insert(FLOW_FILE.to_owned(), "# nothing\n".to_owned());
    assert_eq!(knowledge::load(&pack).unwrap().hash, before);
    pack.remove(FLOW_FILE);
    assert_eq!(knowledge::load(&pack).unwrap().hash, before);
}

#[test]
fn the_author_is_told_what_to_do() {
    let pack = edited(TUBE, "optional = true\n", "");
    let found = knowledge::review(&pack);
    let [Diagnostic { mistake, .. }] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(matches!(mistake, Mistake::FlowChanged { .. }));
    let rendered = knowledge::render(&found, &pack, "", false);
    assert!(
        rendered.contains(
            "error[flow-changed]: `guide:change_tube  step mark_hole`: `optional` is gone"
        ) && rendered.contains("if you mean it, run `mibao check DIR --accept`"),
        "{rendered}"
    );
}

/// Values that are words for somebody to read, or what they are recognised by.
const WORDING: [&str; 24] = [
    "advice", "date", "done", "intro", "label", "meaning", "means", "patterns", "pieces",
    "question", "because", "reason", "reminder", "say", "see", "shown", "text", "title", "told",
    "unless", "why", "words", "zh-Hans", "en",
];

/// Every way to change one value, one name or one entry of a file, and whether it is wording.
fn edits(value: &Value, wording: bool) -> Vec<(Value, bool)> {
    match value {
        Value::String(text) => {
            let other = match text.as_str() {
                "told" => "corrected",
                "corrected" | "dropped" => "told",
                "high" | "medium" => "low",
                "zh-Hans" => "en",
                "en" => "zh-Hans",
                other => return vec![(Value::String(format!("{other}x")), wording)],
            };
            vec![(Value::String(other.to_owned()), wording)]
        }
        Value::Integer(number) => vec![(Value::Integer(number + 1), wording)],
        Value::Float(number) => vec![(Value::Float(number + 0.5), wording)],
        Value::Boolean(flag) => vec![(Value::Boolean(!flag), wording)],
        Value::Datetime(_) => Vec::new(),
        Value::Array(list) => {
            let mut all = Vec::new();
            for (index, item) in list.iter().enumerate() {
                let mut shorter = list.clone();
                shorter.remove(index);
                all.push((Value::Array(shorter), wording));
                for (edited, wording) in edits(item, wording) {
                    let mut list = list.clone();
                    list[index] = edited;
                    all.push((Value::Array(list), wording));
                }
            }
            all
        }
        Value::Table(table) => {
            let mut all = Vec::new();
            for (key, item) in table {
                let wording = wording || WORDING.contains(&key.as_str());
                let mut renamed = table.clone();
                let item_of_it = renamed.remove(key).unwrap();
                renamed.insert(format!("{key}x"), item_of_it);
                all.push((Value::Table(renamed), wording));
                for (edited, wording) in edits(item, wording) {
                    let mut table = table.clone();
                    table.insert(key.clone(), edited);
                    all.push((Value::Table(table), wording));
                }
            }
            all
        }
    }
}

/// Whatever an author can change in a file is in its flow, if it is not wording: no key is forgotten.
#[test]
fn all_but_wording_is_in_the_flow() {
    let mut count = 0;
    for directory in ["knowledge", BICYCLE] {
        for (path, content) in files(&repository(directory)) {
            let is_toml = Path::new(&path)
                .extension()
                .is_some_and(|end| end == "toml");
            if !is_toml || path.starts_with("phrases/") {
                continue;
            }
            let flow = |value: &Value| {
                let file = toml::to_string(value).unwrap();
                knowledge::flow(&Files::from([(path.clone(), file)]))
            };
            let value: Value = toml::from_str(&content).unwrap();
            let before = flow(&value);
            let nothing = knowledge::flow(&Files::new());
            assert_ne!(before, nothing, "{path}");
            for (edited, wording) in edits(&value, false) {
                let after = flow(&edited);
                // What cannot be read any more is no edit.
                if after != nothing {
                    count += 1;
                    assert_eq!(after == before, wording, "{path}:\n{edited}");
                }
            }
        }
    }
    assert!(count > 5000, "{count} edits");
}
