//! The table of rules: who is told of what. `docs/messages.md` says the same in words.
//!
//! A new message is a rule here, a template in six languages, and a line there.

use super::rule::{
    Condition,
    Condition::{In, No, NotIn, Yes},
    Rule, To,
    To::{Agency, Author, Authority, Facility, Member, Named, Operators, Organization, Payer},
    rule,
};

/// Every rule.
pub const RULES: &[Rule] = &[
    rule("visits.VisitAdmitted", Member, "visit_admitted"),
    // Nobody showed a code: whoever it was not hears of it at once.
    rule("visits.VisitOverrideApproved", Member, "visit_overridden"),
    // The payer settles a dispute; meanwhile the facility's claims are frozen.
    rule("visits.VisitDisputed", Payer("visits.override.review"), "staff_visit_disputed"),
    rule("visits.VisitDisputed", Facility("claims.submit"), "staff_visit_disputed"),
    rule("visits.VisitDisputeResolved", Member, "visit_dispute_upheld").when(&[Yes("upheld")]),
    rule("visits.VisitDisputeResolved", Member, "visit_dispute_dismissed").when(&[No("upheld")]),
    rule("visits.VisitDisputeResolved", Facility("claims.submit"), "staff_visit_dispute_upheld")
        .when(&[Yes("upheld")]),
    rule("visits.VisitDisputeResolved", Facility("claims.submit"), "staff_visit_dispute_dismissed")
        .when(&[No("upheld")]),
    rule("visits.AdmissionNoticeDue", Facility("visits.admit"), "staff_admission_notice_due"),
    rule("visits.PreauthorizationPended", DECIDES, "staff_preauthorization_pended").still(PENDED),
    rule("visits.PreauthorizationInformationRequested", REQUESTS, "staff_preauthorization_question")
        .still(&[In("state", &["INFORMATION_REQUESTED"])]),
    rule("visits.PreauthorizationAnswered", DECIDES, "staff_preauthorization_answered").still(PENDED),
    rule("visits.PreauthorizationAnswerMissed", DECIDES, "staff_preauthorization_unanswered").still(PENDED),
    rule("visits.PreauthorizationDue", DECIDES, "staff_preauthorization_due")
        .when(&[In("waits_for", &["PAYER"])]),
    rule("visits.PreauthorizationDue", REQUESTS, "staff_preauthorization_due")
        .when(&[NotIn("waits_for", &["PAYER"])]),
    rule("visits.PreauthorizationOverdue", DECIDES, "staff_preauthorization_overdue").still(PENDED),
    rule("visits.PreauthorizationOverdue", REQUESTS, "staff_preauthorization_overdue").still(PENDED),
    rule("visits.PreauthorizationDecided", Member, "preauthorization_approved")
        .when(&[In("state", &["APPROVED"])]),
    rule("visits.PreauthorizationDecided", Member, "preauthorization_partly")
        .when(&[In("state", &["PARTIALLY_APPROVED"])]),
    rule("visits.PreauthorizationDecided", Member, "preauthorization_rejected")
        .when(&[In("state", &["REJECTED"])]),
    // Who asked read an automatic decision in the answer. Where none was needed, there is nothing to know.
    rule("visits.PreauthorizationDecided", REQUESTS, "staff_preauthorization_decided")
        .when(&[No("automatic"), In("state", &["APPROVED", "PARTIALLY_APPROVED", "REJECTED"])]),
    rule("visits.PreauthorizationExpired", REQUESTS, "staff_preauthorization_expired"),
    rule("visits.ClaimSubmitted", REVIEWS, "staff_claim_in_review")
        .when(&[Yes("in_review")])
        .still(&[In("state", &["IN_REVIEW"])]),
    // What a recalled claim comes to is nothing any more; the member is told of that, too.
    rule("visits.ClaimDecided", Member, "claim_decided")
        .when(&[No("correction")])
        .still(&[NotIn("state", &["RECALLED"])]),
    // Of what was paid and corrected the member hears when it changes what they pay.
    rule("visits.ClaimDecided", Member, "claim_corrected").when(&[Yes("correction"), No("share_unchanged")]),
    rule("visits.ClaimCorrected", Member, "claim_recalled").when(&[Yes("voided"), Yes("had_share")]),
    // Who submitted it read an automatic decision in the answer.
    rule("visits.ClaimDecided", Facility("claims.submit"), "staff_claim_decided").when(&[No("automatic")]),
    rule("visits.ClaimAppealed", REVIEWS, "staff_claim_appealed").still(&[In("state", &["APPEALED"])]),
    // The member may have been told what it comes to.
    rule("visits.ClaimRecalled", Member, "claim_recalled").when(&[Yes("decided")]),
    rule("visits.ClaimRecalled", REVIEWS, "staff_claim_recalled"),
    rule("visits.PaymentAdvicePaid", Facility("claims.submit"), "staff_payment_advice_paid"),
    rule("visits.PrescriptionIssued", Member, "prescription_issued"),
    // In case it was somebody else.
    rule("visits.PrescriptionDispensed", Member, "prescription_dispensed"),
    rule("visits.PrescriptionCancelled", Member, "prescription_cancelled"),
    rule("renewals.DataIssueReported", Authority("data-issues.resolve"), "staff_data_issue_reported")
        .still(&[In("state", &["OPEN"])]),
    // Whoever submitted it is not the one to approve it, but somebody of the same agency, or the authority's officer.
    rule(
        "renewals.CampaignAwaitingApproval",
        Agency("reminders.approve"),
        "staff_campaign_awaiting_approval",
    )
    .still(&[In("state", &["AWAITING_APPROVAL"])]),
    rule(
        "renewals.CampaignAwaitingApproval",
        Authority("reminders.approve"),
        "staff_campaign_awaiting_approval",
    )
    .still(&[In("state", &["AWAITING_APPROVAL"])]),
    // Who paused it by hand knows.
    rule("renewals.CampaignPaused", Author("reminders.manage"), "staff_campaign_paused")
        .when(&[NotIn("reason", &["BY_HAND"])])
        .still(&[In("state", &["PAUSED"])]),
    rule("renewals.CampaignEnded", Author("reminders.manage"), "staff_campaign_partially_failed")
        .when(&[In("state", &["PARTIALLY_FAILED"])])
        .still(&[In("state", &["PARTIALLY_FAILED"])]),
    rule("renewals.RenewalUndone", Agency("renewals.renew"), "staff_renewal_undone")
        .still(&[In("state", &["UNDONE"])]),
    rule("renewals.ContactsSuspected", Agency("participants.contact"), "staff_contacts_suspected")
        .still(&[In("state", &["OPEN"])]),
    rule("renewals.RouteDown", Operators("messages.redrive"), "staff_route_down")
        .still(&[In("state", &["DOWN"])]),
    // Who disabled one by hand knows.
    rule("channels.WebhookEndpointDisabled", Organization("webhooks.manage"), "staff_webhook_gone")
        .when(&[In("cause", &["GONE"])])
        .still(&[In("state", &["GONE"])]),
    rule("channels.WebhookEndpointDisabled", Organization("webhooks.manage"), "staff_webhook_failing")
        .when(&[In("cause", &["FAILING"])])
        .still(&[In("state", &["FAILING"])]),
    // Whom a case's notice goes to, the notice says when it is sent.
    rule(NOTICE, Named, "case_opened").when(&[In("kind", &["OPENED"])]),
    rule(NOTICE, Named, "case_follow_up_opened").when(&[In("kind", &["FOLLOW_UP_OPENED"])]),
    rule(NOTICE, Named, "case_message").when(&[In("kind", &["MESSAGE"])]),
    rule(NOTICE, Named, "case_waiting").when(&[In("kind", &["WAITING"])]),
    rule(NOTICE, Named, "case_solved").when(&[In("kind", &["SOLVED"])]),
    rule(NOTICE, Named, "case_reopened").when(&[In("kind", &["REOPENED"])]),
    rule(NOTICE, Named, "case_closed").when(&[In("kind", &["CLOSED"])]),
    rule(NOTICE, Named, "case_reminder")
        .when(&[In("kind", &["REMINDER"])])
        .still(&[In("state", &["WAITING_ON_PARTNER"])]),
    rule(NOTICE, Named, "case_is_closed").when(&[In("kind", &["CASE_IS_CLOSED"])]),
    rule(NOTICE, Named, "case_may_only_read").when(&[In("kind", &["MAY_ONLY_READ"])]),
    rule(NOTICE, Named, "staff_case_new").when(&[In("kind", &["NEW"])]).still(&[In("state", &["OPEN"])]),
    rule(NOTICE, Named, "staff_case_answered").when(&[In("kind", &["ANSWERED"])]),
    rule(NOTICE, Named, "staff_case_note").when(&[In("kind", &["NOTE"])]),
    rule(NOTICE, Named, "staff_case_assigned")
        .when(&[In("kind", &["ASSIGNED"])])
        .still(&[NotIn("state", &["CLOSED"])]),
    rule(NOTICE, Named, "staff_case_due_soon")
        .when(&[In("kind", &["DUE_SOON"])])
        .still(&[NotIn("state", &["SOLVED", "CLOSED"])]),
    rule(NOTICE, Named, "staff_case_overdue")
        .when(&[In("kind", &["OVERDUE"])])
        .still(&[NotIn("state", &["SOLVED", "CLOSED"])]),
    rule(NOTICE, Named, "staff_mail_held").when(&[In("kind", &["MAIL_HELD"])]),
];

const NOTICE: &str = "cases.CaseNoticeRaised";
const DECIDES: To = Payer("preauthorizations.decide");
const REQUESTS: To = Facility("preauthorizations.request");
const REVIEWS: To = Payer("claims.review");
const PENDED: &[Condition] = &[In("state", &["PENDED"])];

/// The rules for events of this type.
pub(crate) fn rules_for(event_type: &str) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.event_type() == event_type)
}

/// Whether a message in this template still says what is so, now that what it is about stands in `state`.
pub(crate) fn still_holds(template: &str, state: &str) -> bool {
    RULES.iter().find(|rule| rule.template == template).is_none_or(|rule| rule.still_holds(state))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::messages::domain::{
        about::{Event, Reader},
        templates::TEMPLATES,
    };

    fn event(name: &str, fields: &[(&str, &str)]) -> Vec<(&'static str, Reader)> {
        let ids = [("member_id", "m"), ("payer_id", "p"), ("facility_id", "f")];
        let fields: HashMap<_, _> =
            ids.iter().chain(fields).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let event = Event { fields, ..Event::default() };
        let event_type = format!("careway.visits.v1.{name}");
        rules_for(&event_type).filter_map(|rule| Some((rule.template, rule.about(&event)?.reader))).collect()
    }

    fn templates(name: &str, fields: &[(&str, &str)]) -> Vec<&'static str> {
        event(name, fields).into_iter().map(|(template, _)| template).collect()
    }

    #[test]
    fn the_member_reads_an_sms_and_staff_a_mail_in_a_template_that_exists() {
        for rule in RULES {
            let template = TEMPLATES.iter().find(|template| template.name == rule.template);
            assert_eq!(template.map(|template| template.mail), Some(rule.to != Member), "{}", rule.template);
        }
    }

    #[test]
    fn every_rule_of_a_template_asks_for_the_same_to_be_still_so() {
        for rule in RULES {
            let first = RULES.iter().find(|first| first.template == rule.template).unwrap();
            assert_eq!(format!("{:?}", first.still), format!("{:?}", rule.still), "{}", rule.template);
        }
    }

    #[test]
    fn who_read_a_decision_in_the_answer_is_not_told_of_it() {
        assert_eq!(templates("ClaimDecided", &[("automatic", "true")]), ["claim_decided"]);
        assert_eq!(
            templates("ClaimDecided", &[("automatic", "false")]),
            ["claim_decided", "staff_claim_decided"]
        );
        let decided = |state, automatic| {
            templates("PreauthorizationDecided", &[("state", state), ("automatic", automatic)])
        };
        assert_eq!(decided("APPROVED", "true"), ["preauthorization_approved"]);
        assert_eq!(
            decided("REJECTED", "false"),
            ["preauthorization_rejected", "staff_preauthorization_decided"]
        );
        assert!(decided("NOT_REQUIRED", "false").is_empty());
        assert!(templates("ClaimSubmitted", &[("in_review", "false")]).is_empty());
    }

    #[test]
    fn whoever_must_act_is_told_that_it_is_due() {
        let due = |waits_for| event("PreauthorizationDue", &[("waits_for", waits_for)]);
        let staff = |organization_id: &str, permission: &str| Reader::Staff {
            organization_id: organization_id.to_owned(),
            permission: permission.to_owned(),
        };
        let template = "staff_preauthorization_due";
        assert_eq!(due("PAYER"), [(template, staff("p", "preauthorizations.decide"))]);
        assert_eq!(due("FACILITY"), [(template, staff("f", "preauthorizations.request"))]);
    }

    #[test]
    fn who_is_asked_to_act_is_asked_only_as_long_as_there_is_something_to_do() {
        assert!(still_holds("staff_claim_in_review", "IN_REVIEW"));
        assert!(!still_holds("staff_claim_in_review", "APPROVED"));
        assert!(still_holds("claim_decided", "PAID") && !still_holds("claim_decided", "RECALLED"));
        assert!(!still_holds("staff_preauthorization_question", "PENDED"));
        assert!(still_holds("staff_claim_decided", "PAID"));
    }
}
