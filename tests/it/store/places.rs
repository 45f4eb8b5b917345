//! Conversations move about in the store, and are found wherever they lie.

use super::{Place, entry, journal, keep_turn};
use mibao::dialogue::Session;
use mibao::store::{Fault, Loaded, Store};
use rusqlite::Connection;
use std::path::Path;

/// Who is kept, in the order of their rows.
fn sessions(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut keys = connection
        .prepare("SELECT key FROM session ORDER BY rowid")
        .unwrap();
    let keys = keys.query_map([], |row| row.get(0)).unwrap();
    keys.collect::<Result<_, _>>().unwrap()
}

/// How many turns somebody has had.
fn turns(store: &mut Store, key: &str) -> Option<u64> {
    let loaded = store.transaction(|records| records.session(key)).unwrap();
    match loaded {
        Loaded::Session(session) => Some(session.turn),
        Loaded::New | Loaded::Unreadable => None,
    }
}

#[test]
fn whoever_comes_back_lies_among_those_who_are_there() {
    const MANY: u32 = 20_000;
    let place = Place::new();
    let mut store = Store::open(&place.store()).unwrap();
    keep_turn(&mut store, "1", 1000);
    let others = "WITH RECURSIVE other (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM other WHERE n < :many)
INSERT INTO session (key, state, updated_at) SELECT n, json_set(state, '$.turn', n), 1000 FROM other, session WHERE key = '1'";
    let connection = Connection::open(place.store()).unwrap();
    connection.execute(others, [MANY]).unwrap();
    // Far more than are remembered apart; the second time they are looked for where they were.
    for _ in 0..2 {
        for user in (2..=MANY).step_by(3) {
            assert_eq!(turns(&mut store, &user.to_string()), Some(user.into()));
        }
    }
    let card = |store: &mut Store, card| {
        let earlier = store.transaction(|records| records.set_card("7", card));
        earlier.unwrap()
    };
    assert_eq!(card(&mut store, Some(5)), None);
    // Long away, just there, and there again.
    for key in ["7", "19999", "7"] {
        keep_turn(&mut store, key, 2000);
    }
    let mut expected: Vec<String> = (1..=MANY).map(|user| user.to_string()).collect();
    let back = expected.remove(6);
    expected.push(back);
    assert_eq!(sessions(&place.store()), expected);
    assert_eq!(card(&mut store, None), Some(5));
    assert_eq!(card(&mut store, Some(6)), None);
    assert_eq!(journal(&place.store()), ["1", "7", "19999", "7"]);
    store.transaction(|records| records.forget("7")).unwrap();
    assert_eq!(turns(&mut store, "7"), None);
    assert_eq!(card(&mut store, None), None);
    assert_eq!(journal(&place.store()), ["1", "19999"]);
}

#[test]
fn a_row_that_was_taken_back_is_nobodys() {
    let place = Place::new();
    let mut store = Store::open(&place.store()).unwrap();
    let failed = store.transaction(|records| {
        records.keep_turn(&Session::default(), &entry("a", 1000))?;
        Err::<(), _>(Fault::from(rusqlite::Error::InvalidQuery))
    });
    assert!(failed.is_err());
    keep_turn(&mut store, "b", 1001);
    assert_eq!(turns(&mut store, "a"), None);
    keep_turn(&mut store, "a", 1002);
    assert_eq!(sessions(&place.store()), ["b", "a"]);
    assert_eq!(journal(&place.store()), ["b", "a"]);
}
