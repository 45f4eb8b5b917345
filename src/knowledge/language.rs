//! The languages that the assistant can speak.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language with its script, by its BCP 47 tag.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Language {
    #[serde(rename = "zh-Hans")]
    ZhHans,
    #[serde(rename = "zh-Hant")]
    ZhHant,
    #[serde(rename = "en")]
    En,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::ZhHans, Self::ZhHant, Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }

    /// What to speak with somebody who wants this one, as far as a pack has it, the best first.
    #[must_use]
    pub fn understood_by(self) -> &'static [Self] {
        match self {
            Self::ZhHans => &[Self::ZhHans, Self::ZhHant],
            Self::ZhHant => &[Self::ZhHant, Self::ZhHans],
            Self::En => &[Self::En],
        }
    }

    /// The language whose tag this is.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.id() == id)
    }
}

/// The languages of a pack, the default first.
#[derive(Debug, Clone)]
pub(super) struct Languages(pub Vec<Language>);

impl Languages {
    /// What a plain string is written in.
    pub fn first(&self) -> Language {
        self.0.first().copied().unwrap_or(Language::ZhHans)
    }

    /// The language that nobody has to write, and the one that it is derived from.
    pub fn derived(&self) -> Option<(Language, Language)> {
        let pair = (Language::ZhHant, Language::ZhHans);
        (self.0.contains(&pair.0) && self.0.contains(&pair.1)).then_some(pair)
    }

    /// Those that every text has to be written in.
    pub fn written(&self) -> impl Iterator<Item = Language> {
        let derived = self.derived().map(|(language, _)| language);
        let all = self.0.iter().copied();
        all.filter(move |language| Some(*language) != derived)
    }
}
