//! The first operator: without one nobody could register an organization.

use anyhow::Context as _;
use careway_events::record;
use careway_kernel::{AccountId, Clock, CountryCode, Email, Language, Names, OrganizationId};
use careway_service::{Database, OrganizationKind};
use chrono_tz::Tz;

use crate::{
    Config,
    accounts::{
        self,
        domain::{
            password::{MEMORY_KIB, Password},
            roles::Table,
        },
        invitations::accept::joined,
    },
    organizations::{
        self,
        create::registered,
        domain::{Organization, Status},
    },
};

/// Who is to operate the platform first.
#[derive(Debug)]
pub struct Operator {
    email: Email,
    password: Password,
    memory_kib: u32,
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
            memory_kib: MEMORY_KIB,
        })
    }

    pub(crate) fn from_config(config: &Config) -> anyhow::Result<Option<Self>> {
        let (Some(email), Some(password)) = (&config.operator_email, &config.operator_password) else {
            return Ok(None);
        };
        let operator = Self::try_new(email, password.expose())?;
        Ok(Some(Self { memory_kib: config.password_memory_kib, ..operator }))
    }
}

/// Makes the platform's organization with its first operator, unless it exists; then nothing changes. Returns its id
/// when it was made.
pub async fn bootstrap(
    db: &Database,
    clock: &Clock,
    operator: &Operator,
) -> anyhow::Result<Option<OrganizationId>> {
    let mut tx = db.begin_system("bootstrap").await?;
    if organizations::store::lock_platform(&mut tx).await? {
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
    organizations::store::insert_organization(&mut tx, &platform).await?;
    accounts::store::credentials::insert_account(
        &mut tx,
        account,
        &operator.email,
        &operator.password.hash(operator.memory_kib)?,
        now,
    )
    .await?;
    accounts::store::insert_membership(
        &mut tx,
        platform.id,
        account,
        &Names::parse("Operator")?,
        &roles,
        now,
    )
    .await?;
    record(&mut tx, registered(&platform));
    record(&mut tx, joined(account, platform.id, &roles));
    tx.finish().await?;
    tracing::info!(organization = %platform.id, "the platform has its first operator");
    Ok(Some(platform.id))
}
