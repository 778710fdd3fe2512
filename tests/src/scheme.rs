//! Household insurance of a journey: an authority that insures, the agencies that it appointed, and the lists that it sends.

use careway_kernel::CountryCode;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::{
    Answer, Member, Payer, Rest, TestPlatform, accepted,
    network::{Founded, next},
    until,
};

/// What the lists of participants that [`Scheme`] sends begin with.
const PARTICIPANTS: &str =
    "bhxh_number,full_name,birth,household,mobile,phone,email,card_from,card_to,agency_code\n";
/// And those of renewal data.
const RENEWALS: &str = "bhxh_number,card_to,agency_code\n";

/// An authority with two agencies.
pub struct Scheme {
    /// The authority as a payer, with a plan.
    pub authority: Payer,
    /// Its officer: lists, mismatches, undoing.
    pub officer: Rest,
    /// Its agencies.
    pub agencies: [Agency; 2],
}

/// An agency that collects contributions.
pub struct Agency {
    /// The organization.
    pub id: String,
    /// What the authority's lists name it by.
    pub code: String,
    /// Its administrator.
    pub administrator: Rest,
    /// Its agent.
    pub agent: Rest,
    /// Where the agent gets mail.
    pub agent_email: String,
}

impl Scheme {
    /// With a base salary from July 2024 on.
    pub async fn of(platform: &TestPlatform) -> Self {
        let (authority, one, other) =
            tokio::join!(Payer::vietnamese(platform), Agency::of(platform), Agency::of(platform));
        let officer = authority.staff(platform, &["OFFICER"]).await;
        let scheme = Self { authority, officer, agencies: [one, other] };
        platform.settle().await;
        let salary = json!({"from": "2024-07-01", "amount": {"currency": "VND", "amount": "2340000"}});
        let administrator = &scheme.authority.administrator;
        let set =
            administrator.put("/v1/renewal-settings", json!({"baseSalaries": [salary]})).if_match("\"v0\"");
        accepted(200, set).await;
        for agency in &scheme.agencies {
            accepted(201, administrator.post("/v1/agencies", json!({"code": agency.code}))).await;
        }
        scheme
    }

    /// Today in Vietnam, by the platform's clock.
    #[must_use]
    pub fn today(platform: &TestPlatform) -> NaiveDate {
        platform.clock().today(CountryCode::VN.default_time_zone())
    }

    /// Sends a list of participants: rows as [`person`] makes them. The import, when it has ended.
    pub async fn participants(&self, rows: &[String]) -> Answer {
        self.import("/v1/participants/import", format!("{PARTICIPANTS}{}", rows.concat())).await
    }

    /// Sends renewal data: rows as [`item`] makes them. The import, when it has ended.
    pub async fn renewals(&self, rows: &[String]) -> Answer {
        self.import("/v1/renewals/import", format!("{RENEWALS}{}", rows.concat())).await
    }

    /// Sends a list. The import, when it has ended.
    pub async fn import(&self, path: &str, list: String) -> Answer {
        let sent = accepted(201, self.officer.upload(path, "text/csv", list)).await;
        let import = format!("/v1/imports/{}", sent.text("import.importId"));
        until("the list is taken", async || {
            let read = accepted(200, self.officer.get(&import)).await;
            Ok(matches!(read.text("import.state"), "DONE" | "FAILED").then_some(read))
        })
        .await
        .expect("the list is taken")
    }

    /// Somebody of the first agency whose card ends on that day, in the list of participants and in the renewal data.
    pub async fn due(&self, number: &str, name: &str, household: &str, last_day: &str) {
        let code = &self.agencies[0].code;
        let mobile = format!("09{:08}", next());
        let people = [Self::person(number, name, household, &mobile, last_day, code)];
        assert_eq!(*self.participants(&people).await.at("import.created"), 1);
        assert_eq!(*self.renewals(&[Self::item(number, last_day, code)]).await.at("import.created"), 1);
    }

    /// The member of the scheme with this number, covered for a year up to that day.
    pub async fn member(&self, number: &str, last_day: &str) -> Member {
        let member = self.authority.numbered(number).await;
        let last_day: NaiveDate = last_day.parse().expect("a day");
        self.authority.cover(&member, last_day - Days::new(364), last_day).await;
        member
    }

    /// A row of a list of participants.
    #[must_use]
    pub fn person(
        number: &str,
        name: &str,
        household: &str,
        mobile: &str,
        last_day: &str,
        code: &str,
    ) -> String {
        let to: NaiveDate = last_day.parse().expect("a day");
        let from = to - Days::new(364);
        format!("{number},{name},1960,{household},{mobile},,,{from},{to},{code}\n")
    }

    /// A row of renewal data.
    #[must_use]
    pub fn item(number: &str, last_day: &str, code: &str) -> String {
        format!("{number},{last_day},{code}\n")
    }

    /// The renewal of this BHXH number, as the first agency lists it.
    pub async fn renewal(&self, number: &str) -> Value {
        let listed = accepted(200, self.agencies[0].agent.get(&format!("/v1/renewals?q={number}"))).await;
        listed.list("renewals").first().cloned().unwrap_or_else(|| panic!("{number} is not listed: {listed}"))
    }
}

impl Agency {
    /// An agency in Vietnam with an administrator and an agent.
    pub async fn of(platform: &TestPlatform) -> Self {
        let code = format!("BI{:05}", next());
        let name = "Đại lý thu BHYT Hộ gia đình Phường Long Thạnh Mỹ";
        let founded = Founded::in_vietnam(platform, "AGENCY", name, ("AGENCY", &code)).await;
        let (agent, agent_email) = founded.staff_by_mail(platform, &["AGENT"]).await;
        Self { id: founded.id, code, administrator: founded.administrator, agent, agent_email }
    }
}
