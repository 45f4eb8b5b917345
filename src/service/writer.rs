//! The one thread that writes to the store, and what asynchronous callers ask of it.
//!
//! A commit waits for the disk, some milliseconds; so whatever has been asked for in the meantime goes into
//! the next transaction together, and the answers leave when that is committed. Nothing is sent to a user
//! before what it rests on is safe.

#![expect(clippy::disallowed_methods, reason = "a shell: the writer is a thread")]
#![expect(
    clippy::missing_errors_doc,
    reason = "all fail alike, as `WriterError` says"
)]

use super::{Driver, Handled, Service, Update};
use crate::dialogue::Assistant;
use crate::store::{Fault, Records, StoreError, Waiting};
use chrono::{DateTime, Utc};
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

/// How many requests may wait for the writer; who comes next is held up.
const REQUESTS_WAITING_MAX: usize = 1024;

/// How many requests share a transaction at most.
const REQUESTS_TOGETHER_MAX: usize = 256;

/// Asks the writer. Clones ask the same one; it ends when the last is gone.
#[derive(Clone)]
pub struct Writer {
    requests: mpsc::Sender<Box<dyn Request>>,
}

/// Why a request was not fulfilled. Nothing of it has been written.
#[derive(Debug, Clone)]
pub enum WriterError {
    /// The transaction failed; the next one may succeed.
    Store(Arc<StoreError>),
    /// The writer is gone.
    Gone,
}

impl fmt::Display for WriterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "{error}"),
            Self::Gone => write!(
                f,
                "the thread that writes to the store has ended: start again"
            ),
        }
    }
}

impl std::error::Error for WriterError {}

/// What followed from a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The earlier card, whose buttons are to be taken away.
    pub card_past: Option<i64>,
    /// The next message that waits for the same user.
    pub next: Option<Waiting>,
}

impl Writer {
    /// Gives the service to a thread of its own.
    pub fn start(service: Service) -> io::Result<(Self, JoinHandle<()>)> {
        let (requests, queue) = mpsc::channel(REQUESTS_WAITING_MAX);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(|| serve(service, queue))?;
        Ok((Self { requests }, thread))
    }

    /// Handles a batch of updates.
    pub async fn handle(&self, updates: Vec<Update>) -> Result<Vec<Handled>, WriterError> {
        self.ask(move |driver, records| driver.handle(records, &updates))
            .await
    }

    /// Who has messages waiting, longest wait first.
    pub async fn sessions_waiting(&self) -> Result<Vec<String>, WriterError> {
        self.ask(|_, records| records.sessions_waiting()).await
    }

    /// The oldest message that waits for this user.
    pub async fn next_waiting(&self, session: String) -> Result<Option<Waiting>, WriterError> {
        self.ask(move |_, records| records.next_waiting(&session))
            .await
    }

    /// A message has arrived, as this one in the chat.
    pub async fn delivered(
        &self,
        waiting: &Waiting,
        message_id: i64,
    ) -> Result<Receipt, WriterError> {
        let Waiting {
            id,
            session,
            outgoing,
            ..
        } = waiting.clone();
        self.ask(move |_, records| {
            let (live, opens_turn) = outgoing.as_ref().map_or((false, false), |out| {
                (!out.reply.buttons.is_empty(), out.opens_turn)
            });
            let earlier = match (live, opens_turn) {
                (true, _) => records.set_card(&session, Some(message_id))?,
                (false, true) => records.set_card(&session, None)?,
                (false, false) => None,
            };
            records.take_out(id)?;
            Ok(Receipt {
                card_past: earlier.filter(|card| *card != message_id),
                next: records.next_waiting(&session)?,
            })
        })
        .await
    }

    /// Sending a message has failed and will be tried again.
    pub async fn postponed(&self, id: i64) -> Result<(), WriterError> {
        self.ask(move |_, records| records.count_attempt(id)).await
    }

    /// A message will never arrive.
    pub async fn parked(
        &self,
        id: i64,
        reason: String,
        at: DateTime<Utc>,
    ) -> Result<(), WriterError> {
        self.ask(move |_, records| records.park(id, &reason, at))
            .await
    }

    /// A user cannot be reached.
    pub async fn parked_all(
        &self,
        session: String,
        reason: String,
        at: DateTime<Utc>,
    ) -> Result<(), WriterError> {
        self.ask(move |_, records| records.park_all(&session, &reason, at))
            .await
    }

    /// From the next transaction on, this assistant answers.
    pub async fn reload(&self, assistant: Arc<Assistant>) -> Result<(), WriterError> {
        self.ask(move |driver, _| {
            driver.assistant = Arc::clone(&assistant);
            Ok(())
        })
        .await
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut Driver, &Records<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, WriterError> {
        let (tell, told) = oneshot::channel();
        let request = Asked {
            work,
            result: None,
            tell,
        };
        self.requests
            .send(Box::new(request))
            .await
            .map_err(|_| WriterError::Gone)?;
        told.await.map_err(|_| WriterError::Gone)?
    }
}

/// Something asked for, whatever its result is.
trait Request: Send {
    /// Does it, within the transaction; anew, if that is begun anew.
    fn work(&mut self, driver: &mut Driver, records: &Records<'_>) -> Result<(), StoreFault>;

    /// Says how it went, after the commit or instead of it.
    fn tell(self: Box<Self>, failure: Option<&Arc<StoreError>>, path: &Path);
}

/// A fault that no request of the transaction can succeed after.
struct StoreFault(Fault);

struct Asked<T, W> {
    work: W,
    result: Option<Result<T, Fault>>,
    tell: oneshot::Sender<Result<T, WriterError>>,
}

impl<T, W> Request for Asked<T, W>
where
    T: Send,
    W: FnMut(&mut Driver, &Records<'_>) -> Result<T, Fault> + Send,
{
    fn work(&mut self, driver: &mut Driver, records: &Records<'_>) -> Result<(), StoreFault> {
        match records
            .savepoint(|| (self.work)(driver, records))
            .map_err(StoreFault)?
        {
            Err(fault) if fault.is_of_store() => Err(StoreFault(fault)),
            result => {
                self.result = Some(result);
                Ok(())
            }
        }
    }

    fn tell(self: Box<Self>, failure: Option<&Arc<StoreError>>, path: &Path) {
        let result = match (failure, self.result) {
            (Some(error), _) => Err(WriterError::Store(Arc::clone(error))),
            (None, Some(Ok(result))) => Ok(result),
            (None, Some(Err(fault))) => Err(WriterError::Store(Arc::new(fault.at(path)))),
            (None, None) => Err(WriterError::Gone),
        };
        // Who asked may have gone away; then nobody needs to know.
        drop(self.tell.send(result));
    }
}

fn serve(mut service: Service, mut queue: mpsc::Receiver<Box<dyn Request>>) {
    let mut requests = Vec::new();
    while queue.blocking_recv_many(&mut requests, REQUESTS_TOGETHER_MAX) > 0 {
        let failure = fulfil(&mut service, &mut requests);
        for request in requests.drain(..) {
            request.tell(failure.as_ref(), service.store.path());
        }
    }
}

/// Does what is asked for in one transaction, and says why it failed if it did.
fn fulfil(service: &mut Service, requests: &mut [Box<dyn Request>]) -> Option<Arc<StoreError>> {
    let driver = &mut service.driver;
    let committed = service.store.transaction(|records| {
        requests
            .iter_mut()
            .try_for_each(|request| request.work(driver, records))
            .map_err(|StoreFault(fault)| fault)
    });
    committed.err().map(Arc::new)
}

/// A writer that is a task like any other, so that a test can stop the clock and the world.
#[cfg(test)]
pub(crate) mod here {
    use super::*;
    use std::sync::Mutex;

    /// What becomes of a transaction when it is over.
    pub(crate) type Verdict = Arc<dyn Fn(usize, bool) -> bool + Send + Sync>;

    impl Writer {
        /// Gives the service to a task. `verdict` hears of each transaction how many requests it had and whether it failed,
        /// and says whether anybody still lives to be told.
        pub(crate) fn start_here(service: Arc<Mutex<Service>>, verdict: Verdict) -> Self {
            let (requests, mut queue) = mpsc::channel(REQUESTS_WAITING_MAX);
            tokio::spawn(async move {
                let mut together: Vec<Box<dyn Request>> = Vec::new();
                while queue.recv_many(&mut together, REQUESTS_TOGETHER_MAX).await > 0 {
                    let failure = fulfil(&mut service.lock().unwrap(), &mut together);
                    if !verdict(together.len(), failure.is_some()) {
                        return std::future::pending().await;
                    }
                    for request in together.drain(..) {
                        request.tell(failure.as_ref(), Path::new("store"));
                    }
                }
            });
            Self { requests }
        }
    }
}
