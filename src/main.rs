//! Arguments, environment and files; everything else is the library's.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the outermost shell: it reads files and prints"
)]

use clap::{Args, Parser, Subcommand};
use learned::assistant;
use mibao::graph::Format;
use mibao::knowledge::Language;
use mibao::service::{Channel, Service};
use mibao::store::{Store, keep_to_owner};
use mibao::telegram::{Limits, Rate};
use mibao::{console, graph, proof, telegram};
use packs::{Failure, Pack, load};
use secrecy::SecretString;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

mod check;
mod columns;
mod eval;
mod learn;
mod learned;
mod packs;
mod refusals;
mod simulate;
mod understand;

/// 密保: a support assistant that walks people through changing or unbinding the phone of their QQ account.
///
/// Deterministic and offline. All it knows and says is in a knowledge pack: the one built in, or your own directory.
#[derive(Debug, Parser)]
#[command(
    version,
    arg_required_else_help = true,
    after_help = "Try it:  mibao chat\nRun it:  TELOXIDE_TOKEN=… mibao telegram --db mibao.db"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Talk to the assistant here: in a terminal, in a pipe, or line by line as JSON.
    ///
    /// Answer with a button's number, its label, or your own words. /help, /back, /restart, /status, /human,
    /// /cancel, /privacy and /forget work too. Ctrl-D leaves.
    Chat(Chat),
    /// Run the Telegram bot.
    ///
    /// The token comes from @BotFather: set it in `TELOXIDE_TOKEN`, or write it into a file and name that. Everything is
    /// kept in one SQLite file; kill the bot at any moment and start it again, no message is lost or answered twice.
    Telegram(Telegram),
    /// Prove a knowledge pack: every mistake with its place, then the whole dialogue, turn by turn.
    ///
    /// First every rule for the files: each mistake with file, line, column and a hint. Then what the pack's dialogue does:
    /// that everything in it is reached, that every act has an answer in every state, that every way ends, that nothing is
    /// loosened before its guard. What fails is shown with a shortest conversation, and the command that replays it.
    /// Exits with 1 if anything fails. Without DIR the built-in pack is proved.
    Check(check::Check),
    /// Say how sentences are understood, and with --explain why: one a line on the standard input.
    Understand(understand::Understand),
    /// Score the understanding of labelled sentences, `intent<TAB>sentence` a line.
    ///
    /// Out of scope are the intents that the pack calls outside. Where two readings are offered, one of them has to be
    /// right. The table of thresholds says what would come of turning away earlier or later.
    Eval(eval::Eval),
    /// Propose new priors for the causes, from how the conversations of a store ended.
    ///
    /// Counted are cases where a remedy helped, and cases where something was tried, nothing helped and a human took over.
    /// What the user had said and tried tells how probable each cause was; each case adds 1, divided among the causes. The
    /// author's priors weigh as much as 50 cases (--weight), and no cause falls below 1 %. Nothing is written, neither to
    /// the store nor to the pack: the change is printed, for a person to accept or not.
    Learn(learn::Learn),
    /// Draw the dialogue: where every answer leads, in the pack's own words.
    ///
    /// A box for each guide and each problem. A guide lists its steps in order, with the answers that a step is for, and
    /// the problem that a failing step leads to. A problem lists its causes, numbered and with how probable they are at
    /// first, and its remedies with the numbers of the causes that they fix and how often they do. Lines are what leads
    /// from one box to another: the menu, and answers in the words of their buttons.
    #[command(
        after_help = "See it in a browser:  mibao graph --format svg > graph.svg\nIn a Markdown file:   mibao graph, between ```mermaid and ```\nWith Graphviz:        mibao graph --format dot | dot -Tpdf -o graph.pdf"
    )]
    Graph(Graph),
    /// Say what the diagnosis of each problem costs its users, computed and played.
    ///
    /// Expected minutes and turns of the policy that the assistant follows, beside one-step rollout, p/c with value of
    /// information, p/c, asking everything first, and the order of the file; the worst case; and what a prior that is
    /// wrong costs. Then simulated users with each cause talk to the real dialogue: how often they end with the right
    /// remedy, or handed over with the right cause named, and in how many turns.
    Simulate(simulate::Simulate),
}

#[derive(Debug, Args)]
struct Chat {
    #[command(flatten)]
    pack: Pack,
    /// File that keeps the conversation; it goes on there next time. Without it nothing is kept.
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// Language to talk in: zh-Hans, zh-Hant or en, as far as the pack has it.
    #[arg(long, value_parser = language)]
    language: Option<Language>,
    /// One JSON object a line in (`{"text":…}`, `{"press":ID}`, `{"command":"start"}`, `{"media":"photo"}`), one out.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Telegram {
    #[command(flatten)]
    pack: Pack,
    /// File that keeps conversations and unsent replies.
    #[arg(long, value_name = "FILE", default_value = "mibao.db")]
    db: PathBuf,
    /// Bot API server, if not Telegram's own.
    #[arg(long, value_name = "URL")]
    api_url: Option<String>,
    /// File that holds the bot's token and nothing else.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Address that Telegram sends updates to, `https://…`; without it the bot asks for them. Needs --listen.
    #[arg(long, value_name = "URL", requires = "listen")]
    webhook_url: Option<String>,
    /// Where to listen, as in `127.0.0.1:8080`: for updates by webhook, /healthz and /metrics (Prometheus).
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Updates of all users together that are handled in any second, half of them at once; those above it wait at Telegram.
    /// 0: any number.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    updates_per_second_max: u32,
    /// Messages of one person that are answered in a minute; who sends more is asked once to wait. 0: any number.
    #[arg(long, value_name = "N", default_value_t = 40)]
    user_updates_per_minute_max: u32,
    /// Days after which a conversation that rests is deleted, with its journal. The pack's privacy topic should say the same.
    #[arg(long, value_name = "DAYS", default_value_t = mibao::service::DAYS_KEPT)]
    keep_days: u32,
    /// Messages to all chats together in any second; Telegram allows 30. 0: no limit.
    #[arg(long, value_name = "N", default_value_t = 30)]
    messages_per_second_max: u32,
    /// Messages to one person in any minute, a third of them at once. 0: no limit.
    #[arg(long, value_name = "N", default_value_t = 60)]
    chat_messages_per_minute_max: u32,
    /// Messages to one group in any minute; Telegram allows 20. 0: no limit.
    #[arg(long, value_name = "N", default_value_t = 20)]
    group_messages_per_minute_max: u32,
}

impl Telegram {
    fn limits(&self) -> Limits {
        let minute = Duration::from_mins(1);
        let rate = |count: u32, time, burst| match count {
            0 => Rate::UNLIMITED,
            count => Rate::within(count, time, burst),
        };
        let (updates, all, chat, group) = (
            self.updates_per_second_max,
            self.messages_per_second_max,
            self.chat_messages_per_minute_max,
            self.group_messages_per_minute_max,
        );
        Limits {
            updates: rate(updates, Duration::from_secs(1), updates / 2),
            all: rate(all, Duration::from_secs(1), all / 6),
            chat: rate(chat, minute, chat / 3),
            group: rate(group, minute, group / 2),
            ..Limits::default()
        }
    }
}

#[derive(Debug, Args)]
struct Graph {
    #[command(flatten)]
    pack: Pack,
    /// What to write: `mermaid` (Markdown draws it), `dot` (Graphviz does), or `svg` (a whole picture for a browser).
    #[arg(long, value_parser = format, default_value = Format::Mermaid.id())]
    format: Format,
    /// Language of the titles: zh-Hans, zh-Hant or en, as far as the pack has it; else the pack's first.
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<Language>,
}

fn format(name: &str) -> Result<Format, String> {
    Format::from_id(name)
        .ok_or_else(|| format!("expected one of {}", Format::ALL.map(Format::id).join(", ")))
}

fn language(tag: &str) -> Result<Language, String> {
    Language::from_id(tag).ok_or_else(|| {
        format!(
            "expected one of {}",
            Language::ALL.map(Language::id).join(", ")
        )
    })
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Chat(arguments) => chat(&arguments),
        Command::Telegram(arguments) => run_telegram(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Understand(arguments) => understand::understand(&arguments),
        Command::Eval(arguments) => eval::eval(&arguments),
        Command::Learn(arguments) => learn::learn(&arguments),
        Command::Graph(arguments) => draw(&arguments),
        Command::Simulate(arguments) => simulate::simulate(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough (`mibao eval … | head`).
        Err(failure)
            if failure
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            anstream::eprintln!("{}", failure.to_string().trim_end());
            ExitCode::FAILURE
        }
    }
}

fn chat(arguments: &Chat) -> Result<(), Failure> {
    let assistant = Arc::new(assistant(load(arguments.pack.directory.as_deref())?));
    let store = match &arguments.db {
        Some(path) => Store::open(path)?,
        None => Store::in_memory()?,
    };
    let service = Service::new(Arc::clone(&assistant), store).with_channel(Channel::Direct);
    let options = console::Options {
        language: arguments.language,
        json: arguments.json,
    };
    Ok(console::chat(service, &assistant.knowledge, options)?)
}

fn run_telegram(arguments: &Telegram) -> Result<(), Failure> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    let token = token(arguments.token_file.as_deref())?;
    let assistant = Arc::new(assistant(load(arguments.pack.directory.as_deref())?));
    if let Some(failure) = proof::glance(&assistant).first() {
        return Err(format!(
            "the knowledge pack would fail its users ({}: {}); `mibao check` says more",
            failure.code.id(),
            failure.message
        )
        .into());
    }
    let store = Store::open(&arguments.db)?;
    let options = telegram::Options {
        token,
        api_url: arguments.api_url.clone(),
        webhook_url: arguments.webhook_url.clone(),
        listen: arguments.listen,
        limits: arguments.limits(),
        user_updates_per_minute_max: arguments.user_updates_per_minute_max,
        keep_days: arguments.keep_days,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(telegram::run(options, assistant, store))?)
}

/// The bot's token, from a file or from the environment.
fn token(file: Option<&Path>) -> Result<SecretString, Failure> {
    let token = match file {
        Some(path) => {
            let token = fs::read_to_string(path);
            let token = token.map_err(|error| format!("cannot read the token file `{}`: {error}", path.display()))?;
            keep_to_owner(path);
            token
        }
        None => std::env::var("TELOXIDE_TOKEN").map_err(|_| {
            "no token: get one from @BotFather and set it in the environment variable `TELOXIDE_TOKEN`, or name a file that holds it with `--token-file`"
        })?,
    };
    let token = token.trim();
    if token.is_empty() {
        return Err("the token is empty: get one from @BotFather".into());
    }
    Ok(SecretString::from(token.to_owned()))
}

fn draw(arguments: &Graph) -> Result<(), Failure> {
    let pack = load(arguments.pack.directory.as_deref())?;
    let picture = graph::draw(&pack, arguments.language, arguments.format);
    Ok(write!(io::stdout().lock(), "{picture}")?)
}
