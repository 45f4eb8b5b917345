//! The hand that writes a random pack.

use super::{Dice, RandomPack, SHARED, toml};
use mibao::knowledge::Files;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Messages in all the Markdown there is.
const MESSAGES: [&str; 7] = [
    "Do it.",
    "Press **the red button**, *gently*, and read `E07`.",
    "- one\n- **two**\n- three",
    "1. first\n2. second\n\nThen wait.",
    "See [the page](https://example.com/a?b=1&c=2).",
    "Less < more & \"quotes\"; 5 * 3 = 15; snake_case_name.",
    "点「设置」。\n再点**「安全」**。",
];
const CLAUSES: [&str; 4] = ["it", "surely it", "it X<&>Y", "it (5 * 3)"];
const LABELS: [&str; 4] = ["", "?", " & co <3", " ★"];
/// The style of long texts. They are half as long as they may be, so that the greatest reply, which is of seven, fits.
pub const LONG: u8 = 42;

const ADJECTIVES: [&str; 20] = [
    "crimson", "hollow", "velvet", "jagged", "brittle", "golden", "purple", "frozen", "rusty",
    "wooden", "lunar", "silent", "chunky", "bitter", "fuzzy", "dotted", "marble", "spicy",
    "tilted", "woven",
];
const NOUNS: [&str; 9] = [
    "kettle", "lantern", "piano", "boiler", "fridge", "zeppelin", "oboe", "umbrella", "volcano",
];
const MINUTES: [f64; 5] = [5.0, 0.0, 0.5, 60.0, 10_000.0];
const HANDOVER_MINUTES: [f64; 4] = [120.0, 30.0, 10_000.0, 0.0];
const CAUSES: [&str; 4] = ["other", "c1", "c2", "c3"];
const WEIGHTS: [f64; 5] = [1.0, 4.0, 0.01, 50.0, 1e6];
const CHANCES: [f64; 4] = [0.8, 0.3, 1.0, 0.001];

/// Writes a pack.
pub struct Author {
    languages: Vec<&'static str>,
    /// How the texts are written, in turn.
    styles: std::iter::Cycle<std::vec::IntoIter<u8>>,
    /// The answers of each fact that conditions may name.
    answers: Vec<Vec<String>>,
    /// Facts that something asks for.
    asked: BTreeSet<String>,
    guides: usize,
    problems: usize,
    /// Guides, problems and topics.
    items: Vec<String>,
    /// What has to hold before protection is loosened, and where danger leads.
    safety: Option<Value>,
    menu: Vec<String>,
    files: BTreeMap<String, Value>,
    intents: Files,
}

impl Author {
    pub fn new(languages: u8, styles: Vec<u8>, facts: Vec<Vec<u8>>) -> Self {
        let languages: &[&str] = match languages % 4 {
            2 => &["en", "zh-Hans"],
            3 => &["zh-Hans", "en"],
            _ => &["en"],
        };
        let mut author = Self {
            languages: languages.to_vec(),
            styles: styles.into_iter().cycle(),
            answers: Vec::new(),
            asked: BTreeSet::new(),
            guides: 0,
            problems: 0,
            items: Vec::new(),
            safety: None,
            menu: Vec::new(),
            files: BTreeMap::new(),
            intents: Files::new(),
        };
        for (number, throws) in facts.iter().enumerate() {
            author.fact(number, &mut Dice::of(throws));
        }
        author
    }

    pub fn items(&mut self, guides: usize, problems: usize, topics: usize) {
        (self.guides, self.problems) = (guides, problems);
        let numbered = |kind: &'static str, count| (0..count).map(move |n| format!("{kind}{n}"));
        let all = numbered("guide:g", guides)
            .chain(numbered("problem:p", problems))
            .chain(numbered("topic:t", topics));
        self.items = all.chain(["topic:contact".to_owned()]).collect();
    }

    pub fn safety(&mut self, dice: &mut Dice) {
        self.safety = dice.often().then(|| {
            json!({
                "loosening": self.condition(dice, 1, 1),
                "danger": self.condition(dice, 1, 1),
                "first": self.items[dice.below(self.guides + self.problems)],
            })
        });
    }

    /// A text in every language of the pack.
    fn text(&self, english: &str) -> Value {
        match self.languages.as_slice() {
            [_] => json!(english),
            _ => json!({ "en": english, "zh-Hans": format!("译：{english}") }),
        }
    }

    fn style(&mut self) -> u8 {
        self.styles.next().unwrap_or(0)
    }

    /// A message; its name comes last, for a list may stand first.
    fn message(&mut self, name: &str) -> Value {
        let style = self.style();
        let text = if style == LONG {
            "So long! ".repeat(50)
        } else {
            MESSAGES[usize::from(style) % MESSAGES.len()].to_owned()
        };
        self.text(&format!("{}\n\nThis is {name}.", text.trim_end()))
    }

    fn clause(&mut self, what: &str) -> Value {
        let style = usize::from(self.style());
        self.text(&format!("{} is {what}", CLAUSES[style % CLAUSES.len()]))
    }

    fn label(&mut self, what: &str) -> Value {
        let style = usize::from(self.style());
        self.text(&format!("{what}{}", LABELS[style % LABELS.len()]))
    }

    fn fact(&mut self, number: usize, dice: &mut Dice) {
        let count = 2 + dice.below(3);
        let unsure = dice.often();
        let polar = dice.rarely();
        // A fact may go by the words of the first one: then one sentence tells of both.
        let first_word = if dice.rarely() { 0 } else { number * 4 };
        let answers: Vec<Value> = (0..count)
            .map(|place| match place {
                0 | 1 if polar => {
                    let word = ["yes", "no"][place];
                    json!({ "id": word, "label": self.label(word), "told": self.clause(word), "words": [word] })
                }
                _ => {
                    let word = ADJECTIVES[first_word + place];
                    json!({
                        "id": format!("a{place}"),
                        "label": self.label(&format!("It is {word}")),
                        "told": self.clause(word),
                        "words": [word, format!("quite {word}")],
                        "patterns": [format!(r"\b{word}\b")],
                        "unless": (place == 0).then(|| [format!(r"\bnot {word}\b")]),
                    })
                }
            })
            .collect();
        let ids = answers.iter().map(|answer| answer["id"].as_str().unwrap());
        let ids = ids.chain(unsure.then_some("unsure")).map(str::to_owned);
        self.answers.push(ids.collect());
        let fact = json!({
            "question": self.message(&format!("the question f{number}")),
            "why": self.message(&format!("why f{number} is asked")),
            "unsure": unsure,
            "answer": answers,
            "sources": ["SHOP"],
        });
        self.files.insert(format!("facts/f{number}.toml"), fact);
    }

    /// One answer to one fact, for facts that are told.
    fn told(&self, dice: &mut Dice) -> (String, Value) {
        let fact = dice.below(self.answers.len());
        let answers = &self.answers[fact];
        let answer = &answers[dice.below(answers.len())];
        (format!("f{fact}"), json!(answer))
    }

    /// A condition over so many facts; without any, none is written.
    fn condition(&self, dice: &mut Dice, fewest: usize, most: usize) -> Value {
        let mut parts = Map::new();
        for _ in 0..fewest + dice.below(most - fewest + 1) {
            let fact = dice.below(self.answers.len());
            let answers = &self.answers[fact];
            let accepted: BTreeSet<&String> = (0..=dice.below(3))
                .map(|_| &answers[dice.below(answers.len())])
                .collect();
            parts.insert(format!("f{fact}"), json!(accepted));
        }
        if parts.is_empty() {
            Value::Null
        } else {
            Value::Object(parts)
        }
    }

    /// Whether a step or remedy cannot be undone, whether it loosens protection, and what it requires because of that.
    fn guarded(&mut self, dice: &mut Dice) -> (bool, bool, Value) {
        let irreversible = dice.rarely();
        let safety = self.safety.clone().filter(|_| dice.rarely());
        let mut requires = self.condition(dice, usize::from(irreversible), 2);
        if let Some(safety) = &safety {
            let mut parts = requires.as_object().cloned().unwrap_or_default();
            parts.extend(safety["loosening"].as_object().unwrap().clone());
            requires = Value::Object(parts);
        }
        // What is unknown of a requirement is asked.
        for fact in requires.as_object().into_iter().flat_map(Map::keys) {
            self.asked.insert(fact.clone());
        }
        (irreversible, safety.is_some(), requires)
    }

    fn some_fact(&mut self, dice: &mut Dice) -> String {
        let fact = format!("f{}", dice.below(self.answers.len()));
        self.asked.insert(fact.clone());
        fact
    }

    fn some_problem(&self, dice: &mut Dice) -> Value {
        match dice.below(self.problems + 1) {
            0 => Value::Null,
            number => json!(format!("problem:p{}", number - 1)),
        }
    }

    fn related(&self, dice: &mut Dice) -> Value {
        let related: BTreeSet<String> = dice
            .up_to(3, |dice| self.items[dice.below(self.items.len())].clone())
            .into_iter()
            .collect();
        json!(related)
    }

    /// The intents of an item. One that no intent asks for stands in the menu, or nobody would find it.
    fn intents(&mut self, item: &str, noun: usize, sentences: &[&str], dice: &mut Dice) -> Value {
        let (has_intent, is_listed) = (!dice.often(), !dice.often());
        if is_listed || !has_intent {
            self.menu.push(item.to_owned());
        }
        if !has_intent {
            return Value::Null;
        }
        let intent = format!("about_{}", NOUNS[noun]);
        let sentences: Vec<String> = sentences
            .iter()
            .map(|sentence| sentence.replace('_', NOUNS[noun]))
            .collect();
        self.intents
            .insert(format!("intents/{intent}.txt"), sentences.join("\n"));
        json!([intent])
    }

    /// The questions and routes of a guide or a problem.
    fn asks_and_routes(&mut self, name: &str, dice: &mut Dice) -> (Vec<Value>, Vec<Value>) {
        let asks = dice.up_to(
            3,
            |dice| json!({ "fact": self.some_fact(dice), "when": self.condition(dice, 0, 1) }),
        );
        let routes = dice.up_to(2, |dice| {
            let goals = self.guides + self.problems;
            let to = self.items[dice.below(goals)].clone();
            let say = dice
                .often()
                .then(|| self.message(&format!("the way from {name} to {to}")));
            json!({ "when": self.condition(dice, 1, 2), "to": to, "say": say })
        });
        (asks, routes)
    }

    pub fn guide(&mut self, number: usize, dice: &mut Dice) {
        let name = format!("g{number}");
        let sentences = [
            "mend the _",
            "how do i mend the _",
            "my _ needs mending",
            "teach me to fix the _",
        ];
        let (mut ask, route) = self.asks_and_routes(&name, dice);
        let mut steps: Vec<Value> = (0..=dice.below(4))
            .map(|place| self.step(&name, place, dice))
            .collect();
        super::go_by_what_is_asked(&mut ask, &mut steps);
        let guide = json!({
            "title": self.label(&format!("Mend the {}", NOUNS[number])),
            "intents": self.intents(&format!("guide:{name}"), number, &sentences, dice),
            "tells": dice.rarely().then(|| Map::from_iter([self.told(dice)])),
            "intro": dice.rarely().then(|| self.message(&format!("the intro of {name}"))),
            "ask": ask,
            "route": route,
            "step": steps,
            "done": self.message(&format!("the end of {name}")),
            "related": self.related(dice),
            "fails": self.some_problem(dice),
        });
        self.files.insert(format!("guides/{name}.toml"), guide);
    }

    fn step(&mut self, guide: &str, place: usize, dice: &mut Dice) -> Value {
        let name = format!("{guide}/s{place}");
        let (irreversible, loosens, requires) = self.guarded(dice);
        json!({
            "id": format!("s{place}"),
            "text": self.message(&format!("what to do in {name}")),
            "see": self.message(&format!("what to see in {name}")),
            "why": dice.often().then(|| self.message(&format!("why to do {name}"))),
            "when": self.condition(dice, 0, 1),
            "requires": requires,
            "irreversible": irreversible,
            "loosens": loosens,
            "optional": dice.rarely(),
            "fails": self.some_problem(dice),
            "as_shown": dice.rarely(),
            "sources": ["SHOP"],
        })
    }

    pub fn problem(&mut self, number: usize, dice: &mut Dice) {
        let name = format!("p{number}");
        let noun = NOUNS[3 + number];
        let sentences = [
            "the _ is broken",
            "my _ makes trouble",
            "something is wrong with the _",
        ];
        let (mut ask, route) = self.asks_and_routes(&name, dice);
        super::go_by_what_is_asked(&mut ask, &mut []);
        let causes = 1 + dice.below(4);
        let observe = dice.up_to(
            3,
            |dice| json!({ "fact": self.some_fact(dice), "minutes": dice.of_these(&MINUTES) }),
        );
        let cause: Vec<Value> = (0..causes)
            .map(|place| {
                let evidence = self.evidence(dice);
                let facts = evidence.as_object().unwrap().keys();
                let because: Value = facts.map(|fact| (&**fact, "It is so.")).collect();
                json!({
                    "id": CAUSES[place],
                    "title": self.clause(&format!("cause {place} of {name}")),
                    "prior": dice.of_these(&WEIGHTS),
                    "reason": "It is so.",
                    "evidence": evidence,
                    "because": because,
                    "sources": ["SHOP"],
                })
            })
            .collect();
        let remedy: Vec<Value> = (0..=dice.below(4))
            .map(|place| self.remedy(&name, place, causes, dice))
            .collect();
        let problem = json!({
            "title": self.label(&format!("Trouble: {noun}")),
            "intents": self.intents(&format!("problem:{name}"), 3 + number, &sentences, dice),
            "intro": dice.rarely().then(|| self.message(&format!("the intro of {name}"))),
            "ask": ask,
            "route": route,
            "observe": observe,
            "cause": cause,
            "remedy": remedy,
            "handover": {
                "text": self.message(&format!("the handover of {name}")),
                "minutes": dice.of_these(&HANDOVER_MINUTES),
                "sources": ["SHOP"],
            },
            "related": self.related(dice),
        });
        self.files.insert(format!("problems/{name}.toml"), problem);
    }

    fn evidence(&self, dice: &mut Dice) -> Value {
        let facts = dice.up_to(2, |dice| {
            let fact = dice.below(self.answers.len());
            let answers = &self.answers[fact];
            let weights = dice.up_to(3, |dice| {
                (
                    answers[dice.below(answers.len())].clone(),
                    json!(dice.of_these(&WEIGHTS)),
                )
            });
            (format!("f{fact}"), Value::Object(Map::from_iter(weights)))
        });
        Value::Object(Map::from_iter(facts))
    }

    fn remedy(&mut self, problem: &str, place: usize, causes: usize, dice: &mut Dice) -> Value {
        let name = format!("{problem}/r{place}");
        let (irreversible, loosens, requires) = self.guarded(dice);
        let mut fixes = Map::new();
        for _ in 0..=dice.below(3) {
            fixes.insert(
                CAUSES[dice.below(causes)].into(),
                json!(dice.of_these(&CHANCES)),
            );
        }
        json!({
            "id": format!("r{place}"),
            "title": self.clause(&format!("remedy {name}")),
            "text": self.message(&format!("what to do in {name}")),
            "see": self.message(&format!("what to see in {name}")),
            "fixes": fixes,
            "minutes": dice.of_these(&MINUTES),
            "reason": "It is so.",
            "requires": requires,
            "irreversible": irreversible,
            "loosens": loosens,
            "as_shown": dice.rarely(),
            "sources": ["SHOP"],
        })
    }

    pub fn topic(&mut self, number: usize, dice: &mut Dice) {
        let name = format!("t{number}");
        let noun = NOUNS[6 + number];
        let sentences = ["what is a _", "tell me about the _", "how big is the _"];
        let topic = json!({
            "title": self.label(&format!("About the {noun}")),
            "intents": self.intents(&format!("topic:{name}"), 6 + number, &sentences, dice),
            "text": self.message(&format!("what {name} tells")),
            "refuses": dice.rarely(),
            "related": self.related(dice),
            "sources": ["SHOP"],
        });
        self.files.insert(format!("topics/{name}.toml"), topic);
    }

    pub fn prompt(&mut self, number: usize, dice: &mut Dice) {
        let name = format!("m{number}");
        let to = dice
            .often()
            .then(|| self.items[dice.below(self.guides + self.problems)].clone());
        let prompt = json!({ "prompt": [{
            "id": name,
            "shown": [format!("error e{number}7"), format!("code {number}{number}{number}xq")],
            "meaning": self.message(&format!("what {name} means")),
            "advice": self.message(&format!("what to do about {name}")),
            "facts": Map::from_iter(dice.up_to(2, |dice| self.told(dice))),
            "to": to,
            "as_shown": dice.rarely(),
            "sources": ["SHOP"],
        }] });
        self.files.insert(format!("prompts/{name}.toml"), prompt);
    }

    /// What every pack has, and what nothing else leads to.
    pub fn finished(mut self) -> RandomPack {
        for (id, intents) in [
            ("contact", None),
            ("privacy", None),
            ("private_data", None),
            ("out_of_scope", Some("out_of_scope")),
        ] {
            let topic = json!({
                "title": self.label(&format!("The topic {id}")),
                "intents": Vec::from_iter(intents),
                "text": self.message(&format!("the topic {id}")),
                "sources": ["SHOP"],
            });
            self.files.insert(format!("topics/{id}.toml"), topic);
        }
        let facts = (0..self.answers.len()).map(|number| format!("f{number}"));
        let never_asked = facts.filter(|fact| !self.asked.contains(fact));
        let asks = never_asked.map(|fact| json!({ "fact": fact }));
        let guide = self.files.get_mut("guides/g0.toml").unwrap();
        guide["ask"].as_array_mut().unwrap().extend(asks);
        if self.menu.is_empty() {
            self.menu.push("guide:g0".to_owned());
        }
        let pack = json!({
            "id": "random",
            "languages": self.languages,
            "menu": self.menu,
            "contact": "topic:contact",
            "private_data": "topic:private_data",
            "privacy": "topic:privacy",
            "outside": ["out_of_scope"],
            "safety": self.safety,
        });
        self.files.insert("pack.toml".to_owned(), pack);
        let source = json!({ "id": "SHOP", "title": "The shop", "date": "2024", "trust": "high" });
        self.files
            .insert("sources.toml".to_owned(), json!({ "source": [source] }));
        let mut files = SHARED.clone();
        files.extend(self.intents);
        files.extend(
            self.files
                .into_iter()
                .map(|(path, value)| (path, toml(value))),
        );
        if self.languages.len() == 1 {
            files.remove("phrases/zh-Hans.toml");
        }
        RandomPack(files)
    }
}
