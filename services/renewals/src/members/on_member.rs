//! A payer registered a member, or changed the number: renewals keeps both.

use careway_contract::identity::v1::{MemberChanged, MemberRegistered};
use careway_events::Received;
use careway_kernel::{MemberId, MemberNumber, OrganizationId};
use careway_service::{Error, Result, Transaction};

use super::store::{MemberRef, upsert_member};
use crate::App;

pub(crate) async fn member_registered(
    _: &App,
    tx: &mut Transaction,
    event: Received<MemberRegistered>,
) -> Result<()> {
    let MemberRegistered { member_id, payer_id, member_number, .. } = event.message;
    keep(tx, [member_id, payer_id, member_number], event.version).await
}

pub(crate) async fn member_changed(
    _: &App,
    tx: &mut Transaction,
    event: Received<MemberChanged>,
) -> Result<()> {
    let MemberChanged { member_id, payer_id, member_number, .. } = event.message;
    keep(tx, [member_id, payer_id, member_number], event.version).await
}

async fn keep(tx: &mut Transaction, [member, payer, number]: [String; 3], version: i64) -> Result<()> {
    let member = MemberRef {
        id: MemberId::parse(&member).map_err(Error::internal)?,
        payer: OrganizationId::parse(&payer).map_err(Error::internal)?,
        number: MemberNumber::parse(&number).map_err(Error::internal)?,
        version,
    };
    upsert_member(tx, &member).await
}
