//! What a pack looks for in the words of people: regular expressions, each compiled when it is first needed.
//!
//! A pack has hundreds of them, and a sentence matches a few. So it is noted of each with which pairs of characters its
//! matches can begin, and with which they can end, and only those are tried of which the text has both. The others are never
//! even compiled.

use regex_automata::meta::{Cache, Config, Regex};
use regex_automata::nfa::thompson::WhichCaptures;
use regex_automata::util::iter::Searcher;
use regex_automata::{Input, Match};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Class, Hir, HirKind};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

/// A pattern that is looked for in what people say.
#[derive(Clone)]
pub struct Pattern(Arc<Compiled>);

struct Compiled {
    /// As its author wrote it; the expression has all of its pieces.
    written: String,
    expression: String,
    /// Its number in the pack.
    number: usize,
    engine: OnceLock<Option<Engine>>,
}

/// Patterns of this weight are compiled to see whether they can be; lighter ones can, for it takes them some hundred bytes a
/// unit.
const WEIGHT_SURE: usize = 10_000;

/// What a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 10 << 20;

/// More beginnings than this tell nothing from anything.
const LITERALS_MAX: usize = 1000;

/// Two characters of up to four bytes.
const LITERAL_BYTES_MAX: usize = 8;

impl Pattern {
    #[must_use]
    pub fn written(&self) -> &str {
        &self.0.written
    }

    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        let input = Input::new(text).earliest(true);
        self.engine()
            .is_some_and(|engine| engine.search(&input).is_some())
    }

    /// What it matches first.
    #[must_use]
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.get(self.find_iter(text).next()?)
    }

    /// Where it matches, from left to right.
    pub fn find_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = Range<usize>> + use<'_, 't> {
        let engine = self.engine().into_iter();
        engine.flat_map(move |engine| {
            let mut searcher = Searcher::new(Input::new(text));
            let next = move || searcher.advance(|input| Ok(engine.search(input)));
            std::iter::from_fn(next).map(|hit| hit.range())
        })
    }

    fn engine(&self) -> Option<&Engine> {
        let compiled = || Engine::compiled(&self.0.expression).ok();
        self.0.engine.get_or_init(compiled).as_ref()
    }
}

/// A compiled expression, with the memory that searching takes.
///
/// There are hundreds of them and two threads that use them, hardly ever the same one at once. So there is one such memory
/// for all threads, and who finds it in use takes a new one for that once.
struct Engine {
    regex: Regex,
    cache: Mutex<Option<Cache>>,
}

impl Engine {
    /// Compiles an expression to find where it matches, and not where its groups do: that would take more memory.
    fn compiled(expression: &str) -> Result<Self, String> {
        let config = Config::new()
            .which_captures(WhichCaptures::Implicit)
            .nfa_size_limit(Some(COMPILED_BYTES_MAX));
        let built = Regex::builder().configure(config).build(expression);
        let regex = built.map_err(|error| match error.size_limit() {
            Some(limit) => format!("compiled it exceeds the size limit of {limit} bytes"),
            None => last_line(&error),
        })?;
        Ok(Self {
            regex,
            cache: Mutex::default(),
        })
    }

    fn search(&self, input: &Input<'_>) -> Option<Match> {
        if let Ok(mut cache) = self.cache.try_lock() {
            let cache = cache.get_or_insert_with(|| self.regex.create_cache());
            return self.regex.search_with(cache, input);
        }
        let mut cache = self.regex.create_cache();
        self.regex.search_with(&mut cache, input)
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.0.written)
    }
}

/// All patterns of a pack, and which of them may match a text.
#[derive(Debug, Default)]
pub struct Patterns {
    known: BTreeMap<String, Pattern>,
    /// What a text must have for each pattern, by its number, as a set of ends.
    needed: Vec<u8>,
    /// The patterns with an end where these two characters stand side by side, and where this one stands.
    by_pair: FxHashMap<(char, char), Vec<(usize, u8)>>,
    by_character: FxHashMap<char, Vec<(usize, u8)>>,
}

/// The two ends of a match, each with its bit.
const ENDS: [(ExtractKind, u8); 2] = [(ExtractKind::Prefix, 1), (ExtractKind::Suffix, 2)];

/// Which patterns may match a text, by their numbers.
pub struct Likely(Vec<bool>);

impl Likely {
    #[must_use]
    pub fn includes(&self, pattern: &Pattern) -> bool {
        self.0.get(pattern.0.number).copied().unwrap_or_default()
    }
}

impl Patterns {
    /// The pattern that an author wrote so, and that stands for this expression.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn add(
        &mut self,
        written: &str,
        expression: impl FnOnce() -> Result<String, String>,
    ) -> Result<Pattern, String> {
        if let Some(known) = self.known.get(written) {
            return Ok(known.clone());
        }
        let expression = expression()?;
        let hir = regex_syntax::parse(&expression).map_err(|error| last_line(&error))?;
        let engine = OnceLock::new();
        if weight(&hir) > WEIGHT_SURE {
            let new = Engine::compiled(&expression)?;
            engine.get_or_init(|| Some(new));
        }
        let number = self.needed.len();
        self.note(&hir);
        let pattern = Pattern(Arc::new(Compiled {
            written: written.to_owned(),
            expression,
            number,
            engine,
        }));
        self.known.insert(written.to_owned(), pattern.clone());
        Ok(pattern)
    }

    /// Which of them may match this text, or a part of it.
    #[must_use]
    pub fn likely(&self, text: &str) -> Likely {
        let mut seen = vec![0; self.needed.len()];
        let mut see = |ends: Option<&Vec<(usize, u8)>>| {
            for (number, end) in ends.into_iter().flatten() {
                if let Some(seen) = seen.get_mut(*number) {
                    *seen |= end;
                }
            }
        };
        let mut before = None;
        for character in text.chars() {
            see(self.by_character.get(&character));
            see(before.and_then(|before| self.by_pair.get(&(before, character))));
            before = Some(character);
        }
        let needed = seen.iter().zip(&self.needed);
        Likely(needed.map(|(seen, needed)| seen == needed).collect())
    }

    /// Notes by what the next pattern is found.
    fn note(&mut self, hir: &Hir) {
        let number = self.needed.len();
        let mut needed = 0;
        for (kind, end) in ENDS {
            let Some(marks) = marks(hir, &kind) else {
                continue;
            };
            needed |= end;
            for (first, second) in marks {
                let patterns = match second {
                    Some(second) => self.by_pair.entry((first, second)).or_default(),
                    None => self.by_character.entry(first).or_default(),
                };
                patterns.push((number, end));
            }
        }
        self.needed.push(needed);
    }
}

/// One or two characters that every match begins or ends with one of; none where it can be any.
fn marks(hir: &Hir, kind: &ExtractKind) -> Option<BTreeSet<(char, Option<char>)>> {
    let mut extractor = Extractor::new();
    extractor
        .kind(kind.clone())
        .limit_literal_len(LITERAL_BYTES_MAX)
        .limit_total(LITERALS_MAX);
    let found = extractor.extract(hir);
    let is_prefix = matches!(kind, ExtractKind::Prefix);
    let mark = |literal: &[u8]| {
        // A cut may have gone through a character.
        let literal = String::from_utf8_lossy(literal);
        let literal = literal.trim_matches(char::REPLACEMENT_CHARACTER);
        let mut characters = literal.chars();
        if is_prefix {
            Some((characters.next()?, characters.next()))
        } else {
            let last = characters.next_back()?;
            Some(
                characters
                    .next_back()
                    .map_or((last, None), |first| (first, Some(last))),
            )
        }
    };
    let literals = found.literals()?.iter();
    literals.map(|literal| mark(literal.as_bytes())).collect()
}

/// How large a pattern is when it is compiled, in some hundreds of bytes.
fn weight(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        // A range of characters takes some ranges of bytes.
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(4),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min + 1).max(1);
            weight(&repeated.sub).saturating_mul(times.try_into().unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => weight(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(weight).fold(0, usize::saturating_add)
        }
    }
}

fn last_line(error: &dyn fmt::Display) -> String {
    let message = error.to_string();
    let last = message.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, text: &str, is_likely: bool) {
        let mut patterns = Patterns::default();
        let pattern = patterns.add(expression, || Ok(expression.to_owned()));
        let likely = patterns.likely(text).includes(&pattern.unwrap());
        assert_eq!(likely, is_likely, "{expression} in {text}");
    }

    #[test]
    fn only_what_may_match_is_tried() {
        check("(没|没有)绑定", "我的号没绑定", true);
        check("(没|没有)绑定", "我的号绑定了", false);
        check("没.?绑", "没, 绑", true);
        check("没.?绑", "绑了", false);
        check("[^,]{0,4}收不到", "我收不到", true);
        check("[^,]{0,4}收不到", "我收到", false);
        check(r"(?-u:\b)sms(?-u:\b)", "no sms came", true);
        check("^好$", "好", true);
        check("[^,]+", "好", true);
        check("(甲|[^,])乙|丙", "丙", true);
    }

    #[test]
    fn what_matches_is_always_among_them() {
        let knowledge = crate::knowledge::load(&crate::shipped::files()).unwrap();
        let mut matches = 0;
        for sentence in knowledge.intents.values().flatten() {
            let statement = crate::text::statement(sentence);
            let likely = knowledge.patterns.likely(&statement);
            for pattern in knowledge.patterns.known.values() {
                let found = pattern.is_match(&statement);
                assert!(
                    !found || likely.includes(pattern),
                    "{pattern:?} in {sentence}"
                );
                matches += usize::from(found);
            }
        }
        assert!(matches > 1000, "{matches}");
    }

    #[test]
    fn patterns_of_the_pack_compile_and_few_must_always_be_tried() {
        let knowledge = crate::knowledge::load(&crate::shipped::files()).unwrap();
        let patterns = &knowledge.patterns;
        for pattern in patterns.known.values() {
            assert!(pattern.engine().is_some(), "{pattern:?}");
        }
        let is_always_tried =
            |pattern: &&Pattern| patterns.needed.get(pattern.0.number) == Some(&0);
        let always: Vec<&Pattern> = patterns.known.values().filter(is_always_tried).collect();
        let count = patterns.known.len();
        assert!(
            always.len() * 50 < count,
            "{} of {count}: {always:#?}",
            always.len()
        );
    }

    #[test]
    fn a_pattern_that_is_none_or_too_large_is_refused() {
        let refused = |expression: &str| {
            let added = Patterns::default().add("x", || Ok(expression.to_owned()));
            added.unwrap_err()
        };
        assert_eq!(refused("(好"), "unclosed group");
        assert!(
            refused(r"\w{1000}{1000}").contains("size limit"),
            "{}",
            refused(r"\w{1000}{1000}")
        );
    }
}
