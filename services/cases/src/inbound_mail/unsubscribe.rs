//! Whoever writes to the mailbox that ends reminders wants none: renewals is told, by the token that is the subject.

use careway_contract::{
    google::api::HttpBody,
    renewals::v1::{UnsubscribeRequest, opt_out_service_client::OptOutServiceClient},
};
use careway_service::Result;
use tonic::Code;

use crate::App;

/// What a mail program posts for one click (RFC 8058): a mail asks for the same.
const FORM: (&str, &[u8]) = ("application/x-www-form-urlencoded", b"List-Unsubscribe=One-Click");

/// Ends the reminders that the token is of. A subject that is none ends nothing.
pub(super) async fn unsubscribe(app: &App, subject: &str) -> Result<()> {
    let (content_type, data) = FORM;
    let form = HttpBody { content_type: content_type.to_owned(), data: data.into(), extensions: Vec::new() };
    let request = UnsubscribeRequest { token: subject.trim().to_owned(), form: Some(form) };
    let mut renewals = OptOutServiceClient::new(app.foundation.registry.upstream("renewals"));
    match renewals.unsubscribe(app.foundation.identity.request(request)).await {
        Err(status) if status.code() != Code::NotFound => Err(status.into()),
        _ => Ok(()),
    }
}
