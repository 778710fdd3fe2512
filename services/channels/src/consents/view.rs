//! Declarations as the contract shows them.

use careway_contract::channels::v1 as proto;
use careway_service::timestamp;

use super::domain::{Consent, ConsentText};

pub(crate) fn consent(consent: &Consent) -> proto::Consent {
    proto::Consent {
        consent_version: consent.version,
        from: consent.from.to_string(),
        texts: consent.texts.iter().map(text).collect(),
        published_at: Some(timestamp(consent.published_at)),
    }
}

fn text(text: &ConsentText) -> proto::ConsentText {
    proto::ConsentText {
        language: text.language.as_str().to_owned(),
        text: text.text.clone(),
        text_hash: text.hash.clone(),
    }
}
