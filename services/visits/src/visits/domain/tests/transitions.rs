//! Every transition of a visit, allowed and refused, and random sequences of them.

use careway_kernel::{Clock, CoverageId, FamilyId, MemberId, PlanId, VisitId};
use proptest::prelude::*;
use uuid::Uuid;

use super::super::{transitions::*, *};
use crate::{
    coverages::domain::{
        CoverageStatus,
        entitlement::{CoverageRef, ServiceTypeOption},
    },
    plans::domain::reason::Reason,
    visits::domain::refusal::Refusal,
};

const INPATIENT: &str = "INPATIENT";
const HASH: [u8; 1] = [7];

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-02T08:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> Duration {
    Duration::hours(hours)
}

fn challenge(at: DateTime<Utc>) -> Challenge {
    Challenge {
        id: "challenge".to_owned(),
        sealed: vec![1],
        masked_destination: "+2507******12".to_owned(),
        code_expires_at: at + Duration::minutes(5),
        resend_available_at: at + Duration::minutes(1),
    }
}

fn started() -> Visit {
    let clock = Clock::manual(now());
    let start = Start {
        id: VisitId::new(&clock),
        facility: OrganizationId::new(&clock),
        service_date: now().date_naive(),
        by: Uuid::nil(),
        identifier_hash: vec![0],
        challenge: challenge(now()),
    };
    Visit::start(now(), start, hours(2))
}

fn patient() -> Patient {
    let clock = Clock::manual(now());
    let option = |code: &str, reason: Option<Reason>| ServiceTypeOption {
        service_type: service(code),
        allowed: reason.is_none(),
        reason,
    };
    Patient {
        member: MemberId::new(&clock),
        family: FamilyId::new(&clock),
        payer: OrganizationId::new(&clock),
        birth_date: None,
        sealed_member: vec![2],
        entitlement: Entitlement {
            coverage: Some(CoverageRef {
                coverage_id: CoverageId::new(&clock),
                plan_id: PlanId::new(&clock),
                plan_version: 1,
                from: "2026-01-01".parse().unwrap(),
                to: "2026-12-31".parse().unwrap(),
                status: CoverageStatus::Active,
            }),
            refusal: None,
            adult: true,
            service_types: vec![
                option("OUTPATIENT", None),
                option(INPATIENT, None),
                option("DENTAL", Some(Reason::ServiceNotContracted)),
            ],
            asked: vec![],
        },
        verified_at: now(),
        verified_by: Uuid::nil(),
        overridden: false,
        newborn: false,
    }
}

fn service(code: &str) -> ServiceType {
    ServiceType::parse(code).unwrap()
}

fn input(code: &str) -> AdmissionInput {
    AdmissionInput {
        service_type: service(code),
        number: "V26-1".to_owned(),
        practitioner: None,
        referral: None,
    }
}

fn rule() -> NoticeRule {
    NoticeRule { within: hours(24), warn_percent: 75 }
}

fn verified() -> Visit {
    started().verify(now(), patient(), HASH.to_vec(), hours(24)).unwrap()
}

pub(crate) fn admitted(code: &str) -> Visit {
    verified().admit(now(), input(code), rule()).unwrap()
}

/// One visit in every state.
fn in_every_state() -> [Visit; 6] {
    [
        started(),
        verified(),
        admitted("OUTPATIENT"),
        admitted("OUTPATIENT").discharge(now()).unwrap(),
        verified().cancel(now(), "left".to_owned()).unwrap(),
        started().expire(now() + hours(2)).unwrap(),
    ]
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Command {
    Resend,
    Override,
    Verify,
    Admit,
    Notify,
    Discharge,
    Cancel,
    Expire,
    Warn,
    Dispute,
    Resolve,
    Claim,
}

const COMMANDS: [Command; 12] = [
    Command::Resend,
    Command::Override,
    Command::Verify,
    Command::Admit,
    Command::Notify,
    Command::Discharge,
    Command::Cancel,
    Command::Expire,
    Command::Warn,
    Command::Dispute,
    Command::Resolve,
    Command::Claim,
];

fn run(visit: Visit, command: Command, at: DateTime<Utc>) -> Result<Visit, Refusal> {
    let unchanged = visit.clone();
    match command {
        Command::Resend => visit.resent(at, challenge(at)),
        Command::Override => visit.request_override(at, None, hours(24)),
        Command::Verify => visit.verify(at, patient(), HASH.to_vec(), hours(24)),
        Command::Admit => visit.admit(at, input(INPATIENT), rule()),
        Command::Notify => visit.notify_admission(at).map(|(visit, _)| visit),
        Command::Discharge => visit.discharge(at),
        Command::Cancel => visit.cancel(at, "left".to_owned()),
        Command::Expire => Ok(visit.expire(at).unwrap_or(unchanged)),
        Command::Warn => Ok(visit.warn_of_admission_notice(at).unwrap_or(unchanged)),
        Command::Dispute => Ok(visit.dispute(at).unwrap_or(unchanged)),
        Command::Resolve => visit.resolve_dispute(at, false),
        Command::Claim => Ok(Visit { claims: visit.claims + 1, ..visit }),
    }
}

#[test]
fn every_command_in_every_state() {
    let minute = now() + Duration::minutes(1);
    let table = [
        (Command::Resend, [true, false, false, false, false, false]),
        (Command::Override, [true, false, false, false, false, false]),
        (Command::Verify, [true, false, false, false, false, false]),
        (Command::Admit, [false, true, false, false, false, false]),
        (Command::Discharge, [false, false, true, false, false, false]),
        (Command::Cancel, [true, true, true, false, false, false]),
    ];
    for (command, allowed) in table {
        for (visit, allowed) in in_every_state().into_iter().zip(allowed) {
            let state = visit.state;
            match run(visit, command, minute) {
                Ok(_) => assert!(allowed, "{command:?} of {state:?} was allowed"),
                Err(Refusal::WrongState { is, .. }) => {
                    assert!(!allowed && is == state, "{command:?} of {state:?}")
                }
                Err(other) => panic!("{command:?} of {state:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_code_is_resent_five_times_and_not_too_soon() {
    let mut visit = started();
    assert!(matches!(visit.clone().resent(now(), challenge(now())), Err(Refusal::ResendTooSoon { .. })));
    let mut at = now();
    for resend in 1..=MAX_RESENDS {
        at += Duration::minutes(1);
        visit = visit.resent(at, challenge(at)).unwrap();
        assert_eq!(visit.resends, resend);
    }
    at += Duration::minutes(1);
    assert_eq!(visit.resent(at, challenge(at)), Err(Refusal::ResendsExhausted));
}

#[test]
fn verification_erases_the_challenge() {
    let visit = verified();
    assert_eq!((visit.state, visit.version), (State::Verified, 2));
    assert_eq!((visit.challenge, visit.identifier_hash), (None, HASH.to_vec()));
}

#[test]
fn an_overdue_visit_takes_nothing_even_before_the_timer_came() {
    let late = now() + hours(2);
    for command in [Command::Resend, Command::Verify, Command::Override] {
        assert_eq!(run(started(), command, late), Err(Refusal::Expired));
    }
    assert_eq!(verified().admit(now() + hours(24), input("OUTPATIENT"), rule()), Err(Refusal::Expired));
    assert!(started().expire(late - Duration::seconds(1)).is_none());
    assert!(admitted("OUTPATIENT").expire(now() + hours(999)).is_none());
}

#[test]
fn a_requested_override_keeps_the_visit_waiting() {
    let visit = started().request_override(now(), None, hours(24)).unwrap();
    assert!(visit.expire(now() + hours(23)).is_none());
}

#[test]
fn only_an_allowed_service_type_is_admitted() {
    let refusal = |code: &str| verified().admit(now(), input(code), rule()).unwrap_err();
    assert_eq!(refusal("DENTAL"), Refusal::NotEntitled(Reason::ServiceNotContracted));
    assert_eq!(refusal("OPTICAL"), Refusal::NotEntitled(Reason::ServiceNotCovered));
    assert!(verified().knows(&service("DENTAL")) && !verified().knows(&service("OPTICAL")));
}

#[test]
fn an_inpatient_is_to_be_notified_and_warned_of_once() {
    assert_eq!(admitted("OUTPATIENT").notify_admission(now()).unwrap_err(), Refusal::NoticeNotRequired);
    let visit = admitted(INPATIENT);
    assert!(visit.clone().warn_of_admission_notice(now() + hours(17)).is_none());
    let warned = visit.clone().warn_of_admission_notice(now() + hours(18)).unwrap();
    assert!(warned.clone().warn_of_admission_notice(now() + hours(19)).is_none());
    let (told, late) = warned.notify_admission(now() + hours(20)).unwrap();
    assert!(!late);
    assert_eq!(told.clone().notify_admission(now() + hours(21)).unwrap_err(), Refusal::NoticeAlreadyGiven);
    assert!(visit.clone().notify_admission(now() + hours(25)).unwrap().1);
    let told = visit.notify_admission(now()).unwrap().0;
    assert!(told.warn_of_admission_notice(now() + hours(18)).is_none());
}

#[test]
fn a_visit_with_claims_is_not_cancelled() {
    let visit = Visit { claims: 1, ..admitted("OUTPATIENT") };
    assert_eq!(visit.cancel(now(), "left".to_owned()), Err(Refusal::HasClaims));
}

#[test]
fn a_dispute_is_noted_once_and_settled_once() {
    assert!(started().dispute(now()).is_none());
    let disputed = admitted("OUTPATIENT").dispute(now()).unwrap();
    assert!(disputed.is_disputed() && disputed.clone().dispute(now()).is_none());
    let dismissed = disputed.clone().resolve_dispute(now(), false).unwrap();
    assert!(!dismissed.is_disputed());
    assert_eq!(dismissed.resolve_dispute(now(), true), Err(Refusal::NotDisputed));
    assert!(disputed.resolve_dispute(now(), true).unwrap().is_disputed());
}

#[test]
fn the_member_is_shown_from_the_verification_to_the_end_of_the_grace() {
    let grace = hours(72);
    let shown = |visit: &Visit, at| visit.access().shows_member(at, grace).is_ok();
    let [awaiting, verified, admitted, discharged, cancelled, expired] = in_every_state();
    for hidden in [awaiting, cancelled, expired] {
        assert!(!shown(&hidden, now()));
    }
    assert!(shown(&verified, now()) && !shown(&verified, now() + hours(24)));
    assert!(shown(&admitted, now() + hours(999)));
    assert!(shown(&discharged, now() + hours(71)) && !shown(&discharged, now() + hours(72)));
}

#[test]
fn a_disputed_visit_shows_the_facility_nobody_until_that_is_dismissed() {
    let grace = hours(72);
    let shown = |visit: &Visit| visit.access().shows_member(now(), grace);
    let disputed = admitted("OUTPATIENT").dispute(now()).unwrap();
    assert_eq!(shown(&disputed), Err(Refusal::Disputed));
    assert_eq!(shown(&disputed.clone().resolve_dispute(now(), true).unwrap()), Err(Refusal::Disputed));
    assert_eq!(shown(&disputed.clone().resolve_dispute(now(), false).unwrap()), Ok(()));
    assert_eq!(shown(&started()), Err(Refusal::NotVerified));
    let payer = disputed.patient.as_ref().unwrap().payer;
    assert!(disputed.patient_for(payer, now(), grace).is_ok(), "the payer settles it");
    assert_eq!(disputed.patient_for(disputed.facility, now(), grace), Err(Refusal::Disputed));
}

#[test]
fn a_presence_without_a_code_opens_records_of_others_once_the_payer_accepts_it() {
    use crate::visits::domain::overrides::Review::{Accepted, Pending, Rejected};
    let vouched = Patient { overridden: true, ..patient() };
    assert!(patient().opens_records_of_others(None));
    for review in [None, Some(Pending), Some(Rejected)] {
        assert!(!vouched.opens_records_of_others(review), "{review:?}");
    }
    assert!(vouched.opens_records_of_others(Some(Accepted)));
}

proptest! {
    #[test]
    fn whatever_is_tried_the_visit_stays_sound(tries in prop::collection::vec((0..COMMANDS.len(), 0..600_i64), 1..40)) {
        let (mut visit, mut at) = (started(), now());
        for (command, minutes) in tries {
            at += Duration::minutes(minutes);
            let before = visit.clone();
            if let Ok(after) = run(visit.clone(), COMMANDS[command], at) {
                visit = after;
            }
            let rank = |state| match state {
                State::AwaitingCode => 0,
                State::Verified => 1,
                State::Admitted => 2,
                State::Discharged | State::Cancelled | State::Expired => 3,
            };
            // It never goes back, and its end is its end.
            prop_assert!(rank(visit.state) >= rank(before.state));
            prop_assert!(rank(before.state) < 3 || visit.state == before.state);
            // A change counts once; claims are counted by their own half.
            prop_assert!(visit == before || visit.version == before.version + 1 || visit.claims > before.claims);
            // The identifier goes with the challenge, what was verified stays as it was.
            prop_assert_eq!(visit.challenge.is_some(), visit.state == State::AwaitingCode);
            if let Some(patient) = &before.patient {
                prop_assert_eq!(Some(patient), visit.patient.as_ref());
            }
            prop_assert!(rank(visit.state) == 0 || rank(visit.state) == 3 || visit.patient.is_some());
            prop_assert!(visit.state != State::Cancelled || visit.claims == 0 || before.state == State::Cancelled);
            prop_assert!(visit.resends <= MAX_RESENDS);
            prop_assert!(visit.access().shows_member(at, hours(72)).is_err() || visit.patient.is_some());
        }
    }
}
