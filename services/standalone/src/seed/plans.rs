//! What the demo's payers insure: a basic and a comprehensive plan each in Rwanda, the household card in Vietnam.

use serde_json::{Value, json};

/// Basic and comprehensive, by what they are called and how generous they are.
pub(super) fn rwandan(prefix: &str, payer: &str) -> [Value; 2] {
    [basic(prefix, payer), comprehensive(prefix, payer)]
}

fn basic(prefix: &str, payer: &str) -> Value {
    json!({
        "code": format!("{prefix}-BASIC"),
        "names": texts(&format!("{payer} Ibanze"), &format!("{payer} Basic"), &format!("{payer} Essentiel")),
        "currency": "RWF",
        "benefits": [
            {
                "code": "CONSULTATION", "serviceType": "OUTPATIENT",
                "names": texts("Kwisuzumisha", "Consultation", "Consultation"),
                "copayment": "1000", "coinsurancePercent": "15", "ceilings": ["ANNUAL"],
                "limits": [limit("VISIT", "MEMBER", "15000"), times("POLICY_YEAR", "MEMBER", 24)],
            },
            {
                "code": "MEDICINES", "serviceType": "OUTPATIENT",
                "names": texts("Imiti", "Medicines", "Médicaments"),
                "coinsurancePercent": "20", "ceilings": ["ANNUAL"],
                "limits": [limit("VISIT", "MEMBER", "40000"), limit("POLICY_YEAR", "MEMBER", "200000")],
                "conditions": [condition(
                    "Imiti itangwa hakurikijwe urutonde rwemewe.",
                    "Only medicines of the formulary.",
                    "Seuls les médicaments de la liste agréée.",
                )],
            },
            {
                "code": "WARD", "serviceType": "INPATIENT",
                "names": texts("Kurara mu bitaro", "Ward and nursing", "Hospitalisation"),
                "deductible": "HOSPITAL_DEDUCTIBLE", "coinsurancePercent": "15", "ceilings": ["ANNUAL"],
                "limits": [limit("DAY", "MEMBER", "30000"), times("POLICY_YEAR", "MEMBER", 30)],
                "waiting": {"adultMonths": 1},
                "preauthorization": {"needed": "ALWAYS"},
                "conditions": [condition(
                    "Uruhushya rusabwa mbere yo gushyirwa mu bitaro, keretse byihutirwa.",
                    "Authorization before admission, except in an emergency.",
                    "Accord préalable avant l’admission, sauf urgence.",
                )],
            },
            {
                "code": "EXTRACTION", "serviceType": "DENTAL",
                "names": texts("Gukura iryinyo", "Extraction", "Extraction dentaire"),
                "coinsurancePercent": "30", "ceilings": ["ANNUAL"],
                "limits": [limit("POLICY_YEAR", "MEMBER", "60000")],
                "waiting": {"adultMonths": 3, "childMonths": 1},
            },
            {
                "code": "SPECTACLES", "serviceType": "OPTICAL",
                "names": texts("Amadarubindi", "Spectacles", "Lunettes"),
                "covered": false,
            },
            {
                "code": "CHECK_UP", "serviceType": "WELLNESS",
                "names": texts("Isuzuma rusange", "Check-up", "Bilan de santé"),
                "limits": [limit("VISIT", "MEMBER", "25000"), times("POLICY_YEAR", "MEMBER", 1)],
                "frequencyDays": 330,
            },
        ],
        "ceilings": [{
            "code": "ANNUAL",
            "names": texts("Igisenge cy'umuryango ku mwaka", "Annual ceiling of the family", "Plafond annuel de la famille"),
            "limit": family_ceiling("1500000", "200000", "2500000"),
        }],
        "deductibles": [{
            "code": "HOSPITAL_DEDUCTIBLE", "period": "POLICY_YEAR", "scope": "MEMBER", "amount": "20000",
        }],
    })
}

fn comprehensive(prefix: &str, payer: &str) -> Value {
    json!({
        "code": format!("{prefix}-COMPREHENSIVE"),
        "names": texts(&format!("{payer} Yuzuye"), &format!("{payer} Comprehensive"), &format!("{payer} Intégral")),
        "currency": "RWF",
        "benefits": [
            {
                "code": "CONSULTATION", "serviceType": "OUTPATIENT",
                "names": texts("Kwisuzumisha", "Consultation", "Consultation"),
                "copayment": "1500", "ceilings": ["ANNUAL"],
                "limits": [limit("VISIT", "MEMBER", "30000"), limit("POLICY_YEAR", "MEMBER", "400000")],
            },
            {
                "code": "LABORATORY", "serviceType": "OUTPATIENT",
                "names": texts("Ibizamini bya laboratwari", "Laboratory", "Laboratoire"),
                "coinsurancePercent": "10", "ceilings": ["ANNUAL"],
                "limits": [limit("POLICY_YEAR", "FAMILY", "800000")],
            },
            {
                "code": "IMAGING", "serviceType": "OUTPATIENT",
                "names": texts("Amafoto yo kwa muganga", "Imaging", "Imagerie"),
                "coinsurancePercent": "10", "ceilings": ["ANNUAL"],
                "limits": [limit("POLICY_YEAR", "MEMBER", "500000")],
                "preauthorization": {"needed": "ABOVE", "above": "100000"},
                "conditions": [condition(
                    "Zana urwandiko rwa muganga.",
                    "Bring the physician's referral letter.",
                    "Apportez la lettre du médecin.",
                )],
            },
            {
                "code": "MEDICINES", "serviceType": "OUTPATIENT",
                "names": texts("Imiti", "Medicines", "Médicaments"),
                "coinsurancePercent": "10", "ceilings": ["ANNUAL"],
                "limits": [limit("VISIT", "MEMBER", "120000"), limit("POLICY_YEAR", "MEMBER", "900000")],
            },
            {
                "code": "WARD", "serviceType": "INPATIENT",
                "names": texts("Kurara mu bitaro", "Ward and nursing", "Hospitalisation"),
                "coinsurancePercent": "5", "ceilings": ["ANNUAL"],
                "limits": [limit("DAY", "MEMBER", "80000"), times("POLICY_YEAR", "MEMBER", 90)],
                "preauthorization": {"needed": "ALWAYS"},
            },
            {
                "code": "SURGERY", "serviceType": "INPATIENT",
                "names": texts("Kubagwa", "Surgery", "Chirurgie"),
                "coinsurancePercent": "5", "ceilings": ["ANNUAL"], "ceilingExempt": ["CHILD"],
                "limits": [limit("POLICY_YEAR", "MEMBER", "4000000")],
                "waiting": {"adultMonths": 2},
                "preauthorization": {"needed": "ALWAYS"},
                "exclusions": ["Z41"],
            },
            {
                "code": "DENTAL_CARE", "serviceType": "DENTAL",
                "names": texts("Kuvurwa amenyo", "Dental care", "Soins dentaires"),
                "coinsurancePercent": "20", "ceilings": ["ANNUAL"],
                "limits": [limit("POLICY_YEAR", "MEMBER", "250000")],
                "waiting": {"adultMonths": 2, "childMonths": 1},
            },
            {
                "code": "SPECTACLES", "serviceType": "OPTICAL",
                "names": texts("Amadarubindi", "Spectacles", "Lunettes"),
                "coinsurancePercent": "20",
                "limits": [limit("POLICY_YEAR", "MEMBER", "150000")],
                "waiting": {"adultMonths": 2, "childMonths": 1},
                "frequencyDays": 700,
            },
            {
                "code": "CHECK_UP", "serviceType": "WELLNESS",
                "names": texts("Isuzuma rusange", "Check-up", "Bilan de santé"),
                "limits": [limit("VISIT", "MEMBER", "60000"), times("POLICY_YEAR", "MEMBER", 2)],
            },
        ],
        "ceilings": [{
            "code": "ANNUAL",
            "names": texts("Igisenge cy'umuryango ku mwaka", "Annual ceiling of the family", "Plafond annuel de la famille"),
            "limit": family_ceiling("8000000", "500000", "12000000"),
        }],
    })
}

/// The household card: most of everything, within the scheme.
pub(super) fn vietnamese() -> Value {
    let names = |vi: &str, en: &str| json!([{"language": "vi", "text": vi}, {"language": "en", "text": en}]);
    json!({
        "code": "BHYT-HGD",
        "names": names("BHYT hộ gia đình", "Household health insurance"),
        "currency": "VND",
        "benefits": [
            {
                "code": "KHAM_BENH", "serviceType": "OUTPATIENT",
                "names": names("Khám bệnh", "Consultation"), "coinsurancePercent": "20",
            },
            {
                "code": "NOI_TRU", "serviceType": "INPATIENT",
                "names": names("Điều trị nội trú", "Inpatient care"), "coinsurancePercent": "20",
                "limits": [limit("VISIT", "MEMBER", "93600000")],
            },
            {
                "code": "RANG", "serviceType": "DENTAL",
                "names": names("Nhổ răng", "Extraction"), "coinsurancePercent": "20",
            },
            { "code": "KINH", "serviceType": "OPTICAL", "names": names("Kính mắt", "Spectacles"), "covered": false },
            {
                "code": "KHAM_SUC_KHOE", "serviceType": "WELLNESS",
                "names": names("Khám sức khỏe định kỳ", "Check-up"), "covered": false,
            },
        ],
    })
}

fn texts(rw: &str, en: &str, fr: &str) -> Value {
    json!([{"language": "rw", "text": rw}, {"language": "en", "text": en}, {"language": "fr", "text": fr}])
}

fn condition(rw: &str, en: &str, fr: &str) -> Value {
    json!({"texts": texts(rw, en, fr)})
}

fn limit(period: &str, scope: &str, amount: &str) -> Value {
    json!({"period": period, "scope": scope, "amount": amount})
}

fn times(period: &str, scope: &str, count: u32) -> Value {
    json!({"period": period, "scope": scope, "count": count})
}

/// Grows with each member above the fourth.
fn family_ceiling(amount: &str, each: &str, cap: &str) -> Value {
    let growth = json!({"aboveMembers": 4, "each": each, "cap": cap});
    json!({"period": "POLICY_YEAR", "scope": "FAMILY", "amount": amount, "growth": growth})
}
