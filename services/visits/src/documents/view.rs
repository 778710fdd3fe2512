//! Documents as the contract shows them.

use careway_contract::visits::v1::{self as proto, document};
use careway_service::{timestamp, version};

use super::domain::{Document, Kind};

/// A document.
pub(crate) fn document(document: &Document) -> proto::Document {
    let retraction = document.retraction.as_ref();
    proto::Document {
        document_id: document.id.to_string(),
        visit_id: document.visit.to_string(),
        kind: kind(document.kind).into(),
        title: document.title.clone(),
        file_name: document.file_name.clone().unwrap_or_default(),
        media_type: document.content.media_type.as_str().to_owned(),
        size_bytes: i32::try_from(document.content.size).unwrap_or(i32::MAX),
        sha256: hex::encode(document.content.sha256),
        added_at: Some(timestamp(document.added_at)),
        retracted_at: retraction.map(|retraction| timestamp(retraction.at)),
        retraction_reason: retraction.map(|retraction| retraction.reason.clone()).unwrap_or_default(),
        version: version(document.version),
    }
}

const fn kind(kind: Kind) -> document::Kind {
    match kind {
        Kind::LabResult => document::Kind::LabResult,
        Kind::Imaging => document::Kind::Imaging,
        Kind::Invoice => document::Kind::Invoice,
        Kind::Referral => document::Kind::Referral,
        Kind::DischargeSummary => document::Kind::DischargeSummary,
        Kind::Consent => document::Kind::Consent,
        Kind::Prescription => document::Kind::Prescription,
        Kind::Other => document::Kind::Other,
    }
}

/// None for a kind that was not given.
pub(crate) fn parse_kind(wanted: document::Kind) -> Option<Kind> {
    Kind::ALL.into_iter().find(|it| kind(*it) == wanted)
}
