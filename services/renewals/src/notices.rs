//! What visits has to say of what a message is about: one question each, and every value that a template may take.

use careway_contract::visits::v1::{
    GetClaimNoticeRequest, GetPaymentAdviceNoticeRequest, GetPreauthorizationNoticeRequest,
    GetPrescriptionNoticeRequest, GetVisitNoticeRequest,
    claim_notice_service_client::ClaimNoticeServiceClient,
    payment_advice_notice_service_client::PaymentAdviceNoticeServiceClient,
    preauthorization_notice_service_client::PreauthorizationNoticeServiceClient,
    prescription_notice_service_client::PrescriptionNoticeServiceClient,
    visit_notice_service_client::VisitNoticeServiceClient,
};
use careway_kernel::Money;
use careway_service::{Error, Result, Upstream};
use tonic::Request;

use crate::{App, domain::message::About};

/// What there is to say.
pub(crate) struct Notice {
    /// Where that stands now which the message is about; empty where it does not matter.
    pub(crate) state: String,
    pub(crate) values: Vec<(&'static str, String)>,
}

pub(crate) async fn read(app: &App, about: &About) -> Result<Notice> {
    match about {
        About::MembersVisit { visit_id, .. } | About::Visit { visit_id, .. } => visit(app, visit_id).await,
        About::MembersClaim { claim_id, .. } => claim(app, claim_id, "").await,
        About::Claim { claim_id, decision, .. } => claim(app, claim_id, decision).await,
        About::MembersPreauthorization { preauthorization_id, .. } => {
            preauthorization(app, preauthorization_id, "", "").await
        }
        About::Preauthorization { preauthorization_id, to, decision } => {
            preauthorization(app, preauthorization_id, &to.organization_id, decision).await
        }
        About::MembersPrescription { prescription_id, pharmacy_id, .. } => {
            prescription(app, prescription_id, pharmacy_id).await
        }
        About::PaymentAdvice { payment_advice_id, .. } => payment_advice(app, payment_advice_id).await,
    }
}

async fn visit(app: &App, visit_id: &str) -> Result<Notice> {
    let asked = by(app, GetVisitNoticeRequest { visit_id: visit_id.to_owned() });
    let it = VisitNoticeServiceClient::new(visits(app)).get_visit_notice(asked).await?.into_inner();
    let values = vec![
        ("facility", it.facility_name),
        ("payer", it.payer_name),
        ("visit_number", it.visit_number),
        ("dispute_link", format!("{}{}", app.dispute_url(), it.dispute_token)),
        ("due", it.notice_due),
    ];
    Ok(Notice { state: String::new(), values })
}

/// Of a claim, as it was decided; without a decision, as it stands.
async fn claim(app: &App, claim_id: &str, decision: &str) -> Result<Notice> {
    let asked = by(app, GetClaimNoticeRequest { claim_id: claim_id.to_owned() });
    let it = ClaimNoticeServiceClient::new(visits(app)).get_claim_notice(asked).await?.into_inner();
    let state = it.state().as_str_name().to_owned();
    let values = vec![
        ("payer_part", money(&it.currency, &it.payer_part)?),
        ("patient_part", money(&it.currency, &it.patient_part)?),
        ("facility", it.facility_name),
        ("payer", it.payer_name),
        ("number", it.claim_number.clone()),
        ("claim_number", it.claim_number),
        ("explanation_link", format!("{}{}", app.explanation_url(), it.explanation_token)),
        ("dispute_link", format!("{}{}", app.dispute_url(), it.dispute_token)),
        ("state", decided(decision, &state)),
    ];
    Ok(Notice { state, values })
}

/// Of a pre-authorization, as it was decided; without a decision, as it stands. Its clock is the reader's.
async fn preauthorization(app: &App, id: &str, reader_id: &str, decision: &str) -> Result<Notice> {
    let (preauthorization_id, reader_id) = (id.to_owned(), reader_id.to_owned());
    let asked = by(app, GetPreauthorizationNoticeRequest { preauthorization_id, reader_id });
    let mut visits = PreauthorizationNoticeServiceClient::new(visits(app));
    let it = visits.get_preauthorization_notice(asked).await?.into_inner();
    let values = vec![
        ("facility", it.facility_name),
        ("payer", it.payer_name),
        ("number", it.number),
        ("due", it.due),
        ("state", decided(decision, &it.state)),
    ];
    Ok(Notice { state: it.state, values })
}

async fn prescription(app: &App, id: &str, pharmacy_id: &str) -> Result<Notice> {
    let (prescription_id, pharmacy_id) = (id.to_owned(), pharmacy_id.to_owned());
    let asked = by(app, GetPrescriptionNoticeRequest { prescription_id, pharmacy_id });
    let mut visits = PrescriptionNoticeServiceClient::new(visits(app));
    let it = visits.get_prescription_notice(asked).await?.into_inner();
    let values = vec![
        ("facility", it.facility_name),
        ("pharmacy", it.pharmacy_name),
        ("number", it.prescription_number),
        ("until", it.expires_on),
    ];
    Ok(Notice { state: String::new(), values })
}

async fn payment_advice(app: &App, id: &str) -> Result<Notice> {
    let asked = by(app, GetPaymentAdviceNoticeRequest { payment_advice_id: id.to_owned() });
    let mut visits = PaymentAdviceNoticeServiceClient::new(visits(app));
    let it = visits.get_payment_advice_notice(asked).await?.into_inner();
    let values = vec![
        ("total", money(&it.currency, &it.total)?),
        ("facility", it.facility_name),
        ("payer", it.payer_name),
        ("number", it.number),
        ("reference", it.payment_reference),
    ];
    Ok(Notice { state: String::new(), values })
}

fn decided(decision: &str, state: &str) -> String {
    if decision.is_empty() { state.to_owned() } else { decision.to_owned() }
}

/// An amount as people read it, like `RWF 11,700`.
fn money(currency: &str, amount: &str) -> Result<String> {
    Money::parse(currency, amount).map(|money| money.to_string()).map_err(Error::internal)
}

fn by<T>(app: &App, message: T) -> Request<T> {
    app.foundation().identity.request(message)
}

fn visits(app: &App) -> Upstream {
    app.foundation().registry.upstream("visits")
}
