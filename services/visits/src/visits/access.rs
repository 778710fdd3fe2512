//! The patient of a visit for whoever asks now, and the repeated command that would show them again.

use careway_kernel::OrganizationId;
use careway_service::{AuditEntry, Call, Result};

use super::domain::{Patient, Visit};
use crate::App;

/// The patient, if the visit shows them to this party now.
///
/// # Errors
/// `VISIT_NOT_VERIFIED`, `VISIT_OVER`, `VISIT_DISPUTED`; only the first to the payer.
pub(crate) fn opened<'v>(app: &App, visit: &'v Visit, party: OrganizationId) -> Result<&'v Patient> {
    Ok(visit.patient_for(party, app.clock.now(), app.context.settings.grace())?)
}

/// A repeated command gets the answer it got, and that shows the patient: it is a read, allowed and audited as of now.
pub(crate) async fn read_again(
    app: &App,
    call: &Call,
    visit: &Visit,
    party: OrganizationId,
    action: &'static str,
) -> Result<()> {
    if visit.patient.is_none() || !app.db.is_answered(call).await? {
        return Ok(());
    }
    let member = Some(opened(app, visit, party)?.member);
    app.audit.read(call, AuditEntry { action, member, visit: Some(visit.id), ..Default::default() }).await
}
