//! Tells cargo that the embedded knowledge is part of the program.

fn main() {
    println!("cargo::rerun-if-changed=knowledge");
    println!("cargo::rerun-if-changed=build.rs");
}
