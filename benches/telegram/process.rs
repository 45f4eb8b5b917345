//! A bot as a process: started, looked at from outside, stopped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// As Telegram gives them, but nobody's.
const TOKEN: &str = "123456:load-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What `/proc` counts processor time in, on every Linux there is.
const TICK: Duration = Duration::from_millis(10);

/// A running bot. Dropped, it is killed.
pub struct Process {
    child: Child,
    log: PathBuf,
    pub started_at: Instant,
}

impl Process {
    /// Starts it, with its log beside its store.
    pub fn start(mut command: Command, store: &Path) -> Self {
        let log = store.with_extension("log");
        let file = File::create(&log).unwrap();
        command
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("NO_PROXY", "127.0.0.1")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file);
        let started_at = Instant::now();
        let child = command.spawn().unwrap();
        Self {
            child,
            log,
            started_at,
        }
    }

    /// The processor time that it has used so far.
    pub fn cpu(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // Behind the name, which may hold anything, the two are the twelfth and the thirteenth.
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let ticks = after_name.split_whitespace().skip(11).take(2);
        ticks.map(|ticks| TICK * ticks.parse().unwrap_or(0)).sum()
    }

    /// A line of its status in bytes: `VmRSS` for the memory it has, `VmHWM` for the most it had.
    pub fn memory(&self, line: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let kibibytes = status
            .lines()
            .find_map(|candidate| candidate.strip_prefix(line)?.split_whitespace().next())
            .and_then(|number| number.parse::<u64>().ok());
        kibibytes.unwrap_or_default() << 10
    }

    /// Stops it in order, and says what its log has that is amiss.
    pub async fn stop(mut self) -> Vec<String> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", "TERM", &pid]).status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "it has ended by itself: see {}",
            self.log.display()
        );
        let patience = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait().unwrap().is_none() && Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let amiss = |line: &&str| line.contains(" WARN ") || line.contains("ERROR");
        log.lines().filter(amiss).map(str::to_owned).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time of this process's first thread: the server and its users.
pub fn harness_cpu() -> Duration {
    let times = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = times
        .split_whitespace()
        .next()
        .and_then(|time| time.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}
