//! The picture of a pack: everything is in it, in every format, and in the drawn one every word is inside its box.

use crate::world::{pack, repository};
use mibao::graph::{Body, Format, Outline, draw};
use mibao::knowledge::{Item, Knowledge, Language};
use regex::Regex;
use roxmltree::{Document, Node};
use std::collections::BTreeSet;
use std::process::{Command, Output};
use unicode_width::UnicodeWidthChar;

const PACKS: [&str; 2] = ["knowledge", "tests/knowledge/valid/bicycle"];

fn packs() -> Vec<(&'static str, Knowledge)> {
    PACKS.into_iter().map(|name| (name, pack(name))).collect()
}

fn outline(knowledge: &Knowledge) -> Outline {
    Outline::of(knowledge, knowledge.spoken(None))
}

fn mibao(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mibao"));
    program.args(arguments).output().unwrap()
}

/// What a reader sees of the markup, without spaces: lines are broken where they have to be.
fn bare(text: &str) -> String {
    text.chars().filter(|each| !each.is_whitespace()).collect()
}

/// The text of a picture without what its format adds to it.
fn read(format: Format, picture: &str) -> String {
    match format {
        Format::Mermaid => bare(
            &picture
                .replace("<br/>", "")
                .replace("#quot;", "\"")
                .replace("#35;", "#"),
        ),
        Format::Dot => bare(&picture.replace("\\l", "").replace('\\', "")),
        Format::Svg => {
            let document = Document::parse(picture).unwrap();
            let texts = document.descendants().filter(|node| node.is_text());
            bare(&texts.filter_map(|node| node.text()).collect::<String>())
        }
    }
}

/// Every title of a pack, with what it is the title of.
fn titles(outline: &Outline) -> Vec<(&'static str, &str)> {
    let mut titles: Vec<(&str, &str)> = Vec::new();
    for goal in &outline.goals {
        match &goal.body {
            Body::Guide { steps, .. } => {
                titles.push(("guide", &goal.link.title));
                titles.extend(steps.iter().map(|step| ("step", step.title.as_str())));
            }
            Body::Problem {
                causes, remedies, ..
            } => {
                titles.push(("problem", &goal.link.title));
                titles.extend(causes.iter().map(|cause| ("cause", cause.title.as_str())));
                titles.extend(remedies.iter().map(|one| ("remedy", one.title.as_str())));
            }
        }
        titles.extend(
            goal.routes
                .iter()
                .map(|one| ("route", one.answers.as_str())),
        );
    }
    titles.extend(
        outline
            .topics
            .iter()
            .map(|one| ("topic", one.link.title.as_str())),
    );
    titles
}

#[test]
fn nothing_of_a_pack_is_left_out() {
    for (name, knowledge) in packs() {
        let outline = outline(&knowledge);
        let titles = titles(&outline);
        let count = |wanted: &str| titles.iter().filter(|(kind, _)| *kind == wanted).count();
        let problems = || knowledge.problems.values();
        let steps: usize = knowledge.guides.values().map(|one| one.steps.len()).sum();
        assert_eq!(count("guide"), knowledge.guides.len(), "{name}");
        assert_eq!(count("step"), steps, "{name}");
        assert_eq!(count("problem"), knowledge.problems.len(), "{name}");
        let causes: usize = problems().map(|one| one.causes.len()).sum();
        assert_eq!(count("cause"), causes, "{name}");
        let remedies: usize = problems().map(|one| one.remedies.len()).sum();
        assert_eq!(count("remedy"), remedies, "{name}");
        assert_eq!(count("topic"), knowledge.topics.len(), "{name}");
    }
}

#[test]
fn every_title_is_in_every_format() {
    for (name, knowledge) in packs() {
        let outline = outline(&knowledge);
        for format in Format::ALL {
            let picture = read(format, &draw(&knowledge, None, format));
            for (kind, title) in titles(&outline) {
                assert!(!title.is_empty(), "{name}: a {kind} is called nothing");
                assert!(
                    picture.contains(&bare(title)),
                    "{name} as {}: the {kind} `{title}` is missing",
                    format.id()
                );
            }
        }
    }
}

/// The titles as the packs write them: what `Outline` makes of them is not taken on trust.
#[test]
fn titles_are_the_packs_own_words() {
    for (name, knowledge) in packs() {
        let language = knowledge.spoken(None);
        let picture = read(Format::Svg, &draw(&knowledge, None, Format::Svg));
        let problems = knowledge.problems.values();
        let inner = problems.flat_map(|one| {
            let causes = one.causes.iter().map(|cause| &cause.title);
            causes.chain(one.remedies.iter().map(|remedy| &remedy.title))
        });
        let titles = (knowledge.guides.values().map(|one| &one.title))
            .chain(knowledge.problems.values().map(|one| &one.title))
            .chain(knowledge.topics.values().map(|one| &one.title))
            .chain(inner);
        for title in titles {
            let title = title.get(language);
            assert!(picture.contains(&bare(title)), "{name}: `{title}`");
        }
        for step in knowledge.guides.values().flat_map(|one| &one.steps) {
            let text = step.text.get(language);
            let words: String = text
                .trim_start_matches(['-', '1', '.', ' '])
                .chars()
                .filter(|each| !"*`".contains(*each))
                .take(4)
                .collect();
            assert!(picture.contains(&bare(&words)), "{name}: `{words}`");
        }
    }
}

#[test]
fn answers_lead_where_the_pack_says() {
    let picture = draw(&pack(PACKS[1]), None, Format::Mermaid);
    for line in [
        "guide_change_tube -->|\"Pump the tyre up and listen<br/>Out at the valve\"| problem_goes_flat",
        "guide_change_tube -.->|\"[Does not work]\"| problem_goes_flat",
        "guide_adjust_brakes -.->|\"[Does not work]\"| problem_brakes_squeal",
        "menu --> guide_change_tube",
        "menu -->|\"The shop\"| topics",
    ] {
        assert!(
            picture.lines().any(|known| known == line),
            "{line}\n{picture}"
        );
    }
    assert!(
        picture
            .contains("\u{2713} Roughen the pads \u{2192} (2)\u{a0}70\u{a0}%, (1)\u{a0}30\u{a0}%")
    );
}

#[test]
fn a_step_that_fails_its_own_way_says_so() {
    let picture = draw(&pack(PACKS[0]), None, Format::Mermaid);
    assert!(
        picture.contains("guide_unbind -.->|\"1 \u{b7} [不行]\"| problem_login_failed"),
        "{picture}"
    );
}

#[test]
fn mermaid_gets_ids_and_labels_that_it_can_read() {
    let id = Regex::new("^[a-z][a-z0-9_]*$").unwrap();
    let label = Regex::new("\"[^\"]*\"").unwrap();
    let list = Regex::new(r"^(\d+\.|[-*]) ").unwrap();
    let names = Regex::new(r"[^\s\[\](){}|<>.-]+").unwrap();
    let words = [
        "subgraph",
        "end",
        "direction",
        "TB",
        "flowchart",
        "LR",
        ":::list",
    ];
    for (name, knowledge) in packs() {
        let picture = draw(&knowledge, None, Format::Mermaid);
        let mut boxes = BTreeSet::new();
        for line in picture.lines().skip(3) {
            let outside = label.replace_all(line, "").replace(":::list", "");
            for found in names.find_iter(&outside) {
                let found = found.as_str();
                assert!(
                    words.contains(&found) || id.is_match(found),
                    "{name}: {line}"
                );
            }
            for found in label.find_iter(line) {
                let inner = found.as_str().trim_matches('"');
                assert!(
                    !inner.contains(['<', '>', '`']) || inner.contains("<br/>"),
                    "{line}"
                );
                assert!(
                    !list.is_match(inner),
                    "{name}: Mermaid reads a list: {line}"
                );
            }
            if let Some(rest) = line.strip_prefix("subgraph ") {
                let id = rest.split('[').next().unwrap().to_owned();
                assert!(boxes.insert(id), "{name}: {line}");
            }
        }
        assert_eq!(
            boxes.len(),
            knowledge.guides.len() + knowledge.problems.len()
        );
    }
}

fn number(node: Node, name: &str) -> i32 {
    let value = node.attribute(name);
    value
        .unwrap_or_else(|| panic!("no {name} in {node:?}"))
        .parse()
        .unwrap()
}

/// Where a box stands.
fn place(panel: Node) -> (i32, i32) {
    let place = panel.attribute("transform").unwrap();
    let numbers = place.trim_matches(|each: char| !each.is_ascii_digit());
    let (x, y) = numbers.split_once(' ').unwrap();
    (x.parse().unwrap(), y.parse().unwrap())
}

/// Half a square for most letters, and a little more.
fn width(text: &str, size: i32) -> f64 {
    let squares = text.chars().map(|each| match each.width_cjk() {
        Some(2) => 1.0,
        Some(1) => 0.55,
        _ => 0.0,
    });
    squares.sum::<f64>() * f64::from(size)
}

#[test]
fn every_word_is_inside_its_box_and_no_two_boxes_touch() {
    for (name, knowledge) in packs() {
        let picture = draw(&knowledge, None, Format::Svg);
        let document = Document::parse(&picture).unwrap();
        let sheet = document.root_element();
        let mut boxes: Vec<[i32; 4]> = Vec::new();
        for panel in sheet.children().filter(|node| node.has_tag_name("g")) {
            let card = panel
                .children()
                .find(|node| node.has_tag_name("rect"))
                .unwrap();
            let (right, bottom) = (number(card, "width"), number(card, "height"));
            for text in panel.descendants().filter(|node| node.has_tag_name("text")) {
                let words = text.text().unwrap();
                let size = number(text, "font-size");
                let (x, y) = (f64::from(number(text, "x")), number(text, "y"));
                let wide = width(words, size);
                let centred = text
                    .attribute("class")
                    .is_some_and(|class| class.contains("number"));
                let left = if centred { x - wide / 2.0 } else { x };
                assert!(left >= 4.0, "{name}: `{words}` begins outside");
                assert!(
                    left + wide <= f64::from(right - 4),
                    "{name}: `{words}` sticks out"
                );
                assert!(
                    y - size >= 0 && y + size / 4 <= bottom,
                    "{name}: `{words}` is above or below"
                );
            }
            let (x, y) = place(panel);
            assert!(
                x >= 0 && x + right <= number(sheet, "width"),
                "{name}: off the sheet"
            );
            assert!(
                y >= 0 && y + bottom <= number(sheet, "height"),
                "{name}: off the sheet"
            );
            boxes.push([x, y, x + right, y + bottom]);
        }
        for (at, [left, top, right, bottom]) in boxes.iter().enumerate() {
            for other in &boxes[..at] {
                let apart =
                    other[2] < *left || other[0] > *right || other[3] < *top || other[1] > *bottom;
                assert!(apart, "{name}: two boxes lie on each other");
            }
        }
    }
}

/// A line for each offer of the menu, each route and each problem that failing leads to; each ends at a box.
#[test]
fn every_line_arrives() {
    for (name, knowledge) in packs() {
        let outline = outline(&knowledge);
        let picture = draw(&knowledge, None, Format::Svg);
        let document = Document::parse(&picture).unwrap();
        let sheet = document.root_element();
        let mut edges = BTreeSet::new();
        for panel in sheet.children().filter(|node| node.has_tag_name("g")) {
            let (x, _) = place(panel);
            let card = panel.first_element_child().unwrap();
            edges.extend([x, x + number(card, "width")]);
        }
        let wires: Vec<Node> = sheet
            .children()
            .filter(|node| {
                node.attribute("class")
                    .is_some_and(|class| class.starts_with("wire"))
            })
            .collect();
        let leads = outline.goals.iter().flat_map(|goal| goal.leads(""));
        let leads = leads.filter(|(_, link, _)| !matches!(link.to, Item::Topic(_)));
        let leads = leads.count();
        assert_eq!(wires.len(), outline.menu.len() + leads, "{name}");
        for wire in wires {
            let path = wire.attribute("d").unwrap();
            let (_, end) = path.rsplit_once('L').unwrap();
            let (begin, _) = path.split_once(' ').unwrap();
            let x: i32 = end.split_once(' ').unwrap().0.parse().unwrap();
            assert!(edges.contains(&x), "{name}: {path} ends nowhere");
            let x: i32 = begin.trim_start_matches('M').parse().unwrap();
            assert!(edges.contains(&x), "{name}: {path} begins nowhere");
        }
    }
}

#[test]
fn the_drawing_needs_nothing_from_elsewhere() {
    for (name, knowledge) in packs() {
        let picture = draw(&knowledge, None, Format::Svg);
        for foreign in [
            "href",
            "url(",
            "@import",
            "<script",
            "<image",
            "<foreignObject",
        ] {
            assert!(!picture.contains(foreign), "{name}: {foreign}");
        }
        assert!(picture.contains("prefers-color-scheme:dark"));
    }
}

#[test]
fn words_that_look_like_markup_stay_words() {
    let mut files = crate::world::files(&repository(PACKS[1]));
    let guide = files.get_mut("guides/change_tube.toml").unwrap();
    *guide = guide.replacen("Change a tube", "2 < 3 & \\\"tube\\\" | {x} #1", 1);
    let knowledge = mibao::knowledge::load(&files).unwrap();
    let words = bare("2 < 3 & \"tube\" | {x} #1");
    for format in [Format::Dot, Format::Svg] {
        assert!(read(format, &draw(&knowledge, None, format)).contains(&words));
    }
    let mermaid = draw(&knowledge, None, Format::Mermaid);
    assert!(mermaid.contains("[\"2 #lt; 3 #amp; #quot;tube#quot; | {x} #35;1\"]"));
}

#[test]
fn the_same_pack_is_the_same_picture() {
    for (name, _) in packs() {
        for format in Format::ALL {
            let pictures = [(), ()].map(|()| draw(&pack(name), Some(Language::En), format));
            assert_eq!(pictures[0], pictures[1], "{name} as {}", format.id());
        }
    }
}

#[test]
fn the_program_draws() {
    for (format, begins) in [("mermaid", "%%{init"), ("dot", "digraph"), ("svg", "<svg")] {
        let output = mibao(&["graph", "--format", format]);
        assert!(output.status.success());
        assert!(
            String::from_utf8(output.stdout)
                .unwrap()
                .starts_with(begins),
            "{format}"
        );
    }
    let pack = repository(PACKS[1]);
    let pack = pack.to_str().unwrap();
    let output = mibao(&["graph", "--knowledge", pack, "--language", "en"]);
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("[\"Change a tube\"]")
    );
    let output = mibao(&["graph", "--format", "png"]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("expected one of mermaid, dot, svg"), "{told}");
}
