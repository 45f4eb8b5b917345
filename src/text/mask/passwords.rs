//! Passwords: what follows a word for them, if it is a value and no more of the sentence.

use super::cues::{Cue, CueKind, is_amount};
use super::letters::{COVERED, Letters};
use super::{Hit, Private, checks};
use std::ops::Range;

/// So far behind the word a value may stand.
const REACH: usize = 14;

/// So many signs a value has at most.
const SIGNS_MAX: usize = 200;

/// What ends in these says that the value comes now: "the password (that I set) is".
const SAYING: [&str; 31] = [
    "是", "为", "叫", "成", "成了", "作", "用", "用的", "填", "填的", "设", "设的", "输", "输入",
    "写", "写的", "改", "改的", ":", "=", "就是", "->", "→", "当", "用了", "试了", "做", "生日",
    "拼音", "名字", "加",
];

/// The same in English, word by word. Only some of them say so; the others may stand between.
const SAYING_ENGLISH: [&str; 4] = ["is", "was", "s", "to"];
const BETWEEN_ENGLISH: [&str; 16] = [
    "i", "my", "the", "use", "used", "set", "now", "that", "for", "qq", "it", "old", "new",
    "changed", "still", "just",
];

/// Words that are no password, though one could be made of their letters alone.
const NO_VALUES: [&str; 58] = [
    "wrong",
    "incorrect",
    "forgotten",
    "forgot",
    "weak",
    "short",
    "long",
    "invalid",
    "required",
    "lost",
    "missing",
    "correct",
    "right",
    "fine",
    "there",
    "about",
    "what",
    "which",
    "where",
    "something",
    "unknown",
    "different",
    "same",
    "reset",
    "changed",
    "expired",
    "rejected",
    "accepted",
    "refused",
    "hacked",
    "stolen",
    "leaked",
    "known",
    "empty",
    "always",
    "never",
    "really",
    "being",
    "error",
    "wechat",
    "weixin",
    "iphone",
    "android",
    "email",
    "phone",
    "number",
    "login",
    "password",
    "harmonyos",
    "apple",
    "google",
    "telegram",
    "tencent",
    "alipay",
    "taobao",
    "douyin",
    "mibao",
    "gone",
];

/// Things whose names have digits in them.
const THINGS: [&str; 19] = [
    "iphone",
    "ipad",
    "ios",
    "android",
    "windows",
    "win",
    "qq",
    "mate",
    "redmi",
    "xiaomi",
    "huawei",
    "harmonyos",
    "app",
    "wifi",
    "error",
    "mi",
    "oppo",
    "vivo",
    "ver",
];

/// How sure it is that a value comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// It was said so.
    Said,
    /// A verb of English said so, behind which anything may be said of passwords: they are long, and lost.
    Verb,
    /// Nothing stands between.
    Close,
}

/// Finds passwords.
pub(super) fn passwords(letters: &Letters, cues: &[Cue]) -> Vec<Hit> {
    let reader = Reader { letters, cues };
    let mut hits = reader.listed();
    let mut covered_to = 0;
    for cue in cues {
        let pair = cue.kind == CueKind::AccountAndPassword;
        if !pair && cue.kind != CueKind::Password || cue.letters.start < covered_to {
            continue;
        }
        let english = letters.char(cue.letters.start).is_ascii();
        let value = if pair {
            reader.second_value(cue.letters.end)
        } else {
            reader.value(cue.letters.end, english)
        };
        let mut next = value;
        while let Some(value) = next {
            covered_to = value.end;
            hits.push(Hit {
                kind: Private::Password,
                letters: value.clone(),
            });
            // "It was hunter2, now it is hunter3."
            next = reader.changed(value.end);
        }
    }
    hits
}

struct Reader<'t> {
    letters: &'t Letters,
    cues: &'t [Cue],
}

impl Reader<'_> {
    /// The value that a word for passwords announces.
    fn value(&self, from: usize, english: bool) -> Option<Range<usize>> {
        let (start, sign) = self.announced(from, english)?;
        let value = self.graphic(start)?;
        if self.holds(&value, sign, english) {
            return Some(value);
        }
        // "Aa 123456": who reads it out pauses.
        let is_begun = sign == Sign::Said && value.len() < 4 && self.letters.char(value.end) == ' ';
        let rest = is_begun.then(|| self.graphic(value.end + 1)).flatten()?;
        let rest_holds = self.holds(&rest, Sign::Close, english);
        rest_holds.then_some(value.start..rest.end)
    }

    /// What is sold and stolen is written down so: 123456----hunter2.
    fn listed(&self) -> Vec<Hit> {
        let lines = self.letters.folded.match_indices("---");
        let pairs = lines.filter_map(|(byte, dashes)| {
            let dashes = self.letters.at_bytes(byte..byte + dashes.len());
            let is_digit = |place: &usize| self.letters.char(*place).is_ascii_digit();
            let digits = (0..dashes.start)
                .rev()
                .take(12)
                .take_while(is_digit)
                .count();
            let more = (dashes.end..self.letters.len()).take(5);
            let more = more
                .take_while(|place| self.letters.char(*place) == '-')
                .count();
            let value = self.graphic(dashes.end + more)?;
            let holds = digits >= 5 && self.holds(&value, Sign::Said, false);
            holds.then(|| {
                let account = Hit {
                    kind: Private::Account,
                    letters: dashes.start - digits..dashes.start,
                };
                let password = Hit {
                    kind: Private::Password,
                    letters: value,
                };
                [account, password]
            })
        });
        pairs.flatten().collect()
    }

    /// Behind an account's name and a space.
    fn second_value(&self, from: usize) -> Option<Range<usize>> {
        let (start, _) = self.announced(from, false)?;
        let name = self.graphic(start)?;
        let start = name.end + 1;
        let is_apart = matches!(self.letters.char(name.end), ' ' | ',' | '/' | '、' | '\n');
        let value = is_apart.then(|| self.graphic(start)).flatten()?;
        self.holds(&value, Sign::Said, false).then_some(value)
    }

    fn changed(&self, from: usize) -> Option<Range<usize>> {
        let from = from
            + usize::from(matches!(
                self.letters.char(from),
                ',' | ' ' | '、' | '”' | '"' | '」'
            ));
        let between: String = (from..from + 9)
            .map(|place| self.letters.char(place))
            .take_while(|letter| !letter.is_ascii_graphic() && *letter != COVERED)
            .collect();
        let trimmed = between.trim_end();
        let says = [
            "改成",
            "改成了",
            "换成",
            "换成了",
            "变成了",
            "现在是",
            "改为",
            "后来是",
            "或者是",
            "或",
            "或者",
        ];
        if !says.iter().any(|word| trimmed.ends_with(word)) {
            return None;
        }
        let start = from + between.chars().count();
        let value = self.graphic(start)?;
        self.holds(&value, Sign::Said, false).then_some(value)
    }

    /// Where the value begins, and how surely there is one.
    fn announced(&self, from: usize, english: bool) -> Option<(usize, Sign)> {
        if english {
            return self.announced_in_english(from);
        }
        let mut between = String::new();
        for place in from..from + REACH {
            let letter = self.letters.get(place)?;
            let is_mark = matches!(letter.folded, ':' | '=' | '-' | '>' | '→')
                && (letter.is_ascii || letter.folded == ':');
            let is_quote = matches!(
                letter.folded,
                '“' | '”' | '‘' | '「' | '『' | '"' | '\'' | '【' | '《'
            );
            if letter.is_ascii && letter.folded.is_ascii_graphic() && !is_mark && !is_quote {
                let said = between.trim_end();
                let sign = if said.is_empty() {
                    Sign::Close
                } else if SAYING.iter().any(|word| said.ends_with(word)) {
                    Sign::Said
                } else {
                    return None;
                };
                return Some((place, sign));
            }
            if matches!(
                letter.folded,
                ',' | '。' | '!' | '?' | ';' | '\n' | '、' | COVERED
            ) {
                return None;
            }
            if !is_quote {
                between.push(letter.folded);
            }
        }
        None
    }

    fn announced_in_english(&self, from: usize) -> Option<(usize, Sign)> {
        let mut place = from;
        let mut sign = Sign::Close;
        let mut words = 0;
        loop {
            let letter = self.letters.get(place)?;
            match letter.folded {
                ':' | '=' | '是' | '为' => sign = Sign::Said,
                ' ' | '\'' | '"' | '“' | '’' | '‘' | '「' => {}
                COVERED => return None,
                graphic if letter.is_ascii && graphic.is_ascii_graphic() => {
                    let end = self.word_end(place);
                    let word = self.letters.slice(place..end);
                    if words < 4 && SAYING_ENGLISH.contains(&word) {
                        let is_said = sign == Sign::Said;
                        sign = if is_said { Sign::Said } else { Sign::Verb };
                    } else if words >= 4 || !BETWEEN_ENGLISH.contains(&word) {
                        return Some((place, sign));
                    }
                    words += 1;
                    place = end;
                    continue;
                }
                _ => return None,
            }
            place += 1;
            if place > from + 2 * REACH {
                return None;
            }
        }
    }

    fn word_end(&self, from: usize) -> usize {
        let is_word = |place: &usize| {
            self.letters
                .get(*place)
                .is_some_and(|letter| letter.is_word() || letter.digit().is_some())
        };
        let length = (from..self.letters.len()).take_while(is_word).count();
        from + length.max(1)
    }

    /// The signs of ASCII from here on, without the punctuation of the sentence, and no further than where another matter begins.
    fn graphic(&self, start: usize) -> Option<Range<usize>> {
        let is_graphic = |place: &usize| {
            let letter = self.letters.get(*place);
            letter.is_some_and(|letter| letter.is_ascii && letter.folded.is_ascii_graphic())
        };
        let signs = (start..self.letters.len()).take(SIGNS_MAX);
        let mut end = start + signs.take_while(is_graphic).count();
        let next = self.cues.partition_point(|cue| cue.letters.start <= start);
        let inside = self
            .cues
            .iter()
            .skip(next)
            .take_while(|cue| cue.letters.start < end);
        let begins = |cue: &&Cue| {
            matches!(
                self.letters.before(cue.letters.start),
                ',' | ';' | '/' | '|'
            )
        };
        if let Some(cue) = inside.clone().find(begins) {
            end = cue.letters.start;
        }
        while end > start
            && matches!(
                self.letters.before(end),
                ',' | '.' | ';' | ':' | '?' | ')' | ']' | '}' | '"' | '\'' | '/' | '|'
            )
        {
            end -= 1;
        }
        (end > start).then_some(start..end)
    }

    /// Whether these signs are a value at all.
    fn holds(&self, value: &Range<usize>, sign: Sign, english: bool) -> bool {
        let written = self.letters.slice(value.clone());
        let length = value.len();
        let has_digit = written.contains(|letter: char| letter.is_ascii_digit());
        let is_number = written.chars().all(|letter| letter.is_ascii_digit());
        let rest = self
            .letters
            .slice(value.end..(value.end + 10).min(self.letters.len()));
        if is_version(written) || is_range(written) || is_thing(written) || written.contains("://")
        {
            return false;
        }
        if is_number {
            let is_said = sign != Sign::Close;
            let least = if is_said { 4 } else { 6 };
            let digits: Vec<u8> = written.bytes().map(|digit| digit - b'0').collect();
            let is_other = checks::is_mobile(&digits) || checks::is_date(&digits) || length > 16;
            return length >= least && !is_amount(rest) && (is_said || !is_other);
        }
        let is_mail = written.contains('@')
            && written
                .rsplit('@')
                .next()
                .is_some_and(|host| host.contains('.'));
        let has_sign = written.contains(|letter: char| letter.is_ascii_punctuation());
        match sign {
            Sign::Said | Sign::Verb if has_digit => length >= 4,
            Sign::Close if has_digit => length >= 5 && !is_mail,
            Sign::Said => {
                let ends = !english || self.ends_there(value.end);
                length >= 5 && (has_sign || ends) && !NO_VALUES.contains(&written)
            }
            Sign::Verb => {
                let ends = self.ends_there(value.end);
                length >= 7 && (has_sign || ends && !is_said_of_things(written))
            }
            Sign::Close => false,
        }
    }

    /// Nothing more of the sentence follows.
    fn ends_there(&self, place: usize) -> bool {
        let rest = self
            .letters
            .slice(place..(place + 3).min(self.letters.len()));
        let rest = rest.trim_start_matches(' ');
        !rest.starts_with(|next: char| next.is_ascii_alphabetic())
    }
}

/// Numbers with dots between: of a program, not of a person.
fn is_version(written: &str) -> bool {
    let plain = written.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let is_dotted = plain.contains('.') && plain.split('.').all(|part| !part.is_empty());
    let is_number = plain
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '.');
    is_dotted && is_number && written.len() - plain.len() <= 3
}

/// How many signs it may have: 8-16.
fn is_range(written: &str) -> bool {
    let mut parts = written.split(['-', '~']);
    let is_small = |part: Option<&str>| {
        part.is_some_and(|part| part.len() <= 2 && part.bytes().all(|sign| sign.is_ascii_digit()))
    };
    is_small(parts.next()) && is_small(parts.next()) && parts.next().is_none()
}

/// A device or a program with its number: iPhone15, OPPOA3.
fn is_thing(written: &str) -> bool {
    THINGS.iter().any(|thing| {
        let number = written.strip_prefix(thing);
        number.is_some_and(|number| {
            let model = number.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
            let series = number.len() - model.len();
            let is_number = |letter: char| letter.is_ascii_digit() || letter == '.';
            model.len() <= 4
                && model.chars().all(is_number)
                && (series == 0 || series == 1 && thing.len() >= 4)
        })
    })
}

/// A word of English for how something is or what became of it.
fn is_said_of_things(word: &str) -> bool {
    let endings = [
        "ing", "ed", "ary", "able", "ible", "ful", "ous", "ive", "ent", "ant", "ly", "ess", "ten",
        "rect", "ated", "less", "ult", "thing", "eeze", "ete",
    ];
    NO_VALUES.contains(&word) || endings.iter().any(|ending| word.ends_with(ending))
}
