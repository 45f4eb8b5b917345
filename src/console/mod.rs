//! The assistant in a terminal, in a pipe, or line by line as JSON: for testing it, and for other programs.

#![expect(
    clippy::disallowed_methods,
    reason = "a shell: it has the clock and the terminal"
)]

mod json;

use crate::dialogue::{Command, Content, Input, Reply, Turn, Wish};
use crate::knowledge::{Knowledge, Language, Phrase};
use crate::service::{Service, Update};
use crate::store::StoreError;
use crate::text::markup;
use chrono::{DateTime, Utc};
use rustyline::error::ReadlineError;
use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};

/// Whose session a console keeps.
const SESSION: &str = "console:local";

/// How the console talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The language chosen, as by `/language`.
    pub language: Option<Language>,
    pub json: bool,
}

/// Why a chat ended early, for the operator.
#[derive(Debug)]
pub enum ConsoleError {
    Store(StoreError),
    Io(io::Error),
    Terminal(ReadlineError),
}

impl fmt::Display for ConsoleError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(formatter),
            Self::Io(error) => write!(formatter, "cannot write the conversation: {error}"),
            Self::Terminal(error) => write!(formatter, "cannot read from the terminal: {error}"),
        }
    }
}

impl std::error::Error for ConsoleError {}

impl From<StoreError> for ConsoleError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for ConsoleError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Holds a conversation until the input ends. A reader that goes away (`mibao chat | head`) ends it too.
///
/// # Errors
/// If the store fails, or the terminal does.
pub fn chat(service: Service, knowledge: &Knowledge, options: Options) -> Result<(), ConsoleError> {
    let mut chat = Chat {
        service,
        knowledge,
        options,
    };
    let result = if options.json {
        chat.json()
    } else if io::stdin().is_terminal() && io::stdout().is_terminal() {
        chat.terminal()
    } else {
        chat.pipe()
    };
    match result {
        Err(ConsoleError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

struct Chat<'c> {
    service: Service,
    knowledge: &'c Knowledge,
    options: Options,
}

impl Chat<'_> {
    /// One turn, committed before it is shown.
    fn turn(&mut self, content: Content, at: DateTime<Utc>) -> Result<Turn, ConsoleError> {
        self.act(content, at, None)
    }

    fn act(
        &mut self,
        content: Content,
        at: DateTime<Utc>,
        language: Option<Wish>,
    ) -> Result<Turn, ConsoleError> {
        let input = Input {
            at,
            language,
            content,
            removable: false,
        };
        let update = Update::new("console", None, SESSION.to_owned(), input);
        let handled = self.service.handle(&[update])?;
        Ok(handled
            .into_iter()
            .find_map(|handled| handled.turn)
            .unwrap_or_else(Turn::silent))
    }

    /// Who names a language on the command line has chosen it before the first word.
    fn greet(&mut self) -> Result<Turn, ConsoleError> {
        let chosen = self.options.language.map(Wish::Chosen);
        let start = Content::Command(Command::Start, String::new());
        self.act(start, Utc::now(), chosen)
    }

    fn terminal(&mut self) -> Result<(), ConsoleError> {
        // No history file: what people type here may be private.
        let mut editor = rustyline::DefaultEditor::new().map_err(ConsoleError::Terminal)?;
        let greeting = self.greet()?;
        show(&greeting.replies)?;
        loop {
            match editor.readline("› ") {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => {
                    let turn = self.turn(Content::typed(&line), Utc::now())?;
                    // A failure to remember a line is no reason to stop talking.
                    let _ = editor.add_history_entry(line);
                    show(&turn.replies)?;
                }
                Err(ReadlineError::Eof | ReadlineError::Interrupted) => {
                    let language = self.knowledge.spoken(self.options.language);
                    return Ok(writeln!(
                        anstream::stdout(),
                        "\n{}",
                        markup::ansi(self.knowledge.phrase(language, Phrase::Bye))
                    )?);
                }
                Err(error) => return Err(ConsoleError::Terminal(error)),
            }
        }
    }

    fn pipe(&mut self) -> Result<(), ConsoleError> {
        let greeting = self.greet()?;
        show(&greeting.replies)?;
        for line in lines() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            writeln!(anstream::stdout(), "› {line}")?;
            let turn = self.turn(Content::typed(&line), Utc::now())?;
            show(&turn.replies)?;
        }
        Ok(())
    }

    fn json(&mut self) -> Result<(), ConsoleError> {
        let greeting = self.greet()?;
        let mut number = 1;
        json::write(number, &greeting)?;
        for line in lines() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            match json::read(&line) {
                Ok((content, at)) => {
                    let turn = self.turn(content, at.unwrap_or_else(Utc::now))?;
                    number += 1;
                    json::write(number, &turn)?;
                }
                Err(error) => json::write_error(&error)?,
            }
        }
        Ok(())
    }
}

/// Lines of the standard input. What is no UTF-8 is replaced, not refused: it is somebody's words.
fn lines() -> impl Iterator<Item = io::Result<String>> {
    io::stdin()
        .lock()
        .split(b'\n')
        .map(|line| Ok(String::from_utf8_lossy(&line?).into_owned()))
}

/// Prints replies with their buttons numbered, so that a number picks one. Colours go to terminals only.
fn show(replies: &[Reply]) -> Result<(), ConsoleError> {
    let mut out = anstream::stdout().lock();
    let number = anstyle::AnsiColor::Cyan.on_default();
    for reply in replies {
        writeln!(out, "\n{}\n", markup::ansi(&reply.text))?;
        let mut place = 0;
        for row in &reply.buttons {
            let labels = row.iter().map(|button| {
                place += 1;
                format!("{number}[{place}]{number:#} {}", button.label)
            });
            writeln!(out, "  {}", labels.collect::<Vec<_>>().join("   "))?;
        }
    }
    Ok(writeln!(out)?)
}
