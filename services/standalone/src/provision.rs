//! Roles, databases and migrations of every service, on one Postgres server.

use anyhow::Context;
use careway_service::{Migrator, migrate};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use url::Url;

/// Every service that has a database, with its migrations.
pub const DATABASES: [(&str, &Migrator); 5] = [
    (careway_identity::NAME, &careway_identity::MIGRATOR),
    (careway_visits::NAME, &careway_visits::MIGRATOR),
    (careway_renewals::NAME, &careway_renewals::MIGRATOR),
    (careway_cases::NAME, &careway_cases::MIGRATOR),
    (careway_channels::NAME, &careway_channels::MIGRATOR),
];

/// Makes what is missing: per service an owner role, an app role that neither owns nor bypasses row-level security, and
/// a database; then migrates each. `password` is both roles' password, empty where the server trusts its clients.
pub async fn provision(admin_url: &str, password: &str) -> anyhow::Result<()> {
    let mut admin =
        PgConnection::connect(admin_url).await.context("cannot connect to Postgres as its administrator")?;
    for (service, migrator) in DATABASES {
        for role in [format!("{service}_owner"), format!("{service}_app")] {
            let known: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
                .bind(&role)
                .fetch_one(&mut admin)
                .await?;
            if !known {
                let password = password.replace('\'', "''");
                admin
                    .execute(AssertSqlSafe(format!("create role {role} login password '{password}'")))
                    .await?;
            }
        }
        let known: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(service)
            .fetch_one(&mut admin)
            .await?;
        if !known {
            admin.execute(AssertSqlSafe(format!("create database {service} owner {service}_owner"))).await?;
        }
        migrate(&database_url(admin_url, service, "owner", password)?, migrator)
            .await
            .with_context(|| format!("migrating {service}"))?;
    }
    admin.close().await?;
    Ok(())
}

/// Drops every service's database. For development only.
pub async fn drop_databases(admin_url: &str) -> anyhow::Result<()> {
    let mut admin = PgConnection::connect(admin_url).await?;
    for (service, _) in DATABASES {
        admin.execute(AssertSqlSafe(format!("drop database if exists {service} with (force)"))).await?;
    }
    admin.close().await?;
    Ok(())
}

/// A service's database on the administrator's server, as its `owner` or its `app` role.
pub fn database_url(admin_url: &str, service: &str, role: &str, password: &str) -> anyhow::Result<String> {
    let mut url = Url::parse(admin_url).context("the administrator's URL")?;
    url.set_path(service);
    let _ = url.set_username(&format!("{service}_{role}"));
    let _ = url.set_password(Some(password).filter(|password| !password.is_empty()));
    Ok(url.into())
}
