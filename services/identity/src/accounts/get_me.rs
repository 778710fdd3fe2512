//! Who the caller is, what the caller may do, and where else the person can work.

use careway_contract::identity::v1::{GetMeRequest, GetMeResponse};
use careway_service::{Call, Error, Result, Subject};

use super::{domain::roles::Table, second_factors, store, view};
use crate::{
    App,
    organizations::{self, domain::View, view::message},
};

pub(crate) async fn get_me(app: &App, call: &Call, _request: GetMeRequest) -> Result<GetMeResponse> {
    let (id, kind) = (call.caller.organization()?, view::kind_of(call)?);
    let permissions = Table::of(kind).all().into_iter().filter(|it| call.caller.may(it)).map(str::to_owned);
    // A person's other organizations are theirs to see, and nobody else's: read for them alone.
    let mut reader = app.db.read(&Call::system("who am I")).await?;
    let organization = organizations::store::find_organization(&mut reader, id).await?;
    let organization = organization.ok_or_else(|| Error::not_found("organization"))?;
    let me = GetMeResponse {
        organization: Some(message(&organization, View::Whole)),
        permissions: permissions.collect(),
        ..GetMeResponse::default()
    };
    let account_id = match &call.caller.subject {
        Subject::Account(id) => *id,
        Subject::Client(id) => return Ok(GetMeResponse { client_id: id.to_string(), ..me }),
        _ => return Err(call.caller.account().err().unwrap_or_else(|| Error::not_found("account"))),
    };
    let account = store::find_account(&mut reader, id, account_id).await?;
    let account = account.ok_or_else(|| Error::not_found("account"))?;
    let workplaces = store::list_workplaces(&mut reader, account_id).await?;
    let organizations = organizations::store::list_by_ids(&mut reader, &workplaces).await?;
    let left = second_factors::store::get_recovery_codes_left(&mut reader, account_id).await?;
    Ok(GetMeResponse {
        account: Some(view::message(&account)),
        organizations: organizations.iter().map(|it| message(it, View::Whole)).collect(),
        recovery_codes_left: i32::try_from(left).unwrap_or(i32::MAX),
        ..me
    })
}
