//! Verify a challenge: the try is counted, then compared; every failure is the one refusal.

use careway_contract::identity::v1::{
    ChallengeLocked, ChallengePassed, VerifyChallengeRequest, VerifyChallengeResponse,
};
use careway_events::{Fact, record};
use careway_kernel::{ChallengeId, OrganizationId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, Result, Subject};
use tracing::Instrument as _;

use super::{
    binding::still_theirs,
    codes::{Attempt, CodeCheck, Holder},
    domain::{Occasion, Refusal, parse_code},
    request::{Parts, read},
    store,
};
use crate::{
    App,
    callers::as_system,
    members::{self, domain::Summary, view::summary},
};

pub(crate) async fn verify_challenge(
    app: &App,
    call: &Call,
    request: VerifyChallengeRequest,
) -> Keyed<VerifyChallengeResponse> {
    let mut violations = Violations::default();
    let challenge = violations.field("challengeId", ChallengeId::parse(&request.challenge_id));
    let code = violations.field("code", parse_code(&request.code));
    let parts = Parts {
        member: request.member.as_ref(),
        purpose: &request.purpose,
        service_date: &request.service_date,
    };
    let read = read(call, &mut violations, parts)?;
    let (challenge, code, (asked, occasion)) = violations.all((challenge, code, read))?;

    let data_keys = &app.data_keys;
    let attempt = Attempt {
        challenge,
        code,
        slot: occasion.slot(data_keys, &asked),
        binding: occasion.binding(data_keys, &asked),
        occasion: occasion.clone(),
        request: call.idempotency_key_hash(),
    };
    let judging = judge(app.clone(), attempt).in_current_span();
    match app.foundation.background_tasks.spawn(judging).await.map_err(Error::internal)?? {
        CodeCheck::Passed(holder) => passed(app, call, challenge, &occasion, holder).await,
        CodeCheck::Wrong { left, .. } => Err(rejected(left).into()),
        CodeCheck::Gone => {
            // The first try may have passed, and its answer been lost on the way.
            app.db.replayed(call).await?;
            Err(rejected(0).into())
        }
    }
}

/// Compares, and counts a wrong code: a task of its own, so that whoever hangs up is counted all the same.
async fn judge(app: App, attempt: Attempt) -> Result<CodeCheck> {
    let facility = attempt.occasion.facility;
    let check = app.challenges.codes.verify(attempt).await?;
    if let CodeCheck::Wrong { holder, compared: true, .. } = &check {
        count_failure(&app, facility, holder).await?;
    }
    Ok(check)
}

fn rejected(attempts_left: i64) -> careway_service::Error {
    Refusal::CodeRejected { attempts_left }.into()
}

async fn passed(
    app: &App,
    call: &Call,
    challenge: ChallengeId,
    occasion: &Occasion,
    holder: Holder,
) -> Keyed<VerifyChallengeResponse> {
    let member = app.db.unless_replayed(call, present(app, call, &holder).await).await?;

    let mut tx = app.db.begin(call).await?;
    members::store::code_lock::delete_failures(&mut tx, &holder.subject).await?;
    let account_id = match call.caller.subject {
        Subject::Account(account) => account.to_string(),
        _ => String::new(),
    };
    let fact = ChallengePassed {
        challenge_id: challenge.to_string(),
        member_id: member.id.to_string(),
        payer_id: member.payer.to_string(),
        facility_id: occasion.facility.to_string(),
        account_id,
        purpose: occasion.purpose.clone(),
    };
    record(&mut tx, Fact::new(fact).about(challenge.uuid(), 1).of(occasion.facility).also(member.payer));
    tx.audit(AuditEntry { action: "challenge.pass", member: Some(member.id), ..AuditEntry::default() });
    tx.commit(VerifyChallengeResponse { member: Some(summary(&member)) }).await
}

/// The member whose code was right. A code that was sent before the lock does not get past it, nor one that went to a
/// number which is the member's no more.
async fn present(app: &App, call: &Call, holder: &Holder) -> Result<Summary> {
    let member = holder.member.ok_or_else(|| rejected(0))?;
    let found = store::find_holder(&app.db, &as_system(call, "challenges"), member).await?;
    let (member, phones) = found.ok_or_else(|| rejected(0))?;
    let reached = still_theirs(&app.data_keys, holder.sent_to, phones.sms_number(&app.data_keys)?.as_ref());
    if member.codes_locked || !reached { Err(rejected(0)) } else { Ok(member) }
}

/// One more wrong code in a row, for a stranger as for a member; it must outlive Redis.
async fn count_failure(app: &App, facility: OrganizationId, holder: &Holder) -> Result<()> {
    let lock_at = app.config.members.failures_to_lock;
    let mut tx = app.db.begin_system("challenges").await?;
    let now = tx.now();
    let member = holder.member.zip(holder.payer);
    let locked = store::insert_failure(&mut tx, &holder.subject, member, facility, lock_at, now).await?;
    if let Some((member, payer)) = member.filter(|_| locked) {
        let fact = ChallengeLocked {
            member_id: member.to_string(),
            payer_id: payer.to_string(),
            facility_id: facility.to_string(),
        };
        record(&mut tx, Fact::new(fact).of(payer).also(facility));
        tx.audit(AuditEntry { action: "challenge.lock", member: Some(member), ..AuditEntry::default() });
        metrics::counter!("careway_code_locks_total").increment(1);
    }
    tx.finish().await
}
