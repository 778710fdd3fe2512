//! Who acts on a visit: a facility's person or system, a payer's person; and the answer a key may have already.

use careway_kernel::OrganizationId;
use careway_service::{Call, Error, Kind, OrganizationKind, Result, Subject};
use uuid::Uuid;

use crate::App;

/// The facility that calls.
pub(crate) fn facility(call: &Call) -> Result<OrganizationId> {
    match call.caller.kind() {
        Some(OrganizationKind::Facility) => call.caller.organization(),
        _ => Err(wrong_kind("This is for facilities.")),
    }
}

/// The payer that calls: an insurer, or an authority that insures by a scheme of its own.
pub(crate) fn payer(call: &Call) -> Result<OrganizationId> {
    if is_payer(call) { call.caller.organization() } else { Err(wrong_kind("This is for payers.")) }
}

/// Whether the caller's organization insures people.
pub(crate) fn is_payer(call: &Call) -> bool {
    matches!(call.caller.kind(), Some(OrganizationKind::Payer | OrganizationKind::Authority))
}

fn wrong_kind(message: &'static str) -> Error {
    Error::new(Kind::Forbidden, "WRONG_ORGANIZATION_KIND", message)
}

/// The person or the API client.
pub(crate) fn subject(call: &Call) -> Result<Uuid> {
    match call.caller.subject {
        Subject::Account(id) => Ok(id.uuid()),
        Subject::Client(id) => Ok(id.uuid()),
        _ => Err(Error::new(Kind::Forbidden, "PERSON_REQUIRED", "This needs a person or an API client.")),
    }
}

/// The outcome, or the answer kept for the key: the first try may have changed what now refuses the second.
pub(crate) async fn unless_replayed<T>(
    app: &App,
    call: &Call,
    outcome: Result<T, impl Into<Error>>,
) -> Result<T> {
    match outcome {
        Ok(value) => Ok(value),
        Err(refusal) => {
            app.db.replayed(call).await?;
            Err(refusal.into())
        }
    }
}
