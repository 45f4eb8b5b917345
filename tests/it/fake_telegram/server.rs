//! The server's side: how a call is answered.

use super::{Call, Fault, Message, Shared, TOKEN, World};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{bot}/{method}", post(answer))
        .with_state(shared)
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    Path((bot, method)): Path<(String, String)>,
    body: String,
) -> Response {
    let body: Value = serde_json::from_str(&body).unwrap();
    if bot != format!("bot{TOKEN}") {
        return refuse(401, "Unauthorized", json!({}));
    }
    // Telegram minds no case here.
    let method = method
        .chars()
        .next()
        .unwrap()
        .to_lowercase()
        .collect::<String>()
        + &method[1..];
    if method == "getUpdates" {
        return updates(&shared, &body).await;
    }
    let mut world = shared.world();
    world.calls.push(Call {
        method: method.clone(),
        body: body.clone(),
    });
    let fault = world
        .faults
        .get_mut(method.as_str())
        .and_then(VecDeque::pop_front);
    let response = match fault {
        Some(Fault::Truncated) => {
            perform(&mut world, &method, &body);
            broken_off(Fault::Truncated)
        }
        Some(fault) => broken_off(fault),
        None => perform(&mut world, &method, &body),
    };
    shared.changed.notify_all();
    response
}

async fn updates(shared: &Shared, body: &Value) -> Response {
    let deadline =
        tokio::time::Instant::now() + Duration::from_secs(body["timeout"].as_u64().unwrap());
    let poll = {
        let mut world = shared.world();
        if let Some(offset) = body["offset"].as_i64() {
            world
                .updates
                .retain(|update| update["update_id"].as_i64() >= Some(offset));
        }
        world.calls.push(Call {
            method: "getUpdates".to_owned(),
            body: body.clone(),
        });
        world.polls += 1;
        world.polls
    };
    shared.changed.notify_all();
    // An earlier poll has to make room.
    shared.updated.notify_waiters();
    loop {
        let updated = shared.updated.notified();
        tokio::pin!(updated);
        updated.as_mut().enable();
        {
            let mut world = shared.world();
            if let Some(fault) = world
                .faults
                .get_mut("getUpdates")
                .and_then(VecDeque::pop_front)
            {
                return match fault {
                    Fault::Repeat => granted(&json!(world.last_batch)),
                    fault => broken_off(fault),
                };
            }
            if world.polls != poll {
                return broken_off(Fault::Conflict);
            }
            let limit = usize::try_from(body["limit"].as_u64().unwrap()).unwrap();
            let batch: Vec<Value> = world.updates.iter().take(limit).cloned().collect();
            if !batch.is_empty() {
                world.last_batch.clone_from(&batch);
                world.given_out += batch.len();
                return granted(&json!(batch));
            }
        }
        if tokio::time::timeout_at(deadline, updated).await.is_err() {
            return granted(&json!([]));
        }
    }
}

/// What the buttons of a message do.
fn buttons(body: &Value) -> Vec<String> {
    body["reply_markup"]["inline_keyboard"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|row| row.as_array().unwrap())
        .map(|button| {
            let kinds = ["callback_data", "url", "copy_text"];
            let kind = kinds.iter().find(|kind| button.get(kind).is_some());
            let what = &button[*kind.expect("a button does one thing")];
            what.as_str()
                .or_else(|| what["text"].as_str())
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn perform(world: &mut World, method: &str, body: &Value) -> Response {
    let chat = body["chat_id"].as_i64().unwrap_or_default();
    let buttons = buttons(body);
    if buttons.iter().any(|button| {
        button.len() > 64 && !button.starts_with("https://") && !button.contains('\n')
    }) {
        return refuse(400, "Bad Request: BUTTON_DATA_INVALID", json!({}));
    }
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    match method {
        "getMe" => granted(&json!({"id": 123_456, "is_bot": true, "username": "mibao_bot"})),
        "sendMessage" if text.is_empty() => {
            refuse(400, "Bad Request: message text is empty", json!({}))
        }
        "sendMessage" => {
            world.message_id += 1;
            let id = world.message_id;
            world
                .chats
                .entry(chat)
                .or_default()
                .push(Message { id, text, buttons });
            granted(&json!({"message_id": id, "novelty": {"kind": "unheard of"}}))
        }
        "editMessageText" | "editMessageReplyMarkup" => {
            let messages = world.chats.entry(chat).or_default();
            let id = body["message_id"].as_i64();
            let Some(message) = messages.iter_mut().find(|message| Some(message.id) == id) else {
                return refuse(400, "Bad Request: message to edit not found", json!({}));
            };
            let text = if method == "editMessageText" {
                text
            } else {
                message.text.clone()
            };
            let edited = Message {
                id: message.id,
                text,
                buttons,
            };
            if *message == edited {
                return refuse(
                    400,
                    "Bad Request: message is not modified: they are the same",
                    json!({}),
                );
            }
            *message = edited;
            granted(&json!({"message_id": id}))
        }
        "deleteMessage" => {
            let messages = world.chats.entry(chat).or_default();
            messages.retain(|message| Some(message.id) != body["message_id"].as_i64());
            granted(&json!(true))
        }
        "answerCallbackQuery" | "setMyCommands" | "setWebhook" | "deleteWebhook" => {
            granted(&json!(true))
        }
        _ => refuse(404, "Not Found", json!({})),
    }
}

fn granted(result: &Value) -> Response {
    json!({"ok": true, "result": result})
        .to_string()
        .into_response()
}

fn refuse(code: u16, description: &str, parameters: Value) -> Response {
    let answer = json!({
        "ok": false, "error_code": code, "description": description, "parameters": parameters,
    });
    (StatusCode::from_u16(code).unwrap(), answer.to_string()).into_response()
}

fn broken_off(fault: Fault) -> Response {
    match fault {
        Fault::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "<html>Internal Server Error</html>",
        )
            .into_response(),
        Fault::TooFast { retry_after } => refuse(
            429,
            "Too Many Requests",
            json!({"retry_after": retry_after}),
        ),
        Fault::Reset => {
            let reset = io::Error::from(io::ErrorKind::ConnectionReset);
            let parts: [Result<&str, io::Error>; 2] = [Ok("{\"ok\""), Err(reset)];
            Body::from_stream(futures::stream::iter(parts)).into_response()
        }
        Fault::Truncated => "{\"ok\":true,\"resu".into_response(),
        Fault::Conflict => refuse(
            409,
            "Conflict: terminated by other getUpdates request",
            json!({}),
        ),
        Fault::Blocked => refuse(403, "Forbidden: bot was blocked by the user", json!({})),
        Fault::CannotParse => refuse(
            400,
            "Bad Request: can't parse entities: unsupported start tag",
            json!({}),
        ),
        Fault::Says(description) => refuse(400, description, json!({})),
        Fault::Moved(chat) => refuse(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            json!({"migrate_to_chat_id": chat}),
        ),
        Fault::Repeat => granted(&json!([])),
    }
}
