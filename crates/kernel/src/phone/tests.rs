//! Tests of phone numbers.

use super::*;
use crate::vectors;
use proptest::prelude::*;

fn e164(text: &str, country: CountryCode) -> Result<String, InvalidPhoneNumber> {
    PhoneNumber::parse(text, country).map(|number| number.as_e164().to_owned())
}

#[test]
fn every_way_people_write_it() {
    let ways = [
        "0788123456",
        "0788 123 456",
        "+250788123456",
        "00250 788.123.456",
        "250788123456",
        "(0788) 123-456",
        "0788\u{2007}123\u{2014}456",
        "0788\u{3000}123\u{2212}456",
    ];
    for text in ways {
        assert_eq!(e164(text, CountryCode::RW).as_deref(), Ok("+250788123456"), "{text}");
    }
    for text in ["0912345678", "84912345678", "+84912345678", "0084 912 345 678", "0912.345.678"] {
        assert_eq!(e164(text, CountryCode::VN).as_deref(), Ok("+84912345678"), "{text}");
    }
}

#[test]
fn a_plus_overrides_the_country() {
    assert_eq!(e164("+84912345678", CountryCode::RW).as_deref(), Ok("+84912345678"));
    assert_eq!(e164("+40721234567", CountryCode::RW).as_deref(), Ok("+40721234567"));
}

#[test]
fn what_nobody_could_call_is_refused() {
    for text in [
        "",
        "+",
        "0",
        "12345",
        "07881234567",
        "0700",
        "+250",
        "0788-ABC-456",
        "+999123456789",
        "112",
        "+44 909 8790000",
    ] {
        assert_eq!(e164(text, CountryCode::RW), Err(InvalidPhoneNumber), "{text}");
    }
}

#[test]
fn rwandan_mobiles() {
    for text in ["0721234567", "0731234567", "0781234567", "0791234567"] {
        assert!(PhoneNumber::parse(text, CountryCode::RW).unwrap().is_mobile(), "{text}");
    }
    for text in ["0711234567", "0741234567"] {
        assert!(PhoneNumber::parse(text, CountryCode::RW).is_err(), "{text}");
    }
}

#[test]
fn vietnamese_mobiles_and_landlines() {
    for text in ["0321234567", "0561234567", "0701234567", "0811234567", "0912345678", "0522123456"] {
        assert!(PhoneNumber::parse(text, CountryCode::VN).unwrap().is_mobile(), "{text}");
    }
    assert!(!PhoneNumber::parse("02838123456", CountryCode::VN).unwrap().is_mobile());
}

#[test]
fn the_renumbering_of_2018() {
    assert_eq!(e164("01201234567", CountryCode::VN).as_deref(), Ok("+84701234567"));
    assert_eq!(e164("+841691234567", CountryCode::VN).as_deref(), Ok("+84391234567"));
    assert_eq!(e164("0169 123 4567", CountryCode::VN).as_deref(), Ok("+84391234567"));
    assert_eq!(e164("01301234567", CountryCode::VN), Err(InvalidPhoneNumber));
}

#[test]
fn masks_have_one_shape() {
    let mobile = PhoneNumber::parse("0788123412", CountryCode::RW).unwrap();
    assert_eq!(mobile.masked().as_str(), "+250 ••• ••• •12");
    let landline = PhoneNumber::parse("02838123456", CountryCode::VN).unwrap();
    assert_eq!(landline.masked().as_str(), "+84 ••• ••• •56");
    assert_eq!(mobile.country_prefix(), "+250");
}

#[test]
fn a_decoy_is_stable_and_looks_real() {
    let decoy = MaskedPhone::decoy(b"seed", CountryCode::RW);
    assert_eq!(decoy, MaskedPhone::decoy(b"seed", CountryCode::RW));
    let (shape, digits) = decoy.as_str().split_at(decoy.as_str().len() - 2);
    assert_eq!(shape, "+250 ••• ••• •");
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
    let all: std::collections::HashSet<_> =
        (0..200_u32).map(|n| MaskedPhone::decoy(&n.to_be_bytes(), CountryCode::RW)).collect();
    assert!(all.len() > 60);
}

#[test]
fn debug_hides_it() {
    let number = PhoneNumber::parse("0788123456", CountryCode::RW).unwrap();
    assert_eq!(format!("{number:?}"), "•••");
}

#[test]
fn a_kept_number_comes_back() {
    let number = PhoneNumber::parse("0788123456", CountryCode::RW).unwrap();
    assert_eq!(PhoneNumber::from_e164(number.as_e164()), Ok(number));
    // Of no numbering plan today, but once kept it must still load.
    assert_eq!(PhoneNumber::from_e164("+250711234567").unwrap().as_e164(), "+250711234567");
    for text in ["0788123456", "+", "+25078812345x", "+123"] {
        assert_eq!(PhoneNumber::from_e164(text), Err(InvalidPhoneNumber), "{text}");
    }
}

/// The vectors' texts, but for what a spreadsheet makes of them: an apostrophe, a formula, a number, a dash.
#[test]
fn the_vectors() {
    let (mut seen, mut of_a_sheet) = (0, 0);
    for row in vectors::read("renewals/phones-vn.jsonl") {
        let expect = &row["expect"];
        let text = row["cell"].as_str().unwrap_or("=");
        if text.starts_with(['\'', '=']) || expect["empty"] == true || expect["violation"] == "DIGITS_LOST" {
            of_a_sheet += 1;
            continue;
        }
        seen += 1;
        let read = PhoneNumber::read(text, CountryCode::VN);
        if let Some(violation) = expect["violation"].as_str() {
            let expected = match violation {
                "SEVERAL_NUMBERS" => UnreadablePhone::Several,
                _ => UnreadablePhone::NotAPhone,
            };
            assert_eq!(read, Err(expected), "{row}");
            continue;
        }
        let read = read.unwrap_or_else(|error| panic!("{row}: {error}"));
        let changed = read.changed.map(|changed| match changed {
            PhoneChange::LeadingZeroRestored => "LEADING_ZERO_RESTORED",
            PhoneChange::Prefix2018 => "PREFIX_2018",
            PhoneChange::Area2017 => "AREA_2017",
        });
        let kind = match read.number.kind() {
            PhoneKind::Mobile => "MOBILE",
            PhoneKind::Landline => "LANDLINE",
            PhoneKind::Other => "OTHER",
        };
        let sms = read.number.is_mobile() && (row["column"] == "mobile" || !read.may_be_old_landline);
        assert_eq!(Some(read.number.as_e164()), expect["e164"].as_str(), "{row}");
        assert_eq!((Some(kind), changed), (expect["kind"].as_str(), expect["changed"].as_str()), "{row}");
        assert_eq!(Some(sms), expect["sms"].as_bool(), "{row}");
    }
    assert_eq!((seen, of_a_sheet), (61, 13));
}

#[test]
fn the_vietnamese_tables_give_numbers_of_today() {
    for (national, of) in [("38123456", "4"), ("3841234", "38"), ("3841234", "711")] {
        let new = vietnam::landline_of_2017(&format!("{of}{national}")).unwrap();
        assert!(
            PhoneNumber::parse(&format!("+84{new}"), CountryCode::RW).unwrap().kind() == PhoneKind::Landline
        );
    }
    // A number of another country is none of them.
    assert_eq!(e164("0438123456", CountryCode::RW), Err(InvalidPhoneNumber));
    assert_eq!(e164("+84438123456", CountryCode::RW).as_deref(), Ok("+842438123456"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_panics(text in "[+0-9 .()-]{0,20}|.{0,20}") {
        let _ = PhoneNumber::parse(&text, CountryCode::RW);
        let _ = PhoneNumber::from_e164(&text);
    }

    #[test]
    fn e164_parses_to_itself(digits in "7[2389][0-9]{7}") {
        let number = PhoneNumber::parse(&format!("0{digits}"), CountryCode::RW).unwrap();
        prop_assert_eq!(number.as_e164(), format!("+250{digits}"));
        prop_assert_eq!(PhoneNumber::parse(number.as_e164(), CountryCode::VN), Ok(number.clone()));
        prop_assert_eq!(PhoneNumber::from_e164(number.as_e164()), Ok(number));
    }
}
