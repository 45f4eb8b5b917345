//! The Bot API server: one thread, one task per connection, answers written by hand.

use super::wire;
use super::world::{Shared, Verdict, World};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::Instant;

/// A server with a world of its own. Dropped, it takes no more connections.
pub struct Server {
    pub world: Shared,
    address: SocketAddr,
    tasks: [JoinHandle<()>; 2],
}

impl Server {
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let world = World::new();
        let shared = Rc::clone(&world);
        let accept = spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let world = Rc::clone(&shared);
                // A client that goes away needs no answer.
                spawn_local(async move { drop(serve(stream, world).await) });
            }
        });
        let shared = Rc::clone(&world);
        let patience = spawn_local(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(500)).await;
                shared.borrow_mut().give_up();
            }
        });
        Ok(Self {
            world,
            address,
            tasks: [accept, patience],
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn serve(mut stream: TcpStream, world: Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut input = Vec::new();
    let mut output = Vec::new();
    loop {
        input.reserve(8 << 10);
        if stream.read_buf(&mut input).await? == 0 {
            return Ok(());
        }
        let mut used = 0;
        while let Some(request) = wire::request(input.get(used..).unwrap_or_default()) {
            used += request.length;
            let verdict = world.borrow_mut().call(&request, &mut output);
            if let Verdict::Wait { limit, timeout } = verdict {
                wait(&world, limit, timeout, &mut output).await;
            }
        }
        input.drain(..used);
        if !output.is_empty() {
            stream.write_all(&output).await?;
            output.clear();
        }
    }
}

/// Answers a poll as soon as there are updates, or with none when its time is over.
async fn wait(world: &Shared, limit: usize, timeout: Duration, output: &mut Vec<u8>) {
    let deadline = Instant::now() + timeout;
    let available = world.borrow().available();
    loop {
        let notified = available.notified();
        if world.borrow().updates(limit, output) {
            return;
        }
        if tokio::time::timeout_at(deadline, notified).await.is_err() {
            wire::answer(output, br#"{"ok":true,"result":[]}"#);
            return;
        }
    }
}
