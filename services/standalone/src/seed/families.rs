//! The insured of the demo network: families made up by a dice that always falls alike.

use std::fmt::Write as _;

use chrono::{Datelike, Months, NaiveDate};

/// Pseudo-random numbers, the same in every run and on every machine (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// One of `from..=to`.
    pub(super) fn between(&mut self, from: u32, to: u32) -> u32 {
        let width = u64::from(to - from) + 1;
        from + u32::try_from(self.roll() % width).expect("below the width")
    }

    /// True so many times in a hundred.
    pub(super) fn per_cent(&mut self, chance: u32) -> bool {
        self.between(1, 100) <= chance
    }

    /// One of these.
    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let last = u32::try_from(of.len() - 1).expect("short lists");
        of[self.between(0, last) as usize]
    }
}

/// An insured person, as a payer's list has them.
pub(super) struct Member {
    pub(super) number: String,
    pub(super) family_name: &'static str,
    pub(super) given_names: &'static str,
    pub(super) birth_date: NaiveDate,
    pub(super) female: bool,
    /// As printed, with its spaces.
    pub(super) national_id: Option<String>,
    pub(super) mobile: Option<String>,
    pub(super) language: &'static str,
}

/// A principal member and those insured with them.
pub(super) struct Family {
    pub(super) principal: Member,
    pub(super) dependants: Vec<Member>,
    pub(super) plan: String,
    pub(super) cover: Cover,
}

/// Where a family's cover stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    /// In force for years; waiting periods are long over.
    Seasoned,
    /// In force since this month: waiting periods run.
    Fresh,
    /// Ended last month.
    Lapsed,
    /// Starts next month.
    Ahead,
    /// In force, and suspended because contributions are missing.
    Suspended,
}

impl Cover {
    /// First day, last day, and since when the member has been insured.
    pub(super) fn period(self, today: NaiveDate) -> [NaiveDate; 3] {
        let month = today.with_day(1).expect("every month has a first day");
        let back = |months| month - Months::new(months);
        let from = match self {
            Self::Seasoned | Self::Suspended => back(5),
            Self::Fresh => month,
            Self::Lapsed => back(12),
            Self::Ahead => month + Months::new(1),
        };
        let last = (from + Months::new(12)).pred_opt().expect("not the first day of all");
        let since = if matches!(self, Self::Fresh | Self::Ahead) { from } else { back(41) };
        [from, last, since]
    }

    /// The first day of the month: from when a suspended cover is.
    pub(super) fn suspended_from(today: NaiveDate) -> NaiveDate {
        today.with_day(1).expect("every month has a first day")
    }
}

impl Family {
    /// Everybody, the principal first.
    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        std::iter::once(&self.principal).chain(&self.dependants)
    }
}

/// The list that `POST /v1/members/import` takes.
pub(super) fn members_list(families: &[Family]) -> String {
    let mut list = String::from(
        "member_number,family_name,given_names,birth_date,sex,national_id,mobile,language,principal_member_number\n",
    );
    for family in families {
        for member in family.members() {
            let Member { number, family_name, given_names, birth_date, language, .. } = member;
            let sex = if member.female { "FEMALE" } else { "MALE" };
            let national_id = member.national_id.as_deref().unwrap_or_default();
            let mobile = member.mobile.as_deref().unwrap_or_default();
            let of =
                if std::ptr::eq(member, &family.principal) { "" } else { family.principal.number.as_str() };
            let _ = writeln!(
                list,
                "{number},{family_name},{given_names},{birth_date},{sex},{national_id},{mobile},{language},{of}"
            );
        }
    }
    list
}

/// The list that `POST /v1/coverages/import` takes.
pub(super) fn coverages_list(families: &[Family], today: NaiveDate) -> String {
    let mut list = String::from("member_number,plan_code,from,to,member_since\n");
    for family in families {
        let [from, to, since] = family.cover.period(today);
        for member in family.members() {
            let _ = writeln!(list, "{},{},{from},{to},{since}", member.number, family.plan);
        }
    }
    list
}

/// A day in that year.
pub(super) fn day_of(dice: &mut Dice, year: i32) -> NaiveDate {
    let (month, day) = (dice.between(1, 12), dice.between(1, 28));
    NaiveDate::from_ymd_opt(year, month, day).expect("every month has 28 days")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_dice_always_falls_alike() {
        let rolls = |seed| {
            let mut dice = Dice::new(seed);
            [(); 4].map(|()| dice.between(1, 1000))
        };
        assert_eq!(rolls(7), rolls(7));
        assert_ne!(rolls(7), rolls(8));
        assert!(rolls(9).into_iter().all(|roll| (1..=1000).contains(&roll)));
    }

    #[test]
    fn covers_stand_as_they_are_called_on_any_day() {
        for today in ["2026-01-01", "2026-02-28", "2026-08-31", "2028-02-29", "2026-12-31"].map(day) {
            let on = |cover: Cover| cover.period(today);
            for in_force in [Cover::Seasoned, Cover::Fresh, Cover::Suspended] {
                let [from, to, since] = on(in_force);
                assert!(from <= today && today <= to && since <= from, "{in_force:?} on {today}");
            }
            assert!(on(Cover::Lapsed)[1] < today);
            assert!(on(Cover::Ahead)[0] > today);
        }
    }
}
