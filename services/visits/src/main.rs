//! The visits service as a process.

fn main() -> anyhow::Result<()> {
    careway_service::run(
        careway_visits::NAME,
        &careway_visits::MIGRATOR,
        careway_visits::start,
        careway_visits::dead_letters,
    )
}
