//! Holds a file against the JSON schema of its kind: every mistake of form at once, each in its place.
//!
//! serde stops at the first mistake; an author wants to see all of them. The schema is made from the same types
//! that serde then fills, so there is one definition of the format.

use super::diagnostic::{Diagnostic, Mistake, nearest};
use super::raw::Span;
use serde_json::Value;
use serde_spanned::Spanned;
use toml::de::{DeTable, DeValue};

/// Everything wrong with the form of a file.
pub(super) fn check(file: &str, table: &DeTable<'_>, schema: &Value) -> Vec<Diagnostic> {
    let mut walk = Walk {
        file,
        root: schema,
        diagnostics: Vec::new(),
    };
    walk.object(schema, table, Span { start: 0, end: 0 });
    walk.diagnostics
}

struct Walk<'w> {
    file: &'w str,
    root: &'w Value,
    diagnostics: Vec<Diagnostic>,
}

impl<'w> Walk<'w> {
    fn report(&mut self, span: Span, mistake: Mistake) {
        self.diagnostics.push(Diagnostic {
            file: self.file.to_owned(),
            span,
            mistake,
        });
    }

    fn value(&mut self, schema: &'w Value, value: &Spanned<DeValue<'_>>) {
        let span = Span::from(value.span());
        let choices = self.alternatives(schema);
        // The alternative of the right type is walked, so that its mistakes are named, not just counted.
        if let Some(choice) = choices
            .iter()
            .find(|choice| type_fits(choice, value.get_ref()))
        {
            return self.typed(choice, value, span);
        }
        let mut expected: Vec<String> = choices
            .iter()
            .filter_map(|choice| type_name(choice))
            .collect();
        expected.dedup();
        let found = article(value.get_ref().type_str());
        self.report(
            span,
            Mistake::WrongType {
                expected: expected.join(" or "),
                found,
            },
        );
    }

    fn typed(&mut self, schema: &'w Value, value: &Spanned<DeValue<'_>>, span: Span) {
        match value.get_ref() {
            DeValue::Table(table) => self.object(schema, table, span),
            DeValue::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    for item in items {
                        self.value(schema, item);
                    }
                }
            }
            DeValue::String(word) => {
                let known = words(schema);
                if !known.is_empty() && !known.iter().any(|known| known == word) {
                    let nearest = nearest(word, known.iter().map(String::as_str));
                    self.report(
                        span,
                        Mistake::WrongWord {
                            found: word.to_string(),
                            nearest,
                            known,
                        },
                    );
                }
            }
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => {}
        }
    }

    fn object(&mut self, schema: &'w Value, table: &DeTable<'_>, span: Span) {
        let schema = self.resolve(schema);
        let known = schema.get("properties").and_then(Value::as_object);
        let others = schema.get("additionalProperties");
        for (key, value) in table {
            if let Some(property) = known.and_then(|known| known.get(key.get_ref().as_ref())) {
                self.value(property, value);
            } else if let Some(other) = others.filter(|other| other.is_object()) {
                self.value(other, value);
            } else if others == Some(&Value::Bool(false)) {
                let known: Vec<String> = known
                    .into_iter()
                    .flat_map(|known| known.keys().cloned())
                    .collect();
                let nearest = nearest(key.get_ref(), known.iter().map(String::as_str));
                self.report(
                    key.span().into(),
                    Mistake::UnknownKey {
                        key: key.get_ref().to_string(),
                        nearest,
                        known,
                    },
                );
            }
        }
        let required = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        for key in required.filter(|key| !table.contains_key(*key)) {
            self.report(
                span,
                Mistake::MissingKey {
                    key: key.to_owned(),
                },
            );
        }
    }

    /// The schemas of which one must fit, with references and choices within choices resolved.
    fn alternatives(&self, schema: &'w Value) -> Vec<&'w Value> {
        let schema = self.resolve(schema);
        match schema.get("anyOf").and_then(Value::as_array) {
            Some(choices) => choices
                .iter()
                .flat_map(|choice| self.alternatives(choice))
                .collect(),
            None => vec![schema],
        }
    }

    fn resolve(&self, schema: &'w Value) -> &'w Value {
        schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| self.root.pointer(reference.trim_start_matches('#')))
            .unwrap_or(schema)
    }
}

/// The words that a schema allows: `enum`, or one `const` per documented variant.
fn words(schema: &Value) -> Vec<String> {
    let listed = schema
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let variants = schema
        .get("oneOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|variant| variant.get("const"));
    listed
        .chain(variants)
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn type_names(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(name)) => vec![name.as_str()],
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ if !words(schema).is_empty() => vec!["string"],
        _ => Vec::new(),
    }
}

fn type_fits(schema: &Value, value: &DeValue<'_>) -> bool {
    type_names(schema).into_iter().any(|name| match value {
        DeValue::String(_) => name == "string",
        DeValue::Integer(_) => name == "integer" || name == "number",
        DeValue::Float(_) => name == "number",
        DeValue::Boolean(_) => name == "boolean",
        DeValue::Datetime(_) => false,
        DeValue::Array(_) => name == "array",
        DeValue::Table(_) => name == "object",
    })
}

fn type_name(schema: &Value) -> Option<String> {
    type_names(schema)
        .into_iter()
        .find(|name| *name != "null")
        .map(article)
}

fn article(name: &str) -> String {
    match name {
        "object" | "table" => "a table".to_owned(),
        "array" => "a list".to_owned(),
        "integer" => "an integer".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        other => format!("a {other}"),
    }
}
