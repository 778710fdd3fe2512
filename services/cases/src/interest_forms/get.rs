//! Read a confirmed interest form.

use careway_contract::cases::v1::{GetInterestFormRequest, GetInterestFormResponse};
use careway_kernel::InterestFormId;
use careway_service::{Call, Error, Result, path_id};

use super::{domain::State, store, view};
use crate::App;

pub(crate) async fn get_interest_form(
    app: &App,
    call: &Call,
    request: GetInterestFormRequest,
) -> Result<GetInterestFormResponse> {
    let id: InterestFormId = path_id("interest form", &request.interest_form_id)?;
    let mut reader = app.db.read(call).await?;
    let form = store::find_form(&mut reader, &app.interest_keys, id).await?;
    // What its writer has not confirmed may be somebody else's address.
    let form = form.filter(|form| form.state != State::Unconfirmed);
    let form = form.ok_or_else(|| Error::not_found("interest form"))?;
    Ok(GetInterestFormResponse { interest_form: Some(view::interest_form(&form)) })
}
