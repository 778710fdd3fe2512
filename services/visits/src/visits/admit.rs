//! Admit a patient for one service type: the visit gets its number, an inpatient's payer must be told.

use careway_contract::visits::v1::{AdmitVisitRequest, AdmitVisitResponse, VisitAdmitted};
use careway_events::{Fact, record};
use careway_kernel::{HumanNumber, Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, NotWritten, Result, path_id};
use chrono::{Datelike, Duration};

use super::{
    domain::{AdmissionInput, NoticeRule, Visit, refusal::Refusal},
    store, view,
};
use crate::{App, audit, plans::domain::service_type::ServiceType, texts::Short};

pub(crate) async fn admit_visit(
    app: &App,
    call: &Call,
    request: AdmitVisitRequest,
) -> Keyed<AdmitVisitResponse> {
    let facility = call.caller.facility()?;
    let id: VisitId = path_id("visit", &request.visit_id)?;
    let mut violations = Violations::default();
    let service_type = violations.required("serviceType", request.service_type.as_str(), ServiceType::parse);
    let practitioner = violations.optional("practitioner", request.practitioner.as_str(), Short::parse);
    let referral = violations.optional("referral", request.referral.as_str(), Short::parse);
    let (service_type, practitioner, referral) = violations.all((service_type, practitioner, referral))?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock_for_admission(&mut tx, id, facility).await?.ok_or(Error::not_found("visit"))?;
    if !locked.visit.knows(&service_type) {
        return Err(Violations::one("serviceType", "must be one of the visit's service types").into());
    }
    let number = HumanNumber::visit(locked.visit.service_date.year(), locked.sequence).to_string();
    let (practitioner, referral) = (practitioner.map(Into::into), referral.map(Into::into));
    let input = AdmissionInput { service_type, number, practitioner, referral };
    let rule = notice_rule(app, locked.notice_hours);
    let visit = locked.visit.admit(tx.now(), input, rule)?;
    match store::update::update_visit(&mut tx, &visit).await {
        Err(NotWritten::Refused(Refusal::AlreadyOpen { .. })) => {
            // The transaction is over; the refusal names the visit that is in the way.
            drop(tx);
            return Err(Refusal::AlreadyOpen { visit: find_open(app, call, &visit).await? }.into());
        }
        updated => updated?,
    }
    if let Some(patient) = &visit.patient {
        let admitted = VisitAdmitted {
            visit_id: id.to_string(),
            facility_id: facility.to_string(),
            payer_id: patient.payer.to_string(),
            member_id: patient.member.to_string(),
        };
        record(&mut tx, Fact::new(admitted).about(id.uuid(), visit.version).of(facility).also(patient.payer));
        let member = Some(patient.member);
        let entry = AuditEntry { action: "visit.admit", member, visit: Some(id), ..Default::default() };
        audit::note(&mut tx, call, entry);
    }
    tx.commit(AdmitVisitResponse { visit: Some(view::visit(&visit)) }).await
}

fn notice_rule(app: &App, payers_hours: Option<i32>) -> NoticeRule {
    let hours = payers_hours.unwrap_or_else(|| app.context.settings.admission_notice_hours.into());
    NoticeRule {
        within: Duration::hours(hours.into()),
        warn_percent: app.context.settings.admission_warning_percent,
    }
}

async fn find_open(app: &App, call: &Call, visit: &Visit) -> Result<Option<VisitId>> {
    let Some(admission) = &visit.admission else { return Ok(None) };
    let mut reader = app.db.read(call).await?;
    store::find_open_visit(&mut reader, visit, &admission.service_type).await
}
