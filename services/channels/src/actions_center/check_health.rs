//! Say that bookings can be made: the database answers.

use careway_contract::channels::v1::{CheckActionsCenterHealthRequest, CheckActionsCenterHealthResponse};
use careway_service::{Call, Result};

use crate::App;

pub(crate) async fn check_actions_center_health(
    app: &App,
    call: &Call,
    _: CheckActionsCenterHealthRequest,
) -> Result<CheckActionsCenterHealthResponse> {
    call.caller.channel()?;
    app.db.probe().await?;
    Ok(CheckActionsCenterHealthResponse {})
}
