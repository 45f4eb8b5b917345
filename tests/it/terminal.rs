//! The console on a real (pseudo-)terminal: editing, numbers, colours, and leaving politely.

use expectrl::session::OsSession;
use expectrl::{Eof, Expect, Session};
use std::process::Command;
use std::time::Duration;

fn start() -> OsSession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mibao"));
    command
        .arg("chat")
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR");
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session
}

#[test]
fn a_number_picks_a_button_and_ctrl_d_says_goodbye() {
    let mut terminal = start();
    // Cyan, because it is a terminal.
    terminal.expect("\u{1b}[36m[1]").unwrap();
    terminal.expect("› ").unwrap();
    terminal.send_line("1").unwrap();
    terminal.expect("您的账号现在安全吗").unwrap();
    terminal.expect("› ").unwrap();
    // A slip is mended before it is sent: one character too many, and a backspace.
    terminal.send("上一步啊\u{7f}\r").unwrap();
    terminal.expect("退回一步").unwrap();
    terminal.expect("› ").unwrap();
    terminal.send("\u{4}").unwrap();
    terminal.expect("再见").unwrap();
    terminal.expect(Eof).unwrap();
}

#[test]
fn ctrl_c_says_goodbye_too() {
    let mut terminal = start();
    terminal.expect("› ").unwrap();
    terminal.send("\u{3}").unwrap();
    terminal.expect("再见").unwrap();
    terminal.expect(Eof).unwrap();
}
