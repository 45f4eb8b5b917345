//! An update as it may be kept when it could not be handled: its shape, its numbers, and words with what is private
//! covered. Names, addresses and places of people are in none of it.

use crate::text::mask;
use serde_json::{Map, Value};

/// How much of a text is kept, in characters.
const CHARACTERS_MAX: usize = 200;

/// Strings that Telegram itself chooses from a list.
const OWN_WORDS: &[&str] = &["type", "language_code", "status", "mime_type"];

/// Stands for what is left out.
const LEFT_OUT: &str = "…";

/// The update without what is private in it.
pub(super) fn redacted(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| (key.clone(), part(key, value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => Value::Array(items.iter().map(redacted).collect()),
        Value::String(_) => LEFT_OUT.into(),
        // A number with a fraction is a place on a map.
        Value::Number(number) if number.is_f64() => LEFT_OUT.into(),
        Value::Number(_) | Value::Bool(_) | Value::Null => value.clone(),
    }
}

fn part(key: &str, value: &Value) -> Value {
    match value {
        Value::String(text) if matches!(key, "text" | "caption") => {
            let text: String = text.chars().take(CHARACTERS_MAX).collect();
            mask(&text).text.into()
        }
        Value::String(_) if OWN_WORDS.contains(&key) => value.clone(),
        _ => redacted(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn shape_and_numbers_stay_and_people_do_not() {
        let update = json!({"update_id": 7, "message": {"message_id": 5, "chat": {"id": 42, "type": "private"},
            "from": {"id": 42, "first_name": "甲", "username": "jia", "language_code": "zh-hans"},
            "text": "手机13800138000停机了", "location": {"latitude": 39.9, "longitude": 116.4},
            "contact": {"phone_number": "+8613800138000"}}});
        assert_eq!(
            redacted(&update),
            json!({"update_id": 7, "message": {"message_id": 5, "chat": {"id": 42, "type": "private"},
                "from": {"id": 42, "first_name": "…", "username": "…", "language_code": "zh-hans"},
                "text": "手机[phone]停机了", "location": {"latitude": "…", "longitude": "…"},
                "contact": {"phone_number": "…"}}})
        );
    }
}
