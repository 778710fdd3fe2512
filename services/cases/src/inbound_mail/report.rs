//! A mail server's report goes to renewals, which sent the mail that it is about.

use careway_contract::renewals::v1::{
    ReportBounceRequest, notification_service_client::NotificationServiceClient,
};
use careway_service::Result;

use crate::App;

/// What a report says stands in its beginning.
const LONGEST: usize = 256 * 1024;

/// Passes a report on, with the address it came to.
pub(super) async fn report_bounce(app: &App, raw: &[u8], return_address: &str) -> Result<()> {
    let mail = raw[..raw.len().min(LONGEST)].to_vec();
    let request = ReportBounceRequest { mail, return_address: return_address.to_owned() };
    let mut renewals = NotificationServiceClient::new(app.foundation.registry.upstream("renewals"));
    renewals.report_bounce(app.foundation.identity.request(request)).await?;
    Ok(())
}
