//! What is booked: a clinic's calendars, each with an examination, which a channel sells over a connection that is live.

use anyhow::{Context, ensure};
use careway_standalone::seed::{
    Inbox, Rest,
    acts::{Person, hire, register},
    until,
};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use http::HeaderValue;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bench::{
    platform::{Platform, Settings},
    stage::Stage,
};

const PASSWORD: &str = "umuganda ku wa gatandatu";
/// Minutes that an examination takes, and its day in Careway's calendars: from eight to six, on a clock that is UTC's.
const MINUTES: i64 = 15;
const FIRST_HOUR: i64 = 8;
const SLOTS_A_DAY: u64 = 40;
/// Days that a calendar is open for.
const HORIZON: u64 = 700;

/// A time, by its number: those of all calendars at one time stand beside each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) calendar: usize,
    pub(super) start: DateTime<Utc>,
}

/// The calendars, and who books them.
pub(super) struct Offer {
    pub(super) channel: String,
    /// A resource and its examination each.
    pub(super) calendars: Vec<(String, String)>,
    /// Of the channel's agent.
    pub(super) token: HeaderValue,
    /// The first day that is booked.
    pub(super) first_day: NaiveDate,
}

impl Offer {
    /// Made over REST, but for the contract and the connection, whose steps take people, mails and a joint test: their rows are
    /// loaded by SQL, as the steps would leave them.
    pub(super) async fn make(stage: &Stage, platform: &Platform, calendars: usize) -> anyhow::Result<Self> {
        let inbox = Inbox::new(stage.checkout.inbox());
        let operator = Rest::new(&platform.url())?.sign_in(&Settings::operator()).await?;
        let organization = |kind: &str, name: &str, code: &str| {
            json!({"kind": kind, "name": name, "country": "RO", "timeZone": "Europe/Bucharest", "locale": "ro",
                "codes": [{"kind": if kind == "CHANNEL" { "MERCHANT" } else { kind }, "value": code}]})
        };
        let provider = organization("FACILITY", "Clinica Bench", "RO-BENCH-1");
        let provider = register(&operator, provider, "RO-BENCH-1").await?;
        let channel = organization("CHANNEL", "Bench Assistance", "RO-BENCH-2");
        let channel = register(&operator, channel, "RO-BENCH-2").await?;
        let person = |domain: &str, role: &str| Person {
            name: format!("{role} of {domain}"),
            email: format!("{}@{domain}.example", role.to_lowercase()),
            roles: vec![role.to_owned()],
        };
        let clinic =
            hire(&operator, Some(&provider), &inbox, &person("clinica", "ADMINISTRATOR"), PASSWORD).await?;
        let clinic = operator.sign_in(&clinic).await?;
        let centre =
            hire(&operator, Some(&channel), &inbox, &person("centre", "ADMINISTRATOR"), PASSWORD).await?;
        let centre = operator.sign_in(&centre).await?;
        let agent = hire(&centre, None, &inbox, &person("agents", "AGENT"), PASSWORD).await?;
        let agent = operator.sign_in(&agent).await?;
        until("channels hears of the channel", async || {
            Ok(clinic.get(&format!("/v1/channels/{channel}")).await?.status.is_success().then_some(()))
        })
        .await?;

        let mut made = Vec::with_capacity(calendars);
        for number in 0..calendars {
            made.push(open_calendar(&clinic, number).await.context("a calendar")?);
        }
        let mut database = stage.connect("channels").await?;
        contract(&mut database, &provider, &channel).await.context("the contract")?;
        let edit = json!({"channelId": channel, "set": "149.00", "preview": false});
        clinic.post("/v1/prices/bulk-edit", edit).await?.ok()?;
        let sold = connect(&mut database, &provider, &channel).await.context("the connection")?;
        ensure!(sold == calendars as u64, "{sold} of {calendars} examinations are sold");
        let mut token: HeaderValue = format!("Bearer {}", agent.access_token()).parse()?;
        token.set_sensitive(true);
        let first_day = Utc::now().date_naive() + Days::new(2);
        Ok(Self { channel, calendars: made, token, first_day })
    }

    /// The time of that number.
    pub(super) fn slot(&self, number: u64) -> anyhow::Result<Slot> {
        let calendars = self.calendars.len() as u64;
        let (calendar, time) = (number % calendars, number / calendars);
        let day = time / SLOTS_A_DAY;
        ensure!(day + 3 < HORIZON, "every time is taken: the calendars are too small for this machine");
        let hour = self.first_day.and_hms_opt(0, 0, 0).context("midnight")?.and_utc()
            + Days::new(day)
            + TimeDelta::hours(FIRST_HOUR);
        let minutes = TimeDelta::minutes(MINUTES * i64::try_from(time % SLOTS_A_DAY)?);
        Ok(Slot { calendar: usize::try_from(calendar)?, start: hour + minutes })
    }

    /// A time as channels name it.
    pub(super) fn id(&self, slot: Slot) -> String {
        format!("{}~{}", self.calendars[slot.calendar].1, slot.start.format("%Y%m%dT%H%M%SZ"))
    }

    /// A request to book a time.
    pub(super) fn request(&self, slot: Slot) -> Value {
        json!({
            "slotId": self.id(slot), "expectedPrice": {"currency": "RON", "amount": "149.00"},
            "expectedDurationMinutes": MINUTES, "externalId": "GA-88231",
            "patient": {"name": "Maria Popescu", "phone": "+40721234567", "birthDate": "1984-05-17"},
        })
    }
}

/// A practitioner with hours of every day, and her examination.
async fn open_calendar(clinic: &Rest, number: usize) -> anyhow::Result<(String, String)> {
    let resource = json!({"kind": "PRACTITIONER", "name": format!("Dr. {number}")});
    let resource = clinic.post("/v1/resources", resource).await?.ok()?;
    let resource = resource.text("resource.resourceId").to_owned();
    let path = format!("/v1/resources/{resource}/calendar");
    let days = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let weekly: Vec<Value> =
        days.iter().map(|day| json!({"day": day, "hours": [{"from": "08:00", "to": "18:00"}]})).collect();
    let calendar = json!({"calendar": {"zone": "Africa/Abidjan", "weekly": weekly, "horizonDays": HORIZON,
        "noticeMinutes": 0}});
    let read = clinic.get(&path).await?.ok()?;
    clinic.put(&path, calendar).if_match(read.etag()).await?.ok()?;
    let service = json!({"code": format!("US-{number}"), "name": "Ultrasound", "durationMinutes": MINUTES,
        "needs": [{"resourceIds": [resource]}]});
    let service = clinic.post("/v1/services", service).await?.ok()?;
    Ok((resource, service.text("service.serviceId").to_owned()))
}

async fn contract(database: &mut PgConnection, provider: &str, channel: &str) -> anyhow::Result<()> {
    sqlx::query(
        "insert into channel_contract (contract_id, provider_id, channel_id, number, valid_from, valid_to, currency,
            recorded_by, confirmed_at, version, created_at)
         values (gen_random_uuid(), $1, $2, 'C-1', current_date - 1, current_date + 900, 'RON', $1, now(), 2, now())",
    )
    .bind(provider.parse::<Uuid>()?)
    .bind(channel.parse::<Uuid>()?)
    .execute(database)
    .await?;
    Ok(())
}

/// How many examinations are sold over it.
async fn connect(database: &mut PgConnection, provider: &str, channel: &str) -> anyhow::Result<u64> {
    let sold = sqlx::query(
        "with made as (
            insert into connection (connection_id, provider_id, channel_id, state, causes, endpoint_answered, revision,
                version, created_at)
            values (gen_random_uuid(), $1, $2, 'LIVE', '{}', true, 1, 1, now()) returning connection_id)
         insert into connection_item (connection_id, service_id, ticked, state, code, system_knows, channel_knows,
            told_price, told_amount, told_currency, told_minutes)
         select made.connection_id, s.service_id, true, 'PUBLISHED', s.code, true, true, p.price_id, p.minor, p.currency,
            s.duration_minutes
         from made, service s join price p on p.service_id = s.service_id and p.channel_id = $2
         where s.provider_id = $1",
    )
    .bind(provider.parse::<Uuid>()?)
    .bind(channel.parse::<Uuid>()?)
    .execute(database)
    .await?;
    Ok(sold.rows_affected())
}
