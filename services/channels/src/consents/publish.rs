//! Publish a new version of the declaration of consent.

use std::collections::BTreeSet;

use careway_contract::channels::v1::{PublishConsentRequest, PublishConsentResponse};
use careway_kernel::{Language, Violations, parse_date, text::Text};
use careway_service::{AuditEntry, Call, Keyed, OnConstraint};

use super::{
    domain::{Consent, ConsentText, DateTaken, next_version},
    store, view,
};
use crate::App;

pub(crate) async fn publish_consent(
    app: &App,
    call: &Call,
    request: PublishConsentRequest,
) -> Keyed<PublishConsentResponse> {
    let mut v = Violations::default();
    let from = v.required("from", request.from.as_str(), parse_date);
    if let Some(from) = from {
        v.check("from", from >= app.clock.now().date_naive(), "must not be in the past");
    }
    let mut languages = BTreeSet::new();
    v.check("texts", !request.texts.is_empty(), "must have at least one");
    let texts = v.each("texts", &request.texts, |v, given| {
        let language = v.required("language", given.language.as_str(), Language::parse);
        let text = v.required("text", given.text.as_str(), Text::<20_000>::parse);
        let (language, text) = language.zip(text)?;
        v.check("language", languages.insert(language.as_str()), "is there twice");
        Some(ConsentText::new(language, text.as_str().to_owned()))
    });
    let (from, texts) = v.all((from, texts))?;

    let mut tx = app.db.begin(call).await?;
    let version = next_version(store::find_last(&mut tx).await?, from)?;
    let consent = Consent {
        version,
        from,
        texts,
        published_by: call.caller.subject.to_string(),
        published_at: tx.now(),
    };
    store::insert_consent(&mut tx, &consent).await.on_constraint("consent_pkey", || DateTaken)?;
    tx.audit(AuditEntry { action: "consent.publish", ..Default::default() });
    tx.wake_after_commit(app.offer_changed.clone());
    tx.commit(PublishConsentResponse { consent: Some(view::consent(&consent)) }).await
}
