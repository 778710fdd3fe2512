//! The tags of the OpenAPI document, in the order in which a partner meets what they stand for.

use std::iter;

use careway_transcoding::Tag;

use crate::endpoints::OAUTH_TAG;

/// Services of the contract: who calls, the patient at the desk, care and its payment, renewals, help,
/// booking by channels.
const TAGS: &[&str] = &[
    "Session",
    "Account",
    "ApiClient",
    "Key",
    "Organization",
    "Member",
    "Plan",
    "Contract",
    "Tariff",
    "Coverage",
    "Benefit",
    "ClaimRules",
    "Visit",
    "VisitOverride",
    "VisitRules",
    "MedicalFile",
    "Document",
    "Preauthorization",
    "Prescription",
    "Claim",
    "PaymentAdvice",
    "Agency",
    "RenewalSettings",
    "Participant",
    "Import",
    "DataIssue",
    "Renewal",
    "Template",
    "Campaign",
    "Message",
    "OptOut",
    "Case",
    "Attachment",
    "CaseNotice",
    "CaseForm",
    "ServiceLevel",
    "WorkCalendar",
    "InboundMail",
    "InterestForm",
    "Channel",
    "ChannelContract",
    "Connection",
    "Consent",
    "JointTest",
    "ChannelNotice",
    "Resource",
    "OfferedService",
    "Closure",
    "Price",
    "Slot",
    "Hold",
    "ChannelBooking",
    "Booking",
    "Feed",
    "SmartScheduling",
    "ActionsCenter",
    "EventType",
    "WebhookEndpoint",
    "WebhookMessage",
];

/// The tags of the OpenAPI document, in their order.
pub(crate) fn tags() -> Vec<Tag> {
    let tag =
        |name: &str, description: &str| Tag { name: name.to_owned(), description: description.to_owned() };
    let contract = TAGS.iter().map(|name| tag(name, ""));
    iter::once(tag(OAUTH_TAG, "Tokens for partners' systems, and the keys to verify tokens by."))
        .chain(contract)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use careway_transcoding::{Settings, Transcoder};
    use chrono::NaiveDate;

    use super::*;
    use crate::{contract, endpoints};

    /// The names of the tags that operations have, and of those that the document describes.
    fn named() -> (BTreeSet<String>, Vec<String>) {
        let settings =
            Settings { extra_paths: endpoints::openapi_paths(), tags: tags(), ..Settings::default() };
        let transcoder = Transcoder::new(contract().unwrap(), settings).unwrap();
        let document = transcoder.openapi(NaiveDate::default());
        let operations = document["paths"].as_object().unwrap().values();
        let operations = operations.flat_map(|path| path.as_object().unwrap().values());
        let used = operations.map(|operation| operation["tags"][0].as_str().unwrap().to_owned()).collect();
        let described = document["tags"].as_array().unwrap().iter();
        (used, described.map(|tag| tag["name"].as_str().unwrap().to_owned()).collect())
    }

    #[test]
    fn every_tag_has_its_place_in_the_journey() {
        let (used, described) = named();
        let placed: Vec<String> = tags().into_iter().map(|tag| tag.name).collect();
        assert_eq!(described, placed, "a tag of the contract has no place");
        assert_eq!(placed.iter().cloned().collect::<BTreeSet<_>>(), used, "a place is of no tag");
    }
}
