//! OpenCC's dictionaries: from traditional characters to simplified ones, and from simplified ones to Taiwan's.
//!
//! Only its character modes are used. The phrase modes know better than the author: `s2twp` unbinds no account but "releases
//! a system link", `tw2sp` forbids what is only out of use. Regional words are tables of our own, in `normalise` and
//! `traditional`.

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use std::sync::LazyLock;

static TO_SIMPLIFIED: LazyLock<Option<OpenCC>> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());

/// Some 2 MB, so it is loaded by whoever first needs it: a pack that speaks simplified Chinese only never does.
static TO_TAIWAN: LazyLock<Option<OpenCC>> =
    LazyLock::new(|| OpenCC::from_config(BuiltinConfig::S2tw).ok());

/// Characters that stand in simplified text as they are, one bit each from U+4E00 on.
static SIMPLIFIED: LazyLock<Vec<bool>> = LazyLock::new(|| {
    // One a line, so that no dictionary sees a word in them.
    let lines: String = HAN.flat_map(|character| [character, '\n']).collect();
    let simplified = to_simplified(&lines);
    HAN.zip(simplified.lines())
        .map(|(character, line)| line.chars().eq([character]))
        .collect()
});

/// The characters that nearly all Chinese text is written in.
const HAN: std::ops::RangeInclusive<char> = '\u{4e00}'..='\u{9fff}';

/// Whether nothing would become of this character in simplified text, whatever stands beside it.
pub(super) fn is_simplified(character: char) -> bool {
    let place = u32::from(character).checked_sub(u32::from(*HAN.start()));
    let place = place.and_then(|place| usize::try_from(place).ok());
    place.is_some_and(|place| SIMPLIFIED.get(place).copied().unwrap_or(false))
}

/// The text in simplified characters.
pub(super) fn to_simplified(text: &str) -> String {
    convert(TO_SIMPLIFIED.as_ref(), text)
}

/// The text in traditional characters as they are written in Taiwan, its words unchanged.
pub(super) fn to_taiwan(text: &str) -> String {
    convert(TO_TAIWAN.as_ref(), text)
}

fn convert(converter: Option<&OpenCC>, text: &str) -> String {
    converter.map_or_else(|| text.to_owned(), |converter| converter.convert(text))
}
