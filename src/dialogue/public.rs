//! In a place that others read, such as a group: nothing is kept, no case is opened, and account matters go elsewhere.

use super::read::written_in;
use super::{Assistant, Button, Content, Input, Placement, Reply, Turn, Wish};
use crate::knowledge::{Item, Phrase};
use crate::text::{Masked, mask};
use crate::understanding::Zone;

/// Answers what was said to the assistant where others read it: what is no account matter is answered, and a button
/// leads into a private chat. The button's id is what that chat begins with (the payload of [`Command::Start`]).
///
/// [`Command::Start`]: super::Command::Start
#[must_use]
pub fn public(assistant: &Assistant, input: &Input) -> Turn {
    let knowledge = &assistant.knowledge;
    let mut turn = Turn::silent();
    let mut parts = Vec::new();
    let mut payload = String::new();
    let wish = input.language.map(|wish| match wish {
        Wish::Program(language) | Wish::Chosen(language) => language,
    });
    let mut language = knowledge.spoken(wish);
    match &input.content {
        Content::Text(text) => {
            let Masked { text, found, .. } = mask(text);
            language = written_in(knowledge, &text).unwrap_or(language);
            turn.private = found.iter().any(|kind| kind.is_sensitive());
            let understood = assistant.understanding.message(knowledge, &text);
            let intent = understood.intent.as_ref();
            let item = intent.and_then(|intent| knowledge.by_intent.get(intent));
            let mut topic = None;
            if let (Some(intent), Some(item), Zone::Sure) = (intent, item, understood.zone) {
                payload.clone_from(intent);
                if let Item::Topic(id) = item {
                    topic = Some(id.clone());
                }
            }
            if turn.private {
                topic = Some(knowledge.private_data.clone());
            }
            if let Some(topic) = topic
                && let Some(known) = knowledge.topics.get(&topic)
            {
                parts.push(known.text.get(language).to_owned());
                turn.shows.push(format!("topic:{topic}"));
            }
            if turn.private && input.removable {
                parts.push(
                    knowledge
                        .phrase(language, Phrase::PrivateRemoved)
                        .to_owned(),
                );
            }
            turn.understood = Some(understood);
        }
        Content::Command(..) => {}
        // Buttons in public places are links, and pictures in them are for others.
        Content::Press(_) | Content::Media(_) => return turn,
    }
    parts.push(knowledge.phrase(language, Phrase::Public).to_owned());
    let button = Button {
        id: payload,
        label: knowledge.phrase(language, Phrase::ButtonPrivate).to_owned(),
    };
    turn.replies.push(Reply {
        buttons: vec![vec![button]],
        ..Reply::new(parts.join("\n\n"), Placement::Below)
    });
    turn
}
