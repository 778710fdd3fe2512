//! What a context has to say of what a message is about: where that stands now, and every value that a template may take.

use std::collections::HashMap;

use anyhow::Context;
use careway_contract::visits::v1::{
    GetNoticeRequest, get_notice_request::Kind, notice_service_client::NoticeServiceClient,
};
use careway_service::{Error, Result};

use super::domain::about::{About, Reader};
use crate::App;

/// What there is to say.
pub(super) struct Notice {
    /// Where it stands now; empty where that does not matter.
    pub(super) state: String,
    pub(super) values: HashMap<String, String>,
}

/// Asks the context that the message is about.
pub(super) async fn get_notice(app: &App, about: &About) -> Result<Notice> {
    let Notice { state, mut values } = match about.context.as_str() {
        "visits" => of_visits(app, about).await?,
        other => return Err(Error::internal(anyhow::anyhow!("nobody is asked what {other} has to say"))),
    };
    let decision = if about.state.is_empty() { &state } else { &about.state };
    values.insert("state".to_owned(), decision.clone());
    for (link, token, url) in [
        ("dispute_link", "dispute_token", &app.dispute_url),
        ("explanation_link", "explanation_token", &app.explanation_url),
    ] {
        if let Some(token) = values.remove(token) {
            values.insert(link.to_owned(), format!("{url}{token}"));
        }
    }
    Ok(Notice { state, values })
}

async fn of_visits(app: &App, about: &About) -> Result<Notice> {
    // A newer version may have kept a kind that this one does not know.
    let kind = Kind::from_str_name(&about.kind).with_context(|| format!("the kind {}", about.kind));
    let kind = kind.map_err(Error::internal)?.into();
    let reader_id = match &about.reader {
        Reader::Member { .. } => String::new(),
        Reader::Staff { organization_id, .. } => organization_id.clone(),
    };
    let (id, facility_id) = (about.id.clone(), about.facility_id.clone());
    let request = app.foundation.identity.request(GetNoticeRequest { kind, id, reader_id, facility_id });
    let mut visits = NoticeServiceClient::new(app.foundation.registry.upstream("visits"));
    let notice = visits.get_notice(request).await?.into_inner();
    Ok(Notice { state: notice.state, values: notice.values })
}
