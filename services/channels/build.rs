//! Rebuilds when a migration or a function changes: `migrate!` and `include_dir!` read the folders at compile time.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=sql");
}
