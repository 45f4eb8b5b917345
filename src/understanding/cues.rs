//! Words by which a sentence does not state what its patterns find: it is only supposed, feared, asked or denied, over and
//! done, somebody else's, or another product's.

use super::words::{Topic, Words, stands_alone};
use crate::knowledge::Pattern;
use crate::text::{Clause, clauses_of, ends_denying, normalise};
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// What a word does to what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// What follows in the sentence is supposed.
    Supposed,
    /// What follows in the clause is feared, planned, asked or denied.
    Doubted,
    /// What stands right before it is asked.
    Asked,
    /// What stands shortly before it is over.
    Over,
    /// What follows is somebody else's.
    Hearsay,
    /// What follows is the writer's own.
    Mine,
}

const KINDS: [Kind; 6] = [
    Kind::Supposed,
    Kind::Doubted,
    Kind::Asked,
    Kind::Over,
    Kind::Hearsay,
    Kind::Mine,
];

/// What an author writes before or behind a word where other words may stand there, normalised.
const GOES_ON: &str = "...";

/// How many clauses after a thing may tell that it is over.
const OVER_CLAUSES: usize = 2;

/// Finds such words.
#[derive(Debug)]
pub(super) struct Cues {
    finder: Option<AhoCorasick>,
    /// For each pattern of the finder: what it does, and whether other words may stand before it, and behind it.
    kinds: Vec<(Kind, bool, bool)>,
}

/// Such a word in a sentence.
#[derive(Debug, Clone, Copy)]
struct Cue {
    kind: Kind,
    /// Other words may stand between what it is about and it.
    reaches: bool,
    /// Its clause may go on behind it.
    goes_on: bool,
    start: usize,
    end: usize,
}

/// A sentence with its clauses, and the words in it that keep facts out.
#[derive(Debug)]
pub(super) struct Setting<'s> {
    statement: &'s str,
    clauses: Vec<Clause>,
    /// In the order in which they begin.
    cues: Vec<Cue>,
    topics: Vec<Topic>,
}

/// A listed word that keeps a fact out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedWord {
    /// The list it is in: `words/NAME.txt`.
    pub list: &'static str,
    pub word: String,
}

impl Kind {
    /// The name of its list.
    fn list(self) -> &'static str {
        match self {
            Self::Supposed => "supposed",
            Self::Doubted => "doubted",
            Self::Asked => "asked",
            Self::Over => "over",
            Self::Hearsay => "hearsay",
            Self::Mine => "mine",
        }
    }
}

impl Cues {
    /// From word lists by their names, as their author wrote them. Other lists are left alone; what is missing is empty.
    pub fn new(lists: &BTreeMap<String, Vec<Vec<String>>>) -> Self {
        let mut patterns = Vec::new();
        let mut kinds = Vec::new();
        for kind in KINDS {
            let words = lists.get(kind.list()).into_iter().flatten().flatten();
            for word in words.map(|word| normalise(word)) {
                let plain = word.trim_start_matches(GOES_ON).trim_end_matches(GOES_ON);
                if !plain.is_empty() {
                    kinds.push((kind, word.starts_with(GOES_ON), word.ends_with(GOES_ON)));
                    patterns.push(plain.to_owned());
                }
            }
        }
        Self {
            finder: AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(patterns)
                .ok()
                .filter(|_| !kinds.is_empty()),
            kinds,
        }
    }

    /// The words of a statement (see [`crate::text::statement`]) in their setting.
    pub fn setting<'s>(&self, words: &Words, statement: &'s str) -> Setting<'s> {
        Setting {
            statement,
            clauses: clauses_of(statement),
            cues: self.found(statement),
            topics: words.topics(statement),
        }
    }

    /// The listed words of a statement. Of two that overlap the longer is meant: 是不是 does not deny.
    fn found(&self, statement: &str) -> Vec<Cue> {
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        let mut cues = Vec::new();
        for hit in finder.find_overlapping_iter(statement) {
            let (start, end) = (hit.start(), hit.end());
            if let Some((kind, reaches, goes_on)) = self.kinds.get(hit.pattern().as_usize())
                && stands_alone(statement, start, end)
            {
                cues.push(Cue {
                    kind: *kind,
                    reaches: *reaches,
                    goes_on: *goes_on,
                    start,
                    end,
                });
            }
        }
        let is_part = |cue: &Cue| {
            let longer = |other: &Cue| other.end - other.start > cue.end - cue.start;
            let within = |other: &Cue| other.start <= cue.start && cue.end <= other.end;
            cues.iter().any(|other| longer(other) && within(other))
        };
        let mut meant: Vec<Cue> = cues.iter().copied().filter(|cue| !is_part(cue)).collect();
        meant.sort_by_key(|cue| cue.start);
        meant
    }
}

impl Setting<'_> {
    /// The number of the clause in which this place lies.
    pub fn clause(&self, place: usize) -> usize {
        let after = |clause: &Clause| clause.place.start <= place;
        self.clauses.partition_point(after).saturating_sub(1)
    }

    /// The clauses that a stretch touches, whole.
    pub fn around(&self, found: &Range<usize>) -> &str {
        let first = self.clauses.get(self.clause(found.start));
        let last = self.clauses.get(self.clause(found.end.saturating_sub(1)));
        let whole = first
            .zip(last)
            .map(|(first, last)| first.place.start..last.place.end);
        whole
            .and_then(|whole| self.statement.get(whole))
            .unwrap_or(self.statement)
    }

    /// The listed word for which what was found in this place is not stated, if there is one.
    pub fn keeps_out(&self, pattern: &Pattern, found: &Range<usize>) -> Option<ListedWord> {
        let cue = self
            .supposed(pattern, found)
            .or_else(|| self.doubted(pattern, found))
            .or_else(|| self.asked(found))
            .or_else(|| self.over(found))
            .or_else(|| self.hearsay(found));
        if let Some(cue) = cue {
            return Some(self.listed(cue.kind.list(), cue.start, cue.end));
        }
        let topic = self.elsewhere(pattern, found)?;
        Some(self.listed(topic.list?, topic.start, topic.end))
    }

    fn listed(&self, list: &'static str, start: usize, end: usize) -> ListedWord {
        ListedWord {
            list,
            word: self
                .statement
                .get(start..end)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    fn of(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &Cue> {
        self.cues.iter().filter(move |cue| cue.kind == kind)
    }

    /// Whether a word begins before what a pattern found, or stands between the words of it: the pattern finds the rest
    /// without it, so it is none that the pattern looks for.
    fn precedes(&self, cue: &Cue, pattern: &Pattern, found: &Range<usize>) -> bool {
        let between = found.start < cue.start && cue.end < found.end;
        cue.start < found.start
            || (between && self.matches_without(cue.start..cue.end, pattern, found))
    }

    /// Whether a pattern still finds something in what it found without some of its words.
    fn matches_without(
        &self,
        words: Range<usize>,
        pattern: &Pattern,
        found: &Range<usize>,
    ) -> bool {
        let before = self.statement.get(found.start..words.start);
        let behind = self.statement.get(words.end..found.end);
        before
            .zip(behind)
            .is_some_and(|(before, behind)| pattern.is_match(&[before, behind].concat()))
    }

    /// A supposition holds until its sentence ends or turns to what is so.
    fn supposed(&self, pattern: &Pattern, found: &Range<usize>) -> Option<&Cue> {
        let here = self.clause(found.end.saturating_sub(1));
        let sentence = self.clauses.get(here)?.sentence;
        let mut supposing = self.of(Kind::Supposed).filter(|cue| {
            let from = self.clause(cue.start);
            let mut since = self.clauses.iter().take(here + 1).skip(from + 1);
            let same = |from: &Clause| from.sentence == sentence;
            self.precedes(cue, pattern, found)
                && self.clauses.get(from).is_some_and(same)
                && !since.any(|clause| clause.turns)
        });
        supposing.next()
    }

    fn doubted(&self, pattern: &Pattern, found: &Range<usize>) -> Option<&Cue> {
        let (first, last) = (
            self.clause(found.start),
            self.clause(found.end.saturating_sub(1)),
        );
        let mut doubting = self.of(Kind::Doubted).filter(|cue| {
            let here = self.clause(cue.start);
            self.precedes(cue, pattern, found) && first <= here && here <= last
        });
        doubting.next()
    }

    /// A question in the third person is about no case.
    fn asked(&self, found: &Range<usize>) -> Option<&Cue> {
        let here = self.clause(found.end.saturating_sub(1));
        let clause = self.clauses.get(here)?;
        let own = self
            .of(Kind::Mine)
            .any(|cue| self.clause(cue.start) == here);
        let mut asking = self.of(Kind::Asked).filter(|cue| {
            let right_behind =
                cue.start <= found.end && found.end <= cue.end && cue.start > found.start;
            let ends = cue.end == clause.place.end;
            let behind = self.clause(cue.start) == here && cue.start >= found.end;
            let inside = cue.goes_on && found.start < cue.start && cue.end < found.end;
            inside
                || (right_behind && (cue.goes_on || ends))
                || (cue.reaches && behind && ends && !own)
        });
        asking.next()
    }

    fn over(&self, found: &Range<usize>) -> Option<&Cue> {
        let here = self.clause(found.end.saturating_sub(1));
        let mut ending = self.of(Kind::Over).filter(|cue| {
            let there = self.clause(cue.start);
            let before = self.statement.get(..cue.start).unwrap_or_default();
            cue.start >= found.end && there <= here + OVER_CLAUSES && !ends_denying(before)
        });
        ending.next()
    }

    /// Somebody else's story goes on until the writer's own does. Who is named after words of the writer's own is part of that:
    /// a number of one's father's is bound to one's own account.
    fn hearsay(&self, found: &Range<usize>) -> Option<&Cue> {
        let mut telling = None;
        let mut own_clause = None;
        let mut is_own = false;
        for cue in self.cues.iter().take_while(|cue| cue.start < found.start) {
            let clause = self.clause(cue.start);
            match cue.kind {
                Kind::Mine => {
                    own_clause = Some(clause);
                    telling = None;
                }
                Kind::Hearsay => {
                    is_own |= own_clause == Some(clause);
                    if !is_own {
                        telling = Some(cue);
                    }
                }
                Kind::Supposed | Kind::Doubted | Kind::Asked | Kind::Over => {}
            }
        }
        telling
    }

    /// What is named that is none of ours: by the words found or right behind them, or last before them in the clause, or
    /// where the service is not named at all, anywhere before or in the clause.
    fn elsewhere(&self, pattern: &Pattern, found: &Range<usize>) -> Option<&Topic> {
        let here = self.clause(found.start);
        let in_clause = |topic: &&Topic| self.clause(topic.start) == here;
        let before = |topic: &&Topic| topic.end <= found.start;
        let of_others = |topic: &&Topic| topic.list == Some("others");
        let touching = |topic: &&Topic| topic.start <= found.end && found.start < topic.end;
        // What the pattern looks for says what kind of trouble it is, and not whose.
        let named = |topic: &&Topic| {
            let words = topic.start.max(found.start)..topic.end.min(found.end);
            words.is_empty() || self.matches_without(words, pattern, found)
        };
        let mut by_it = self.topics.iter().filter(touching);
        if by_it.clone().any(|topic| topic.list.is_none()) {
            return None;
        }
        if let Some(topic) = by_it.find(named) {
            return Some(topic);
        }
        let mut nearest = self.topics.iter().rev().filter(before).filter(in_clause);
        if let Some(topic) = nearest.next() {
            return Some(topic).filter(|topic| topic.list.is_some());
        }
        let names_service = self.topics.iter().any(|topic| topic.list.is_none());
        let mut told = self.topics.iter().filter(of_others);
        told.find(|topic| !names_service && (before(topic) || in_clause(topic)))
    }
}
