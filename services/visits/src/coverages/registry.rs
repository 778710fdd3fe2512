//! Members as identity registers them: whom no event told of yet, and when somebody was born.

use std::collections::HashMap;

use careway_contract::identity::v1::{
    MatchMembersRequest, MemberMatch, PayerMemberNumbers, match_members_request::Identifiers,
};
use careway_kernel::{FamilyId, MemberId, MemberNumber, OrganizationId, parse_date};
use careway_service::{Error, Result};
use chrono::NaiveDate;

use super::store::member::MemberRef;
use crate::App;

/// Numbers that identity is asked for at once.
const AT_ONCE: usize = 500;

/// A member as identity knows them.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    pub(crate) member: MemberRef,
    pub(crate) birth_date: NaiveDate,
}

/// Those of the numbers that the payer has given to somebody.
pub(crate) async fn registered(
    app: &App,
    payer: OrganizationId,
    numbers: &[MemberNumber],
) -> Result<HashMap<MemberNumber, Registered>> {
    let mut known = HashMap::new();
    for numbers in numbers.chunks(AT_ONCE) {
        let numbers = numbers.iter().map(|number| number.as_str().to_owned()).collect();
        let asked = PayerMemberNumbers { payer_id: payer.to_string(), numbers };
        let asked = MatchMembersRequest { identifiers: Some(Identifiers::MemberNumbers(asked)) };
        let asked = app.context.identity.request(asked);
        for told in app.context.challenges().match_members(asked).await?.into_inner().members {
            let registered = read(payer, &told)?;
            known.insert(registered.member.number.clone(), registered);
        }
    }
    Ok(known)
}

fn read(payer: OrganizationId, told: &MemberMatch) -> Result<Registered> {
    Ok(Registered {
        member: MemberRef {
            id: MemberId::parse(&told.member_id).map_err(Error::internal)?,
            payer,
            number: MemberNumber::parse(&told.member_number).map_err(Error::internal)?,
            family: FamilyId::parse(&told.family_id).map_err(Error::internal)?,
        },
        birth_date: parse_date(&told.birth_date).map_err(Error::internal)?,
    })
}
