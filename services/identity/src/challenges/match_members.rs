//! Who is known by identifiers, for Careway's own services: ids and dates, by which they look their own records up.

use std::collections::HashSet;

use careway_contract::identity::v1::{
    MatchMembersRequest, MatchMembersResponse, MemberMatch, PayerMemberNumbers,
    match_members_request::Identifiers,
};
use careway_kernel::{MemberNumber, OrganizationId, Violations};
use careway_service::{Call, Result};

use crate::{
    App,
    members::{
        domain::{Summary, national_id::NationalIdText},
        store::{national_id, summary},
    },
};

/// Numbers that may be asked for at once.
const NUMBERS: usize = 500;

pub(crate) async fn match_members(
    app: &App,
    call: &Call,
    request: MatchMembersRequest,
) -> Result<MatchMembersResponse> {
    let mut violations = Violations::default();
    let identifiers = violations.present("identifiers", request.identifiers);
    let (identifiers,) = violations.all((identifiers,))?;
    let found = match identifiers {
        Identifiers::MemberNumbers(asked) => {
            let (payer, numbers) = read(&asked)?;
            summary::list_by_numbers(&app.db, call, payer, numbers).await?
        }
        // What is no national id of any country belongs to nobody.
        Identifiers::NationalId(number) => match NationalIdText::parse(&number) {
            Ok(number) => {
                let indexes = national_id::indexes(&app.data_keys, &number);
                let mut found = summary::list_by_national_id(&app.db, call, &indexes).await?;
                let mut payers = HashSet::new();
                found.retain(|member| payers.insert(member.payer));
                found
            }
            Err(_) => Vec::new(),
        },
    };
    Ok(MatchMembersResponse { members: found.iter().map(member_match).collect() })
}

fn read(asked: &PayerMemberNumbers) -> Result<(OrganizationId, Vec<String>)> {
    let mut violations = Violations::default();
    let payer = violations.required("memberNumbers.payerId", asked.payer_id.as_str(), OrganizationId::parse);
    violations.check("memberNumbers.numbers", asked.numbers.len() <= NUMBERS, "must be at most 500");
    let numbers = asked.numbers.iter().take(NUMBERS);
    let numbers = violations.each("memberNumbers.numbers", numbers, |violations, number| {
        violations.field("", MemberNumber::parse(number)).map(|number| number.as_str().to_owned())
    });
    violations.all((payer, numbers)).map_err(Into::into)
}

fn member_match(member: &Summary) -> MemberMatch {
    MemberMatch {
        member_id: member.id.to_string(),
        payer_id: member.payer.to_string(),
        member_number: member.number.as_str().to_owned(),
        family_id: member.principal.unwrap_or(member.id).to_string(),
        birth_date: member.birth_date.to_string(),
    }
}
