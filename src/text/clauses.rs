//! What a message says one after the other.

use super::normalise::{Respelling, is_han, normalise};
use std::ops::Range;
use std::sync::LazyLock;

/// Words that add something else, between parts of a clause that belong together without them.
const JOINING: [&str; 9] = [
    "而且",
    "并且",
    "另外",
    "同时",
    "还有",
    " and also ",
    " and ",
    " also ",
    " but ",
];
/// Words that add something else and belong to it.
const ADDING: [char; 3] = ['还', '又', '也'];
/// What follows the first of them where it says that something is as it was.
const LASTING: [char; 6] = ['是', '没', '在', '能', '要', '可'];

/// What stands between the words of one clause; every other sign ends it.
const WITHIN: &str = " .:'\"-/、()《》“”‘’「」『』[]【】%&@+#_*`<>=·";
/// Words that begin a clause of their own without a pause.
const TURNING: [&str; 5] = ["但是", "但", "可是", "然而", " but "];
/// What follows the end of something done where a question about it begins: 停机了|怎么办.
const DONE: char = '了';
const GOING_ON: [&str; 14] = [
    "怎么",
    "怎样",
    "咋",
    "如何",
    "能",
    "可以",
    "可不可以",
    "还能",
    "还可以",
    "该",
    "要怎",
    "想",
    "有办法",
    "有什么办法",
];
/// Beginnings of clauses that say how it is, whatever was supposed before.
const ACTUALLY: [&str; 12] = [
    "但", "可是", "不过", "然而", "其实", "现在", "因为", "毕竟", "反正", "but ", " but ", "now ",
];

/// Words of Cantonese and of dialects, normalised, and what the mainland writes.
const SPOKEN: [(&str, &str); 38] = [
    ("嘅", "的"),
    ("冇", "没有"),
    ("没得", "没有"),
    ("莫得", "没有"),
    ("木有", "没有"),
    ("唔", "不"),
    ("喺", "在"),
    ("俾", "被"),
    ("畀", "被"),
    ("遭", "被"),
    ("嗰", "那"),
    ("呢个", "这个"),
    ("而家", "现在"),
    ("仲", "还"),
    ("攞", "拿"),
    ("睇", "看"),
    ("边个", "哪个"),
    // How to unbind, but why it cannot be bound.
    ("点解绑不", "为什么绑不"),
    ("点解绑", "怎样解绑"),
    ("点解", "为什么"),
    ("点算", "怎么办"),
    ("点样", "怎样"),
    ("点都", "怎么都"),
    ("用紧", "用着"),
    ("登录紧", "登录着"),
    ("登紧", "登着"),
    ("一早", "早就"),
    ("好耐", "很久"),
    ("登不起", "登不上"),
    ("入不到", "进不去"),
    ("开不到", "打不开"),
    ("记不到", "记不得"),
    ("进切", "进去"),
    ("啥子", "什么"),
    ("喽", "了"),
    ("骇", "黑"),
    ("传送", "发送"),
    ("推播", "推送"),
];

/// A clause of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Where it stands, in bytes.
    pub place: Range<usize>,
    /// Which of the sentences it belongs to.
    pub sentence: usize,
    /// It begins by saying how it is, whatever was supposed before.
    pub turns: bool,
}

static SPOKEN_WORDS: LazyLock<Respelling> = LazyLock::new(|| Respelling::of(&SPOKEN));

/// A text normalised, in the mainland's words, in which `,` stands where a clause ends that no `。`, `?` or `.` ends, and
/// `。` where a line does.
#[must_use]
pub fn statement(text: &str) -> String {
    let lines = SPOKEN_WORDS.apply(normalise(&paused(text)));
    let within = |character: char| character.is_alphanumeric() || WITHIN.contains(character);
    let mark = |character| match character {
        ',' | '。' | '?' => character,
        word if within(word) => word,
        _ => ',',
    };
    lines.chars().map(mark).collect()
}

/// What is shorter than this, in characters, is no clause but a word of one.
const CLAUSE_MIN: usize = 4;

/// A text in which marks stand for what ends lines, and for the spaces that end clauses: those between longer stretches of
/// Chinese.
fn paused(text: &str) -> String {
    let mut paused = String::with_capacity(text.len());
    let mut before = "";
    for (index, word) in text.split([' ', '\u{3000}']).enumerate() {
        if index > 0 {
            let ends = before.chars().next_back().is_some_and(is_han);
            let begins = word.chars().next().is_some_and(is_han);
            let is_clause = |word: &str| word.chars().nth(CLAUSE_MIN - 1).is_some();
            let are_clauses = is_clause(before) && is_clause(word);
            paused.push(if ends && begins && are_clauses {
                ','
            } else {
                ' '
            });
        }
        paused.push_str(word);
        before = word;
    }
    paused.replace(['\n', '\r'], "。")
}

/// The clauses of what [`statement`] gives, in their order, without the marks between them.
#[must_use]
pub fn clauses_of(statement: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut sentence = 0;
    let mut start = 0;
    let mut push = |place: Range<usize>, sentence| {
        let clause = statement.get(place.clone()).unwrap_or_default();
        if !clause.trim().is_empty() {
            clauses.push(Clause {
                turns: ACTUALLY.iter().any(|word| clause.starts_with(word)),
                place,
                sentence,
            });
        }
    };
    for (place, character) in statement.char_indices() {
        let rest = statement.get(place..).unwrap_or_default();
        let full_stop = character == '.' && (rest == "." || rest.starts_with(". "));
        if matches!(character, ',' | '。' | '?') || full_stop {
            push(start..place, sentence);
            start = place + character.len_utf8();
            sentence += usize::from(character != ',');
        } else if place > start && begins(statement, place) {
            push(start..place, sentence);
            start = place;
        }
    }
    push(start..statement.len(), sentence);
    clauses
}

/// Whether a clause begins in this place without a mark before it.
fn begins(statement: &str, place: usize) -> bool {
    let (before, rest) = statement.split_at_checked(place).unwrap_or_default();
    let starts = |words: &[&str]| words.iter().any(|word| rest.starts_with(word));
    starts(&TURNING) || (before.ends_with(DONE) && starts(&GOING_ON))
}

/// The first clause of a message, and what comes after it.
pub(super) fn first_clause(text: &str) -> (&str, &str) {
    let mut characters = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((place, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        if !stays_within(before, character, next) {
            return text.split_at_checked(place).unwrap_or((text, ""));
        }
        before = character;
    }
    (text, "")
}

/// Whether a character belongs to the clause that stands before it.
fn stays_within(before: char, character: char, next: Option<char>) -> bool {
    let joins = |neighbour: char| neighbour.is_ascii_alphanumeric() || neighbour == '\'';
    let within_words = character == ' ' || character == '\'';
    character.is_alphanumeric() || (within_words && joins(before) && next.is_some_and(joins))
}

/// The clauses of a message: what stands between its punctuation marks, and between spaces where words need none.
#[must_use]
pub fn clauses(text: &str) -> Vec<String> {
    let mut clauses = vec![String::new()];
    let mut characters = text.chars().peekable();
    let mut before = ' ';
    while let Some(character) = characters.next() {
        let stays = stays_within(before, character, characters.peek().copied());
        match clauses.last_mut() {
            Some(clause) if stays => clause.push(character),
            _ => clauses.push(String::new()),
        }
        before = character;
    }
    clauses
}

/// The parts of a message that may each be about something else, normalised: its clauses, cut where words add something.
#[must_use]
pub fn parts(text: &str) -> Vec<String> {
    let clauses = clauses(text);
    let clauses = clauses.iter().map(|clause| normalise(clause));
    let mut parts = Vec::new();
    for clause in clauses {
        let cut = JOINING
            .iter()
            .fold(clause, |clause, word| clause.replace(word, "\n"));
        let mut part = String::new();
        let mut characters = cut.chars().peekable();
        while let Some(character) = characters.next() {
            let lasts = characters.peek().is_some_and(|next| LASTING.contains(next));
            if character == '\n' || (ADDING.contains(&character) && !lasts) {
                parts.push(std::mem::take(&mut part));
            }
            if character != '\n' {
                part.push(character);
            }
        }
        parts.push(part);
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::{clauses, clauses_of, parts, statement};

    #[test]
    fn clauses_of_a_statement() {
        let said = statement("旧號停了！但是新号没绑\n如果 3.5 天？ok. But why😭");
        assert_eq!(said, "旧号停了,但是新号没绑。如果3.5天?ok. but why,");
        let clauses = clauses_of(&said);
        let found: Vec<_> = clauses
            .iter()
            .map(|clause| {
                let text = said.get(clause.place.clone()).unwrap();
                (text, clause.sentence, clause.turns)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("旧号停了", 0, false),
                ("但是新号没绑", 0, true),
                ("如果3.5天", 1, false),
                ("ok", 2, false),
                (" but why", 3, true),
            ]
        );
        assert_eq!(clauses_of("要换绑但旧号停了").len(), 2);
        assert_eq!(clauses_of("旧号停了还能解绑吗").len(), 2);
        assert_eq!(clauses_of("旧号停了会怎么样").len(), 1);
        assert_eq!(clauses_of(""), []);
    }

    #[test]
    fn how_and_why_are_told_apart_in_cantonese() {
        assert_eq!(statement("點解綁手機"), "怎样解绑手机");
        assert_eq!(statement("點解綁唔到"), "为什么绑不到");
        assert_eq!(statement("點解登唔入"), "为什么登不入");
    }

    #[test]
    fn parts_begin_where_something_is_added() {
        for (text, expected) in [
            (
                "手机丢了登不上去还发不出消息",
                &["手机丢了登不上去", "还发不出消息"][..],
            ),
            ("登不上 而且收不到码", &["登不上", "收不到码"]),
            ("還是登不上,号码还在用", &["还是登不上", "号码还在用"]),
            (
                "I can't log in and my codes never come",
                &["i can't log in", "my codes never come"],
            ),
            ("怎么解绑", &["怎么解绑"]),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn clauses_end_at_punctuation_and_at_spaces_between_chinese_words() {
        let check = |text, expected: &[&str]| {
            let found = clauses(text);
            let found: Vec<&str> = found
                .iter()
                .map(String::as_str)
                .filter(|clause| !clause.is_empty())
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        check("没有,谢谢。 好的 再见", &["没有", "谢谢", "好的", "再见"]);
        check("no, it doesn't fit", &["no", "it doesn't fit"]);
        check("换了 iPhone 15 手机", &["换了", "iPhone 15", "手机"]);
        check("", &[]);
    }
}
