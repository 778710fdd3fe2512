//! What must hold for any calendar.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::{Africa, America, Asia, Australia, Europe, Tz};
use proptest::prelude::*;

use super::super::{DAY, Hours, WorkCalendar};

const ZONES: [Tz; 6] = [
    Africa::Cairo,
    America::St_Johns,
    Asia::Kathmandu,
    Australia::Lord_Howe,
    Europe::Bucharest,
    America::Scoresbysund,
];

prop_compose! {
    fn hours()(from in 0..DAY, length in 1..DAY) -> Hours {
        let until = from + length;
        Hours { from, until: if until <= DAY { until } else { until - DAY } }
    }
}

prop_compose! {
    fn calendars()(
        zone in prop::sample::select(ZONES.as_slice()),
        week in prop::collection::vec(prop::collection::vec(hours(), 0..3), 7),
        exceptions in prop::collection::btree_map(0..900_i64, prop::collection::vec(hours(), 0..2), 0..5),
        always in hours(),
    ) -> WorkCalendar {
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let mut week: [Vec<Hours>; 7] = week.try_into().unwrap();
        week[2].push(always);
        let exceptions: BTreeMap<_, _> =
            exceptions.into_iter().map(|(day, hours)| (first + TimeDelta::days(day), hours)).collect();
        WorkCalendar { zone, week, exceptions }
    }
}

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (1_767_225_600_i64..1_830_297_600).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
}

proptest! {
    /// What was added lies between, and nothing before it does.
    #[test]
    fn what_is_added_is_what_lies_between(calendar in calendars(), from in instants(), minutes in 1..20_000_i64) {
        let time = TimeDelta::minutes(minutes);
        let due = calendar.add(from, time);
        prop_assert_eq!(calendar.between(from, due), time);
        prop_assert!(calendar.between(from, due - TimeDelta::seconds(1)) < time);
    }

    /// However time is cut, its parts are the whole.
    #[test]
    fn parts_are_the_whole(calendar in calendars(), mut at in prop::array::uniform3(instants())) {
        at.sort_unstable();
        let [from, middle, until] = at;
        let parts = calendar.between(from, middle) + calendar.between(middle, until);
        prop_assert_eq!(parts, calendar.between(from, until));
    }

    /// Minute by minute, a calendar is open when its wall clock says so.
    #[test]
    fn the_wall_clock_says_whether_it_is_open(calendar in calendars(), from in instants()) {
        let from = from - TimeDelta::seconds(from.timestamp() % 60);
        for minute in 0..3_000 {
            let begin = from + TimeDelta::minutes(minute);
            let open = calendar.between(begin, begin + TimeDelta::minutes(1)) == TimeDelta::minutes(1);
            let wall = begin.with_timezone(&calendar.zone).naive_local();
            let minute = u16::try_from(wall.signed_duration_since(wall.date().into()).num_minutes()).unwrap();
            let said = calendar.open_minutes(wall.date()).iter().any(|(a, b)| (*a..*b).contains(&minute));
            prop_assert_eq!(open, said, "{}", wall);
        }
    }
}
