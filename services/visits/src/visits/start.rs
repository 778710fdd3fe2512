//! Start a visit: a code goes to the patient's phone. Known and unknown members are answered alike.

use std::collections::BTreeSet;

use careway_contract::{
    identity::v1::{
        MatchMembersRequest, MemberIdentifier, StartChallengeRequest, StartChallengeResponse,
        match_members_request::Identifiers, member_identifier,
    },
    visits::v1::{StartVisitRequest, StartVisitResponse, VisitStarted, start_visit_request::Identifier},
};
use careway_events::{Fact, record};
use careway_kernel::{
    MemberId, MemberNumber, NationalId, OrganizationId, Redacted, Violations, VisitId, parse_date,
};
use careway_service::{AuditEntry, Call, Error, Keyed, Result};
use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{
    bound::Bound,
    domain::{Challenge, Start, Visit, refusal::Refusal},
    store::{
        self,
        profile::{Candidates, FacilityProfile},
    },
    view,
};
use crate::{
    App,
    coverages::domain::choice::{AskedPayer, in_turn},
    organizations::domain::FacilityNotReady,
    seal::Keys,
};

/// What the code of a visit is for; part of its binding.
pub(crate) const PURPOSE: &str = "VISIT";

pub(crate) async fn start_visit(
    app: &App,
    call: &Call,
    request: StartVisitRequest,
) -> Keyed<StartVisitResponse> {
    let (facility, by) = (call.caller.facility()?, call.caller.person_or_client()?);
    let mut violations = Violations::default();
    let day = violations.optional("serviceDate", request.service_date.as_str(), parse_date);
    let payer = violations.optional("payerId", request.payer_id.as_str(), OrganizationId::parse);
    let candidates = match request.payer_id.as_str() {
        "" => app.db.unless_replayed(call, candidates(app, request.identifier.as_ref()).await).await?,
        _ => Candidates::default(),
    };
    let profile = profile(app, call, facility, day.flatten(), &candidates).await?;
    let identifier = identifier(&mut violations, request.identifier, &profile);
    check_day(&mut violations, &profile, app.context.settings.service_date_days_back);
    let (_, payer, identifier) = violations.all((day, payer, identifier))?;

    let asked = payers_to_ask(app, call, &profile, payer).await?;
    let bound = StartChallengeRequest {
        member: Some(MemberIdentifier {
            payer_id: payer
                .filter(|payer| asked.iter().any(|it| it.payer == *payer))
                .map(|it| it.to_string())
                .unwrap_or_default(),
            payer_ids: asked.iter().map(|it| it.payer.to_string()).collect(),
            country: profile.country.to_string(),
            identifier: Some(identifier.asked()),
        }),
        purpose: PURPOSE.to_owned(),
        facility_name: profile.name,
        service_date: profile.day.to_string(),
    };
    let answer = app.context.challenges().start_challenge(call.forward(bound.clone())).await;
    let challenge = app.db.unless_replayed(call, answer).await?.into_inner();
    let bound = Bound { challenge: bound, asked };

    let id = VisitId::new(&app.clock);
    let start = Start {
        id,
        facility,
        service_date: profile.day,
        by,
        identifier_hash: identifier.hash(&app.context.keys),
        challenge: awaited(challenge, bound.seal(&app.context.keys, id)?)?,
    };
    let mut tx = app.db.begin(call).await?;
    let visit = Visit::start(tx.now(), start, app.context.settings.unverified());
    store::insert_visit(&mut tx, &visit).await?;
    let started = VisitStarted {
        visit_id: id.to_string(),
        facility_id: facility.to_string(),
        service_date: visit.service_date.to_string(),
    };
    record(&mut tx, Fact::new(started).about(id.uuid(), visit.version).of(facility));
    tx.audit(AuditEntry { action: "visit.start", visit: Some(id), ..Default::default() });
    tx.commit(StartVisitResponse { visit: Some(view::visit(&visit)) }).await
}

/// Whom the identifier may mean. A member number is known here; of a national id, identity knows whose it is. Strangers
/// are looked for like members.
async fn candidates(app: &App, identifier: Option<&Identifier>) -> Result<Candidates> {
    match identifier {
        Some(Identifier::MemberNumber(number)) => {
            Ok(Candidates { number: MemberNumber::parse(number).ok(), ..Candidates::default() })
        }
        Some(Identifier::NationalId(id)) => {
            let asked = MatchMembersRequest { identifiers: Some(Identifiers::NationalId(id.clone())) };
            let asked = app.context.identity.request(asked);
            let known = app.context.challenges().match_members(asked).await?.into_inner().members;
            let members = known.iter().map(|it| MemberId::parse(&it.member_id).map_err(Error::internal));
            Ok(Candidates { members: members.collect::<Result<_>>()?, ..Candidates::default() })
        }
        None => Ok(Candidates::default()),
    }
}

/// The payers that are asked, in their order. Where several cover the patient, the desk must say which: the same number
/// may be another person's with another payer.
async fn payers_to_ask(
    app: &App,
    call: &Call,
    profile: &FacilityProfile,
    named: Option<OrganizationId>,
) -> Keyed<Vec<AskedPayer>> {
    let contracted = profile.payers.iter().filter(|(payer, _)| named.is_none_or(|named| named == *payer));
    let asked =
        contracted.map(|(payer, name)| AskedPayer::on(*payer, name.clone(), &profile.coverages, profile.day));
    let asked = in_turn(asked.collect());
    if asked.iter().filter(|it| it.covers()).count() < 2 {
        return Ok(asked);
    }
    let covering = asked.into_iter().filter(AskedPayer::covers).collect();
    // A start that was answered gets its answer again, and nobody is told of.
    app.db.replayed(call).await?;
    // Who covers a patient is told before they are present: an access to each whom it may mean.
    let members: BTreeSet<_> = profile.coverages.iter().map(|coverage| coverage.member).collect();
    for member in members {
        let entry = AuditEntry { action: "visit.several_payers", member: Some(member), ..Default::default() };
        app.audit.read(call, entry).await?;
    }
    Err(Refusal::SeveralPayers(covering).into())
}

async fn profile(
    app: &App,
    call: &Call,
    facility: OrganizationId,
    day: Option<NaiveDate>,
    candidates: &Candidates,
) -> Result<FacilityProfile> {
    let now = app.clock.now();
    let profile = store::profile::find_profile(&app.db, call, facility, day, candidates, now).await?;
    Ok(profile.ok_or(FacilityNotReady)?)
}

/// The patient as named at the desk.
enum Named {
    MemberNumber(MemberNumber),
    NationalId(NationalId),
}

impl Named {
    fn asked(&self) -> member_identifier::Identifier {
        match self {
            Self::MemberNumber(number) => {
                member_identifier::Identifier::MemberNumber(number.as_str().to_owned())
            }
            Self::NationalId(id) => member_identifier::Identifier::NationalId(id.as_str().to_owned()),
        }
    }

    fn hash(&self, keys: &Keys) -> Vec<u8> {
        match self {
            Self::MemberNumber(number) => keys.member_number_hash(number),
            Self::NationalId(id) => keys.national_id_hash(id),
        }
    }
}

fn identifier(
    violations: &mut Violations,
    asked: Option<Identifier>,
    profile: &FacilityProfile,
) -> Option<Named> {
    match asked {
        Some(Identifier::MemberNumber(number)) => {
            violations.required("memberNumber", number.as_str(), MemberNumber::parse).map(Named::MemberNumber)
        }
        Some(Identifier::NationalId(id)) => {
            let id = Redacted::from(id);
            let parse = |text| NationalId::parse_on(profile.country, text, profile.today);
            violations.required("nationalId", id.expose(), parse).map(Named::NationalId)
        }
        None => violations.present("memberNumber", None),
    }
}

fn check_day(violations: &mut Violations, profile: &FacilityProfile, days_back: u16) {
    let earliest = profile.today.checked_sub_days(Days::new(days_back.into())).unwrap_or(NaiveDate::MIN);
    violations.check("serviceDate", profile.day <= profile.today, "must not lie in the future");
    violations.check("serviceDate", profile.day >= earliest, format!("must be {earliest} or later"));
}

fn awaited(answer: StartChallengeResponse, sealed: Vec<u8>) -> Result<Challenge> {
    Ok(Challenge {
        id: answer.challenge_id,
        sealed,
        masked_destination: answer.masked_destination,
        code_expires_at: instant(answer.code_expires_at)?,
        resend_available_at: instant(answer.resend_available_at)?,
    })
}

/// An instant that identity always gives.
pub(crate) fn instant(at: Option<prost_types::Timestamp>) -> Result<DateTime<Utc>> {
    at.and_then(|at| DateTime::from_timestamp(at.seconds, at.nanos.unsigned_abs()))
        .ok_or_else(|| Error::internal(anyhow::anyhow!("identity gave no instant")))
}
