//! What visits keeps of a person is sealed under the service's master key; what it looks people up by is hashed with it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use careway_kernel::{ClaimId, MemberNumber, NationalId, Redacted, VisitId};
use careway_service::{Error, Result, Sealer};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of a token's proof: enough never to be guessed, short enough for an SMS.
const PROOF: usize = 12;

/// The columns that are sealed; a value moved to another column or row does not open.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Column {
    /// What a challenge is bound to.
    Challenge,
    /// The member as the facility sees them.
    Member,
    /// The note of an override.
    OverrideNote,
    /// The note of an override's review.
    ReviewNote,
    /// Who prescribed, why, and how it is taken.
    Prescription,
    /// Why a prescription was cancelled.
    PrescriptionCancelled,
    /// Why a pre-authorization is asked for.
    Justification,
    /// What a payer asks before it decides one.
    Question,
    /// What the facility answers.
    Answer,
    /// Diagnoses, refusals, the reviewer's words and the trace of a line of care.
    CareDetails,
    /// Why a facility appeals.
    ClaimAppeal,
    /// What the payer answers.
    ClaimAppealAnswer,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::Challenge => "visit.sealed_challenge",
            Self::Member => "visit.sealed_member",
            Self::OverrideNote => "visit_override.sealed_note",
            Self::ReviewNote => "visit_override.sealed_review",
            Self::Prescription => "prescription.sealed_content",
            Self::PrescriptionCancelled => "prescription.sealed_reason",
            Self::Justification => "preauthorization.sealed_justification",
            Self::Question => "preauthorization_question.sealed_question",
            Self::Answer => "preauthorization_question.sealed_answer",
            Self::CareDetails => "service_line.sealed_details",
            Self::ClaimAppeal => "claim.sealed_appeal",
            Self::ClaimAppealAnswer => "claim.sealed_appeal_answer",
        }
    }
}

/// The keys derived from the master key.
#[derive(Clone)]
pub(crate) struct Keys {
    sealer: Sealer,
    index: Hmac<Sha256>,
    dispute: Hmac<Sha256>,
    explanation: Hmac<Sha256>,
}

impl Keys {
    /// Derives a key per use; the master key has at least 32 characters.
    pub(crate) fn derive(master: &Redacted) -> anyhow::Result<Self> {
        anyhow::ensure!(
            master.expose().len() >= 32,
            "CAREWAY_VISITS_MASTER_KEY must have at least 32 characters"
        );
        let master = keyed(master.expose().as_bytes());
        let derived = |purpose: &str| mac(&master, &[b"careway/visits/v1", purpose.as_bytes()]);
        Ok(Self {
            sealer: Sealer::with_key(&derived("seal")),
            index: keyed(&derived("index")),
            dispute: keyed(&derived("dispute")),
            explanation: keyed(&derived("explanation")),
        })
    }

    /// Seals a value for one row's column.
    pub(crate) fn seal(&self, column: Column, row: impl Into<Uuid>, value: &[u8]) -> Result<Vec<u8>> {
        self.sealer.seal(column.name(), row.into(), value).map_err(Error::internal)
    }

    /// Opens what was sealed for this row's column.
    pub(crate) fn open(&self, column: Column, row: impl Into<Uuid>, sealed: &[u8]) -> Result<Vec<u8>> {
        self.sealer.open(column.name(), row.into(), sealed).map_err(Error::internal)
    }

    /// What a member number is found by.
    pub(crate) fn member_number_hash(&self, number: &MemberNumber) -> Vec<u8> {
        mac(&self.index, &[b"member_number", number.as_str().as_bytes()]).to_vec()
    }

    /// What stands for a national id until the member is known.
    pub(crate) fn national_id_hash(&self, id: &NationalId) -> Vec<u8> {
        mac(&self.index, &[b"national_id", id.country().as_str().as_bytes(), id.as_str().as_bytes()]).to_vec()
    }

    /// What stands for a claim's content: the same parts give the same.
    pub(crate) fn content_hash(&self, parts: &[String]) -> Vec<u8> {
        let parts = parts.iter().map(String::as_bytes);
        mac(&self.index, &[b"claim_content".as_slice()].into_iter().chain(parts).collect::<Vec<_>>()).to_vec()
    }

    /// The token of the member's link to dispute a visit. Derived: nothing secret is kept.
    pub(crate) fn dispute_token(&self, visit: VisitId) -> Redacted {
        token(&self.dispute, visit.uuid())
    }

    /// The visit that a token disputes; none when we did not make it.
    pub(crate) fn disputed_visit(&self, token: &str) -> Option<VisitId> {
        named(&self.dispute, token).map(VisitId::from_uuid)
    }

    /// The token of the member's link to the explanation of a claim.
    pub(crate) fn explanation_token(&self, claim: ClaimId) -> Redacted {
        token(&self.explanation, claim.uuid())
    }

    /// The claim that a token explains; none when we did not make it.
    pub(crate) fn explained_claim(&self, token: &str) -> Option<ClaimId> {
        named(&self.explanation, token).map(ClaimId::from_uuid)
    }
}

/// A row's id, and the proof that we named it.
fn token(key: &Hmac<Sha256>, row: Uuid) -> Redacted {
    let row = row.into_bytes();
    let proof = mac(key, &[&row]);
    Redacted::new(URL_SAFE_NO_PAD.encode([&row[..], &proof[..PROOF]].concat()))
}

/// The row that a token names; none when we did not make it.
fn named(key: &Hmac<Sha256>, token: &str) -> Option<Uuid> {
    let bytes: [u8; 16 + PROOF] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let (row, proof) = bytes.split_first_chunk::<16>()?;
    with(key, &[row]).verify_truncated_left(proof).ok()?;
    Some(Uuid::from_bytes(*row))
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// Lengths are part of the input, so that no two lists of parts read alike.
fn with(key: &Hmac<Sha256>, parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = key.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac
}

fn mac(key: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    with(key, parts).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use careway_kernel::{Clock, CountryCode};

    fn keys() -> Keys {
        Keys::derive(&Redacted::new("0123456789abcdef0123456789abcdef")).unwrap()
    }

    #[test]
    fn a_short_master_key_is_refused() {
        assert!(Keys::derive(&Redacted::new("short")).is_err());
    }

    #[test]
    fn a_sealed_value_opens_only_where_it_belongs() {
        let (keys, clock) = (keys(), Clock::system());
        let (visit, other) = (VisitId::new(&clock), VisitId::new(&clock));
        let sealed = keys.seal(Column::Member, visit, b"Aline").unwrap();
        assert!(!sealed.windows(5).any(|window| window == b"Aline"));
        assert_eq!(keys.open(Column::Member, visit, &sealed).unwrap(), b"Aline");
        assert!(keys.open(Column::Member, other, &sealed).is_err());
        assert!(keys.open(Column::Challenge, visit, &sealed).is_err());
        assert!(keys.open(Column::Member, visit, &sealed[..5]).is_err());
        let mut changed = sealed;
        changed[20] ^= 1;
        assert!(keys.open(Column::Member, visit, &changed).is_err());
    }

    #[test]
    fn a_token_names_its_visit_and_cannot_be_made_up() {
        let keys = keys();
        let visit = VisitId::new(&Clock::system());
        let token = keys.dispute_token(visit);
        assert_eq!(keys.disputed_visit(token.expose()), Some(visit));
        assert_eq!(token.expose().len(), 38);
        for wrong in ["", "x", &token.expose()[..37], &format!("{}A", token.expose())] {
            assert_eq!(keys.disputed_visit(wrong), None);
        }
        let another = Keys::derive(&Redacted::new("another master key, long enough!")).unwrap();
        assert_eq!(another.disputed_visit(token.expose()), None);
    }

    #[test]
    fn a_token_to_explain_a_claim_disputes_nothing() {
        let (keys, row) = (keys(), Uuid::now_v7());
        let token = keys.explanation_token(ClaimId::from_uuid(row));
        assert_eq!(keys.explained_claim(token.expose()), Some(ClaimId::from_uuid(row)));
        assert_eq!(keys.disputed_visit(token.expose()), None);
        assert_eq!(keys.explained_claim(keys.dispute_token(VisitId::from_uuid(row)).expose()), None);
    }

    #[test]
    fn identifiers_are_hashed_by_kind() {
        let keys = keys();
        let number = keys.member_number_hash(&MemberNumber::parse("11990700123456").unwrap());
        let country = CountryCode::parse("FR").unwrap();
        let id = keys.national_id_hash(&NationalId::parse(country, "11990700123456").unwrap());
        assert_eq!(number.len(), 32);
        assert_ne!(number, id);
    }
}
