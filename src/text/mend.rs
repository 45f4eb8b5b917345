//! Slips mended: words written with other characters that sound alike (解邦 for 解绑), and words typed letter by letter
//! (jiebang). Only words of a given list are mended, so that nothing else can be changed.

use super::normalise::is_han;
use pinyin::ToPinyin;
use std::collections::{BTreeMap, BTreeSet};

/// The longest word that is mended, in characters.
const LENGTH_MAX: usize = 5;
/// The longest run of letters that is read as pinyin, in letters.
const LETTERS_MAX: usize = 80;
/// Particles that end a question: 验证吗 is no slip for 验证码.
const PARTICLES: [char; 4] = ['吗', '嘛', '吧', '妈'];

/// Mends slips in a pack's words.
#[derive(Debug, Default)]
pub struct Mender {
    /// Words by how they sound, in folded syllables.
    sounds: BTreeMap<String, String>,
    /// Words by their letters, and whether a word is one of those mended.
    letters: BTreeMap<String, (String, bool)>,
    /// How those words begin: most characters begin none of them, and need no further look.
    first_sounds: BTreeSet<String>,
    /// Words that are right as they stand, and the characters that they begin with.
    right: BTreeSet<String>,
    right_starts: BTreeSet<char>,
    letters_max: usize,
}

impl Mender {
    /// Mends the words of `spelled`. What is in `known` is right as it stands, and is read beside them where people type
    /// letters. All normalised.
    pub fn new<'w>(
        spelled: impl Iterator<Item = &'w str>,
        known: impl Iterator<Item = &'w str>,
    ) -> Self {
        let mut mender = Self::default();
        for (word, mended) in spelled
            .map(|word| (word, true))
            .chain(known.map(|word| (word, false)))
        {
            let Some(syllables) = syllables(word) else {
                continue;
            };
            let letters = syllables.concat();
            mender.letters_max = mender.letters_max.max(letters.len());
            mender
                .letters
                .entry(letters)
                .or_insert_with(|| (word.to_owned(), mended && syllables.len() > 1));
            mender.right_starts.extend(word.chars().next());
            mender.right.insert(word.to_owned());
            if mended && (2..=LENGTH_MAX).contains(&syllables.len()) {
                mender
                    .first_sounds
                    .extend(syllables.first().map(|first| sound(&[first])));
                mender
                    .sounds
                    .entry(sound(&syllables))
                    .or_insert_with(|| word.to_owned());
            }
        }
        mender
    }

    /// The text with its slips mended; the same text where there are none.
    #[must_use]
    pub fn mend(&self, normalised: &str) -> String {
        if self.right.is_empty() {
            return normalised.to_owned();
        }
        self.alike(&self.read(normalised))
    }

    /// Words that sound like a listed one and share a character with it.
    fn alike(&self, text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let mut mended = String::with_capacity(text.len());
        let mut place = 0;
        while let Some(character) = characters.get(place) {
            let may_be_right = self.right_starts.contains(character);
            // What is right as it stands is passed over whole, so that no window reaches into it.
            let right = (2..=LENGTH_MAX).rev().find(|length| {
                let window = characters.get(place..place + length);
                may_be_right
                    && window.is_some_and(|window| {
                        self.right.contains(&window.iter().collect::<String>())
                    })
            });
            let starts = right.is_none() && self.may_start(*character);
            let found = (2..=LENGTH_MAX)
                .rev()
                .filter(|_| starts)
                .find_map(|length| {
                    let window = characters.get(place..place + length)?;
                    Some((self.meant(window, characters.get(place + length))?, length))
                });
            match (found, right) {
                (_, Some(length)) => {
                    mended.extend(characters.get(place..place + length).unwrap_or_default());
                    place += length;
                }
                (Some((word, length)), None) => {
                    mended.push_str(word);
                    place += length;
                }
                (None, None) => {
                    mended.push(*character);
                    place += 1;
                }
            }
        }
        mended
    }

    /// Whether a word that is mended sounds like this at first.
    fn may_start(&self, character: char) -> bool {
        let first = character.to_pinyin().map(pinyin::Pinyin::plain);
        first.is_some_and(|first| self.first_sounds.contains(&sound(&[first])))
    }

    /// The word that these characters stand for, if they are a slip.
    fn meant(&self, window: &[char], next: Option<&char>) -> Option<&str> {
        if !window.iter().all(|character| is_han(*character))
            || window.last().is_some_and(|last| PARTICLES.contains(last))
        {
            return None;
        }
        let word = self
            .sounds
            .get(&sound(&syllables(&window.iter().collect::<String>())?))?;
        let shares = word
            .chars()
            .zip(window)
            .any(|(right, written)| right == *written);
        // The last character may begin a word that is right: 知道号码.
        let last_and_next: String = window.last().into_iter().chain(next).collect();
        (shares && !self.right.contains(&last_and_next)).then_some(word)
    }

    /// Runs of letters that are pinyin, read.
    fn read(&self, text: &str) -> String {
        if !text.contains(|character: char| character.is_ascii_lowercase()) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let is_run = |character: char| {
                character.is_ascii_lowercase() || character == ' ' || character == '\''
            };
            let start = rest
                .find(|character: char| character.is_ascii_lowercase())
                .unwrap_or(rest.len());
            let (before, tail) = rest.split_at_checked(start).unwrap_or((rest, ""));
            let end = tail
                .find(|character| !is_run(character))
                .unwrap_or(tail.len());
            let (run, after) = tail.split_at_checked(end).unwrap_or((tail, ""));
            out.push_str(before);
            out.push_str(&self.read_run(run));
            rest = after;
        }
        out
    }

    /// A run of letters and spaces: read whole if it is all pinyin, else only where a word of two syllables or more stands.
    fn read_run(&self, run: &str) -> String {
        let tokens: Vec<&str> = run.split(' ').filter(|token| !token.is_empty()).collect();
        if run.len() > LETTERS_MAX || tokens.is_empty() {
            return run.to_owned();
        }
        let read: Vec<Option<Words>> = tokens.iter().map(|token| self.words(token)).collect();
        let words: usize = read.iter().flatten().map(|words| words.count).sum();
        let ours = read.iter().flatten().any(|words| words.ours);
        // Single syllables may be split from their neighbours: jie bang.
        if let Some(joined) = self.words(&tokens.concat())
            && (joined.ours || joined.count > 1)
        {
            return joined.text;
        }
        let all = read
            .iter()
            .zip(&tokens)
            .all(|(words, token)| words.is_some() || is_name(token));
        if all && (ours || words > 1) {
            let parts = read
                .iter()
                .zip(&tokens)
                .map(|(words, token)| words.as_ref().map_or(*token, |words| &words.text));
            return parts.collect();
        }
        let most = 2 * read.iter().flatten().count() > tokens.len() && ours;
        let mut out = String::new();
        for (words, token) in read.iter().zip(&tokens) {
            match words {
                Some(words) if words.ours || (most && words.count > 0) => out.push_str(&words.text),
                _ => {
                    if out
                        .chars()
                        .next_back()
                        .is_some_and(|last| last.is_ascii_alphanumeric())
                    {
                        out.push(' ');
                    }
                    out.push_str(token);
                }
            }
        }
        out
    }

    /// Letters as the fewest listed words that they can be.
    fn words(&self, letters: &str) -> Option<Words> {
        let letters: String = letters.chars().filter(char::is_ascii_lowercase).collect();
        let mut best: Vec<Option<Words>> = vec![None; letters.len() + 1];
        *best.first_mut()? = Some(Words::default());
        for end in 1..=letters.len() {
            let starts = end.saturating_sub(self.letters_max)..end;
            let mut found: Option<Words> = None;
            for start in starts {
                let Some(Some(before)) = best.get(start) else {
                    continue;
                };
                let Some((word, ours)) = letters
                    .get(start..end)
                    .and_then(|part| self.letters.get(part))
                else {
                    continue;
                };
                if found
                    .as_ref()
                    .is_none_or(|found| before.count + 1 < found.count)
                {
                    found = Some(Words {
                        text: format!("{}{word}", before.text),
                        count: before.count + 1,
                        ours: before.ours || *ours,
                    });
                }
            }
            *best.get_mut(end)? = found;
        }
        best.pop().flatten()
    }
}

/// Letters read as words.
#[derive(Debug, Clone, Default)]
struct Words {
    text: String,
    count: usize,
    /// One of them is mended too, and has two syllables or more.
    ours: bool,
}

/// A short name that stands in pinyin as it is.
fn is_name(token: &str) -> bool {
    matches!(token, "qq" | "q" | "wx" | "vx" | "app" | "sim")
}

/// The syllables of a word of Chinese characters, without tones; none for others.
fn syllables(word: &str) -> Option<Vec<&'static str>> {
    word.chars()
        .map(|character| character.to_pinyin().map(pinyin::Pinyin::plain))
        .collect::<Option<Vec<_>>>()
        .filter(|syllables| !syllables.is_empty())
}

/// How syllables sound to those who do not tell zh from z, n from l, or ng from n.
fn sound(syllables: &[&str]) -> String {
    let mut sound = String::new();
    for syllable in syllables {
        let syllable = syllable
            .replacen("zh", "z", 1)
            .replacen("ch", "c", 1)
            .replacen("sh", "s", 1);
        let syllable = syllable
            .strip_suffix("ng")
            .map_or(syllable.clone(), |stem| format!("{stem}n"));
        match syllable.strip_prefix('n') {
            Some(rest) => {
                sound.push('l');
                sound.push_str(rest);
            }
            None => sound.push_str(&syllable),
        }
        sound.push(' ');
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: &str) {
        let spelled = ["解绑", "密保", "验证码", "盗号", "手机号", "账号", "破解"];
        let known = [
            "我",
            "的",
            "怎么",
            "被",
            "盗",
            "了",
            "知道",
            "号码",
            "收不到",
            "不",
            "有",
        ];
        let mender = Mender::new(spelled.into_iter(), known.into_iter());
        assert_eq!(mender.mend(written), expected, "{written}");
    }

    #[test]
    fn words_that_sound_alike() {
        check("解邦密报", "解绑密保");
        check("收不到验正码", "收不到验证码");
        check("结伴", "结伴");
        check("知道号码", "知道号码");
        check("破解版", "破解版");
    }

    #[test]
    fn words_in_letters() {
        check("jiebang", "解绑");
        check("zenme jie bang", "怎么解绑");
        check("wo de qq bei dao le", "我的qq被盗了");
        check("我yanzhengma收不到", "我验证码收不到");
        check("you", "you");
        check("how to jiebang my qq", "how to解绑my qq");
        check("i can log in", "i can log in");
        check("", "");
    }
}
