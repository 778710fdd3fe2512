//! Read one account of the caller's organization.

use careway_contract::identity::v1::{GetAccountRequest, GetAccountResponse};
use careway_kernel::AccountId;
use careway_service::{Call, Error, Result, path_id};

use super::{store, view::message};
use crate::App;

pub(crate) async fn get_account(
    app: &App,
    call: &Call,
    request: GetAccountRequest,
) -> Result<GetAccountResponse> {
    let id = path_id::<AccountId>("account", &request.account_id)?;
    let mut reader = app.db.read(call).await?;
    let account = store::find_account(&mut reader, call.caller.organization()?, id).await?;
    let account = account.ok_or_else(|| Error::not_found("account"))?;
    Ok(GetAccountResponse { account: Some(message(&account)) })
}
