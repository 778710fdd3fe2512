//! What the challenge RPCs share: the person asked for, the occasion, and finding and telling them.

use careway_contract::identity::v1::{MemberIdentifier, member_identifier};
use careway_kernel::{CountryCode, MemberNumber, OrganizationId, Violations, parse_date};
use careway_service::{Call, Result};

use super::{
    domain::{Identifier, MemberQuery, Occasion, parse_purpose},
    store::{Person, find_person},
};
use crate::{App, callers::as_system, members::domain::national_id::NationalIdText};

/// The payers a facility may ask at once.
const PAYERS: usize = 100;

/// What Start, Resend and Verify say alike.
pub(crate) struct Parts<'a> {
    pub(crate) member: Option<&'a MemberIdentifier>,
    pub(crate) purpose: &'a str,
    pub(crate) service_date: &'a str,
}

/// Reads who is asked for and on what occasion; the facility and the staff member are the caller's.
pub(crate) fn read(
    call: &Call,
    violations: &mut Violations,
    parts: Parts<'_>,
) -> Result<Option<(MemberQuery, Occasion)>> {
    let facility = call.caller.organization()?;
    let asked = read_identifier(violations, parts.member);
    let purpose = violations.required("purpose", parts.purpose, parse_purpose);
    let day = violations.required("serviceDate", parts.service_date, parse_date);
    let staff = call.caller.subject.to_string();
    let read = || Some((asked?, Occasion { purpose: purpose?, day: day?, facility, staff }));
    Ok(read())
}

/// Reads who is asked for. What is wrong with it shows in the request alone, so that it tells nothing.
pub(crate) fn read_identifier(
    violations: &mut Violations,
    member: Option<&MemberIdentifier>,
) -> Option<MemberQuery> {
    let member = violations.present("member", member)?;
    let identifier = match &member.identifier {
        Some(member_identifier::Identifier::MemberNumber(number)) => violations
            .required("member.memberNumber", number.as_str(), MemberNumber::parse)
            .map(Identifier::MemberNumber),
        Some(member_identifier::Identifier::NationalId(number)) => violations
            .required("member.nationalId", number.as_str(), NationalIdText::parse)
            .map(Identifier::NationalId),
        None => violations.present("member.memberNumber", None),
    };
    let country = violations.required("member.country", member.country.as_str(), CountryCode::parse);
    violations.check("member.payerIds", member.payer_ids.len() <= PAYERS, "must be at most 100");
    let payers =
        violations.each("member.payerIds", member.payer_ids.iter().take(PAYERS), |violations, id| {
            violations.field("", OrganizationId::parse(id))
        });
    let payer = violations.optional("member.payerId", member.payer_id.as_str(), OrganizationId::parse);
    let mut payers = payers?;
    if let Some(payer) = payer? {
        payers.retain(|id| *id == payer);
    }
    Some(MemberQuery { identifier: identifier?, payers, country: country? })
}

/// Looks the person up as Careway itself: a facility never reads members.
pub(crate) async fn find(app: &App, call: &Call, asked: &MemberQuery) -> Result<Option<Person>> {
    find_person(&app.db, &as_system(call, "challenges"), &app.data_keys, asked).await
}
