//! A payer registered a member, or changed the number or the family: visits keeps both, to make
//! coverages with; a card that was renewed for that number before is covered now.

use careway_contract::identity::v1::{MemberChanged, MemberRegistered};
use careway_events::Received;
use careway_kernel::{FamilyId, MemberId, MemberNumber, OrganizationId};
use careway_service::{Error, Result, Transaction};

use super::{
    on_renewal::extend_waiting,
    store::member::{MemberRef, upsert_members},
};
use crate::App;

pub(crate) async fn member_registered(
    app: &App,
    tx: &mut Transaction,
    event: Received<MemberRegistered>,
) -> Result<()> {
    let MemberRegistered { member_id, payer_id, member_number, family_id, .. } = event.message;
    save(app, tx, [member_id, payer_id, member_number, family_id], event.version).await
}

pub(crate) async fn member_changed(
    app: &App,
    tx: &mut Transaction,
    event: Received<MemberChanged>,
) -> Result<()> {
    let MemberChanged { member_id, payer_id, member_number, family_id, .. } = event.message;
    save(app, tx, [member_id, payer_id, member_number, family_id], event.version).await
}

async fn save(
    app: &App,
    tx: &mut Transaction,
    [member, payer, number, family]: [String; 4],
    version: i64,
) -> Result<()> {
    let member = MemberRef {
        id: MemberId::parse(&member).map_err(Error::internal)?,
        payer: OrganizationId::parse(&payer).map_err(Error::internal)?,
        number: MemberNumber::parse(&number).map_err(Error::internal)?,
        family: FamilyId::parse(&family).map_err(Error::internal)?,
    };
    upsert_members(tx, std::slice::from_ref(&member), Some(version)).await?;
    extend_waiting(app, tx, member.payer, &member.number).await
}
