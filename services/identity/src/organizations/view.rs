//! Organizations between the domain and the contract.

use careway_contract::identity::v1;
use careway_kernel::Violations;
use careway_service::{Call, OrganizationKind, timestamp, version};

use super::domain::{Code, CodeKind, Organization, Status, View};

/// What this caller sees of it.
pub(crate) fn seen_by(call: &Call, organization: &Organization) -> v1::Organization {
    let view = organization.view_for(call.caller.organization().ok(), call.caller.kind());
    message(organization, view)
}

/// The organization in the contract.
pub(crate) fn message(organization: &Organization, view: View) -> v1::Organization {
    let face = v1::Organization {
        organization_id: organization.id.to_string(),
        kind: kind_message(organization.kind).into(),
        name: organization.name.as_str().to_owned(),
        country: organization.country.to_string(),
        codes: organization.codes.iter().map(code_message).collect(),
        ..v1::Organization::default()
    };
    match view {
        View::PublicFace => face,
        View::Whole => v1::Organization {
            time_zone: organization.time_zone.name().to_owned(),
            locale: organization.locale.to_string(),
            status: match organization.status {
                Status::Active => v1::organization::Status::Active.into(),
                Status::Suspended => v1::organization::Status::Suspended.into(),
            },
            version: Some(version(organization.version)),
            created_at: Some(timestamp(organization.created_at)),
            ..face
        },
    }
}

/// The kind in the contract.
pub(crate) fn kind_message(kind: OrganizationKind) -> v1::organization::Kind {
    v1::organization::Kind::from_str_name(kind.as_str()).unwrap_or_default()
}

/// The code in the contract.
pub(crate) fn code_message(code: &Code) -> v1::OrganizationCode {
    let kind = v1::organization_code::Kind::from_str_name(code.kind.as_str()).unwrap_or_default();
    v1::OrganizationCode { kind: kind.into(), value: code.value.clone() }
}

/// Reads a kind; none when it is not given.
pub(crate) fn parse_kind(kind: v1::organization::Kind) -> Option<OrganizationKind> {
    OrganizationKind::parse(kind.as_str_name())
}

/// Reads codes: 20 at most, each once.
pub(crate) fn parse_codes(v: &mut Violations, codes: &[v1::OrganizationCode]) -> Option<Vec<Code>> {
    v.check("codes", codes.len() <= 20, "must be at most 20");
    let mut codes = v.each("codes", codes.iter().take(20), parse_code)?;
    codes.sort();
    codes.dedup();
    Some(codes)
}

/// Reads one code.
pub(crate) fn parse_code(v: &mut Violations, code: &v1::OrganizationCode) -> Option<Code> {
    let kind = v.present("kind", CodeKind::parse(code.kind().as_str_name()));
    // Every kind of code is written alike, so that a wrong value is told even without its kind.
    let checked = v.required("value", code.value.as_str(), |value| {
        Code::parse(kind.unwrap_or(CodeKind::Facility), value)
    });
    kind.and(checked)
}
