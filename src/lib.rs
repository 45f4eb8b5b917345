//! `mibao`: a deterministic, offline support assistant. All it knows and says is data in a knowledge pack.
//!
//! The house, from the bottom up (README.md has the drawing): `text` and `knowledge` read and hold words; `graph` draws
//! them; `understanding` reads people; `decision` plans in numbers; `diagnosis` finds causes; `dialogue` is the state machine over them; `learning` counts how cases ended. All of
//! that is pure: no file, clock, environment, thread or print, so the same inputs give the same bytes for
//! ever. `store` keeps, `service` drives, `console` and `telegram` are thin shells.

pub mod console;
pub mod decision;
pub mod diagnosis;
pub mod dialogue;
pub mod graph;
pub mod knowledge;
pub mod learning;
pub mod proof;
pub mod service;
pub mod shipped;
pub mod simulation;
pub mod store;
pub mod telegram;
pub mod text;
pub mod understanding;
