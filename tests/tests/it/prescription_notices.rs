//! What a member is told of a prescription: the number to show, where something was handed out, and when it is good for
//! nothing more; never the medicine.

use careway_tests::{Treatment, accepted};
use serde_json::json;

use crate::notices::{change_member, change_organization, member_reads, texts, told_once, unsent};

const SECRETS: [&str; 8] = ["Amoxicillin", "AMOX", "500 mg", "capsule", "J06", "Uwase", "Aline", "UM-"];

#[tokio::test(flavor = "multi_thread")]
async fn a_prescription_is_told_by_its_number_and_by_whom_it_was_filled() {
    let treatment = Treatment::open().await;
    let (pharmacy, pharmacist) = treatment.pharmacy().await;
    change_organization(&treatment.platform, &pharmacy.id, json!({"name": "Kivu Pharmacy"})).await;
    member_reads(&treatment.network, &treatment.member, "rw").await;
    let issued = accepted(201, treatment.prescribe(&[amoxicillin()], false)).await;
    let of = |field: &str| issued.text(&format!("prescription.{field}")).to_owned();
    let (number, until) = (of("prescriptionNumber"), of("expiresOn"));
    assert_eq!(
        texts(&treatment.platform, &treatment.member).await.pop().unwrap(),
        format!(
            "Careway: imiti wandikiwe na Imanzi Hospital, nomero {number}, kugeza {until}. Erekana iyi nomero \
             n'iy'ubwishingizi kuri farumasi."
        )
    );

    member_reads(&treatment.network, &treatment.member, "vi").await;
    let prescription = format!("/v1/prescriptions/{}", of("prescriptionId"));
    let shown = json!({"prescriptionNumber": number, "memberNumber": treatment.member.number});
    accepted(200, pharmacist.post("/v1/prescriptions/find", shown)).await;
    assert_eq!(texts(&treatment.platform, &treatment.member).await.len(), 2, "found is not handed out");
    let part = json!({"lines": [{"lineNumber": 1, "quantity": "10"}]});
    accepted(200, pharmacist.post(&format!("{prescription}/dispense"), part)).await;
    assert_eq!(
        texts(&treatment.platform, &treatment.member).await.pop().unwrap(),
        format!(
            "Careway: Kivu Pharmacy đã cấp thuốc theo đơn {number}. Không phải bạn? Hãy gọi cho bảo hiểm của bạn."
        )
    );

    member_reads(&treatment.network, &treatment.member, "fr").await;
    accepted(200, treatment.clinician.post(&format!("{prescription}/cancel"), json!({"reason": "Allergy"})))
        .await;
    assert_eq!(
        texts(&treatment.platform, &treatment.member).await.pop().unwrap(),
        format!("Careway : Imanzi Hospital a annulé l'ordonnance {number} : plus rien ne sera remis.")
    );
    told_once(&treatment.platform, (4, 0), &SECRETS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_a_phone_is_no_failure() {
    let treatment = Treatment::open().await;
    treatment.platform.settle().await;
    change_member(&treatment.network, &treatment.member, json!({"mobile": ""})).await;
    accepted(201, treatment.prescribe(&[amoxicillin()], false)).await;
    assert_eq!(unsent(&treatment.platform, "prescription_issued").await, ["NO_CONTACT"]);
    told_once(&treatment.platform, (1, 0), &SECRETS).await;
}

fn amoxicillin() -> serde_json::Value {
    json!({
        "code": "AMOX-500", "dose": "1 capsule", "frequency": "three times a day", "days": 7, "quantity": "21",
        "diagnoses": ["J06.9"],
    })
}
