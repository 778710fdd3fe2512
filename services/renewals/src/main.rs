//! The renewals service as a process.

fn main() -> anyhow::Result<()> {
    careway_service::run(
        careway_renewals::NAME,
        &careway_renewals::MIGRATOR,
        careway_renewals::start,
        careway_renewals::dead_letters,
    )
}
