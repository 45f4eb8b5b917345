//! What the tests share: packs read from disk, and somebody to talk to.

use chrono::{DateTime, TimeDelta, Utc};
use mibao::dialogue::{Assistant, Command, Content, Input, Media, Session, Turn, step};
use mibao::knowledge::{self, Files, Knowledge};
use std::fs;
use std::path::{Path, PathBuf};

/// A path in the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The files of a pack's directory.
pub fn files(directory: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path
                    .strip_prefix(directory)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                files.insert(inside, fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}

/// The pack in this directory of the repository.
pub fn pack(directory: &str) -> Knowledge {
    let files = files(&repository(directory));
    knowledge::load(&files).unwrap_or_else(|diagnostics| {
        panic!(
            "{}",
            knowledge::render(&diagnostics, &files, directory, false)
        )
    })
}

/// The files of `valid/bicycle`, changed by those in this directory of the repository: an empty file takes one away.
pub fn bicycle_with(directory: &str) -> Files {
    let mut pack = files(&repository("tests/knowledge/valid/bicycle"));
    let mut changes = files(&repository(directory));
    changes.remove("expected.txt");
    for (path, content) in changes {
        if content.is_empty() {
            let taken = pack.remove(&path);
            assert!(
                taken.is_some(),
                "{directory}: there is no {path} to take away"
            );
        } else {
            pack.insert(path, content);
        }
    }
    pack
}

/// Somebody in a conversation with an assistant.
pub struct Talk<'a> {
    pub assistant: &'a Assistant,
    pub session: Session,
    pub now: DateTime<Utc>,
    /// Every button seen so far, the newest last.
    seen: Vec<(String, String)>,
}

impl<'a> Talk<'a> {
    pub fn new(assistant: &'a Assistant) -> Self {
        let now = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
        Self {
            assistant,
            session: Session::default(),
            now,
            seen: Vec::new(),
        }
    }

    /// Something done as a transcript writes it: `words`, `/command`, `[label of a button]`, `(photo)`.
    pub fn does(&mut self, line: &str) -> Turn {
        let inside = |open, close| {
            line.strip_prefix(open)
                .and_then(|rest: &str| rest.strip_suffix(close))
        };
        let content = if let Some(label) = inside('[', ']') {
            let seen = self.seen.iter().rev().find(|(_, seen)| seen == label);
            Content::Press(
                seen.unwrap_or_else(|| panic!("no button `{label}` was ever shown"))
                    .0
                    .clone(),
            )
        } else if let Some(media) = inside('(', ')').and_then(Media::from_name) {
            Content::Media(media)
        } else if let Some(command) = line.strip_prefix('/') {
            let (name, payload) = command.split_once(' ').unwrap_or((command, ""));
            Content::Command(Command::from_name(name).unwrap(), payload.to_owned())
        } else {
            Content::Text(line.to_owned())
        };
        self.act(content)
    }

    pub fn act(&mut self, content: Content) -> Turn {
        self.now += TimeDelta::minutes(1);
        let input = Input {
            at: self.now,
            language: None,
            content,
            removable: false,
        };
        let (session, turn) = step(self.assistant, std::mem::take(&mut self.session), &input);
        self.session = session;
        let buttons = turn
            .replies
            .iter()
            .flat_map(|reply| reply.buttons.iter().flatten());
        self.seen
            .extend(buttons.map(|button| (button.id.clone(), button.label.clone())));
        turn
    }
}
