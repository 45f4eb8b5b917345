//! Tells cargo that the embedded knowledge is part of the program.

#![expect(clippy::disallowed_macros, reason = "this is how cargo is told")]

fn main() {
    println!("cargo::rerun-if-changed=knowledge");
    println!("cargo::rerun-if-changed=build.rs");
}
