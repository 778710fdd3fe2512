//! The identity service as a process.

fn main() -> anyhow::Result<()> {
    careway_service::run(
        careway_identity::NAME,
        &careway_identity::MIGRATOR,
        careway_identity::start,
        careway_identity::dead_letters,
    )
}
