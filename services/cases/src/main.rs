//! The cases service as a process.

fn main() -> anyhow::Result<()> {
    careway_service::run(
        careway_cases::NAME,
        &careway_cases::MIGRATOR,
        careway_cases::start,
        careway_cases::dead_letters,
    )
}
