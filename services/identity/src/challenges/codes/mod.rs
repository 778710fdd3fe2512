//! Live one-time codes, in Redis: one script issues, one verifies, each in a single step.
//!
//! Redis is run as one primary (no cluster), with `noeviction`. Losing it loses codes and counters together, which
//! is safe: nothing can be verified then. What must survive, the failures in a row, is in Postgres.

mod limits;

use std::{net::IpAddr, sync::Arc, time::Duration};

use careway_contract::identity::v1;
use careway_kernel::{ChallengeId, Clock, MemberId, OrganizationId, Redacted, random};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use redis::{AsyncCommands, Script, aio::ConnectionManager};
use serde_json::json;
use uuid::Uuid;

use super::{binding::code_mac, domain::Occasion};
use crate::config::MembersConfig;

/// How long a slot knows its challenge, for resends.
const KEPT: Duration = Duration::from_secs(24 * 3600);
/// How long a passed challenge passes again for the same request.
const PASSED_FOR: Duration = Duration::from_secs(300);

/// The one-time codes.
pub(crate) struct Codes {
    redis: ConnectionManager,
    prefix: Arc<str>,
    clock: Clock,
    config: MembersConfig,
    issue: Script,
    verify: Script,
}

/// What a code is asked for.
pub(crate) struct Issue<'a> {
    pub(crate) challenge: ChallengeId,
    pub(crate) code: Redacted,
    pub(crate) resend: bool,
    pub(crate) slot: [u8; 32],
    pub(crate) binding: [u8; 32],
    pub(crate) occasion: &'a Occasion,
    pub(crate) network: Option<IpAddr>,
    /// The hash of the request's idempotency key.
    pub(crate) request: Option<[u8; 32]>,
    pub(crate) holder: Holder,
    /// The block of the number it is sent to; a made-up one for nobody's.
    pub(crate) number_block: String,
    /// Without it no code exists, though everything looks as if one did.
    pub(crate) deliverable: bool,
}

/// Whose code it is: counted by `subject`, which a stranger has as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) subject: [u8; 32],
    pub(crate) member: Option<MemberId>,
    pub(crate) payer: Option<OrganizationId>,
    /// What is kept in place of the number that the code went to; none for a stranger, and without a number.
    pub(crate) sent_to: Option<[u8; 32]>,
}

/// A challenge as it stands.
pub(crate) struct Issued {
    pub(crate) challenge: ChallengeId,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) resend_at: DateTime<Utc>,
    /// To be sent; none for a repeated request, for nobody, and beyond a quiet limit.
    pub(crate) code: Option<Redacted>,
}

/// A code as it was said.
pub(crate) struct Attempt {
    pub(crate) challenge: ChallengeId,
    pub(crate) code: Redacted,
    pub(crate) slot: [u8; 32],
    pub(crate) binding: [u8; 32],
    pub(crate) occasion: Occasion,
    pub(crate) request: Option<[u8; 32]>,
}

/// What an attempt came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum CodeCheck {
    Passed(Holder),
    /// `compared`: it counts as one more wrong code in a row.
    Wrong {
        holder: Holder,
        left: i64,
        compared: bool,
    },
    /// Another challenge, another binding, expired or used.
    Gone,
}

impl Codes {
    /// The codes under this prefix.
    pub(crate) fn new(
        redis: ConnectionManager,
        prefix: Arc<str>,
        clock: Clock,
        config: MembersConfig,
    ) -> Self {
        let issue = Script::new(concat!(include_str!("counting.lua"), include_str!("issue.lua")));
        let verify = Script::new(concat!(include_str!("counting.lua"), include_str!("verify.lua")));
        Self { redis, prefix, clock, config, issue, verify }
    }

    /// Issues a code, if no limit stands against it.
    pub(crate) async fn issue(&self, issue: Issue<'_>) -> Result<Issued> {
        let challenge = issue.challenge.to_string();
        let mac = code_mac(&self.config.code_pepper, issue.holder.payer, &challenge, &issue.code);
        let nobodys_mac = hex::encode(random::bytes::<32>());
        let limits = self.sending_limits(&issue);
        let ask = json!({
            "clock_offset": self.clock.offset().num_milliseconds(),
            "id": challenge,
            "resend": issue.resend,
            "request": issue.request.map(hex::encode).unwrap_or_default(),
            "binding": hex::encode(issue.binding),
            "subject": hex::encode(issue.holder.subject),
            "member": issue.holder.member.map(|id| id.to_string()).unwrap_or_default(),
            "payer": issue.holder.payer.map(|id| id.to_string()).unwrap_or_default(),
            "sent_to": issue.holder.sent_to.map(hex::encode).unwrap_or_default(),
            "mac": if issue.deliverable { hex::encode(mac) } else { nobodys_mac.clone() },
            "nobodys_mac": nobodys_mac,
            "valid": u64::from(self.config.code_seconds) * 1000,
            "cooldown": u64::from(self.config.code_resend_seconds) * 1000,
            "kept": KEPT.as_millis() as u64,
            "sendings": self.slot_limits(),
            "limits": limits,
        });
        let mut call = self.issue.prepare_invoke();
        call.key(self.slot_key(&issue.slot, "live")).key(self.slot_key(&issue.slot, "sent"));
        for limit in &limits {
            call.key(&limit.key);
        }
        let (outcome, id, first, second, of): (String, String, i64, i64, String) =
            call.arg(ask.to_string()).invoke_async(&mut self.redis.clone()).await?;
        let wait = Duration::from_millis(first.unsigned_abs());
        metrics::counter!("careway_codes_total", "outcome" => outcome.to_ascii_lowercase()).increment(1);
        match outcome.as_str() {
            "ISSUED" | "QUIET" | "REPLAYED" => Ok(Issued {
                challenge: ChallengeId::parse(&id).map_err(Error::internal)?,
                expires_at: instant(first)?,
                resend_at: instant(second)?,
                code: (outcome == "ISSUED" && issue.deliverable).then_some(issue.code),
            }),
            "FOREIGN" => Err(Error::not_found("challenge")),
            "COOLDOWN" if issue.resend => {
                Err(Error::new(v1::Reason::ResendTooSoon, "A code was sent a moment ago.").retry_after(wait))
            }
            "COOLDOWN" => Err(limit_reached(limits::PATIENT, wait)),
            _ => Err(limit_reached(&of, wait)),
        }
    }

    /// Counts a try, then compares.
    pub(crate) async fn verify(&self, attempt: Attempt) -> Result<CodeCheck> {
        let mut redis = self.redis.clone();
        let slot = self.slot_key(&attempt.slot, "live");
        let kept: [Option<String>; 4] =
            redis.hmget(&slot, &["subject", "member", "payer", "sent_to"]).await?;
        let holder = holder(kept, &attempt.slot);
        let challenge = attempt.challenge.to_string();
        let mac = code_mac(&self.config.code_pepper, holder.payer, &challenge, &attempt.code);
        let limits = self.failure_limits(&attempt.occasion, &holder);
        let ask = json!({
            "clock_offset": self.clock.offset().num_milliseconds(),
            "id": challenge,
            "request": attempt.request.map(hex::encode).unwrap_or_default(),
            "binding": hex::encode(attempt.binding),
            "mac": hex::encode(mac),
            "tries": self.config.code_tries,
            "passed_for": PASSED_FOR.as_millis() as u64,
            "limits": limits,
        });
        let mut call = self.verify.prepare_invoke();
        call.key(slot);
        for limit in &limits {
            call.key(&limit.key);
        }
        let (outcome, left, compared, of): (String, i64, i64, String) =
            call.arg(ask.to_string()).invoke_async(&mut redis).await?;
        metrics::counter!("careway_code_tries_total", "outcome" => outcome.to_ascii_lowercase()).increment(1);
        match outcome.as_str() {
            "PASSED" => Ok(CodeCheck::Passed(holder)),
            "WRONG" => Ok(CodeCheck::Wrong { holder, left, compared: compared == 1 }),
            "LIMIT" => Err(limit_reached(&of, Duration::from_millis(left.unsigned_abs()))),
            _ => Ok(CodeCheck::Gone),
        }
    }

    /// All keys of a slot share a hash tag.
    fn slot_key(&self, slot: &[u8; 32], what: &str) -> String {
        format!("{}otp:{{{}}}:{what}", self.prefix, hex::encode(slot))
    }

    fn key(&self, of: &str, whose: &str) -> String {
        format!("{}otp:{of}:{whose}", self.prefix)
    }
}

fn limit_reached(of: &str, wait: Duration) -> Error {
    let message = match of {
        limits::PATIENT => "Too many codes for this patient; try again later.",
        limits::FACILITY => "Too many codes or wrong codes of this facility; try again later.",
        limits::STAFF => "Too many codes or wrong codes of this member of staff; try again later.",
        _ => "Too many codes from this network; try again later.",
    };
    Error::new(v1::Reason::CodeLimitReached, message).with("limit", of).retry_after(wait)
}

fn holder([subject, member, payer, sent_to]: [Option<String>; 4], slot: &[u8; 32]) -> Holder {
    let uuid = |text: Option<String>| text.and_then(|text| Uuid::try_parse(&text).ok());
    let mut bytes = *slot;
    if let Some(subject) = subject {
        // A slot without its subject cannot be verified anyway: it counts for itself.
        let _ = hex::decode_to_slice(subject, &mut bytes);
    }
    Holder {
        subject: bytes,
        member: uuid(member).map(MemberId::from_uuid),
        payer: uuid(payer).map(OrganizationId::from_uuid),
        sent_to: sent_to.and_then(|hex| {
            let mut bytes = [0; 32];
            hex::decode_to_slice(hex, &mut bytes).ok().map(|()| bytes)
        }),
    }
}

fn instant(millis: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("Redis told no time")))
}
