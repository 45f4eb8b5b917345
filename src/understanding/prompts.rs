//! Which message of the service does somebody quote?
//!
//! People paste it whole, or half of it, retype it with slips, put it into a sentence, or name its code. Every piece of
//! every message that shares enough pairs of neighbouring characters with what was written is laid beside it by local
//! alignment (Smith, Waterman 1981), which finds the stretch that fits best, wherever it stands in either. It is a quote
//! if the whole piece is there but for a slip here and there, or a long enough stretch of it; short pieces have to be there
//! letter by letter, for ordinary sentences have much in common with them.
//!
//! Characters weigh: one that is a syllable or a word says as much as two letters or digits. All figures here are weights.

use crate::knowledge::{Id, ServicePrompt};
use crate::text::{codes, denies_next};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// From this weight on a piece is recognised with slips.
const WHOLE_MIN: usize = 16;
/// One slip in so much is forgiven where the whole piece is there.
const WEIGHT_PER_SLIP: usize = 6;
/// Half of a piece is enough if it is this heavy, and so much of any piece is, however long.
const HALF_MIN: usize = 18;
const HALF_MAX: usize = 28;

/// The messages of a pack, ready to be looked up.
#[derive(Debug, Default)]
pub(super) struct PromptIndex {
    pieces: Vec<Piece>,
    /// Two neighbouring characters, and the pieces that have them, each as often as it has them.
    pairs: FxHashMap<(char, char), Vec<usize>>,
    codes: BTreeMap<String, Id>,
}

/// A piece of a message, as a skeleton.
#[derive(Debug)]
struct Piece {
    prompt: Id,
    characters: Vec<char>,
    weight: usize,
}

impl PromptIndex {
    /// Lists the pieces and codes of all messages.
    pub fn of(prompts: &BTreeMap<Id, ServicePrompt>) -> Self {
        let mut index = Self::default();
        for (id, prompt) in prompts {
            let codes = prompt.codes.iter().map(String::as_str);
            index.add(id, prompt.shown.iter().cloned(), codes);
        }
        index
    }

    fn add<'c>(
        &mut self,
        id: &str,
        shown: impl Iterator<Item = String>,
        codes: impl Iterator<Item = &'c str>,
    ) {
        self.codes
            .extend(codes.map(|code| (code.to_owned(), id.to_owned())));
        for shown in shown {
            let characters: Vec<char> = shown.chars().collect();
            for pair in pairs(&characters) {
                self.pairs.entry(pair).or_default().push(self.pieces.len());
            }
            self.pieces.push(Piece {
                prompt: id.to_owned(),
                weight: characters.iter().copied().map(weight).sum(),
                characters,
            });
        }
    }

    /// The message that a sentence quotes: by its words, of which the heaviest quote wins and then the first message, or
    /// else by its code. Codes come second because the service uses one for several messages. Who says that it is not shown
    /// quotes nothing.
    pub fn quoted(&self, normalised: &str, skeleton: &str) -> Option<&Id> {
        let said: Vec<char> = skeleton.chars().collect();
        let mut best: Option<(Quote, &Id)> = None;
        for piece in self.candidates(&said) {
            if let Some(quote) = piece.quoted_in(&said)
                && best.is_none_or(|(heaviest, _)| quote.weight > heaviest.weight)
            {
                best = Some((quote, &piece.prompt));
            }
        }
        if let Some((quote, id)) = best {
            let before: String = said.iter().take(quote.from).collect();
            return (!denies_next(&before)).then_some(id);
        }
        let codes = codes(normalised);
        codes.iter().find_map(|code| self.codes.get(*code))
    }

    /// The pieces that have enough pairs in common with what was said to be worth a closer look. What a slip touches has two
    /// pairs less, so far fewer than a quote has cannot be one.
    fn candidates(&self, said: &[char]) -> impl Iterator<Item = &Piece> {
        let mut heard: Vec<(char, char)> = pairs(said).collect();
        heard.sort_unstable();
        heard.dedup();
        let mut shared = vec![0_usize; self.pieces.len()];
        for number in heard
            .iter()
            .filter_map(|pair| self.pairs.get(pair))
            .flatten()
        {
            if let Some(shared) = shared.get_mut(*number) {
                *shared += 1;
            }
        }
        let pieces = self.pieces.iter().zip(shared);
        pieces.filter_map(|(piece, shared)| (shared >= piece.pairs_min()).then_some(piece))
    }
}

impl Piece {
    /// How many pairs a quote of this piece has at least.
    fn pairs_min(&self) -> usize {
        let all = self.characters.len().saturating_sub(1);
        if self.weight < WHOLE_MIN {
            return all;
        }
        let whole = self.weight - self.weight / WEIGHT_PER_SLIP;
        (whole.min(self.half()) / 2).saturating_sub(2).min(all)
    }

    /// How much of this piece is as good as all of it.
    fn half(&self) -> usize {
        (self.weight * 9 / 20).clamp(HALF_MIN, HALF_MAX)
    }

    /// The stretch of what was said that quotes this piece, if there is one.
    fn quoted_in(&self, said: &[char]) -> Option<Quote> {
        let places = said.windows(self.characters.len().max(1));
        let exact = places
            .enumerate()
            .find(|(_, part)| *part == self.characters)
            .map(|(from, _)| Quote {
                weight: self.weight,
                from,
            });
        if exact.is_some() || self.weight < WHOLE_MIN {
            return exact;
        }
        let (whole, stretch) = self.align(said);
        let missing_max = self.weight / WEIGHT_PER_SLIP;
        let whole = (whole.weight + missing_max >= self.weight).then_some(whole);
        let stretch = (stretch.weight >= self.half()).then_some(stretch);
        whole.max(stretch)
    }

    /// The best local alignments: of the piece as a whole, by its weight without all that is missing or wrong, and of any
    /// stretch of it, by its weight where a slip costs double.
    fn align(&self, said: &[char]) -> (Quote, Quote) {
        let (mut whole, mut stretch) = (Quote::default(), Quote::default());
        let starts = 1..=said.len();
        let mut above: Vec<Cell> = starts.map(|from| Cell::starting(from, 0)).collect();
        let mut before = 0;
        for &shown in &self.characters {
            let mut corner = Cell::starting(0, before);
            before += weight(shown);
            let mut left = Cell::starting(0, before);
            for (place, (&heard, above)) in said.iter().zip(&mut above).enumerate() {
                let beside = if shown == heard {
                    corner.matched(weight(shown))
                } else {
                    corner.slipped(weight(shown).max(weight(heard)))
                };
                let best = beside
                    .or(above.slipped(weight(shown)))
                    .or(left.slipped(weight(heard)))
                    .or(Cell::starting(place + 1, before));
                corner = std::mem::replace(above, best);
                left = best;
                whole = whole.max(best.as_whole(before));
                stretch = stretch.max(best.as_stretch());
            }
        }
        (whole, stretch)
    }
}

/// A stretch of what was said: how much of a piece it is worth, and where it begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Quote {
    weight: usize,
    from: usize,
}

/// The best way of laying a part of a piece beside a part of what was said, up to a character of each.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    /// Where the part of what was said begins.
    from: usize,
    /// What of the piece stands before the other part.
    before: usize,
    matches: usize,
    slips: usize,
}

impl Cell {
    fn starting(from: usize, before: usize) -> Self {
        Self {
            from,
            before,
            ..Self::default()
        }
    }

    /// What all of the piece is worth that reaches up to here, where it ends after so much of the piece. What follows is
    /// missing, and so is what stands before.
    fn as_whole(self, end: usize) -> Quote {
        let covered = end - self.before;
        Quote {
            weight: covered.saturating_sub(self.slips),
            from: self.from,
        }
    }

    fn as_stretch(self) -> Quote {
        Quote {
            weight: self.matches.saturating_sub(2 * self.slips),
            from: self.from,
        }
    }

    fn matched(self, weight: usize) -> Self {
        Self {
            matches: self.matches + weight,
            ..self
        }
    }

    fn slipped(self, weight: usize) -> Self {
        Self {
            slips: self.slips + weight,
            ..self
        }
    }

    /// The better of two ways. Of equals it is the longer one, which is the first.
    fn or(self, other: Self) -> Self {
        if self.matches + other.slips >= other.matches + self.slips {
            self
        } else {
            other
        }
    }
}

fn pairs(characters: &[char]) -> impl Iterator<Item = (char, char)> {
    let next = characters.iter().skip(1);
    characters.iter().copied().zip(next.copied())
}

fn weight(character: char) -> usize {
    if character.is_ascii() { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{normalise, skeleton};

    #[track_caller]
    fn check(sentence: &str, expected: Option<&str>) {
        let messages = [
            (
                "sim",
                &["发送短信失败，请确认本手机是您的密保手机"][..],
                &[][..],
            ),
            ("code", &["验证码错误", "code is wrong"], &["163"]),
            ("risk", &["当前上网环境异常", "上网环境异常"], &["237"]),
            ("risky", &["当前上网环境异常，请更换网络"], &[]),
        ];
        let mut index = PromptIndex::default();
        for (id, shown, codes) in messages {
            let shown = shown.iter().map(|shown| skeleton(&normalise(shown)));
            index.add(id, shown, codes.iter().copied());
        }
        let normalised = normalise(sentence);
        let found = index.quoted(&normalised, &skeleton(&normalised));
        assert_eq!(found.map(String::as_str), expected, "{sentence}");
    }

    #[test]
    fn whole_or_half_with_slips_and_words_around() {
        check("發送短信失敗, 請確認本手機是您的密保手機", Some("sim"));
        check("它说发送短信失败，请确认本机是您的蜜保手机啊", Some("sim"));
        check("请确认本手机是您的密保手机", Some("sim"));
        check("当前上网环镜异常怎么办", Some("risk"));
    }

    #[test]
    fn short_pieces_letter_by_letter() {
        check("一直说验证码错误", Some("code"));
        check("验证码又错了", None);
        check("CODE is wrong!", Some("code"));
        check("code is wrung", None);
    }

    #[test]
    fn ordinary_sentences_quote_nothing() {
        check("怎么确认我的密保手机", None);
        check("发送短信失败", None);
        check("当前环境", None);
        check("", None);
    }

    #[test]
    fn the_heavier_quote_wins_then_words_before_codes() {
        check("当前上网环境异常,请更换网络", Some("risky"));
        check("当前上网环境异常", Some("risk"));
        check("验证码错误(237)", Some("code"));
        check("失败了(237)", Some("risk"));
        check("等了237秒", None);
    }

    #[test]
    fn what_is_denied_is_not_quoted() {
        check("没有提示当前上网环境异常", None);
        check("不是验证码错误", None);
        check("是不是验证码错误", Some("code"));
    }
}
