//! JSON schemas of the knowledge files, for editors and for `shape`.

use super::raw;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Kind of file → its schema. Kinds are `pack`, `sources`, and the names of the folders.
static SCHEMAS: LazyLock<BTreeMap<&'static str, Value>> = LazyLock::new(|| {
    BTreeMap::from([
        ("pack", schema::<raw::Pack>()),
        ("sources", schema::<raw::Sources>()),
        ("facts", schema::<raw::Fact>()),
        ("guides", schema::<raw::Guide>()),
        ("problems", schema::<raw::Problem>()),
        ("prompts", schema::<raw::Prompts>()),
        ("topics", schema::<raw::Topic>()),
        ("phrases", schema::<raw::Phrases>()),
    ])
});

/// Kind of file (`pack`, `sources`, or the folder's name) → JSON schema (draft 2020-12) of such a file.
#[must_use]
pub fn schemas() -> &'static BTreeMap<&'static str, Value> {
    &SCHEMAS
}

fn schema<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}
