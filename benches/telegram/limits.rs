//! What nothing can exceed here: the harness with no bot behind it, the HTTP client doing nothing, the disk.

use super::measure::{Window, window};
use super::server::Server;
use super::wire;
use super::world::FIRST_USER;
use rusqlite::{Connection, params};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, watch};
use tokio::task::{LocalSet, spawn_local};

/// Requests at the same time, as many as the bot has.
const CONNECTIONS: usize = 64;

/// A reply as a bot would send it.
const REPLY: &str = r#""text":"先确认一件最要紧的事：您的账号现在安全吗？\n安全就是：没有陌生登录，密码没被别人改过，好友也没收到奇怪的借钱消息。","parse_mode":"HTML","link_preview_options":{"is_disabled":true},"reply_markup":{"inline_keyboard":[[{"text":"安全，没有异常","callback_data":"2583624.safe=yes"},{"text":"有被盗的迹象","callback_data":"2583624.safe=no"}],[{"text":"不确定","callback_data":"2583624.safe=unsure"},{"text":"为什么","callback_data":"2583624.why"}]]}}"#;

/// What the harness manages with a client that does nothing but answer.
pub async fn harness_alone(lasts: Duration) -> Window {
    let server = Server::start().await.unwrap();
    let address = server.address();
    let (stop, stopped) = watch::channel(false);
    let client = std::thread::spawn(move || {
        LocalSet::new().block_on(&runtime(), answer_all(address, stopped));
    });
    server.world.borrow_mut().closed_loop(200);
    let window = window(&server.world, None, lasts).await;
    stop.send_replace(true);
    client.join().unwrap();
    window
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Answers every update with the same reply, for as long as nobody says stop.
async fn answer_all(address: SocketAddr, mut stopped: watch::Receiver<bool>) {
    let chats = Rc::new(RefCell::new(VecDeque::new()));
    let news = Rc::new(Notify::new());
    for _ in 0..CONNECTIONS {
        let (chats, news) = (Rc::clone(&chats), Rc::clone(&news));
        spawn_local(async move {
            let mut client = Client::connect(address).await?;
            loop {
                let chat: Option<i64> = chats.borrow_mut().pop_front();
                match chat {
                    Some(chat) => {
                        let body = format!(r#"{{"chat_id":{chat},{REPLY}"#);
                        client.call("SendMessage", &body).await?;
                    }
                    None => news.notified().await,
                }
            }
            #[expect(unreachable_code, reason = "it names the type of the errors above")]
            Ok::<(), io::Error>(())
        });
    }
    let poll = async {
        let mut client = Client::connect(address).await?;
        let mut offset = 0;
        loop {
            let body = format!(r#"{{"offset":{offset},"limit":100,"timeout":50}}"#);
            let answer = client.call("GetUpdates", &body).await?;
            let last = wire::numbers_after(answer, br#"{"update_id":"#).last();
            offset = last.map_or(offset, |last| last + 1);
            for chat in wire::numbers_after(
                answer,
                br#""is_bot":false,"language_code":"zh-hans"},"chat":{"id":"#,
            )
            .chain(wire::numbers_after(answer, br#""chat_instance":"-"#))
            {
                chats.borrow_mut().push_back(chat);
                news.notify_one();
            }
        }
        #[expect(unreachable_code, reason = "it names the type of the errors above")]
        Ok::<(), io::Error>(())
    };
    tokio::select! {
        result = poll => result.unwrap(),
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
}

/// A connection, with one request on it at a time.
struct Client {
    stream: TcpStream,
    input: Vec<u8>,
    answered: usize,
}

impl Client {
    async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            input: Vec::new(),
            answered: 0,
        })
    }

    async fn call(&mut self, method: &str, body: &str) -> io::Result<&[u8]> {
        let request = format!(
            "POST /bot1:x/{method} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        self.input.drain(..self.answered);
        loop {
            // An answer looks like a request, as far as this is read.
            if let Some(answer) = wire::request(&self.input) {
                self.answered = answer.length;
                break;
            }
            self.input.reserve(8 << 10);
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.input.get(..self.answered).unwrap_or_default())
    }
}

/// Calls a second through the bot's own HTTP client, each with a reply as its body.
pub async fn http_client(lasts: Duration) -> f64 {
    let server = Server::start().await.unwrap();
    let url = format!("{}/bot1:x/SendMessage", server.url());
    let (tell, told) = tokio::sync::oneshot::channel();
    let client = std::thread::spawn(move || {
        let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
        let calls = runtime.block_on(async {
            let client = teloxide::net::default_reqwest_settings()
                .no_proxy()
                .build()
                .unwrap();
            let ends_at = Instant::now() + lasts;
            let tasks: Vec<_> = (0..CONNECTIONS)
                .map(|_| {
                    let (client, url) = (client.clone(), url.clone());
                    tokio::spawn(async move {
                        let mut calls = 0_u32;
                        while Instant::now() < ends_at {
                            let body = format!(r#"{{"chat_id":{FIRST_USER},{REPLY}"#);
                            let request =
                                client.post(&url).header("content-type", "application/json");
                            let answer = request.body(body).send().await.unwrap();
                            answer.bytes().await.unwrap();
                            calls += 1;
                        }
                        calls
                    })
                })
                .collect();
            let mut calls = 0;
            for task in tasks {
                calls += task.await.unwrap();
            }
            calls
        });
        // Nobody waits for a figure that the bench no longer wants.
        let _ = tell.send(f64::from(calls) / lasts.as_secs_f64());
    });
    let rate = told.await.unwrap();
    client.join().unwrap();
    rate
}

/// Commits a second, each with so many rows of a session's size, in a store set up as the bot's is.
pub fn commits(directory: &Path, rows: u32, lasts: Duration) -> f64 {
    let connection = Connection::open(directory.join(format!("commits-{rows}.db"))).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE session (key TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL) STRICT;",
        )
        .unwrap();
    let state = "x".repeat(600);
    let started_at = Instant::now();
    let (mut commits, mut key) = (0_u32, 0_u32);
    while started_at.elapsed() < lasts {
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        for _ in 0..rows {
            key += 1;
            connection
                .prepare_cached("INSERT INTO session (key, state) VALUES (?, ?)")
                .unwrap()
                .execute(params![format!("telegram:{key}"), state])
                .unwrap();
        }
        connection.execute_batch("COMMIT").unwrap();
        commits += 1;
    }
    f64::from(commits) / started_at.elapsed().as_secs_f64()
}
