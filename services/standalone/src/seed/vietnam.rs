//! The household scheme of the demo: members with social insurance (BHXH) numbers, renewed through the agency.

use serde_json::json;

use super::{
    families::{Cover, Dice, Family, Member, day_of},
    organizations::AUTHORITY,
    plans, prices,
    scheme::Scheme,
};

pub(super) const FAMILY_NAMES: &[&str] =
    &["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Ngô"];
pub(super) const WOMEN: &[&str] =
    &["Thị Hoa", "Thị Hoà", "Ngọc Lan", "Thị Mai", "Thu Trang", "Thị Hồng", "Kim Ngân", "Mỹ Linh"];
pub(super) const MEN: &[&str] =
    &["Văn Hùng", "Minh Tuấn", "Quốc Bảo", "Văn Long", "Thanh Sơn", "Hữu Phước", "Đức Anh"];

/// Twenty households of the ward.
pub(super) fn household_scheme() -> Scheme {
    let mut dice = Dice::new(3);
    let families = (0..20).map(|index| household(&mut dice, index)).collect();
    Scheme {
        payer: &AUTHORITY,
        plans: vec![plans::vietnamese()],
        prices: prices::VIETNAMESE,
        rules: json!({"automaticUpTo": {"currency": "VND", "amount": "500000"}}),
        contracts: Vec::new(),
        families,
        shown: 0,
    }
}

/// Cards end in the course of the year: some soon, some just did.
fn household(dice: &mut Dice, index: u32) -> Family {
    let cover = match index % 5 {
        3 => Cover::Lapsed,
        4 => Cover::Fresh,
        _ => Cover::Seasoned,
    };
    let size = dice.between(1, 4);
    let principal = member(dice, index, 1);
    let dependants = (2..=size).map(|place| member(dice, index, place)).collect();
    Family { principal, dependants, plan: "BHYT-HGD".to_owned(), cover }
}

/// The scheme knows people by their BHXH number.
fn member(dice: &mut Dice, household: u32, place: u32) -> Member {
    let female = dice.per_cent(50);
    let bhxh = format!("79{:08}", 36_490_000 + household * 10 + place);
    let year = dice.between(1950, 2004);
    Member {
        number: bhxh.clone(),
        family_name: dice.one(FAMILY_NAMES),
        given_names: dice.one(if female { WOMEN } else { MEN }),
        birth_date: day_of(dice, year.cast_signed()),
        female,
        national_id: Some(bhxh),
        mobile: (place == 1).then(|| format!("+84900000{household:03}")),
        language: "vi",
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::{CountryCode, NationalId, NationalIdKind, PhoneNumber};

    use super::*;

    #[test]
    fn everybody_has_a_bhxh_number_and_every_household_a_mobile() {
        for family in household_scheme().families {
            for member in family.members() {
                let id = NationalId::parse(CountryCode::VN, member.national_id.as_ref().unwrap()).unwrap();
                assert_eq!(id.kind(), NationalIdKind::VnBhxh);
            }
            let mobile = family.principal.mobile.as_ref().unwrap();
            assert!(PhoneNumber::parse(mobile, CountryCode::VN).unwrap().is_mobile(), "{mobile}");
        }
    }
}
