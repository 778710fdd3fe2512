//! Prescribe medicines to the patient of an admitted visit.

use careway_contract::visits::v1::{IssuePrescriptionRequest, IssuePrescriptionResponse, PrescriptionIssued};
use careway_events::{Fact, record};
use careway_kernel::{HumanNumber, PrescriptionId, Violations, VisitId};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};
use chrono::{Datelike, Days};

use super::{
    domain::{
        self, Content, Line, Medicine, Prescription, default_expiry, formulary::Formulary, refusal::Refusal,
    },
    find::PREFIX,
    request::{self, MedicineInput},
    store::{self, prescribing::ListedMedicine},
    view::{self, Reader},
};
use crate::{
    App, audit,
    plans::domain::{PlanDefinition, service_type::ServiceType},
    visits::{self, domain::State},
};

pub(crate) async fn issue_prescription(
    app: &App,
    call: &Call,
    request: IssuePrescriptionRequest,
) -> Keyed<IssuePrescriptionResponse> {
    let (facility, person) = (call.caller.facility()?, call.caller.person_or_client()?);
    let visit_id: VisitId = path_id("visit", &request.visit_id)?;
    let mut v = Violations::default();
    let input = request::prescription(&mut v, request);
    let (input,) = v.all((input,))?;

    let codes: Vec<&str> = input.lines.iter().filter_map(|line| line.code.as_deref()).collect();
    let mut tx = app.db.begin(call).await?;
    let (now, keys) = (tx.now(), &app.context.keys);
    let known = store::prescribing::lock_for_prescribing(&mut tx, visit_id, facility, &codes, now)
        .await?
        .ok_or(Error::not_found("visit"))?;
    let visit = &known.visit;
    let (Some(patient), Some(admission), State::Admitted) = (&visit.patient, &visit.admission, visit.state)
    else {
        return Err(
            visits::domain::refusal::Refusal::WrongState { is: visit.state, needs: "ADMITTED" }.into()
        );
    };
    if visit.is_disputed() {
        return Err(Refusal::VisitDisputed.into());
    }
    let plan = known.plan.as_ref();
    let lines: Vec<Line> = (1..)
        .zip(&input.lines)
        .map(|(number, input)| line(number, input, plan, &admission.service_type, &known.medicines))
        .collect();
    let checked: Vec<_> = lines.iter().map(|line| (line.medicine.clone(), line.formulary)).collect();
    let warnings =
        domain::formulary::warnings(&checked, &domain::formulary::running(known.prescribed, known.today));
    if !warnings.is_empty() && !input.acknowledged {
        return Err(Refusal::WarningsNotAcknowledged(warnings).into());
    }
    let fills: Vec<_> = lines.iter().map(|line| (line.days, line.refills)).collect();
    let it = Prescription {
        id: PrescriptionId::new(&app.clock),
        version: 1,
        number: HumanNumber::new(PREFIX, known.today.year(), known.sequence).to_string(),
        facility,
        payer: patient.payer,
        visit: visit_id,
        visit_number: admission.number.clone(),
        member: patient.member,
        content: Content {
            prescriber: input.prescriber,
            licence: input.licence,
            directions: input.lines.into_iter().map(|line| line.directions).collect(),
            warnings,
        },
        issued_at: now,
        issued_by: person,
        issued_on: known.today,
        expires_on: match input.valid_days {
            Some(days) => known.today + Days::new(days),
            None => default_expiry(known.today, &fills),
        },
        lines,
        cancellation: None,
    };
    store::prescribing::insert_prescription(&mut tx, keys, &it, &visit.identifier_hash).await?;
    let issued = PrescriptionIssued {
        prescription_id: it.id.to_string(),
        visit_id: visit_id.to_string(),
        facility_id: facility.to_string(),
        payer_id: it.payer.to_string(),
        member_id: it.member.to_string(),
    };
    record(&mut tx, Fact::new(issued).about(it.id.uuid(), it.version).of(facility).also(it.payer));
    let member = Some(it.member);
    let entry =
        AuditEntry { action: "prescription.issue", member, visit: Some(visit_id), ..Default::default() };
    audit::note(&mut tx, call, entry);
    let shown = view::prescription(&it, &[], known.today, Reader::Party);
    tx.commit(IssuePrescriptionResponse { prescription: Some(shown) }).await
}

/// The line, with what the payer's tariff says where the prescriber said nothing.
fn line(
    number: i16,
    input: &MedicineInput,
    plan: Option<&PlanDefinition>,
    service_type: &ServiceType,
    medicines: &[ListedMedicine],
) -> Line {
    let listed = medicines.iter().find(|it| input.code.as_deref() == Some(it.tariff.code.as_str()));
    let said = |wished: &Option<String>, listed: Option<&String>| {
        wished.as_ref().or(listed).cloned().unwrap_or_default()
    };
    let code = input.code.clone();
    Line {
        number,
        medicine: Medicine {
            // A code that the tariff does not have still names the medicine, where the prescriber did not.
            name: said(&input.name, listed.map(|it| &it.name).or(code.as_ref())),
            form: said(&input.form, listed.map(|it| &it.form)),
            strength: said(&input.strength, listed.map(|it| &it.strength)),
            atc: listed.and_then(|it| it.atc.clone()),
            code,
        },
        days: input.days,
        quantity: input.quantity,
        refills: input.refills,
        substitution_allowed: input.substitution_allowed,
        formulary: match plan {
            Some(plan) => {
                let tariff = listed.map(|it| &it.tariff);
                domain::formulary::formulary(plan, service_type, tariff, input.quantity)
            }
            None => Formulary::NotCovered,
        },
        dispensed: 0,
        fill_begun_on: None,
    }
}
