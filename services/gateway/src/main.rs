//! The gateway as a process.

fn main() -> anyhow::Result<()> {
    careway_gateway::process::main()
}
