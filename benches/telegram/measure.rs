//! One bot under the same load as every other, and what it made of it.

use super::process::{Process, harness_cpu};
use super::server::Server;
use super::world::{Counts, Shared};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Replies are counted only when caches are warm and connections open.
const WARM_UP: Duration = Duration::from_secs(3);

/// Updates a second in the open loop, and its users: many enough that one is always free.
const RATE: f64 = 200.0;
const OPEN_USERS: usize = 2000;

/// How often a start is measured.
const STARTS: usize = 5;

/// How long each part lasts.
#[derive(Clone, Copy)]
pub struct Pace {
    pub closed: Duration,
    pub open: Duration,
}

/// What was seen within a stretch of time.
#[derive(Clone, Copy)]
pub struct Window {
    pub turns_per_second: f64,
    pub calls_per_turn: f64,
    /// Of the bot, both cores together.
    pub cpu_per_turn: Duration,
    /// Of the server and the users.
    pub harness_cpu_per_turn: Duration,
    pub p50: Duration,
    pub p99: Duration,
}

/// What one bot made of it.
pub struct Figures {
    pub few: Window,
    pub many: Window,
    pub open: Window,
    /// From the start of the process to its first poll: the median.
    pub start: Duration,
    pub memory_at_rest: u64,
    pub memory_peak: u64,
    pub counts: Counts,
    pub log: Vec<String>,
}

/// Watches for so long, after some time to warm up.
pub async fn window(world: &Shared, bot: Option<&Process>, lasts: Duration) -> Window {
    tokio::time::sleep(WARM_UP.min(lasts)).await;
    let bot_cpu = || bot.map_or(Duration::ZERO, Process::cpu);
    let before = world.borrow().counts;
    world.borrow_mut().waits.clear();
    let (cpu, harness, started_at) = (bot_cpu(), harness_cpu(), Instant::now());
    tokio::time::sleep(lasts).await;
    let took = started_at.elapsed();
    let cpu = bot_cpu().saturating_sub(cpu);
    let harness = harness_cpu().saturating_sub(harness);
    let mut world = world.borrow_mut();
    let (turns, calls) = (
        world.counts.turns - before.turns,
        world.counts.calls - before.calls,
    );
    world.waits.sort_unstable();
    let at = |part: usize| {
        let waits = &world.waits;
        waits
            .get(waits.len() * part / 100)
            .copied()
            .unwrap_or_default()
    };
    let each = u32::try_from(turns.max(1)).unwrap();
    Window {
        turns_per_second: f64::from(each) / took.as_secs_f64(),
        calls_per_turn: f64::from(u32::try_from(calls).unwrap()) / f64::from(each),
        cpu_per_turn: cpu / each,
        harness_cpu_per_turn: harness / each,
        p50: at(50),
        p99: at(99),
    }
}

/// Puts a bot through all of it. `bot` is given the server's address and the store's.
pub async fn measure(
    name: &str,
    store: &Path,
    pace: Pace,
    bot: impl Fn(&str, &Path) -> Command,
) -> Figures {
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        let server = Server::start().await.unwrap();
        let process = Process::start(bot(&server.url(), store), store);
        starts.push(first_poll(&server.world, &process).await);
        process.stop().await;
    }
    let server = Server::start().await.unwrap();
    let world = &server.world;
    let process = Process::start(bot(&server.url(), store), store);
    starts.push(first_poll(world, &process).await);
    starts.sort_unstable();
    let memory_at_rest = process.memory("VmRSS:");

    // The bot first meets what it meets in ordinary times, and last what may be too much for it.
    eprintln!("{name}: {RATE} updates a second");
    let open = tokio::select! {
        window = window(world, Some(&process), pace.open) => window,
        () = knock(world) => unreachable!("it never ends"),
    };
    eprintln!(
        "{name}: p50 {:.1?}, p99 {:.1?}; 200 users",
        open.p50, open.p99
    );
    world.borrow_mut().closed_loop(200);
    let few = window(world, Some(&process), pace.closed).await;
    eprintln!(
        "{name}: {:.0} turns a second; 5,000 users",
        few.turns_per_second
    );
    world.borrow_mut().closed_loop(5000);
    let many = window(world, Some(&process), pace.closed).await;
    world.borrow_mut().hush();
    eprintln!("{name}: {:.0} turns a second", many.turns_per_second);
    let memory_peak = process.memory("VmHWM:");
    let log = process.stop().await;
    let counts = world.borrow().counts;
    Figures {
        few,
        many,
        open,
        start: starts.get(STARTS / 2).copied().unwrap_or_default(),
        memory_at_rest,
        memory_peak,
        counts,
        log,
    }
}

async fn first_poll(world: &Shared, process: &Process) -> Duration {
    loop {
        if let Some(polled_at) = world.borrow().polled_first_at {
            return polled_at - process.started_at;
        }
        assert!(
            process.started_at.elapsed() < Duration::from_mins(1),
            "the bot does not ask for updates"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Lets users come by at this rate, as people do: each for himself, in no step with the others.
async fn knock(world: &Shared) {
    world.borrow_mut().open_loop(OPEN_USERS);
    let mut random = fastrand::Rng::with_seed(20);
    let mut next_at = tokio::time::Instant::now();
    loop {
        tokio::time::sleep_until(next_at).await;
        while next_at <= tokio::time::Instant::now() {
            world.borrow_mut().tick();
            let pause = -(1.0 - random.f64()).ln() / RATE;
            next_at += Duration::from_secs_f64(pause);
        }
    }
}
