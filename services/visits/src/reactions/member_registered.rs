//! A payer registered a member: visits keeps the number and the family, to make coverages with.

use careway_contract::identity::v1::MemberRegistered;
use careway_events::Received;
use careway_kernel::{FamilyId, MemberId, MemberNumber, OrganizationId};
use careway_service::{Error, Result, Transaction};

use crate::{
    App,
    store::member_ref::{MemberRef, upsert_member},
};

pub(crate) async fn member_registered(
    _: &App,
    tx: &mut Transaction,
    event: Received<MemberRegistered>,
) -> Result<()> {
    let said = event.message;
    let member = MemberRef {
        id: MemberId::parse(&said.member_id).map_err(Error::internal)?,
        payer: OrganizationId::parse(&said.payer_id).map_err(Error::internal)?,
        number: MemberNumber::parse(&said.member_number).map_err(Error::internal)?,
        family: FamilyId::parse(&said.family_id).map_err(Error::internal)?,
    };
    Ok(upsert_member(tx, &member).await?)
}
