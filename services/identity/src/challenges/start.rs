//! Start a challenge: a code for the member's phone, answered alike for a member and for a stranger.

use careway_contract::identity::v1::{StartChallengeRequest, StartChallengeResponse};
use careway_kernel::{ChallengeId, Names, Violations};
use careway_service::{Call, Result, timestamp};

use super::{
    issue::{Ask, issue_code},
    request::{Parts, read},
};
use crate::App;

pub(crate) async fn start_challenge(
    app: &App,
    call: &Call,
    request: StartChallengeRequest,
) -> Result<StartChallengeResponse> {
    let mut violations = Violations::default();
    let parts = Parts {
        member: request.member.as_ref(),
        purpose: &request.purpose,
        service_date: &request.service_date,
    };
    let read = read(call, &mut violations, parts)?;
    let facility_name = violations.required("facilityName", request.facility_name.as_str(), Names::parse);
    let ((asked, occasion), facility_name) = violations.all((read, facility_name))?;
    let challenge = ChallengeId::new(&app.clock);
    let issued =
        issue_code(app, call, Ask { challenge, resend: false, asked, occasion, facility_name }).await?;
    Ok(StartChallengeResponse {
        challenge_id: issued.challenge.to_string(),
        masked_destination: issued.masked_destination,
        code_expires_at: Some(timestamp(issued.expires_at)),
        resend_available_at: Some(timestamp(issued.resend_at)),
    })
}
