//! The clocks of cases: by severity, targets and hours, whatever changes; and what support is told of them.

use std::time::Duration;

use careway_contract::cases::v1::{
    case_change::Change, service_level_service_client::ServiceLevelServiceClient,
    work_calendar_service_client::WorkCalendarServiceClient, *,
};
use careway_service::Upstream;
use careway_testing::{eventually, refusal};
use prost_types::FieldMask;

use crate::test_cases::{Member, TestCases};

const MINUTE: Duration = Duration::from_secs(60);

/// Open at any time, so that working time is time.
fn always() -> WorkCalendar {
    let hours = || vec![WorkHours { from: "00:00".to_owned(), until: "24:00".to_owned() }];
    let days = (1..=7).map(|day| WorkDay { day, hours: hours() });
    WorkCalendar { time_zone: "Asia/Dhaka".to_owned(), week: days.collect(), ..Default::default() }
}

/// So many minutes to any answer, and ten times as many to the solution; a tenth when it is urgent.
fn level(minutes: i32) -> ServiceLevel {
    let targets = |minutes: i32| {
        Some(ServiceTargets {
            first_response_minutes: minutes,
            next_response_minutes: minutes,
            resolution_minutes: 10 * minutes,
        })
    };
    ServiceLevel {
        work_calendar_id: "always".to_owned(),
        low: targets(minutes),
        normal: targets(minutes),
        high: targets(minutes),
        urgent: targets(minutes / 10),
        ..Default::default()
    }
}

impl TestCases {
    fn levels(&self) -> ServiceLevelServiceClient<Upstream> {
        ServiceLevelServiceClient::new(self.foundation.registry.upstream(careway_cases::NAME))
    }

    fn calendars(&self) -> WorkCalendarServiceClient<Upstream> {
        WorkCalendarServiceClient::new(self.foundation.registry.upstream(careway_cases::NAME))
    }

    async fn set_calendar(&self, version: i32, calendar: WorkCalendar) {
        let request =
            SetWorkCalendarRequest { work_calendar_id: "always".to_owned(), work_calendar: Some(calendar) };
        self.calendars().set_work_calendar(self.of_version(&self.paul, version, request)).await.unwrap();
    }

    /// The calendars that somebody sees.
    async fn calendar_names(&self, by: &Member) -> Vec<String> {
        let request = self.by(by, ListWorkCalendarsRequest {});
        let listed = self.calendars().list_work_calendars(request).await.unwrap().into_inner();
        listed.work_calendars.into_iter().map(|calendar| calendar.work_calendar_id).collect()
    }

    /// Of the first partner, or of all.
    async fn set_level(&self, version: i32, minutes: i32, own: bool) {
        let service_level = Some(level(minutes));
        if own {
            let organization_id = self.tanvir.person.organization.to_string();
            let request = SetServiceLevelRequest { organization_id, service_level };
            self.levels().set_service_level(self.of_version(&self.paul, version, request)).await.unwrap();
        } else {
            let request = SetDefaultServiceLevelRequest { service_level };
            let request = self.of_version(&self.paul, version, request);
            self.levels().set_default_service_level(request).await.unwrap();
        }
    }

    /// How long after it was opened a case is due, in seconds.
    async fn due_after(&self, by: &Member, id: &str) -> Option<i64> {
        let case = self.get(by, id).await.unwrap();
        let opened = case.opened_at.unwrap().seconds;
        case.due_at.map(|due| due.seconds - opened)
    }

    async fn becomes_due_after(&self, by: &Member, id: &str, minutes: i64) {
        eventually("the clocks are reckoned anew", async || {
            self.due_after(by, id).await == Some(minutes * 60)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_follows_severity_targets_and_hours() {
    let cases = TestCases::start().await;
    cases.set_calendar(0, always()).await;
    cases.set_level(1, 500, false).await;
    let (own, other) = (cases.open(&cases.tanvir, "Slots").await, cases.open(&cases.linh, "Slots").await);
    cases.becomes_due_after(&cases.tanvir, &own.case_id, 500).await;
    cases.becomes_due_after(&cases.linh, &other.case_id, 500).await;

    // A level of one's own, from then on and for what is open.
    cases.set_level(0, 800, true).await;
    cases.becomes_due_after(&cases.tanvir, &own.case_id, 800).await;
    assert_eq!(cases.due_after(&cases.linh, &other.case_id).await, Some(500 * 60));
    let request = UpdateCaseRequest {
        case_id: own.case_id.clone(),
        severity: case::Severity::Urgent.into(),
        update_mask: Some(FieldMask { paths: vec!["severity".to_owned()] }),
        ..Default::default()
    };
    cases.client().update_case(cases.of_version(&cases.grace, 1, request)).await.unwrap();
    assert_eq!(cases.due_after(&cases.tanvir, &own.case_id).await, Some(80 * 60));

    // Two holidays from today on, and none again.
    let today = cases.clock.today(chrono_tz::Asia::Dhaka);
    let holidays = [today, today.succ_opt().unwrap()];
    let exceptions = holidays.map(|day| WorkException { date: day.to_string(), hours: Vec::new() });
    cases.set_calendar(1, WorkCalendar { exceptions: exceptions.into(), ..always() }).await;
    eventually("the holidays count", async || {
        cases.due_after(&cases.tanvir, &own.case_id).await.is_some_and(|due| due > 24 * 3600)
    })
    .await;
    cases.set_calendar(2, always()).await;
    cases.becomes_due_after(&cases.tanvir, &own.case_id, 80).await;
    assert_eq!(
        cases.get(&cases.tanvir, &own.case_id).await.unwrap().version,
        2,
        "that is no change of the case"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn support_is_told_of_a_clock_twice_and_partners_never() {
    let cases = TestCases::start().await;
    cases.set_calendar(0, always()).await;
    cases.set_level(1, 400, false).await;
    let case = cases.open(&cases.tanvir, "Slots").await;
    cases.becomes_due_after(&cases.tanvir, &case.case_id, 400).await;
    cases.clock.advance(301 * MINUTE);
    eventually("three quarters are told", async || cases.said("CaseDue").await == 1).await;
    cases.clock.advance(100 * MINUTE);
    eventually("the breach is told", async || cases.said("CaseDue").await == 2).await;

    let told = async |by: &Member| {
        let history = cases.history(by, &case.case_id).await;
        let clocks = history.into_iter().filter(|it| it.change() == Change::Clock);
        clocks.map(|it| it.after).collect::<Vec<_>>()
    };
    assert_eq!(told(&cases.grace).await, ["FIRST_RESPONSE: WARNING", "FIRST_RESPONSE: BREACH"]);
    assert_eq!(told(&cases.tanvir).await, Vec::<String>::new());
    let to_partners =
        "select count(*) from outbox where type like '%CaseDue' and organization_id is not null";
    assert_eq!(cases.count(to_partners).await, 0);

    // Answered and waiting nothing is due; the partner's answer starts a clock of its own.
    assert_eq!(cases.wait_for(&cases.grace, &case.case_id).await.unwrap().due_at, None);
    cases.clock.advance(1000 * MINUTE);
    let answered = cases.say(&cases.tanvir, &case.case_id, "B-1203.").await.unwrap();
    let since = answered.due_at.unwrap().seconds - answered.updated_at.unwrap().seconds;
    assert_eq!(since, 400 * 60);
    cases.clock.advance(401 * MINUTE);
    eventually("the next answer's breach is told", async || cases.said("CaseDue").await == 3).await;
    assert_eq!(told(&cases.grace).await[2..], ["NEXT_RESPONSE: BREACH"], "of what is over only that");
    assert_eq!(cases.close(&cases.tanvir, &case.case_id, "").await.unwrap().due_at, None);
}

#[tokio::test]
async fn who_sets_them_and_what_is_refused() {
    let cases = TestCases::start().await;
    let calendar = |id: &str| GetWorkCalendarRequest { work_calendar_id: id.to_owned() };
    let set = |calendar| SetWorkCalendarRequest {
        work_calendar_id: "always".to_owned(),
        work_calendar: Some(calendar),
    };
    let mut calendars = cases.calendars();
    let closed = WorkCalendar { week: Vec::new(), ..always() };
    let refused = refusal(calendars.set_work_calendar(cases.of_version(&cases.paul, 0, set(closed))).await);
    assert_eq!((refused.reason(), &*refused.violations()[0].0), ("INVALID_REQUEST", "week"));
    let agent = calendars.set_work_calendar(cases.of_version(&cases.grace, 0, set(always()))).await;
    assert_eq!(refusal(agent).reason(), "PERMISSION_DENIED");
    cases.set_calendar(0, always()).await;
    for version in [0, 2] {
        let stale = calendars.set_work_calendar(cases.of_version(&cases.paul, version, set(always()))).await;
        assert_eq!(refusal(stale).reason(), "STALE_VERSION");
    }
    calendars.get_work_calendar(cases.by(&cases.grace, calendar("always"))).await.unwrap();
    calendars.get_work_calendar(cases.by(&cases.tanvir, calendar("default"))).await.unwrap();
    let unused = calendars.get_work_calendar(cases.by(&cases.tanvir, calendar("always"))).await;
    assert_eq!(refusal(unused).reason(), "NOT_FOUND");
    assert_eq!(cases.calendar_names(&cases.grace).await, ["always", "default"]);
    assert_eq!(cases.calendar_names(&cases.tanvir).await, ["default"]);

    let organization_id = cases.tanvir.person.organization.to_string();
    let read = GetServiceLevelRequest { organization_id: organization_id.clone() };
    let own = cases.levels().get_service_level(cases.by(&cases.nusrat, read.clone())).await.unwrap();
    assert_eq!(own.into_inner().service_level.unwrap().version, Some(0), "that of all");
    let foreign = cases.levels().get_service_level(cases.by(&cases.linh, read.clone())).await;
    assert_eq!(refusal(foreign).reason(), "NOT_FOUND");
    let unknown = ServiceLevel { work_calendar_id: "nowhere".to_owned(), ..level(100) };
    let unknown = SetServiceLevelRequest { organization_id, service_level: Some(unknown) };
    let unknown = cases.levels().set_service_level(cases.of_version(&cases.paul, 0, unknown)).await;
    assert_eq!(refusal(unknown).violations()[0].0, "workCalendarId");
    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057".to_owned();
    let nobody = SetServiceLevelRequest { organization_id: nobody, service_level: Some(level(100)) };
    let nobody = cases.levels().set_service_level(cases.of_version(&cases.paul, 0, nobody)).await;
    assert_eq!(refusal(nobody).reason(), "NOT_FOUND");
    cases.set_level(0, 100, true).await;
    let own = cases.levels().get_service_level(cases.by(&cases.nusrat, read)).await.unwrap();
    assert_eq!(own.into_inner().service_level.unwrap().version, Some(1));
    calendars.get_work_calendar(cases.by(&cases.tanvir, calendar("always"))).await.unwrap();
    let common = GetDefaultServiceLevelRequest {};
    assert_eq!(cases.calendar_names(&cases.tanvir).await, ["always", "default"]);
    assert_eq!(cases.calendar_names(&cases.linh).await, ["default"], "another's own is not there");
    cases.levels().get_default_service_level(cases.by(&cases.linh, common)).await.unwrap();
}
