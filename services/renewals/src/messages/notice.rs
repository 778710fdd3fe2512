//! What a context has to say of what a message is about: where that stands now, and every value that a template may take; or
//! words of its own, or that there is to be no message, or none yet.

use std::collections::HashMap;

use anyhow::Context;
use careway_contract::{
    cases::v1 as cases,
    channels::v1 as channels,
    renewals::v1::{self as renewals, NoticeWords},
    visits::v1 as visits,
};
use careway_kernel::{Language, Violations};
use careway_service::{Error, Result, Upstream, instant};
use chrono::{DateTime, Utc};

use super::{
    domain::{
        about::{About, Reader},
        mail::MailHeaders,
        message::Content,
    },
    mail_headers,
};
use crate::App;

/// What there is to say.
pub(super) enum Notice {
    /// For a built-in template.
    Values {
        /// Where it stands now; empty where that does not matter.
        state: String,
        values: HashMap<String, String>,
        /// Whom it goes to and how, where its reader is whoever it names.
        named: Option<Box<Named>>,
    },
    /// Words of its own, and whom they are for.
    Words(Box<Content>),
    /// Its words are true no more.
    Expired,
    /// There is to be no message, for this reason.
    Suppressed(String),
    /// Not before then.
    Held(DateTime<Utc>),
}

/// Whom a notice names.
pub(super) struct Named {
    pub(super) to: Vec<String>,
    pub(super) language: Language,
    pub(super) mail: MailHeaders,
}

/// Asks the context that the message is about.
pub(super) async fn get_notice(app: &App, about: &About) -> Result<Notice> {
    let notice = match about.context.as_str() {
        "visits" => of_visits(app, about).await?,
        "cases" => of_cases(app, about).await?,
        "channels" => of_channels(app, about).await?,
        "renewals" => of_renewals(app, about).await?,
        other => return Err(Error::internal(anyhow::anyhow!("nobody is asked what {other} has to say"))),
    };
    Ok(match notice {
        Notice::Values { state, values, named } => {
            let values = with_links(app, about, &state, values);
            Notice::Values { state, values, named }
        }
        other => other,
    })
}

/// The decision that an event tells, and links in place of tokens.
fn with_links(
    app: &App,
    about: &About,
    state: &str,
    mut values: HashMap<String, String>,
) -> HashMap<String, String> {
    let decision = if about.state.is_empty() { state } else { &about.state };
    values.insert("state".to_owned(), decision.to_owned());
    for (link, token, url) in [
        ("dispute_link", "dispute_token", &app.dispute_url),
        ("explanation_link", "explanation_token", &app.explanation_url),
    ] {
        if let Some(token) = values.remove(token) {
            values.insert(link.to_owned(), format!("{url}{token}"));
        }
    }
    values
}

async fn of_visits(app: &App, about: &About) -> Result<Notice> {
    let kind = known(about, visits::get_notice_request::Kind::from_str_name(&about.kind))?.into();
    let (id, facility_id) = (about.id.clone(), about.facility_id.clone());
    let request = visits::GetNoticeRequest { kind, id, reader_id: reader_id(about), facility_id };
    let request = app.foundation.identity.request(request);
    let mut client = visits::notice_service_client::NoticeServiceClient::new(upstream(app, "visits"));
    let notice = client.get_notice(request).await?.into_inner();
    Ok(Notice::Values { state: notice.state, values: notice.values, named: None })
}

async fn of_cases(app: &App, about: &About) -> Result<Notice> {
    let kind = known(about, cases::get_notice_request::Kind::from_str_name(&about.kind))?.into();
    let request = cases::GetNoticeRequest { kind, id: about.id.clone() };
    let request = app.foundation.identity.request(request);
    let mut client = cases::notice_service_client::NoticeServiceClient::new(upstream(app, "cases"));
    let notice = client.get_notice(request).await?.into_inner();
    Ok(match (notice.suppressed.as_str(), notice.held_until.and_then(instant)) {
        ("", Some(until)) => Notice::Held(until),
        ("", None) => {
            let mut violations = Violations::default();
            let mail = notice.mail.map(|mail| mail_headers::parse(&mail, &mut violations));
            // What is wrong with them is no caller's fault, and no later try mends it.
            violations
                .finish()
                .map_err(|error| Error::internal(anyhow::anyhow!("headers of a notice: {error}")))?;
            let language = Language::parse(&notice.language).unwrap_or(Language::En);
            let named = Named { to: notice.to, language, mail: mail.unwrap_or_default() };
            Notice::Values { state: notice.state, values: notice.values, named: Some(Box::new(named)) }
        }
        (reason, _) => Notice::Suppressed(reason.to_owned()),
    })
}

async fn of_channels(app: &App, about: &About) -> Result<Notice> {
    let kind = known(about, channels::get_notice_request::Kind::from_str_name(&about.kind))?.into();
    let request = app.foundation.identity.request(channels::GetNoticeRequest { kind, id: about.id.clone() });
    let mut client = channels::notice_service_client::NoticeServiceClient::new(upstream(app, "channels"));
    let notice = client.get_notice(request).await?.into_inner();
    Ok(Notice::Values { state: notice.state, values: notice.values, named: None })
}

async fn of_renewals(app: &App, about: &About) -> Result<Notice> {
    let kind = known(about, renewals::get_notice_request::Kind::from_str_name(&about.kind))?.into();
    let request = renewals::GetNoticeRequest { kind, id: about.id.clone(), reader_id: reader_id(about) };
    let request = app.foundation.identity.request(request);
    let mut client = renewals::notice_service_client::NoticeServiceClient::new(upstream(app, "renewals"));
    let notice = client.get_notice(request).await?.into_inner();
    let held_until = notice.held_until.and_then(instant);
    Ok(match (notice.suppressed.as_str(), held_until, notice.words) {
        ("", Some(until), _) => Notice::Held(until),
        ("", None, Some(words)) => own_words(app, words),
        ("", None, None) => Notice::Values { state: notice.state, values: notice.values, named: None },
        (reason, ..) => Notice::Suppressed(reason.to_owned()),
    })
}

fn own_words(app: &App, words: NoticeWords) -> Notice {
    let now = app.foundation.clock.now();
    if words.expires_at.and_then(instant).is_some_and(|expires| expires <= now) {
        return Notice::Expired;
    }
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let token = words.unsubscribe_url.strip_prefix(&app.unsubscribe_url);
    let unsubscribe_mailto = token.map(|token| format!("mailto:{}?subject={token}", app.unsubscribe_mailbox));
    Notice::Words(Box::new(Content {
        to: vec![words.to],
        subject: given(words.subject),
        text: words.text,
        language: words.language,
        mail: MailHeaders {
            unsubscribe_url: given(words.unsubscribe_url),
            unsubscribe_mailto,
            ..MailHeaders::default()
        },
    }))
}

/// A newer version may have kept a kind that this one does not know.
fn known<K>(about: &About, kind: Option<K>) -> Result<K> {
    kind.with_context(|| format!("the kind {}", about.kind)).map_err(Error::internal)
}

fn reader_id(about: &About) -> String {
    match &about.reader {
        Reader::Member { .. } | Reader::Named => String::new(),
        Reader::Staff { organization_id, .. } | Reader::Author { organization_id, .. } => {
            organization_id.clone()
        }
    }
}

fn upstream(app: &App, context: &str) -> Upstream {
    app.foundation.registry.upstream(context)
}
