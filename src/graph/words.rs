//! Words in a picture: what a text is called, how wide it is, and where its lines end.

use unicode_width::UnicodeWidthChar;

/// What may not begin a line.
const CLOSING: &str = "，。、；：？！）」』》】”’…,.;:?!)]}%/";

/// What may not end a line.
const OPENING: &str = "（「『《【“‘([{";

/// What ends a sentence wherever it stands.
const STOPS: &str = "。！？";

/// What a text is called: its first sentence, without marks, addresses and the full stop. An ellipsis says that a list
/// goes on.
///
/// The full reading of Markdown in `text::markup` keeps what is left out here, so this is not it.
#[must_use]
pub fn heading(markdown: &str) -> String {
    let mut lines = markdown.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim();
    let (item, is_item) = without_list_mark(first);
    let sentence = first_sentence(&without_marks(item));
    let list_follows = is_item && lines.any(|line| without_list_mark(line.trim()).1);
    let opens_list = sentence.ends_with([':', '：']);
    let kept = sentence.trim_end_matches([':', '：', '.', '。']);
    if list_follows || opens_list {
        format!("{kept}…")
    } else {
        kept.to_owned()
    }
}

/// The whole of a text that is short by itself, as titles and buttons are.
#[must_use]
pub fn name(markdown: &str) -> String {
    let lines: Vec<&str> = markdown.lines().map(str::trim).collect();
    without_marks(&lines.join(" ")).trim().to_owned()
}

/// A line without `- ` or `1. `, and whether it had one.
fn without_list_mark(line: &str) -> (&str, bool) {
    let after_number = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let numbered = after_number
        .strip_prefix(". ")
        .filter(|_| after_number.len() < line.len());
    match line.strip_prefix("- ").or(numbered) {
        Some(rest) => (rest, true),
        None => (line, false),
    }
}

/// The text without emphasis and code marks; of a link, what it is called.
fn without_marks(markdown: &str) -> String {
    let mut plain = String::new();
    let mut characters = markdown.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            '*' | '`' => {}
            ']' if characters.peek() == Some(&'(') => {
                // The address goes; the label before it stays.
                for address in characters.by_ref() {
                    if address == ')' {
                        break;
                    }
                }
                if let Some(opened) = plain.rfind('[') {
                    plain.remove(opened);
                }
            }
            other => plain.push(other),
        }
    }
    plain
}

fn first_sentence(text: &str) -> String {
    let mut sentence = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        sentence.push(character);
        let ends = STOPS.contains(character)
            || (".!?".contains(character) && {
                let mut rest = characters.clone();
                rest.next() == Some(' ') && rest.next().is_some_and(char::is_uppercase)
            });
        if ends {
            break;
        }
    }
    sentence
}

/// How wide a text is, in pixels, in letters of this size. A Chinese character fills its square; for any other one, more
/// is taken than most fonts need, for nobody knows which font there will be.
#[must_use]
pub fn width(text: &str, size: i32) -> i32 {
    let parts: i32 = text.chars().map(parts).sum();
    (parts * size + 19) / 20
}

const WIDE: i32 = 20;
const NARROW: i32 = 11;

/// The width of a character in twentieths of the letters' size.
fn parts(character: char) -> i32 {
    match character.width_cjk() {
        Some(2) => WIDE,
        Some(1) => NARROW,
        Some(_) | None => 0,
    }
}

/// The text in lines no wider than this.
#[must_use]
pub fn wrap(text: &str, size: i32, width_max: i32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if width(&line, size) + width(piece.trim_end(), size) > width_max && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        if line.is_empty() && width(piece.trim(), size) > width_max {
            // A word longer than a line is broken anywhere.
            for character in piece.trim().chars() {
                if width(&line, size) + width(&character.to_string(), size) > width_max {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(character);
            }
        } else if line.is_empty() {
            line.push_str(piece.trim_start());
        } else {
            line.push_str(&piece);
        }
    }
    lines.push(line.trim_end().to_owned());
    lines.retain(|line| !line.is_empty());
    lines
}

/// The text in pieces that stay on one line: words, Chinese characters, each with the punctuation that belongs to it.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for character in text.chars() {
        let before = pieces.last().and_then(|piece| piece.chars().last());
        let stays = before.is_some_and(|before| belong(before, character));
        match pieces.last_mut() {
            Some(piece) if stays => piece.push(character),
            _ => pieces.push(character.to_string()),
        }
    }
    pieces
}

/// Whether no line may end between these two.
fn belong(before: char, character: char) -> bool {
    let in_word = |character: char| parts(character) == NARROW && character != ' ';
    OPENING.contains(before)
        || (CLOSING.contains(character) && before != ' ')
        || (in_word(before) && in_word(character))
        || parts(character) == 0
        || (character == ' ' && before != ' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_called_by_its_first_sentence() {
        for (text, called) in [
            ("点**设置**。再点", "点设置"),
            (
                "Shift to the **smallest** one, e.g. by hand. Then go.",
                "Shift to the smallest one, e.g. by hand",
            ),
            ("Put it in:\n\n- first\n- second", "Put it in…"),
            (
                "1. Get it ([im.qq.com](https://im.qq.com))\n2. Open it",
                "Get it (im.qq.com)…",
            ),
            ("1.5 bar are enough.", "1.5 bar are enough"),
            ("5 \\* 3", "5 * 3"),
        ] {
            assert_eq!(heading(text), called);
        }
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        let text =
            "打开「设置」→「账号安全」，在 QQ 里搜“密保”（或 mobile-phone-number-verification）。";
        for width_max in [40, 60, 100, 400] {
            let lines = wrap(text, 14, width_max);
            let glued: String = lines.concat();
            assert_eq!(glued.replace(' ', ""), text.replace(' ', ""));
            for line in &lines {
                assert!(width(line, 14) <= width_max, "{line} in {width_max}");
            }
        }
    }

    #[test]
    fn punctuation_stays_with_its_word() {
        let lines = wrap("一二三，四五六「七八」", 10, 30);
        assert!(
            lines
                .iter()
                .all(|line| !line.starts_with(['，', '」']) && !line.ends_with('「')),
            "{lines:?}"
        );
    }
}
