//! The rows of a connection, as the domain knows it.

use std::collections::BTreeMap;

use careway_kernel::{ConnectionId, Currency, JointTestId, Money, OrganizationId, ServiceId};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::ListedStep;
use crate::connections::domain::{
    Cause, Connection, Contacts, Delivery, EndCause, SetUp, State,
    item::{Item, ItemState, Terms},
    joint_test::{JointTest, Meeting, Signature, TestStep},
};

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    connection_id: Uuid,
    provider_id: Uuid,
    channel_id: Uuid,
    state: String,
    causes: Vec<String>,
    end_cause: Option<String>,
    intent: Option<String>,
    consent_version: Option<i32>,
    health_url: Option<String>,
    endpoint_answered: bool,
    contacts: Option<Json<Contacts>>,
    revision: i64,
    version: i64,
    created_at: DateTime<Utc>,
    items: Json<Vec<ItemRow>>,
    test: Option<Json<TestRow>>,
}

#[derive(serde::Deserialize)]
struct ItemRow {
    service_id: Uuid,
    ticked: bool,
    state: String,
    code: Option<String>,
    system_knows: bool,
    channel_knows: bool,
    told_price: Option<i64>,
    told_amount: Option<i64>,
    told_currency: Option<String>,
    told_minutes: Option<i32>,
}

#[derive(serde::Deserialize)]
struct TestRow {
    test_id: Uuid,
    meeting_at: DateTime<Utc>,
    of_provider: String,
    of_channel: String,
    revision: i64,
    green: Vec<String>,
    provider_signed_by: Option<String>,
    provider_signed_at: Option<DateTime<Utc>>,
    channel_signed_by: Option<String>,
    channel_signed_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Connection {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let cause = |name: &String| one_of("connection.causes", name, &Cause::ALL, Cause::as_str);
        let end = |name: &String| one_of("connection.end_cause", name, &EndCause::ALL, EndCause::as_str);
        let intent = |name: &String| one_of("connection.intent", name, &Delivery::ALL, Delivery::as_str);
        let set_up = row.health_url.zip(row.contacts).map(|(health_url, contacts)| SetUp {
            health_url,
            endpoint_answered: row.endpoint_answered,
            contacts: contacts.0,
        });
        Ok(Self {
            id: ConnectionId::from_uuid(row.connection_id),
            provider: OrganizationId::from_uuid(row.provider_id),
            channel: OrganizationId::from_uuid(row.channel_id),
            state: state("connection.state", &row.state)?,
            causes: row.causes.iter().map(cause).collect::<Result<_>>()?,
            end_cause: row.end_cause.as_ref().map(end).transpose()?,
            intent: row.intent.as_ref().map(intent).transpose()?,
            notices: BTreeMap::new(),
            items: row.items.0.into_iter().map(item).collect::<Result<BTreeMap<_, _>>>()?,
            consent_version: row.consent_version,
            set_up,
            test: row.test.map(|test| joint_test(test.0)).transpose()?,
            revision: row.revision,
            version: row.version,
            created_at: row.created_at,
        })
    }
}

fn item(row: ItemRow) -> Result<(ServiceId, Item)> {
    let item = Item {
        ticked: row.ticked,
        state: one_of("connection_item.state", &row.state, &ItemState::ALL, ItemState::as_str)?,
        code: row.code,
        system_knows: row.system_knows,
        channel_knows: row.channel_knows,
        told: terms(row.told_price, row.told_amount, row.told_currency.as_deref(), row.told_minutes)?,
    };
    Ok((ServiceId::from_uuid(row.service_id), item))
}

/// At what a service is sold; nothing unless there is a price.
pub(super) fn terms(
    version: Option<i64>,
    amount: Option<i64>,
    currency: Option<&str>,
    minutes: Option<i32>,
) -> Result<Option<Terms>> {
    let (Some(version), Some(amount), Some(currency), Some(minutes)) = (version, amount, currency, minutes)
    else {
        return Ok(None);
    };
    let currency = Currency::parse(currency).map_err(Error::internal)?;
    Ok(Some(Terms { price: Money::new(currency, amount), version, minutes }))
}

fn joint_test(row: TestRow) -> Result<JointTest> {
    let step = |name: &String| one_of("joint_test.green", name, &TestStep::ALL, TestStep::as_str);
    let signature = |by: Option<String>, at| by.zip(at).map(|(by, at)| Signature { by, at });
    Ok(JointTest {
        id: JointTestId::from_uuid(row.test_id),
        meeting: Meeting { at: row.meeting_at, of_provider: row.of_provider, of_channel: row.of_channel },
        revision: row.revision,
        green: row.green.iter().map(step).collect::<Result<_>>()?,
        provider_signed: signature(row.provider_signed_by, row.provider_signed_at),
        channel_signed: signature(row.channel_signed_by, row.channel_signed_at),
    })
}

fn state(column: &str, name: &str) -> Result<State> {
    one_of(column, name, &State::ALL, State::as_str)
}

#[derive(sqlx::FromRow)]
pub(super) struct StepRow {
    step_id: Uuid,
    step: String,
    by: String,
    at: DateTime<Utc>,
    state: String,
    detail: String,
}

impl TryFrom<StepRow> for ListedStep {
    type Error = Error;

    fn try_from(row: StepRow) -> Result<Self> {
        let state = state("connection_step.state", &row.state)?;
        Ok(Self { id: row.step_id, step: row.step, by: row.by, at: row.at, state, detail: row.detail })
    }
}
