//! A payer's claim rules over the wire: read strictly, what is left out by default, and shown.

use careway_contract::{
    types::v1::Money as MoneyMessage,
    visits::v1::{self as proto, claim_rules::MedicalFileSharing as SharingMessage},
};
use careway_kernel::{Money, Violations};
use careway_service::version;

use super::domain::{ClaimRules, MedicalFileSharing};

/// Reads rules; those of the version that is set are the caller's to give.
pub(crate) fn parse(v: &mut Violations, claim_rules: &proto::ClaimRules) -> Option<ClaimRules> {
    let defaults = ClaimRules::default();
    let automatic_up_to = match &claim_rules.automatic_up_to {
        Some(amount) => v.within("automaticUpTo", |v| money(v, amount)).map(Some),
        None => Some(None),
    };
    let submission_deadline_day = number(
        v,
        "submissionDeadlineDay",
        claim_rules.submission_deadline_day,
        (1, 28),
        defaults.submission_deadline_day,
    );
    let resubmissions_most =
        number(v, "resubmissionsMost", claim_rules.resubmissions_most, (0, 10), defaults.resubmissions_most);
    let appeal_days = number(v, "appealDays", claim_rules.appeal_days, (0, 365), defaults.appeal_days);
    let preauthorization_urgent_hours = number(
        v,
        "preauthorizationUrgentHours",
        claim_rules.preauthorization_urgent_hours,
        (1, 720),
        defaults.preauthorization_urgent_hours,
    );
    let preauthorization_standard_hours = number(
        v,
        "preauthorizationStandardHours",
        claim_rules.preauthorization_standard_hours,
        (1, 2160),
        defaults.preauthorization_standard_hours,
    );
    let information_hours =
        number(v, "informationHours", claim_rules.information_hours, (1, 720), defaults.information_hours);
    let preauthorization_valid_days = number(
        v,
        "preauthorizationValidDays",
        claim_rules.preauthorization_valid_days,
        (1, 365),
        defaults.preauthorization_valid_days,
    );
    Some(ClaimRules {
        automatic_up_to: automatic_up_to?,
        submission_deadline_day: submission_deadline_day?,
        resubmissions_most: resubmissions_most?,
        appeal_days: appeal_days?,
        preauthorization_urgent_hours: preauthorization_urgent_hours?,
        preauthorization_standard_hours: preauthorization_standard_hours?,
        information_hours: information_hours?,
        preauthorization_valid_days: preauthorization_valid_days?,
        medical_file_sharing: match claim_rules.medical_file_sharing() {
            SharingMessage::Unspecified => defaults.medical_file_sharing,
            SharingMessage::Never => MedicalFileSharing::Never,
            SharingMessage::WithConsent => MedicalFileSharing::WithConsent,
            SharingMessage::Always => MedicalFileSharing::Always,
        },
        version: 0,
    })
}

fn money(v: &mut Violations, money_message: &MoneyMessage) -> Option<Money> {
    let amount = v.required("amount", money_message.amount.as_str(), |amount| {
        Money::parse(&money_message.currency, amount)
    })?;
    v.check("amount", !amount.is_negative(), "must not be negative");
    Some(amount)
}

fn number<N: TryFrom<i32>>(
    v: &mut Violations,
    field: &str,
    given: Option<i32>,
    (least, most): (i32, i32),
    default: N,
) -> Option<N> {
    let Some(given) = given else { return Some(default) };
    v.check(field, (least..=most).contains(&given), format!("must be {least} to {most}"));
    N::try_from(given).ok()
}

pub(crate) fn rules(claim_rules: &ClaimRules) -> proto::ClaimRules {
    let sharing = match claim_rules.medical_file_sharing {
        MedicalFileSharing::Never => SharingMessage::Never,
        MedicalFileSharing::WithConsent => SharingMessage::WithConsent,
        MedicalFileSharing::Always => SharingMessage::Always,
    };
    proto::ClaimRules {
        automatic_up_to: claim_rules.automatic_up_to.map(careway_service::money),
        submission_deadline_day: Some(claim_rules.submission_deadline_day.into()),
        resubmissions_most: Some(claim_rules.resubmissions_most.into()),
        appeal_days: Some(claim_rules.appeal_days.into()),
        preauthorization_urgent_hours: Some(claim_rules.preauthorization_urgent_hours.into()),
        preauthorization_standard_hours: Some(claim_rules.preauthorization_standard_hours.into()),
        information_hours: Some(claim_rules.information_hours.into()),
        preauthorization_valid_days: Some(claim_rules.preauthorization_valid_days.into()),
        medical_file_sharing: sharing.into(),
        version: Some(version(claim_rules.version)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_the_default() {
        let mut v = Violations::default();
        assert_eq!(parse(&mut v, &proto::ClaimRules::default()), Some(ClaimRules::default()));
        assert!(v.is_empty());
        let shown = rules(&ClaimRules::default());
        assert_eq!(parse(&mut v, &shown), Some(ClaimRules::default()));
    }

    #[test]
    fn every_bound_is_told() {
        let mut v = Violations::default();
        let wrong = proto::ClaimRules {
            automatic_up_to: Some(MoneyMessage { currency: "RWF".to_owned(), amount: "-5".to_owned() }),
            submission_deadline_day: Some(29),
            resubmissions_most: Some(-1),
            appeal_days: Some(366),
            preauthorization_urgent_hours: Some(0),
            preauthorization_standard_hours: Some(2161),
            information_hours: Some(0),
            preauthorization_valid_days: Some(0),
            ..Default::default()
        };
        parse(&mut v, &wrong);
        let said: Vec<_> = v.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(
            said,
            [
                "automaticUpTo.amount",
                "submissionDeadlineDay",
                "resubmissionsMost",
                "appealDays",
                "preauthorizationUrgentHours",
                "preauthorizationStandardHours",
                "informationHours",
                "preauthorizationValidDays",
            ]
        );
    }
}
