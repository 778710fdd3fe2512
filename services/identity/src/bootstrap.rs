//! The first operator: without one nobody could register an organization.

use anyhow::Context as _;
use careway_events::record;
use careway_kernel::{AccountId, Clock, CountryCode, Email, Language, Names, OrganizationId};
use careway_service::{Database, OrganizationKind};
use chrono_tz::Tz;

use crate::{
    Config,
    domain::{
        organization::{Organization, Status},
        password::Password,
        roles::Table,
    },
    operations::{accept_invitation::joined, create_organization::registered},
    store,
};

/// Who is to operate the platform first.
#[derive(Debug)]
pub struct Operator {
    email: Email,
    password: Password,
}

impl Operator {
    /// An operator with this address and password.
    ///
    /// # Errors
    /// An address that is none, a password too weak to be set.
    pub fn try_new(email: &str, password: &str) -> anyhow::Result<Self> {
        Ok(Self {
            email: Email::parse(email).context("the operator's e-mail address")?,
            password: Password::parse(password).context("the operator's password")?,
        })
    }

    pub(crate) fn from_config(config: &Config) -> anyhow::Result<Option<Self>> {
        match (&config.operator_email, &config.operator_password) {
            (Some(email), Some(password)) => Ok(Some(Self::try_new(email, password.expose())?)),
            _ => Ok(None),
        }
    }
}

/// Makes the platform's organization with its first operator, unless it exists; then nothing changes. Returns its id
/// when it was made.
pub async fn bootstrap(db: &Database, clock: &Clock, operator: &Operator) -> anyhow::Result<Option<OrganizationId>> {
    let mut tx = db.begin_system("bootstrap").await?;
    if store::organization::lock_platform(&mut tx).await? {
        return Ok(None);
    }
    let now = clock.now();
    let platform = Organization {
        id: OrganizationId::new(clock),
        kind: OrganizationKind::Platform,
        name: Names::parse("Careway")?,
        country: CountryCode::RW,
        time_zone: Tz::UTC,
        locale: Language::En,
        status: Status::Active,
        codes: Vec::new(),
        version: 1,
        created_at: now,
    };
    let account = AccountId::new(clock);
    let roles = [Table::of(OrganizationKind::Platform).administrator().to_owned()];
    store::organization::insert(&mut tx, &platform).await?;
    store::account::insert(&mut tx, account, &operator.email, &operator.password.hash()?, now).await?;
    store::membership::insert(&mut tx, platform.id, account, &Names::parse("Operator")?, &roles, now).await?;
    record(&mut tx, registered(&platform));
    record(&mut tx, joined(account, platform.id, &roles));
    tx.finish().await?;
    tracing::info!(organization = %platform.id, "the platform has its first operator");
    Ok(Some(platform.id))
}
