//! A whole list of participants for a workbook, row by row in one statement: as it is at one moment, however long it is read.

use careway_service::Result;
use chrono::NaiveDate;
use futures::TryStreamExt;
use sqlx::{PgConnection, QueryBuilder};
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

use super::{
    super::domain::filter::{ParticipantFilter, ParticipantOrder},
    list::push_filter,
};
use crate::{
    contact_keys::{Column, ContactKeys},
    exports::LONGEST,
};

#[derive(sqlx::FromRow)]
struct Row {
    participant_id: Uuid,
    bhxh_number: String,
    card_code: Option<String>,
    citizen_id: Option<Vec<u8>>,
    full_name: String,
    birth: String,
    address: String,
    household: String,
    phone: Option<Vec<u8>>,
    mobile: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    card_from: Option<NaiveDate>,
    last_day: NaiveDate,
    agency_code: String,
    result: String,
}

/// A row of a workbook.
pub(crate) struct ExportedParticipant {
    pub(crate) bhxh_number: String,
    pub(crate) card_code: Option<String>,
    pub(crate) citizen_id: Option<String>,
    pub(crate) full_name: String,
    pub(crate) birth: String,
    pub(crate) address: String,
    pub(crate) household: String,
    pub(crate) phone: Option<String>,
    pub(crate) mobile: Option<String>,
    pub(crate) email: Option<String>,
    /// The first day of the latest card.
    pub(crate) card_from: Option<NaiveDate>,
    pub(crate) last_day: NaiveDate,
    pub(crate) agency_code: String,
    pub(crate) result: String,
}

impl Row {
    fn open(self, keys: &ContactKeys) -> Result<ExportedParticipant> {
        let open = |column, sealed: Option<Vec<u8>>| {
            sealed.map(|sealed| keys.open(column, self.participant_id, &sealed)).transpose()
        };
        Ok(ExportedParticipant {
            citizen_id: open(Column::CitizenId, self.citizen_id)?,
            phone: open(Column::Phone, self.phone)?,
            mobile: open(Column::Mobile, self.mobile)?,
            email: open(Column::Email, self.email)?,
            bhxh_number: self.bhxh_number,
            card_code: self.card_code,
            full_name: self.full_name,
            birth: self.birth,
            address: self.address,
            household: self.household,
            card_from: self.card_from,
            last_day: self.last_day,
            agency_code: self.agency_code,
            result: self.result,
        })
    }
}

/// Gives on every participant that the filter lets through, until nobody takes them.
pub(crate) async fn list_exported(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    filter: &ParticipantFilter,
    order: ParticipantOrder,
    listed: Sender<ExportedParticipant>,
) -> Result<()> {
    sqlx::query("select set_config('statement_timeout', $1, true)").bind(LONGEST).execute(&mut *conn).await?;
    let mut statement = QueryBuilder::new(
        "select p.participant_id, p.bhxh_number, p.card_code, p.citizen_id, p.full_name, p.birth, p.address,
            p.household, p.phone, p.mobile, p.email, p.last_day, p.result, a.code as agency_code,
            (select max(c.valid_from) from card_period c
             where c.participant_id = p.participant_id and c.valid_to = p.last_day) as card_from
         from participant p
         join agency a on a.authority_id = p.authority_id and a.agency_id = p.agency_id where true",
    );
    push_filter(&mut statement, keys, filter);
    statement.push(match order {
        ParticipantOrder::LastDay => " order by p.last_day, p.participant_id",
        ParticipantOrder::FamilyName => r#" order by p.full_name collate "vi-x-icu", p.participant_id"#,
        ParticipantOrder::GivenName => r#" order by p.given_name_first collate "vi-x-icu", p.participant_id"#,
        ParticipantOrder::Household => " order by p.household, p.participant_id",
    });
    let mut rows = statement.build_query_as::<Row>().fetch(conn);
    while let Some(row) = rows.try_next().await? {
        if listed.send(row.open(keys)?).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}
