//! A small world to book in: a provider with calendars and examinations, and channels that are connected with it.

use std::collections::BTreeMap;

use careway_contract::{channels::v1::*, types::v1::Money};
use careway_kernel::{ChannelContractId, ConnectionId};
use careway_service::OrganizationKind;
pub(crate) use careway_service::timestamp;
use careway_testing::Person;
use chrono::{DateTime, Days, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use edit_prices_request::Edit;
use prost_types::Timestamp;

use crate::test_channels::TestChannels;

pub(crate) const ZONE: &str = "Europe/Bucharest";

/// How a resource is there.
pub(crate) struct Opening {
    pub(crate) open: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    pub(crate) capacity: i32,
    pub(crate) notice_minutes: i32,
}

/// What an examination is like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Examination {
    pub(crate) minutes: i32,
    pub(crate) step: Option<i32>,
    pub(crate) before: i32,
    pub(crate) after: i32,
    pub(crate) price: String,
    /// Names of resources.
    pub(crate) needs: Vec<Vec<String>>,
    pub(crate) confirmed_by_provider: bool,
    pub(crate) cancellation_minutes: i32,
}

pub(crate) struct World<'a> {
    pub(crate) service: &'a TestChannels,
    pub(crate) provider: Person,
    pub(crate) resources: BTreeMap<String, String>,
    pub(crate) examinations: BTreeMap<String, (String, Examination)>,
    /// Channels with their connections.
    pub(crate) channels: BTreeMap<String, (Person, String)>,
}

pub(crate) fn instant(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp(at.seconds, 0).unwrap()
}

pub(crate) fn ron(amount: &str) -> Money {
    Money { currency: "RON".to_owned(), amount: amount.to_owned() }
}

pub(crate) fn patient() -> Patient {
    Patient {
        name: "Maria Popescu".to_owned(),
        phone: "+40721234567".to_owned(),
        birth_date: "1984-05-17".to_owned(),
        member_number: "GA-100201".to_owned(),
    }
}

impl<'a> World<'a> {
    /// A provider that offers all this, and channels that are live with it.
    pub(crate) async fn of(
        service: &'a TestChannels,
        openings: &BTreeMap<String, Opening>,
        examinations: &BTreeMap<String, Examination>,
        channels: &[&str],
    ) -> Self {
        let provider = Person::of(OrganizationKind::Facility, &service.clock);
        service.know(&provider, "Clinica").await;
        let mut world = Self {
            service,
            provider,
            resources: BTreeMap::new(),
            examinations: BTreeMap::new(),
            channels: BTreeMap::new(),
        };
        for (name, opening) in openings {
            world.add_resource(name, opening).await;
        }
        for (name, examination) in examinations {
            world.add_examination(name, examination).await;
        }
        for name in channels {
            world.connect(name).await;
        }
        world
    }

    async fn add_resource(&mut self, name: &str, opening: &Opening) {
        let (service, by) = (self.service, &self.provider);
        let request =
            CreateResourceRequest { kind: resource::Kind::Practitioner.into(), name: name.to_owned() };
        let made = service.resources().create_resource(service.by(by, request)).await.unwrap();
        let id = made.into_inner().resource.unwrap().resource_id;
        let zone: Tz = ZONE.parse().unwrap();
        let exception = |(from, to): &(DateTime<Utc>, DateTime<Utc>)| {
            let (from, to) = (from.with_timezone(&zone), to.with_timezone(&zone));
            let clock = |at: NaiveDateTime| at.format("%H:%M").to_string();
            let hours = vec![Hours { from: clock(from.naive_local()), to: clock(to.naive_local()) }];
            let day = from.date_naive().to_string();
            CalendarException { from: day.clone(), to: day, hours }
        };
        let calendar = Calendar {
            zone: ZONE.to_owned(),
            exceptions: opening.open.iter().map(exception).collect(),
            capacity: Some(opening.capacity),
            notice_minutes: Some(opening.notice_minutes),
            horizon_days: Some(730),
            ..Default::default()
        };
        let request = SetCalendarRequest { resource_id: id.clone(), calendar: Some(calendar) };
        service.resources().set_calendar(service.by_at(by, 0, request)).await.unwrap();
        self.resources.insert(name.to_owned(), id);
    }

    async fn add_examination(&mut self, name: &str, examination: &Examination) {
        let need = |need: &Vec<String>| Need {
            resource_ids: need.iter().map(|resource| self.resources[resource].clone()).collect(),
        };
        let request = CreateServiceRequest {
            code: name.to_owned(),
            name: name.to_owned(),
            duration_minutes: examination.minutes,
            step_minutes: examination.step,
            buffer_before_minutes: Some(examination.before),
            buffer_after_minutes: Some(examination.after),
            needs: examination.needs.iter().map(need).collect(),
            confirmed_by_provider: examination.confirmed_by_provider,
            cancellation_minutes: Some(examination.cancellation_minutes),
        };
        let request = self.service.by(&self.provider, request);
        let made = self.service.services().create_service(request).await.unwrap();
        let id = made.into_inner().service.unwrap().service_id;
        self.examinations.insert(name.to_owned(), (id, examination.clone()));
    }

    /// A channel with a live connection, to which everything is published. The steps to it are tested elsewhere.
    async fn connect(&mut self, name: &str) {
        let (service, provider) = (self.service, self.provider.organization);
        let channel = Person::of(OrganizationKind::Channel, &service.clock);
        service.know(&channel, name).await;
        let now = service.clock.now();
        sqlx::query(
            "insert into channel_contract (contract_id, provider_id, channel_id, number, valid_from, valid_to, currency,
                recorded_by, confirmed_at, version, created_at)
             values ($1, $2, $3, 'C-1', $4, $5, 'RON', $2, $6, 2, $6)",
        )
        .bind(ChannelContractId::new(&service.clock).uuid())
        .bind(provider.uuid())
        .bind(channel.organization.uuid())
        .bind(now.date_naive() - Days::new(30))
        .bind(now.date_naive() + Days::new(900))
        .bind(now)
        .execute(&service.admin)
        .await
        .unwrap();
        for (id, examination) in self.examinations.values() {
            let request = EditPricesRequest {
                channel_id: channel.organization.to_string(),
                service_ids: vec![id.clone()],
                edit: Some(Edit::Set(examination.price.clone())),
                ..Default::default()
            };
            service.prices().edit_prices(service.by(&self.provider, request)).await.unwrap();
        }
        let connection = ConnectionId::new(&service.clock);
        sqlx::query(
            "with made as (
                insert into connection (connection_id, provider_id, channel_id, state, causes, endpoint_answered, revision,
                    version, created_at)
                values ($1, $2, $3, 'LIVE', '{}', true, 1, 1, $4) returning connection_id)
             insert into connection_item (connection_id, service_id, ticked, state, code, system_knows, channel_knows,
                told_price, told_amount, told_currency, told_minutes)
             select made.connection_id, s.service_id, true, 'PUBLISHED', s.code, true, true, p.price_id, p.minor, p.currency,
                s.duration_minutes
             from made, service s join price p on p.service_id = s.service_id and p.channel_id = $3
             where s.provider_id = $2",
        )
        .bind(connection.uuid())
        .bind(provider.uuid())
        .bind(channel.organization.uuid())
        .bind(now)
        .execute(&service.admin)
        .await
        .unwrap();
        self.channels.insert(name.to_owned(), (channel, connection.to_string()));
    }

    /// A slot of an examination.
    pub(crate) fn slot(&self, examination: &str, start: DateTime<Utc>) -> String {
        format!("{}~{}", self.examinations[examination].0, start.format("%Y%m%dT%H%M%SZ"))
    }

    /// A request to book a slot, at what it is sold.
    pub(crate) fn requested(&self, examination: &str, start: DateTime<Utc>) -> CreateChannelBookingRequest {
        let (_, of) = &self.examinations[examination];
        CreateChannelBookingRequest {
            slot_id: self.slot(examination, start),
            expected_price: Some(ron(&of.price)),
            expected_duration_minutes: of.minutes,
            patient: Some(patient()),
            external_id: "GA-88231".to_owned(),
            note: "Comes with an interpreter".to_owned(),
            ..Default::default()
        }
    }

    /// No resource has more at once than it may, buffers and all.
    pub(crate) async fn nothing_is_over_capacity(&self) {
        let over = sqlx::query_scalar::<_, i64>(
            "select count(*) from occupation o join resource r using (resource_id)
             where r.provider_id = $1 and (
                select count(*) from occupation other
                where other.resource_id = o.resource_id and other.span @> lower(o.span))
                > (r.calendar ->> 'capacity')::int",
        );
        let over = over.bind(self.provider.organization.uuid()).fetch_one(&self.service.admin).await;
        assert_eq!(over.unwrap(), 0, "over capacity");
    }
}

/// A resource that is there for so many hours of a winter day, from 9 in Bucharest.
pub(crate) fn open_from(day: &str, hours: i64, capacity: i32) -> Opening {
    let from: DateTime<Utc> = format!("{day}T07:00:00Z").parse().unwrap();
    Opening { open: vec![(from, from + TimeDelta::hours(hours))], capacity, notice_minutes: 0 }
}
