//! Brings a database up to date as its owner: tables by numbered migrations, functions whenever their text changed.

use anyhow::Context;
use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};
use sqlx::{
    Connection, PgConnection,
    migrate::{Migrate as _, Migrator as Tables},
};

use crate::functions;

/// What every service's database has.
static PLATFORM: Migrator =
    Migrator { tables: sqlx::migrate!(), functions: include_dir!("$CARGO_MANIFEST_DIR/sql") };

/// For a service that has no functions of its own.
pub const NO_FUNCTIONS: Dir<'static> = Dir::new("", &[]);

/// What a service's database has beside the platform's: tables and functions, both in the program itself.
#[derive(Debug)]
pub struct Migrator {
    /// The folder `migrations`, by `sqlx::migrate!`. A file that ran somewhere is never changed again.
    pub tables: Tables,
    /// The folder `sql`, by `include_dir!`: one function a file, named like it, with its grants. A file is changed as any
    /// other source is. Nothing that a table is made of belongs here: a policy's and a trigger's function stand with
    /// the table.
    pub functions: Dir<'static>,
}

impl Migrator {
    /// For a database with the platform's tables alone.
    pub const DEFAULT: Self = Self { tables: Tables::DEFAULT, functions: NO_FUNCTIONS };

    /// Differs as soon as a migrated database would, the platform's part included.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for migrator in [&PLATFORM, self] {
            for migration in migrator.tables.iter() {
                digest.update(migration.version.to_be_bytes());
                digest.update(&migration.checksum);
            }
            for file in migrator.functions.files() {
                digest.update(file.path().as_os_str().as_encoded_bytes());
                digest.update(Sha256::digest(file.contents()));
            }
        }
        digest.finalize().into()
    }
}

/// Brings a database up to date as its owner: the platform's tables, the service's own, then the functions of both. Safe to
/// run twice and from several places at once.
///
/// # Errors
/// When the database cannot be reached, or a migration that ran differs from the program's, or a statement fails.
pub async fn migrate(owner_url: &str, migrator: &Migrator) -> anyhow::Result<()> {
    let mut connection =
        PgConnection::connect(owner_url).await.context("cannot connect as the owner role")?;
    // Each step takes this lock again and gives it back; a session that holds it may. So nobody comes between the steps.
    connection.lock().await?;
    let mut platform = Tables::with_migrations(PLATFORM.tables.iter().cloned().collect());
    platform.dangerous_set_table_name("_careway_platform_migrations");
    platform.run(&mut connection).await.context("the platform's migrations")?;
    migrator.tables.run(&mut connection).await.context("the service's migrations")?;
    functions::renew(&mut connection, &[&PLATFORM.functions, &migrator.functions]).await?;
    connection.unlock().await?;
    connection.close().await?;
    Ok(())
}
