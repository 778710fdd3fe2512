//! Who takes part: the authority's officers, the agency's people, and a household that nobody has seen before.

use anyhow::Context;
use careway_standalone::seed::{Demo, Inbox};
use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use serde_json::json;

use super::super::people::{Mailbox, Person};

/// The authority and one of its agencies.
pub(super) struct Office {
    /// Sends lists, watches, takes back.
    pub(super) officer: Person,
    /// Registers members and covers them.
    pub(super) benefits_officer: Person,
    /// Collects.
    pub(super) agent: Person,
    /// Of the agency: approves.
    pub(super) administrator: Person,
    pub(super) inbox: Inbox,
    /// What the authority's lists name the agency by.
    pub(super) agency_code: String,
    /// The day in Vietnam, by the gateway's clock.
    pub(super) today: NaiveDate,
}

/// Three people whose cards end in a fortnight.
pub(super) struct Household {
    pub(super) code: String,
    pub(super) people: Vec<Member>,
    pub(super) last_day: NaiveDate,
    /// The first one's phone.
    pub(super) phone: Mailbox,
}

/// One of them.
pub(super) struct Member {
    pub(super) number: String,
    pub(super) name: &'static str,
    /// As the list writes it: often only the year is known.
    pub(super) birth: &'static str,
    pub(super) mobile: String,
}

impl Office {
    /// Signs them in.
    pub(super) async fn gather(demo: &Demo, inbox: &Inbox) -> anyhow::Result<Self> {
        let authority = &demo.login("OFFICER").context(".dev/demo.json has no OFFICER")?.organization;
        let agency = &demo.login("AGENT").context(".dev/demo.json has no AGENT")?.organization;
        let of = async |role: &str, organization: &str| Person::of(demo, role, organization, inbox).await;
        let agent = of("AGENT", agency).await?;
        let appointed = agent.rest.get("/v1/agencies").await?.ok()?;
        Ok(Self {
            officer: of("OFFICER", authority).await?,
            benefits_officer: of("BENEFITS_OFFICER", authority).await?,
            administrator: of("ADMINISTRATOR", agency).await?,
            inbox: inbox.clone(),
            agency_code: appointed.text("agencies.0.code").to_owned(),
            today: today(appointed.header("date").context("the gateway says no date")?)?,
            agent,
        })
    }
}

/// The day in Vietnam of an HTTP date.
fn today(date: &str) -> anyhow::Result<NaiveDate> {
    let zone = FixedOffset::east_opt(7 * 3600).context("seven hours")?;
    Ok(DateTime::parse_from_rfc2822(date)?.with_timezone(&zone).date_naive())
}

impl Household {
    /// Members of the scheme who are covered until then, and whom neither the list of participants nor the renewal data have.
    pub(super) async fn insured(office: &Office) -> anyhow::Result<Self> {
        let officer = &office.benefits_officer.rest;
        let serial = std::time::SystemTime::UNIX_EPOCH.elapsed()?.as_secs() % 10_000_000 * 10;
        let last_day = office.today + Days::new(14);
        let people =
            [("Trần Thị Hoà", "1958"), ("Nguyễn Văn Hùng", "12/03/1955"), ("Nguyễn Minh Anh", "07/2001")];
        let people = people.iter().enumerate().map(|(place, (name, birth))| Member {
            number: format!("79{:08}", serial + place as u64),
            name,
            birth,
            mobile: format!("09{:08}", serial + place as u64),
        });
        let people: Vec<Member> = people.collect();
        let plans = officer.get("/v1/plans").await?.ok()?;
        for member in &people {
            let (family, given) = member.name.split_once(' ').context("a name of two words")?;
            let registered = json!({
                "memberNumber": member.number, "familyName": family, "givenNames": given, "birthDate": "1958-01-01",
                "sex": "OTHER", "mobile": member.mobile, "language": "vi",
            });
            officer.post("/v1/members", registered).await?.ok()?;
            let cover = json!({
                "memberNumber": member.number, "planId": plans.text("plans.0.planId"),
                "from": (last_day - Days::new(364)).to_string(), "to": last_day.to_string(),
            });
            officer.post("/v1/coverages", cover).await?.ok()?;
        }
        let phone = Mailbox::of(&office.inbox, &format!("+84{}", &people[0].mobile[1..]))?;
        Ok(Self { code: format!("HGD-{serial}"), people, last_day, phone })
    }
}
