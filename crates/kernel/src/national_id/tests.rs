//! Tests of national identity numbers.

use super::*;
use proptest::prelude::*;

const NIN: &str = "1 1990 8 0012345 6 01";

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()
}

fn parse(country: CountryCode, text: &str) -> Result<NationalId, InvalidNationalId> {
    NationalId::parse_on(country, text, today())
}

#[test]
fn rwandan_numbers() {
    let id = parse(CountryCode::RW, NIN).unwrap();
    assert_eq!(id.as_str(), "1199080012345601");
    assert_eq!(id.kind(), NationalIdKind::RwNin);
    assert_eq!(id.printed(), NIN);
    assert_eq!(id.masked(), "••••••••01");
    assert_eq!(format!("{id:?}"), "•••");
    for text in
        ["1199080012345601", "1-1990-8-0012345-6-01", "1\u{a0}1990\u{2011}8\u{2011}0012345 6 01\u{200b}"]
    {
        assert_eq!(parse(CountryCode::RW, text), Ok(id.clone()), "{text}");
    }
    let french = CountryCode::parse("FR").unwrap();
    assert_eq!(parse(french, "ab \u{2013} 12").unwrap().as_str(), "AB-12", "its hyphens may belong to it");
}

#[test]
fn what_is_not_a_rwandan_number_is_refused() {
    for text in [
        "",
        "0199080012345601", // no such status
        "4199080012345601",
        "1189080012345601",  // born before 1900
        "1202780012345601",  // born after today
        "1199060012345601",  // no such sex
        "119908001234560",   // 15 digits
        "11990800123456011", // 17 digits
        "119908001234560A",
        "1é99080012345601",
    ] {
        assert_eq!(parse(CountryCode::RW, text), Err(InvalidNationalId::Rwanda), "{text}");
    }
    assert!(parse(CountryCode::RW, "1202680012345601").is_ok());
}

#[test]
fn a_mismatch_is_a_warning() {
    let id = parse(CountryCode::RW, NIN).unwrap();
    let born = |year| NaiveDate::from_ymd_opt(year, 5, 5);
    assert_eq!(id.warnings(born(1990), Some(Sex::Male)), []);
    assert_eq!(id.warnings(None, None), []);
    let both = [NationalIdWarning::BirthYear, NationalIdWarning::Sex];
    assert_eq!(id.warnings(born(1991), Some(Sex::Female)), both);
    let citizen = parse(CountryCode::VN, "001301012345").unwrap();
    assert_eq!(citizen.warnings(born(2001), Some(Sex::Female)), []);
    assert_eq!(citizen.warnings(born(1901), Some(Sex::Male)), both);
}

#[test]
fn vietnamese_numbers() {
    let kind = |text| parse(CountryCode::VN, text).map(|id| id.kind());
    assert_eq!(kind("001301012345"), Ok(NationalIdKind::VnCccd));
    assert_eq!(kind("0123456789"), Ok(NationalIdKind::VnBhxh));
    assert_eq!(kind("gd4 01 0123456789"), Ok(NationalIdKind::VnBhyt));
    for text in [
        "GD6010123456789",
        "GD0010123456789",
        "G14010123456789",
        "GDA010123456789",
        "12345678901",
        "é1234567890",
    ] {
        assert_eq!(kind(text), Err(InvalidNationalId::Vietnam), "{text}");
    }
    assert_eq!(parse(CountryCode::VN, "GD4010123456789").unwrap().printed(), "GD 4 01 0123456789");
}

#[test]
fn other_countries_are_opaque() {
    assert_eq!(parse(CountryCode::RO, "1960523 123456").unwrap().as_str(), "1960523123456");
    assert_eq!(parse(CountryCode::KE, "ab-12").unwrap().as_str(), "AB-12");
    for text in ["", "abc", "a_bcd", &"1".repeat(33), &"1".repeat(5000)] {
        assert_eq!(parse(CountryCode::KE, text), Err(InvalidNationalId::Other), "{text}");
    }
}

#[test]
fn kinds_come_back() {
    for kind in NationalIdKind::ALL {
        assert_eq!(NationalIdKind::find(kind.as_str()), Some(kind));
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.as_str()));
    }
    assert_eq!(NationalIdKind::find("RW"), None);
}

proptest! {
    #[test]
    fn printed_and_bare_are_the_same_number(text in "[123]19[0-9]{2}[78][0-9]{10}") {
        let id = parse(CountryCode::RW, &text).unwrap();
        prop_assert_eq!(parse(CountryCode::RW, &id.printed()), Ok(id));
    }

    #[test]
    fn no_text_panics(text in ".{0,40}|[0-9 ]{0,20}", vietnamese: bool) {
        let country = if vietnamese { CountryCode::VN } else { CountryCode::RW };
        if let Ok(id) = parse(country, &text) {
            let _ = (id.printed(), id.masked(), id.warnings(Some(today()), Some(Sex::Male)));
        }
        let stored = NationalId::stored(country, NationalIdKind::VnCccd, text);
        let _ = (stored.printed(), stored.masked(), stored.warnings(Some(today()), Some(Sex::Male)));
    }
}
