//! Thousands of turns in a world where everything fails: one thread, a clock that is turned by hand, and a seed that
//! repeats a run to the letter.
//!
//! After the fashion of `TigerBeetle`'s simulator: the bot's own code runs against a Bot API that loses, delays, repeats and
//! refuses, over a store any statement of which may fail, and is stopped dead between any two steps. When all is over,
//! a model says what must have happened: every update applied once and in order, every answer shown in order, and
//! shown again only where its arrival could not be known.

#![expect(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test: it prints its figures"
)]

mod world;

use super::api::Api;
use super::budget::Budget;
use super::decode::Me;
use super::deliver::{self, Courier};
use super::health::Health;
use super::receive::Receiver;
use super::{Limits, poll};
use crate::dialogue::{
    Assistant, Button, Content, Input, Placement, Reading, Reply, Session, Turn,
};
use crate::service::Service;
use crate::service::tests::assistant;
use crate::service::writer::Writer;
use crate::store::{Store, fuse};
use chrono::{DateTime, TimeDelta, Utc};
use std::cell::Cell;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use world::{FakeLine, World};

thread_local! {
    /// When this life of the process began.
    static BORN: Cell<Option<(DateTime<Utc>, Instant)>> = const { Cell::new(None) };
}

/// The hour that the clock shows.
fn now() -> DateTime<Utc> {
    let Some((time, began)) = BORN.get() else {
        return DateTime::UNIX_EPOCH;
    };
    time + TimeDelta::from_std(began.elapsed()).unwrap()
}

/// A core that keeps a diary of what was said to it, and repeats what it heard.
fn diarist(
    _: &Assistant,
    mut session: Session,
    input: &Input,
    _: Option<&Reading>,
) -> (Session, Turn) {
    let (heard, placement) = match &input.content {
        Content::Text(text) => (text.replace('\n', " "), Placement::Below),
        Content::Press(id) => (id.clone(), Placement::Replace),
        Content::Command(..) | Content::Media(_) => panic!("nobody says this here"),
    };
    let diary = session.pending.take().unwrap_or_default();
    session.pending = Some(format!("{diary}{heard} "));
    session.turn += 1;
    let turn = Turn {
        replies: vec![Reply {
            buttons: vec![vec![Button {
                id: "b".to_owned(),
                label: "B".to_owned(),
            }]],
            ..Reply::new(heard, placement)
        }],
        ..Turn::silent()
    };
    (session, turn)
}

/// One life of the process: it ends when it is killed, or when there is nothing left to do.
async fn live(world: Arc<Mutex<World>>, service: Arc<Mutex<Service>>) {
    let killed = Arc::new(tokio::sync::Notify::new());
    let line = FakeLine::new(Arc::clone(&world), Arc::clone(&killed));
    let api = Api::over(Arc::new(line));
    let verdict = {
        let (world, killed) = (Arc::clone(&world), Arc::clone(&killed));
        Arc::new(move |requests, failed| {
            let mut world = world.lock().unwrap();
            let lives = world.judge(requests, failed);
            if !lives {
                killed.notify_one();
            }
            lives
        })
    };
    let writer = Writer::start_here(Arc::clone(&service), verdict);
    let (news, sessions) = mpsc::unbounded_channel();
    let me = Arc::new(Me::default());
    let courier = Courier::new(
        api.clone(),
        writer.clone(),
        Limits::default(),
        Arc::clone(&me),
        now,
    );
    let (_tell, stop) = watch::channel(false);
    let receiver = Receiver {
        api,
        writer,
        assistant: assistant(),
        news,
        me,
        now,
        intake: Arc::new(Mutex::new(Budget::new(
            Limits::default().updates,
            Instant::now(),
        ))),
    };
    tokio::spawn(deliver::run(courier, sessions));
    tokio::spawn(poll::run(receiver, Arc::new(Health::default()), stop));
    tokio::spawn(world::crowd(Arc::clone(&world)));
    tokio::select! {
        biased;
        () = killed.notified() => {}
        () = world::until_quiet(world, service) => {}
    }
}

/// A run: lives of the process, one after the other, until all that was said is answered.
fn run(seed: u64, users: i64, updates_each: usize) -> Mutex<World> {
    fastrand::seed(seed);
    let world = Arc::new(Mutex::new(World::new(seed, users, updates_each)));
    let mut service = Service::new(assistant(), Store::in_memory().unwrap());
    service.replace_step(diarist);
    let service = Arc::new(Mutex::new(service));
    let mut time = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    while !world.lock().unwrap().is_over {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        time = runtime.block_on(async {
            BORN.set(Some((time, Instant::now())));
            world.lock().unwrap().begin_life();
            live(Arc::clone(&world), Arc::clone(&service)).await;
            now()
        });
        // Everything that was under way dies with the runtime.
        drop(runtime);
        fuse::light(None);
        world.lock().unwrap().end_life(&service);
    }
    world.lock().unwrap().check(&service);
    drop(service);
    Arc::try_unwrap(world).unwrap_or_else(|_| panic!("somebody still lives"))
}

#[test]
fn whatever_fails_every_update_is_applied_once_and_answered_in_order() {
    // `SEED=7` repeats one run; `SEEDS=1000` makes so many.
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let seeds = match number("SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("SEEDS").unwrap_or(12),
    };
    let mut total = world::Counts::default();
    for seed in seeds.clone() {
        let world = run(seed, 12, 25).into_inner().unwrap();
        total.add(&world.counts);
    }
    println!("{} runs: {total}", seeds.end - seeds.start);
    // A world in which nothing went wrong would prove nothing.
    total.assert_lively();
}

#[test]
fn the_same_seed_is_the_same_run() {
    let calls = |seed| run(seed, 4, 10).into_inner().unwrap().diary;
    assert_eq!(calls(3), calls(3));
    assert_ne!(calls(3), calls(4));
}

/// Ten thousand messages to one chat, and then one to another, which waits for no more than the messages before its own
/// in the stream of all.
#[test]
fn a_flood_to_one_chat_delays_another_by_no_more_than_its_own() {
    let world = Arc::new(Mutex::new(World::new(1, 0, 0)));
    world.lock().unwrap().is_calm = true;
    let mut service = Service::new(assistant(), Store::in_memory().unwrap());
    service.replace_step(diarist);
    service.post_for_test("telegram:1", 10_000);
    service.post_for_test("telegram:2", 1);
    let service = Arc::new(Mutex::new(service));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        BORN.set(Some((DateTime::UNIX_EPOCH, Instant::now())));
        world.lock().unwrap().begin_life();
        let life = live(Arc::clone(&world), Arc::clone(&service));
        let _ = tokio::time::timeout(Duration::from_mins(1), life).await;
    });
    let world = world.lock().unwrap();
    let shown = |chat| world.shown_at(chat);
    let other = shown(2).first().copied().unwrap();
    assert!(other <= Duration::from_secs(1), "{other:?}");
    // A burst of twenty, and then one and a half seconds for each.
    let flood = shown(1).len();
    assert!((40..=62).contains(&flood), "{flood}");
}
