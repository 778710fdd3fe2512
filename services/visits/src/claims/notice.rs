//! What messages say of a claim.

use careway_contract::visits::v1::{GetNoticeRequest, GetNoticeResponse};
use careway_kernel::{ClaimId, Money};
use careway_service::{Call, Error, Result};

use super::{store, view};
use crate::{App, organizations};

pub(crate) async fn claim_notice(
    app: &App,
    call: &Call,
    request: GetNoticeRequest,
) -> Result<GetNoticeResponse> {
    let id = ClaimId::parse(&request.id).map_err(|_| Error::not_found("claim"))?;
    let mut reader = app.db.read(call).await?;
    let claim = store::find_any_claim(&mut reader, id).await?.ok_or(Error::not_found("claim"))?;
    let visit = &claim.visit;
    let facility = organizations::store::find_name(&mut reader, visit.facility).await?;
    let payer = organizations::store::find_name(&mut reader, visit.payer).await?;
    let former = match claim.chain.corrects {
        Some(former) => store::find_any_claim(&mut reader, former.claim).await?,
        None => None,
    };
    let former_share = claim.chain.corrects.map_or(0, |former| former.patient);
    let amounts = claim.amounts.unwrap_or_default();
    let values = [
        ("facility", facility.unwrap_or_default()),
        ("payer", payer.unwrap_or_default()),
        ("number", claim.number),
        ("payer_part", Money::new(claim.currency, amounts.payer).to_string()),
        ("patient_part", Money::new(claim.currency, amounts.patient()).to_string()),
        ("former_number", former.map(|former| former.number).unwrap_or_default()),
        ("former_patient_part", Money::new(claim.currency, former_share).to_string()),
        ("dispute_token", app.context.keys.dispute_token(visit.id).expose().to_owned()),
        ("explanation_token", app.context.keys.explanation_token(id).expose().to_owned()),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(GetNoticeResponse { state: view::state(claim.state).as_str_name().to_owned(), values })
}
