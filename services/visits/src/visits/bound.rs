//! What a visit keeps sealed while its code is awaited: what the code is bound to, and how the payers stood to the patient.

use careway_contract::identity::v1::{MemberIdentifier, StartChallengeRequest};
use careway_kernel::VisitId;
use careway_service::{Error, Result};
use prost::Message;

use super::domain::{Challenge, Visit};
use crate::{
    App,
    coverages::domain::choice::AskedPayer,
    seal::{Column, Keys},
};

/// Told to identity, and remembered until the patient is known.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    /// The same words at every step, or identity finds no challenge.
    pub(crate) challenge: StartChallengeRequest,
    /// In the order in which they are asked.
    pub(crate) asked: Vec<AskedPayer>,
}

#[derive(Clone, PartialEq, Message)]
struct SealedBound {
    #[prost(message, optional, tag = "1")]
    challenge: Option<StartChallengeRequest>,
    /// The payers as JSON.
    #[prost(bytes = "vec", tag = "2")]
    asked: Vec<u8>,
}

impl Bound {
    pub(crate) fn seal(&self, keys: &Keys, visit: VisitId) -> Result<Vec<u8>> {
        let asked = serde_json::to_vec(&self.asked).map_err(Error::internal)?;
        let kept = SealedBound { challenge: Some(self.challenge.clone()), asked };
        keys.seal(Column::Challenge, visit, &kept.encode_to_vec())
    }

    pub(crate) fn open(app: &App, visit: &Visit, challenge: &Challenge) -> Result<Self> {
        let kept = app.context.keys.open(Column::Challenge, visit.id, &challenge.sealed)?;
        let SealedBound { challenge, asked } =
            SealedBound::decode(kept.as_slice()).map_err(Error::internal)?;
        Ok(Self {
            challenge: challenge.unwrap_or_default(),
            asked: serde_json::from_slice(&asked).map_err(Error::internal)?,
        })
    }

    /// Who was named at the desk.
    pub(crate) fn member(&self) -> MemberIdentifier {
        self.challenge.member.clone().unwrap_or_default()
    }
}
