//! Identity, faked: it is another service. It keys its answers as the real one does, and signs the tests' tokens.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use careway_contract::identity::v1::{
    challenge_service_server::{ChallengeService, ChallengeServiceServer},
    member_identifier::Identifier,
    *,
};
use careway_kernel::{Clock, MemberId, OrganizationId};
use careway_service::{Error, Foundation};
use careway_testing::{TokenSigner, upstream};
use tonic::{Request, Response, Status, async_trait, service::Routes};

/// The code every known member is sent.
pub(crate) const CODE: &str = "042715";

#[derive(Clone)]
pub(crate) struct FakeIdentity {
    clock: Clock,
    members: Arc<Mutex<Vec<(MemberSummary, String)>>>,
    challenges: Arc<Mutex<HashMap<String, StartChallengeRequest>>>,
    kept: Arc<Mutex<HashMap<String, String>>>,
    /// Challenges started, replays not counted.
    pub(crate) started: Arc<AtomicUsize>,
}

impl FakeIdentity {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            members: Arc::default(),
            challenges: Arc::default(),
            kept: Arc::default(),
            started: Arc::default(),
        }
    }

    /// Stands in for identity beside a service, with the signer's key.
    pub(crate) fn beside(&self, signer: &TokenSigner) -> impl Fn(&Foundation) + use<> {
        let routes = Routes::new(ChallengeServiceServer::new(self.clone())).add_service(signer.keys());
        move |foundation| foundation.registry.provide("identity", upstream(routes.clone()))
    }

    /// Registers a member, who is known by member number and national id.
    pub(crate) fn register(&self, payer: OrganizationId, number: &str, national_id: &str) -> MemberId {
        let id = MemberId::new(&self.clock);
        let member = MemberSummary {
            member_id: id.to_string(),
            payer_id: payer.to_string(),
            payer_name: "Umurage Health".to_owned(),
            member_number: number.to_owned(),
            given_names: "Aline".to_owned(),
            family_name: "Uwase".to_owned(),
            birth_date: "1990-04-12".to_owned(),
            sex: "FEMALE".to_owned(),
            family_id: id.to_string(),
            language: "rw".to_owned(),
            ..Default::default()
        };
        self.members.lock().unwrap().push((member, national_id.to_owned()));
        id
    }

    fn find(&self, asked: Option<&MemberIdentifier>) -> Option<MemberSummary> {
        let asked = asked?;
        let members = self.members.lock().unwrap();
        let named = |(member, national_id): &&(MemberSummary, String)| match &asked.identifier {
            Some(Identifier::MemberNumber(number)) => member.member_number == *number,
            Some(Identifier::NationalId(id)) => national_id == id,
            None => false,
        };
        let of = |payer: &String| members.iter().filter(named).find(|(member, _)| member.payer_id == *payer);
        asked.payer_ids.iter().find_map(of).map(|(member, _)| member.clone())
    }

    /// The answer kept for the forwarded key, or a new one.
    fn keyed<M>(&self, request: &Request<M>, operation: &str, answer: impl FnOnce() -> String) -> String {
        let key =
            request.metadata().get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default();
        let mut kept = self.kept.lock().unwrap();
        kept.entry(format!("{operation}:{key}")).or_insert_with(answer).clone()
    }

    fn in_seconds(&self, seconds: i64) -> Option<prost_types::Timestamp> {
        Some(prost_types::Timestamp { seconds: self.clock.now().timestamp() + seconds, nanos: 0 })
    }
}

#[async_trait]
impl ChallengeService for FakeIdentity {
    async fn start_challenge(
        &self,
        request: Request<StartChallengeRequest>,
    ) -> Result<Response<StartChallengeResponse>, Status> {
        let challenge_id = self.keyed(&request, "start", || {
            self.started.fetch_add(1, Ordering::SeqCst);
            careway_kernel::ChallengeId::new(&self.clock).to_string()
        });
        self.challenges.lock().unwrap().insert(challenge_id.clone(), request.into_inner());
        Ok(Response::new(StartChallengeResponse {
            challenge_id,
            masked_destination: "+2507******12".to_owned(),
            code_expires_at: self.in_seconds(300),
            resend_available_at: self.in_seconds(60),
        }))
    }

    async fn resend_challenge(
        &self,
        request: Request<ResendChallengeRequest>,
    ) -> Result<Response<ResendChallengeResponse>, Status> {
        let again = request.into_inner();
        let challenges = self.challenges.lock().unwrap();
        let bound = challenges.get(&again.challenge_id).ok_or_else(|| Status::not_found("challenge"))?;
        let same = bound.member == again.member
            && bound.purpose == again.purpose
            && bound.facility_name == again.facility_name
            && bound.service_date == again.service_date;
        if !same {
            return Err(Status::not_found("challenge"));
        }
        Ok(Response::new(ResendChallengeResponse {
            challenge_id: again.challenge_id,
            masked_destination: "+2507******12".to_owned(),
            code_expires_at: self.in_seconds(300),
            resend_available_at: self.in_seconds(60),
        }))
    }

    async fn verify_challenge(
        &self,
        request: Request<VerifyChallengeRequest>,
    ) -> Result<Response<VerifyChallengeResponse>, Status> {
        let rejected =
            || Error::new(Reason::CodeRejected, "The code is not right.").with("attemptsLeft", 4).to_status();
        let proof = request.get_ref().clone();
        let outcome = self.keyed(&request, "verify", || {
            // A passed challenge is used up.
            let mut challenges = self.challenges.lock().unwrap();
            let bound = challenges.get(&proof.challenge_id);
            let right = bound.is_some_and(|bound| bound.member == proof.member && proof.code == CODE);
            let member = if right { self.find(proof.member.as_ref()) } else { None };
            if member.is_some() {
                challenges.remove(&proof.challenge_id);
            }
            member.map(|member| member.member_id).unwrap_or_default()
        });
        let members = self.members.lock().unwrap();
        let member = members.iter().find(|(member, _)| member.member_id == outcome).ok_or_else(rejected)?;
        Ok(Response::new(VerifyChallengeResponse { member: Some(member.0.clone()) }))
    }

    async fn resolve_member(
        &self,
        request: Request<ResolveMemberRequest>,
    ) -> Result<Response<ResolveMemberResponse>, Status> {
        let member = self.find(request.into_inner().member.as_ref());
        Ok(Response::new(ResolveMemberResponse { member }))
    }

    async fn match_members(
        &self,
        request: Request<MatchMembersRequest>,
    ) -> Result<Response<MatchMembersResponse>, Status> {
        let asked = request.into_inner().identifiers.ok_or_else(|| Status::invalid_argument("nobody"))?;
        let meant = |(member, national_id): &&(MemberSummary, String)| match &asked {
            match_members_request::Identifiers::NationalId(id) => *national_id == id.replace(' ', ""),
            match_members_request::Identifiers::MemberNumbers(asked) => {
                member.payer_id == asked.payer_id && asked.numbers.contains(&member.member_number)
            }
        };
        let members = self.members.lock().unwrap();
        let members = members.iter().filter(meant).map(|(member, _)| MemberMatch {
            member_id: member.member_id.clone(),
            payer_id: member.payer_id.clone(),
            member_number: member.member_number.clone(),
            family_id: member.family_id.clone(),
            birth_date: member.birth_date.clone(),
        });
        Ok(Response::new(MatchMembersResponse { members: members.collect() }))
    }
}
