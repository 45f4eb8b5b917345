//! A service over a store in memory, with a core that can be made to fail.

#![expect(clippy::panic, reason = "panics are what is tested")]

use super::writer::Writer;
use super::*;
use crate::dialogue::{Button, Command, Reply};
use crate::store::Waiting;
use chrono::{DateTime, TimeDelta};
use std::sync::LazyLock;

const SOURCE: &str = "test";

/// A core that counts turns, answers presses in place, and fails where it is told to.
fn stub(
    _: &Assistant,
    mut session: Session,
    input: &Input,
    _: Option<&Reading>,
) -> (Session, Turn) {
    let placement = match &input.content {
        Content::Text(text) if text.starts_with("fail") => panic!("it quotes {text}"),
        Content::Press(_) => Placement::Replace,
        Content::Text(_) | Content::Command(..) | Content::Media(_) => Placement::Below,
    };
    session.turn += 1;
    let reply = |text: String| Reply {
        text,
        buttons: vec![vec![Button {
            id: "q:a".to_owned(),
            label: "A".to_owned(),
        }]],
        placement,
        copy: None,
    };
    let turn = Turn {
        replies: vec![reply(format!("{}", session.turn)), reply("and".to_owned())],
        pending: None,
        shows: vec!["topic:x".to_owned()],
        understood: None,
        outcome: Some(Outcome::Solved),
        journal: "text".to_owned(),
        forget: matches!(input.content, Content::Command(Command::Forget, _)),
        private: false,
    };
    (session, turn)
}

fn service() -> Service {
    let mut service = Service::new(assistant(), Store::in_memory().unwrap());
    service.driver.step = stub;
    service
}

fn update(id: i64, session: &str, content: Content) -> Update {
    let at = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
    let input = Input {
        at,
        language: None,
        content,
        removable: false,
    };
    Update::new(SOURCE, Some(id), session.to_owned(), input)
}

/// A message too long to be read together with the next.
fn text(text: &str) -> Content {
    Content::Text(format!("{text:<100}"))
}

fn fates(handled: &[Handled]) -> Vec<Fate> {
    handled.iter().map(|handled| handled.fate).collect()
}

impl Service {
    fn look<T>(&mut self, look: impl FnMut(&Records<'_>) -> Result<T, Fault>) -> T {
        self.store.transaction(look).unwrap()
    }

    fn turns(&mut self, session: &str) -> u64 {
        self.look(|records| Ok(load(records, session)?.turn))
    }

    fn outbox(&mut self, session: &str) -> Vec<Waiting> {
        self.look(|records| {
            let mut all = Vec::new();
            while let Some(waiting) = records.next_waiting(session)? {
                records.take_out(waiting.id)?;
                all.push(waiting);
            }
            Ok(all)
        })
    }
}

#[test]
fn a_turn_is_kept_with_its_replies() {
    let mut service = service();
    let handled = service
        .handle(&[update(1, "a", text("x")), update(2, "a", text("y"))])
        .unwrap();
    assert_eq!(fates(&handled), [Fate::Applied, Fate::Applied]);
    assert_eq!(service.turns("a"), 2);
    let outbox = service.outbox("a");
    let out: Vec<_> = outbox
        .iter()
        .flat_map(|waiting| &waiting.outgoing)
        .collect();
    let texts: Vec<&str> = out.iter().map(|out| out.reply.text.as_str()).collect();
    assert_eq!(texts, ["1", "and", "2", "and"]);
    let opens: Vec<bool> = out.iter().map(|out| out.opens_turn).collect();
    assert_eq!(opens, [true, false, true, false]);
}

#[test]
fn an_update_is_applied_once() {
    let mut service = service();
    let twice = vec![update(1, "a", text("x")), update(1, "a", text("x"))];
    assert_eq!(
        fates(&service.handle(&twice).unwrap()),
        [Fate::Applied, Fate::Duplicate]
    );
    assert_eq!(
        fates(&service.handle(&twice).unwrap()),
        [Fate::Duplicate, Fate::Duplicate]
    );
    assert_eq!(service.turns("a"), 1);

    // Two days later the number means something else.
    let mut later = twice;
    for update in &mut later {
        update.input.at += TimeDelta::hours(48) + TimeDelta::seconds(1);
    }
    assert_eq!(
        fates(&service.handle(&later).unwrap()),
        [Fate::Applied, Fate::Duplicate]
    );

    let mut unnumbered = update(1, "a", text("x"));
    unnumbered.id = None;
    let fates = fates(&service.handle(&vec![unnumbered; 2]).unwrap());
    assert_eq!(fates, [Fate::Applied, Fate::Applied]);
}

#[test]
fn an_update_that_panics_harms_nobody_else() {
    let mut service = service();
    let batch = vec![
        update(1, "a", text("x")),
        update(2, "a", text("fail")),
        update(3, "b", text("y")),
    ];
    let handled = service.handle(&batch).unwrap();
    assert_eq!(
        fates(&handled),
        [Fate::Applied, Fate::DeadLetter, Fate::Applied]
    );
    assert_eq!((service.turns("a"), service.turns("b")), (1, 1));
    let apology = assistant().apology(&Session::default());
    assert_eq!(
        handled[1].turn.as_ref().unwrap().replies,
        std::slice::from_ref(&apology)
    );
    assert_eq!(
        service.outbox("a")[2].outgoing.as_ref().unwrap().reply,
        apology
    );
    assert_eq!(
        fates(&service.handle(&batch).unwrap()),
        [Fate::Duplicate; 3]
    );
}

#[test]
fn a_dead_letter_quotes_nobody() {
    let words = "the user".to_owned();
    let quoted = panics::caught(|| panic!("it quotes {words}"));
    assert_eq!(quoted, Err::<(), _>("panicked".to_owned()));
    let literal = panics::caught(|| panic!("a literal"));
    assert_eq!(literal, Err::<(), _>("a literal".to_owned()));
}

#[test]
fn one_reply_takes_the_place_of_the_pressed_card() {
    let mut service = service();
    let mut press = update(1, "a", Content::Press("q:a".to_owned()));
    press.card = Some(5);
    service.handle(&[press]).unwrap();
    let replaces: Vec<_> = service
        .outbox("a")
        .into_iter()
        .map(|waiting| waiting.outgoing.unwrap().replaces)
        .collect();
    assert_eq!(replaces, [Some(5), None]);
}

#[test]
fn who_wants_to_be_forgotten_is() {
    let mut service = service();
    service
        .handle(&[update(1, "a", text("x")), update(2, "b", text("x"))])
        .unwrap();
    let forget = Content::Command(Command::Forget, String::new());
    service.handle(&[update(3, "a", forget)]).unwrap();
    assert_eq!(service.look(|records| records.session("a")), Loaded::New);
    assert_eq!(
        service.outbox("a").len(),
        2,
        "only the answer to the last wish is left"
    );
    assert_eq!((service.turns("b"), service.outbox("b").len()), (1, 2));
}

#[test]
fn a_direct_channel_keeps_no_outbox() {
    let mut service = service().with_channel(Channel::Direct);
    let handled = service
        .handle(&[update(1, "a", text("x")), update(2, "a", text("fail"))])
        .unwrap();
    assert_eq!(fates(&handled), [Fate::Applied, Fate::DeadLetter]);
    assert_eq!(service.outbox("a"), []);
}

#[tokio::test]
async fn the_writer_answers_after_the_commit() {
    let (writer, thread) = Writer::start(service()).unwrap();
    let batches = (0..20).map(|id| writer.handle(vec![update(id, "a", text("x"))]));
    for handled in futures::future::join_all(batches).await {
        assert_eq!(fates(&handled.unwrap()), [Fate::Applied]);
    }
    assert_eq!(writer.sessions_waiting().await.unwrap(), ["a"]);

    let first = writer.next_waiting("a".to_owned()).await.unwrap().unwrap();
    let receipt = writer.delivered(&first, 7).await.unwrap();
    assert_eq!(receipt.card_past, None);
    let second = receipt.next.unwrap();
    assert_eq!(
        writer.delivered(&second, 8).await.unwrap().card_past,
        Some(7)
    );

    writer.postponed(second.id + 1).await.unwrap();
    let third = writer.next_waiting("a".to_owned()).await.unwrap().unwrap();
    assert_eq!((third.id, third.attempts), (second.id + 1, 1));
    writer
        .parked_all("a".to_owned(), "blocked".to_owned(), third.created_at)
        .await
        .unwrap();
    assert_eq!(writer.next_waiting("a".to_owned()).await.unwrap(), None);

    drop(writer);
    thread.join().unwrap();
}

pub(crate) fn assistant() -> Arc<Assistant> {
    static ASSISTANT: LazyLock<Arc<Assistant>> = LazyLock::new(|| {
        let knowledge = crate::knowledge::load(&crate::shipped::files()).unwrap();
        Arc::new(Assistant::new(knowledge))
    });
    Arc::clone(&ASSISTANT)
}

#[test]
fn short_messages_written_in_one_go_are_one_turn() {
    let mut service = service();
    let short = |text: &str| Content::Text(text.to_owned());
    let batch = vec![
        update(1, "a", short("你好")),
        update(2, "b", short("你好")),
        update(3, "a", short("我想解绑")),
        update(4, "a", text("一长段")),
    ];
    let handled = service.handle(&batch).unwrap();
    assert_eq!(
        fates(&handled),
        [Fate::Applied, Fate::Merged, Fate::Applied, Fate::Applied]
    );
    assert_eq!((service.turns("a"), service.turns("b")), (2, 1));
    assert!(
        fates(&service.handle(&batch).unwrap())
            .iter()
            .all(|fate| *fate == Fate::Duplicate)
    );
}

#[test]
fn who_sends_too_many_is_told_once_and_costs_nobody_else() {
    let mut service = service().with_bounds(2, 180);
    let flood = (1..=6).map(|id| update(id, "a", text("x")));
    let handled = service.handle(&flood.collect::<Vec<_>>()).unwrap();
    assert_eq!(
        fates(&handled)
            .iter()
            .filter(|fate| **fate == Fate::TooFast)
            .count(),
        4
    );
    assert_eq!(service.turns("a"), 2);
    // Two turns of two replies, and one notice.
    assert_eq!(service.outbox("a").len(), 5);
    let other = service.handle(&[update(7, "b", text("x"))]).unwrap();
    assert_eq!(fates(&other), [Fate::Applied]);
}

#[test]
fn what_rests_for_long_is_deleted() {
    let mut service = service().with_bounds(0, 30);
    service.handle(&[update(1, "a", text("x"))]).unwrap();
    let mut late = update(2, "b", text("x"));
    late.input.at += TimeDelta::days(29);
    service.handle(&[late.clone()]).unwrap();
    assert_eq!((service.turns("a"), service.turns("b")), (1, 1));
    late.id = Some(3);
    late.input.at += TimeDelta::days(2);
    service.handle(&[late]).unwrap();
    assert_eq!((service.turns("a"), service.turns("b")), (0, 2));
    let journal = service.look(|records| {
        let count = records.journal_len()?;
        Ok(count)
    });
    assert_eq!(journal, 2);
}

#[test]
fn an_album_is_one_message_however_it_comes() {
    let mut service = service();
    let photo = |id| Update {
        album: Some(9),
        ..update(id, "a", Content::Media(crate::dialogue::Media::Photo))
    };
    service.handle(&[photo(1), photo(2)]).unwrap();
    service.handle(&[photo(3)]).unwrap();
    assert_eq!(service.turns("a"), 1);
}

#[test]
fn a_dead_letter_keeps_the_update_without_its_words() {
    let mut service = service();
    let letter = Update {
        received: Received::new(|| "the shape of it".to_owned()),
        ..update(1, "a", text("fail"))
    };
    assert_eq!(
        fates(&service.handle(&[letter]).unwrap()),
        [Fate::DeadLetter]
    );
    let received = service.look(|records| {
        let letters = records.dead_letters()?;
        Ok(letters)
    });
    assert_eq!(received, ["the shape of it"]);
}

/// What tests elsewhere look at and put in place.
impl Service {
    pub(crate) fn replace_step(&mut self, step: Step) {
        self.driver.step = step;
    }

    /// The texts that still wait for delivery.
    pub(crate) fn outbox_texts(&mut self) -> Vec<String> {
        self.look(|records| {
            let texts = records.waiting_texts()?;
            Ok(texts)
        })
    }

    /// What the session holds as its pending question.
    pub(crate) fn diary_of(&mut self, session: &str) -> String {
        self.look(|records| Ok(load(records, session)?.pending.unwrap_or_default()))
    }

    /// Puts so many messages for this session into the outbox.
    pub(crate) fn post_for_test(&mut self, session: &str, count: usize) {
        self.look(|records| {
            for number in 0..count {
                let outgoing = Outgoing {
                    reply: Reply::new(format!("{session} {number}"), Placement::Below),
                    replaces: None,
                    opens_turn: true,
                    removes: Vec::new(),
                    public: None,
                };
                records.post(session, &outgoing, DateTime::UNIX_EPOCH)?;
            }
            Ok(())
        });
    }
}
