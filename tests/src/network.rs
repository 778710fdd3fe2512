//! Who a journey needs: a payer with its officer, a facility with its desk, members who are covered. Made over REST,
//! as small as it can be; more of each is a call away.

use std::sync::atomic::{AtomicU32, Ordering};

use careway_kernel::CountryCode;
use careway_standalone::seed::{
    Answer, Credentials, Rest,
    acts::{self, Person},
};
use chrono::{Months, NaiveDate};
use serde_json::{Value, json};

use crate::TestPlatform;

const PASSWORD: &str = "umuganda ku wa gatandatu";
/// Everything a Rwandan facility may offer.
const SERVICE_TYPES: [&str; 5] = ["INPATIENT", "OUTPATIENT", "DENTAL", "OPTICAL", "WELLNESS"];

/// One payer, one facility it has a contract with, one desk.
pub struct Network {
    /// The payer.
    pub payer: Payer,
    /// The facility, contracted for every kind of care.
    pub facility: Facility,
    /// Its front desk, signed in.
    pub desk: Rest,
}

/// An insurer, its people signed in.
pub struct Payer {
    /// The organization.
    pub id: String,
    /// Its administrator.
    pub administrator: Rest,
    /// Its benefits officer.
    pub officer: Rest,
    /// Its one plan.
    pub plan: String,
}

/// A facility.
pub struct Facility {
    /// The organization.
    pub id: String,
    /// The name that patients read in their SMS.
    pub name: String,
    /// Its administrator, signed in.
    pub administrator: Rest,
}

/// An insured person.
#[derive(Debug, Clone)]
pub struct Member {
    /// The member.
    pub id: String,
    /// The payer's number.
    pub number: String,
    /// The national identity number.
    pub national_id: String,
    /// The mobile, E.164.
    pub phone: String,
}

impl Network {
    /// A payer with a plan, a facility contracted for everything, a front desk; no members yet.
    pub async fn of(platform: &TestPlatform) -> Self {
        let (payer, facility) = tokio::join!(Payer::of(platform), Facility::of(platform));
        let (desk, ()) =
            tokio::join!(facility.staff(platform, &["FRONT_DESK"]), payer.contract(platform, &facility));
        platform.settle().await;
        Self { payer, facility, desk }
    }
}

impl Payer {
    /// An insurer with an officer and one plan that covers OUTPATIENT, INPATIENT and, after a waiting period, DENTAL.
    pub async fn of(platform: &TestPlatform) -> Self {
        Self::with(platform, "PAYER").await
    }

    /// The same, as an authority that insures by a scheme of its own.
    pub async fn authority(platform: &TestPlatform) -> Self {
        Self::with(platform, "AUTHORITY").await
    }

    async fn with(platform: &TestPlatform, kind: &str) -> Self {
        Self::of_founded(platform, Founded::of(platform, kind).await).await
    }

    /// The authority of a scheme in Vietnam.
    pub(crate) async fn vietnamese(platform: &TestPlatform) -> Self {
        let code = format!("VN-{}", next());
        let founded = Founded::in_vietnam(platform, "AUTHORITY", "BHXH Thủ Đức", ("PAYER", &code)).await;
        Self::of_founded(platform, founded).await
    }

    async fn of_founded(platform: &TestPlatform, founded: Founded) -> Self {
        let officer = founded.staff(platform, &["BENEFITS_OFFICER"]).await;
        let made = officer.post("/v1/plans", plan()).await.and_then(Answer::ok).expect("a plan is made");
        let plan = made.text("plan.planId").to_owned();
        Self { id: founded.id, administrator: founded.administrator, officer, plan }
    }

    /// Somebody new with these roles, signed in.
    pub async fn staff(&self, platform: &TestPlatform, roles: &[&str]) -> Rest {
        hired(platform, &self.administrator, None, roles).await
    }

    /// Contracts a facility for every kind of care, for as long as anybody looks back.
    pub async fn contract(&self, platform: &TestPlatform, facility: &Facility) {
        let contract = json!({
            "facilityId": facility.id,
            "serviceTypes": SERVICE_TYPES,
            "from": (today(platform) - Months::new(24)).to_string(),
        });
        acts::contract_facility(&self.officer, contract).await.expect("a contract is made");
    }

    /// A member with a phone and a national id, and no cover.
    pub async fn member(&self) -> Member {
        self.numbered(&format!("UM-{:06}", next())).await
    }

    /// A member with this number, and no cover.
    pub async fn numbered(&self, number: &str) -> Member {
        let serial = next();
        let (number, national_id) = (number.to_owned(), format!("119907{serial:07}001"));
        let phone = format!("+250788{serial:06}");
        let member = json!({
            "memberNumber": number, "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12",
            "sex": "FEMALE", "nationalIds": [{"number": national_id, "country": "RW"}], "mobile": phone, "language": "en",
        });
        let made = self
            .officer
            .post("/v1/members", member)
            .await
            .and_then(Answer::ok)
            .expect("a member is registered");
        Member { id: made.text("member.memberId").to_owned(), number, national_id, phone }
    }

    /// A member who has been covered for a year, and is for another.
    pub async fn covered_member(&self, platform: &TestPlatform) -> Member {
        let member = self.member().await;
        let today = today(platform);
        self.cover(&member, today - Months::new(12), today + Months::new(12)).await;
        member
    }

    /// Covers a member from a first to a last day; the coverage.
    pub async fn cover(&self, member: &Member, from: NaiveDate, to: NaiveDate) -> String {
        let coverage = json!({
            "memberNumber": member.number, "planId": self.plan, "from": from.to_string(), "to": to.to_string(),
        });
        let made =
            self.officer.post("/v1/coverages", coverage).await.and_then(Answer::ok).expect("a cover is made");
        made.text("coverage.coverageId").to_owned()
    }
}

impl Facility {
    /// A facility in Rwanda with an administrator.
    pub async fn of(platform: &TestPlatform) -> Self {
        let Founded { id, name, administrator } = Founded::of(platform, "FACILITY").await;
        Self { id, name, administrator }
    }

    /// One in Vietnam, whose day is that of a [`Scheme`](crate::Scheme).
    pub async fn vietnamese(platform: &TestPlatform) -> Self {
        let code = format!("VN-{}", next());
        let founded =
            Founded::in_vietnam(platform, "FACILITY", "Bệnh viện Lê Văn Thịnh", ("FACILITY", &code));
        let Founded { id, name, administrator } = founded.await;
        Self { id, name, administrator }
    }

    /// Somebody new with these roles, signed in.
    pub async fn staff(&self, platform: &TestPlatform, roles: &[&str]) -> Rest {
        hired(platform, &self.administrator, None, roles).await
    }

    /// Somebody new with these roles, who has not signed in yet.
    pub async fn hire(&self, platform: &TestPlatform, roles: &[&str]) -> Credentials {
        invited(platform, &self.administrator, None, roles).await
    }
}

/// An organization with its administrator.
pub(crate) struct Founded {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) administrator: Rest,
}

impl Founded {
    async fn of(platform: &TestPlatform, kind: &str) -> Self {
        let code = format!("RW-{}", next());
        // No digits: they would look like a code in an SMS.
        let (name, code_kind) = match kind {
            "FACILITY" => ("Imanzi Hospital", "FACILITY"),
            "AUTHORITY" => ("Ubwishingizi Authority", "PAYER"),
            _ => ("Umurage Health", "PAYER"),
        };
        let organization = json!({
            "kind": kind, "name": name, "country": "RW", "timeZone": "Africa/Kigali", "locale": "en",
            "codes": [{"kind": code_kind, "value": code}],
        });
        Self::register(platform, organization, name, &code).await
    }

    /// One in Vietnam, known by this code.
    pub(crate) async fn in_vietnam(
        platform: &TestPlatform,
        kind: &str,
        name: &str,
        (code_kind, code): (&str, &str),
    ) -> Self {
        let organization = json!({
            "kind": kind, "name": name, "country": "VN", "timeZone": "Asia/Ho_Chi_Minh", "locale": "vi",
            "codes": [{"kind": code_kind, "value": code}],
        });
        Self::register(platform, organization, name, code).await
    }

    pub(crate) async fn register(
        platform: &TestPlatform,
        organization: Value,
        name: &str,
        code: &str,
    ) -> Self {
        let operator = platform.operator().await;
        let id = acts::register(&operator, organization, code).await.expect("an organization is registered");
        let administrator = hired(platform, &operator, Some(&id), &["ADMINISTRATOR"]).await;
        Self { id, name: name.to_owned(), administrator }
    }

    pub(crate) async fn staff(&self, platform: &TestPlatform, roles: &[&str]) -> Rest {
        hired(platform, &self.administrator, None, roles).await
    }

    /// The same, and where they get mail.
    pub(crate) async fn staff_by_mail(&self, platform: &TestPlatform, roles: &[&str]) -> (Rest, String) {
        let credentials = invited(platform, &self.administrator, None, roles).await;
        let signed_in = platform.rest().sign_in(&credentials).await.expect("a hired person signs in");
        (signed_in, credentials.email)
    }
}

async fn hired(platform: &TestPlatform, inviter: &Rest, organization: Option<&str>, roles: &[&str]) -> Rest {
    let credentials = invited(platform, inviter, organization, roles).await;
    platform.rest().sign_in(&credentials).await.expect("a hired person signs in")
}

async fn invited(
    platform: &TestPlatform,
    inviter: &Rest,
    organization: Option<&str>,
    roles: &[&str],
) -> Credentials {
    let person = Person {
        name: "Chantal Mukamana".to_owned(),
        email: format!("person{}@careway.example", next()),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    };
    let hired = acts::hire(inviter, organization, platform.inbox(), &person, PASSWORD).await;
    hired.expect("a person follows the invitation")
}

/// Today in Rwanda, by the platform's clock.
pub fn today(platform: &TestPlatform) -> NaiveDate {
    platform.clock().today(CountryCode::RW.default_time_zone())
}

fn plan() -> Value {
    let named = |text: &str| json!([{"language": "en", "text": text}]);
    json!({
        "code": "STANDARD",
        "names": named("Standard"),
        "currency": "RWF",
        "benefits": [
            {
                "code": "CONSULTATION", "serviceType": "OUTPATIENT", "names": named("Consultation"),
                "copayment": "1000", "coinsurancePercent": "10", "ceilings": ["ANNUAL"],
                "limits": [{"period": "POLICY_YEAR", "scope": "MEMBER", "amount": "300000"}],
                "conditions": [{"texts": [
                    {"language": "en", "text": "Bring the referral letter"},
                    {"language": "rw", "text": "Zana urwandiko rwa muganga"},
                ]}],
            },
            {
                "code": "WARD", "serviceType": "INPATIENT", "names": named("Ward"), "ceilings": ["ANNUAL"],
                "preauthorization": {"needed": "ALWAYS"},
            },
            {
                "code": "DENTAL_CARE", "serviceType": "DENTAL", "names": named("Dental care"),
                "waiting": {"adultMonths": 120},
            },
        ],
        "ceilings": [{
            "code": "ANNUAL", "names": named("Annual ceiling"),
            "limit": {"period": "POLICY_YEAR", "scope": "FAMILY", "amount": "1000000"},
        }],
    })
}

/// A number that no other call in this process gets, so that nobody meets by name.
pub(crate) fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(100_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
