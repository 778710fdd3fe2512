//! Accept the declaration of consent: which text, in which language, who, when and from where is kept; the channel is told.

use careway_contract::channels::v1::{AcceptConsentRequest, AcceptConsentResponse};
use careway_kernel::Violations;
use careway_service::{Call, Keyed};

use super::{
    change::Change,
    mails,
    store::{self, GivenConsent},
    view,
};
use crate::{App, consents};

pub(crate) async fn accept_consent(
    app: &App,
    call: &Call,
    request: AcceptConsentRequest,
) -> Keyed<AcceptConsentResponse> {
    let person = call.caller.account()?;
    let mut v = Violations::default();
    v.check("consentVersion", request.consent_version > 0, "is required");
    v.check("textHash", !request.text_hash.is_empty(), "is required");
    v.finish()?;
    let (mut tx, mut change) = Change::begin(app, call, &request.connection_id).await?;
    let (version, hash) = (request.consent_version, request.text_hash.as_str());
    let language = consents::store::find_language(&mut tx, version, hash).await?;
    change.connection.accept_consent(version, language.is_some(), &change.grounds)?;
    let given = GivenConsent {
        version,
        language: language.unwrap_or_default(),
        hash: hash.to_owned(),
        by: person,
        at: tx.now(),
        address: call.client_ip,
    };
    store::insert_consent(&mut tx, change.connection.id, &given).await?;
    let connection = change
        .keep_by(&mut tx, call, "accept-consent", format!("version {version} in {}", given.language))
        .await?;
    mails::keep(app, &mut tx, connection.id, mails::Kind::Told, "").await?;
    tx.commit(AcceptConsentResponse { connection: Some(view::connection(&connection)) }).await
}
