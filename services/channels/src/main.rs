//! The channels service as a process.

fn main() -> anyhow::Result<()> {
    careway_service::run(
        careway_channels::NAME,
        &careway_channels::MIGRATOR,
        careway_channels::start,
        careway_channels::dead_letters,
    )
}
