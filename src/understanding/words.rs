//! Which of the pack's listed words a sentence has, and what follows from that.

use crate::text::normalise;
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeMap;

/// What a word is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Others,
    Features,
    Service,
    Own,
}

/// Finds listed words.
#[derive(Debug)]
pub struct Words {
    finder: Option<AhoCorasick>,
    /// For each pattern of the finder: what it names, and the name to call that by.
    names: Vec<(Kind, String)>,
    /// Whether there is a list of our own words at all.
    knows_own: bool,
}

/// The listed words of a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The things of others that it names, by the name to call them by, in its order.
    pub others: Vec<String>,
    /// The things of the service that it names and that are none of our matters, likewise.
    pub features: Vec<String>,
    /// It names the service itself.
    pub service: bool,
    /// It has a word of our own matters, or there is no list of them.
    pub own: bool,
}

impl Words {
    /// From word lists by their names (`others`, `features`, `service`, `own`), as their author wrote them. Other
    /// lists are left alone.
    pub fn new(lists: &BTreeMap<String, Vec<Vec<String>>>) -> Self {
        let kinds = [Kind::Others, Kind::Features, Kind::Service, Kind::Own];
        let mut patterns = Vec::new();
        let mut names = Vec::new();
        for kind in kinds {
            for thing in lists.get(kind.list()).into_iter().flatten() {
                let Some(called) = thing.first() else {
                    continue;
                };
                let normalised = thing.iter().map(|name| normalise(name));
                for name in normalised.filter(|name| !name.is_empty()) {
                    patterns.push(name);
                    names.push((kind, called.clone()));
                }
            }
        }
        Self {
            finder: AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(patterns)
                .ok()
                .filter(|_| !names.is_empty()),
            names,
            knows_own: lists.contains_key("own"),
        }
    }

    /// The listed words of a normalised sentence.
    pub fn find(&self, normalised: &str) -> Listed {
        let mut listed = Listed {
            own: !self.knows_own,
            ..Listed::default()
        };
        let add = |names: &mut Vec<String>, name: &str| {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        };
        for hit in self.meant(normalised) {
            match hit.kind {
                Kind::Others => add(&mut listed.others, hit.called),
                Kind::Features => add(&mut listed.features, hit.called),
                Kind::Service => {
                    listed.service = true;
                    listed.own = true;
                }
                Kind::Own => listed.own = true,
            }
        }
        listed
    }

    /// The listed words of a normalised sentence as they stand in it, in its order, each with the name of its list.
    pub fn named(&self, normalised: &str) -> Vec<(&'static str, String)> {
        let mut named = Vec::new();
        for hit in self.meant(normalised) {
            let word = (
                hit.kind.list(),
                normalised
                    .get(hit.start..hit.end)
                    .unwrap_or_default()
                    .to_owned(),
            );
            if !named.contains(&word) {
                named.push(word);
            }
        }
        named
    }

    /// Where a normalised sentence names things of others (with their lists), and the service.
    pub fn topics(&self, normalised: &str) -> Vec<Topic> {
        let topic = |hit: Hit| {
            Some(Topic {
                start: hit.start,
                end: hit.end,
                list: match hit.kind {
                    Kind::Others | Kind::Features => Some(hit.kind.list()),
                    Kind::Service => None,
                    Kind::Own => return None,
                },
            })
        };
        let mut topics: Vec<Topic> = self
            .meant(normalised)
            .into_iter()
            .filter_map(topic)
            .collect();
        topics.sort_by_key(|topic| topic.start);
        topics
    }

    /// The hits that are meant.
    fn meant(&self, normalised: &str) -> Vec<Hit<'_>> {
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        let mut hits: Vec<Hit> = Vec::new();
        for hit in finder.find_overlapping_iter(normalised) {
            let (start, end) = (hit.start(), hit.end());
            if let Some((kind, called)) = self.names.get(hit.pattern().as_usize())
                && stands_alone(normalised, start, end)
            {
                hits.push(Hit {
                    kind: *kind,
                    called,
                    start,
                    end,
                });
            }
        }
        let meant = |hit: &&Hit| hits.iter().all(|other| !hit.yields_to(other));
        hits.iter().filter(meant).copied().collect()
    }
}

/// What a sentence names in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    pub start: usize,
    pub end: usize,
    /// The list of what is none of our matters; none for the service itself.
    pub list: Option<&'static str>,
}

/// A listed word in a sentence.
#[derive(Debug, Clone, Copy)]
struct Hit<'w> {
    kind: Kind,
    called: &'w str,
    start: usize,
    end: usize,
}

impl Hit<'_> {
    /// Of two words that overlap the longer is meant; of two that cross, none: 尽快手机号 has no 快手 in it.
    fn yields_to(&self, other: &Hit) -> bool {
        let (start, end, from, to) = (self.start, self.end, other.start, other.end);
        let overlaps = from < end && start < to;
        let within = from <= start && end <= to && to - from > end - start;
        let crosses =
            (from < start && start < to && to < end) || (start < from && from < end && end < to);
        self.kind != other.kind && overlaps && (within || crosses)
    }
}

impl Kind {
    /// The name of its list.
    fn list(self) -> &'static str {
        match self {
            Self::Others => "others",
            Self::Features => "features",
            Self::Service => "service",
            Self::Own => "own",
        }
    }
}

impl Listed {
    /// What it names first that is none of our matters. Who names the service too speaks of a thing of it, if of any.
    pub fn called(&self) -> Option<&String> {
        let (others, features) = (self.others.first(), self.features.first());
        if self.service {
            features.or(others)
        } else {
            others.or(features)
        }
    }

    /// What the models are told of the listed words, beside n-grams.
    pub fn marks(&self) -> impl Iterator<Item = &'static str> {
        let others = !self.others.is_empty();
        [
            others.then_some("\u{1}others"),
            (others && !self.service).then_some("\u{1}others alone"),
            (others && self.service).then_some("\u{1}others and the service"),
            (!self.features.is_empty()).then_some("\u{1}feature"),
        ]
        .into_iter()
        .flatten()
    }
}

/// Whether a hit is no part of a longer word of letters.
pub(super) fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |character: Option<char>| {
        character.is_some_and(|character| character.is_ascii_alphanumeric())
    };
    let (before, rest) = text.split_at_checked(start).unwrap_or_default();
    let (word, after) = rest.split_at_checked(end - start).unwrap_or_default();
    !(is_letter(word.chars().next()) && is_letter(before.chars().next_back())
        || is_letter(word.chars().next_back()) && is_letter(after.chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        let list = |things: &[&[&str]]| {
            things
                .iter()
                .map(|names| names.iter().map(|name| (*name).to_owned()).collect())
                .collect()
        };
        Words::new(&BTreeMap::from([
            (
                "others".to_owned(),
                list(&[&["支付宝", "zfb"], &["快手"], &["微信"]]),
            ),
            ("features".to_owned(), list(&[&["qq邮箱"]])),
            ("service".to_owned(), list(&[&["qq"]])),
            ("own".to_owned(), list(&[&["手机"], &["解绑"]])),
        ]))
    }

    #[test]
    fn the_longer_word_is_meant() {
        let found = words().find("qq邮箱打不开");
        assert!(found.features == ["qq邮箱"] && !found.service);
    }

    #[test]
    fn other_things_are_called_by_their_name() {
        assert_eq!(words().find("zfb和微信 解绑").others, ["支付宝", "微信"]);
        assert_eq!(words().find("qq的qq邮箱和zfb").called().unwrap(), "qq邮箱");
        assert_eq!(words().find("qq邮箱和zfb").called().unwrap(), "支付宝");
        assert!(words().find("zfbx").others.is_empty());
        assert!(words().find("尽快手机解绑").others.is_empty());
    }

    #[test]
    fn without_a_word_of_ours_it_is_none_of_ours() {
        assert!(!words().find("今天天气怎么样").own);
        assert!(Words::new(&BTreeMap::new()).find("今天天气怎么样").own);
    }
}
