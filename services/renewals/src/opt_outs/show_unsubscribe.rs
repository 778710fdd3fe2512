//! Ask whoever follows the link of a mail. Nothing is changed by it.

use careway_contract::{google::api::HttpBody, renewals::v1::ShowUnsubscribeRequest};
use careway_kernel::Violations;
use careway_service::{Call, Error, Result};

use super::domain::page::page;
use crate::App;

pub(crate) async fn show_unsubscribe(
    app: &App,
    call: &Call,
    request: ShowUnsubscribeRequest,
) -> Result<HttpBody> {
    let mut v = Violations::default();
    let language = call.language(&mut v, "");
    let (language,) = v.all((language,))?;
    app.unsubscribe_tokens.read(&request.token).ok_or(Error::not_found("reminder"))?;
    let data = page(language, &request.token).into_bytes().into();
    Ok(HttpBody { content_type: "text/html; charset=utf-8".to_owned(), data, extensions: Vec::new() })
}
