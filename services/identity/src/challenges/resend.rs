//! Send a new code for the same challenge; the old code dies.

use careway_contract::identity::v1::{ResendChallengeRequest, ResendChallengeResponse};
use careway_kernel::{ChallengeId, Names, Violations};
use careway_service::{Call, Result, timestamp};

use super::{
    issue::{Ask, issue_code},
    request::{Parts, read},
};
use crate::App;

pub(crate) async fn resend_challenge(
    app: &App,
    call: &Call,
    request: ResendChallengeRequest,
) -> Result<ResendChallengeResponse> {
    let mut violations = Violations::default();
    let challenge = violations.field("challengeId", ChallengeId::parse(&request.challenge_id));
    let parts = Parts {
        member: request.member.as_ref(),
        purpose: &request.purpose,
        service_date: &request.service_date,
    };
    let read = read(call, &mut violations, parts)?;
    let facility_name = violations.required("facilityName", request.facility_name.as_str(), Names::parse);
    let (challenge, (asked, occasion), facility_name) = violations.all((challenge, read, facility_name))?;
    let issued =
        issue_code(app, call, Ask { challenge, resend: true, asked, occasion, facility_name }).await?;
    Ok(ResendChallengeResponse {
        challenge_id: issued.challenge.to_string(),
        masked_destination: issued.masked_destination,
        code_expires_at: Some(timestamp(issued.expires_at)),
        resend_available_at: Some(timestamp(issued.resend_at)),
    })
}
