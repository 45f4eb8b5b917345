//! What one user did in one go: short messages written one after the other are read as one, and so are the pictures of
//! an album and the taps of a trembling finger.
//!
//! Only what arrives together is merged. Who writes the next message after an answer has come means it as the next.

use super::Update;
use super::ahead::Ahead;
use crate::dialogue::Content;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Messages up to this length are read together, in characters: a longer one is a thought of its own.
const SHORT_MAX: usize = 60;

/// A message with so many digits stands alone.
const DIGITS_ALONE: usize = 4;

/// How many messages are read together at most.
const TOGETHER_MAX: usize = 8;

/// Puts together what belongs together, each user's updates in their order.
pub(super) fn groups(updates: &[Update]) -> Vec<Vec<&Update>> {
    let mut groups: Vec<Vec<&Update>> = Vec::with_capacity(updates.len());
    let mut last: FxHashMap<&str, usize> = FxHashMap::default();
    for update in updates {
        let open = last.get(update.session.as_str()).copied();
        let open = open.and_then(|index| Some((index, groups.get_mut(index)?)));
        match open {
            Some((_, group)) if joins(group, update) => group.push(update),
            _ => {
                last.insert(&update.session, groups.len());
                groups.push(vec![update]);
            }
        }
    }
    groups
}

fn joins(group: &[&Update], update: &Update) -> bool {
    let Some(before) = group.last() else {
        return false;
    };
    if group.len() >= TOGETHER_MAX || before.public.is_some() || update.public.is_some() {
        return false;
    }
    match (&before.input.content, &update.input.content) {
        (Content::Text(one), Content::Text(next)) => is_short(one) && is_short(next),
        (Content::Press(one), Content::Press(next)) => one == next && before.card == update.card,
        _ => before.album.is_some() && before.album == update.album,
    }
}

fn is_short(text: &str) -> bool {
    // What begins with a slash is meant for the program, and a number may be a code, which is known by what was said before
    // it: both stand alone.
    let digits = text.chars().filter(|character| character.is_numeric());
    !text.trim_start().starts_with('/')
        && digits.count() < DIGITS_ALONE
        && text.chars().nth(SHORT_MAX).is_none()
}

/// One update that stands for all, and the others. A picture with words speaks for its album.
pub(super) fn merged(mut group: Vec<&Update>) -> Option<(Cow<'_, Update>, Vec<&Update>)> {
    let spokesman = group
        .iter()
        .position(|update| matches!(update.input.content, Content::Text(_)))
        .unwrap_or_default();
    if group.is_empty() {
        return None;
    }
    let mut update = Cow::Borrowed(group.remove(spokesman));
    if group.is_empty() || !matches!(update.input.content, Content::Text(_)) {
        return Some((update, group));
    }
    let merged = update.to_mut();
    // What one of them means is not what they mean together.
    merged.ahead = Ahead::default();
    if let Content::Text(text) = &mut merged.input.content {
        let mut last = text.clone();
        for other in &group {
            merged.messages.extend(&other.messages);
            if let Content::Text(next) = &other.input.content
                && *next != last
            {
                text.push('\n');
                text.push_str(next);
                last.clone_from(next);
            }
        }
    }
    Some((update, group))
}
