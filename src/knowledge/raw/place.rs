//! A value with its place, and a text with its languages: what every knowledge file is made of.

use crate::knowledge::language::{Language, Languages};
use crate::text::{Quotes, traditional};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_spanned::Spanned;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

/// A value together with the bytes of its file that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At<T> {
    pub value: T,
    pub span: Span,
}

/// A text for the user in the small Markdown (bold, italic, code, links, lists): a plain string in the pack's
/// first language, or one string per language (`text.zh-Hans = "…"`, `text.en = "…"`). Traditional Chinese is derived from
/// simplified Chinese where it is not given.
#[derive(Debug, Clone)]
pub struct Words {
    given: Given,
    /// In traditional Chinese, from the first time that somebody asks for it: packs that do not speak it pay nothing.
    derived: OnceCell<String>,
}

/// As the author wrote it.
#[derive(Debug, Clone)]
enum Given {
    Plain(String),
    Languages(BTreeMap<Language, At<String>>),
}

/// A text in one of its languages.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'w> {
    pub language: Language,
    pub text: &'w str,
    /// Where the author wrote it, or what it was derived from.
    pub span: Span,
    /// Nobody wrote it.
    pub is_derived: bool,
}

impl At<Words> {
    /// The text in every language that it was written in, and then in the one that it need not be written in.
    pub fn wordings(&self, languages: &Languages) -> Vec<Wording<'_>> {
        let written = |language, text, span| Wording {
            language,
            text,
            span,
            is_derived: false,
        };
        let mut wordings: Vec<Wording<'_>> = match &self.value.given {
            Given::Plain(text) => vec![written(languages.first(), text, self.span)],
            Given::Languages(texts) => texts
                .iter()
                .map(|(language, text)| written(*language, &text.value, text.span))
                .collect(),
        };
        let of = |language| {
            let mut wordings = wordings.iter();
            wordings.find(|wording| wording.language == language)
        };
        if let Some((language, from)) = languages.derived()
            && of(language).is_none()
            && let Some(source) = of(from)
        {
            let derive = || traditional(source.text, Quotes::OfAScreen);
            let text = self.value.derived.get_or_init(derive);
            let span = source.span;
            wordings.push(Wording {
                language,
                text,
                span,
                is_derived: true,
            });
        }
        wordings
    }
}

impl From<Given> for Words {
    fn from(given: Given) -> Self {
        Self {
            given,
            derived: OnceCell::new(),
        }
    }
}

/// Where something stands in its file, in bytes. A [`Range`] with an order, so that it can be part of a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        Ok(Self {
            span: spanned.span().into(),
            value: spanned.into_inner(),
        })
    }
}

impl<T: JsonSchema> JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Words;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a string, or one string per language")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Words, E> {
                Ok(Given::Plain(text.to_owned()).into())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Words, A::Error> {
                let mut languages = BTreeMap::new();
                while let Some((language, text)) = map.next_entry()? {
                    languages.insert(language, text);
                }
                Ok(Given::Languages(languages).into())
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Words {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let languages: serde_json::Map<String, serde_json::Value> = Language::ALL
            .into_iter()
            .map(|language| {
                (
                    language.id().to_owned(),
                    serde_json::json!({ "type": "string" }),
                )
            })
            .collect();
        schemars::json_schema!({
            "description": "A text in the small Markdown: a string, or one string per language. Where zh-Hans is given, zh-Hant may be left out.",
            "anyOf": [
                { "type": "string" },
                { "type": "object", "properties": languages, "additionalProperties": false }
            ]
        })
    }
}
