//! Tests of money.

use super::*;
use proptest::prelude::*;

fn money(currency: &str, amount: &str) -> Money {
    Money::parse(currency, amount).unwrap()
}

#[test]
fn decimals_are_exact() {
    assert_eq!(money("RWF", "1500").minor, 1500);
    assert_eq!(money("RON", "12.5").minor, 1250);
    assert_eq!(money("RON", "-0.05").minor, -5);
    assert_eq!(money("VND", "2340000").minor, 2_340_000);
    assert_eq!(money("KWD", "1.5").amount(), "1.500");
    assert_eq!(money("RON", "-0.05").amount(), "-0.05");
    assert_eq!(money("RWF", "-3").amount(), "-3");
}

#[test]
fn what_is_not_a_plain_decimal_is_refused() {
    for amount in ["", "-", "+1", "1e3", "1,000", " 1", "1.", ".5", "0x1", "1 000", "--1", "１", "NaN"] {
        assert_eq!(Money::parse("USD", amount), Err(InvalidMoney::Amount), "{amount}");
    }
    assert_eq!(Money::parse("RWF", "1.0"), Err(InvalidMoney::Decimals));
    assert_eq!(Money::parse("JPY", "120.5"), Err(InvalidMoney::Decimals));
    assert_eq!(Money::parse("USD", "1.001"), Err(InvalidMoney::Decimals));
    assert_eq!(Money::parse("BTC", "1"), Err(InvalidMoney::Currency(UnknownCurrency)));
}

/// The words of a refusal are followed by whoever reads them.
#[test]
fn the_example_of_a_refusal_is_an_amount_of_every_currency() {
    let words = InvalidMoney::Amount.to_string();
    let example = words.rsplit(' ').next().unwrap();
    for (currency, code, _) in Currency::TABLE {
        assert_eq!(Money::parse(code, example).map(|it| it.currency), Ok(*currency));
    }
}

#[test]
fn amounts_are_bounded() {
    assert_eq!(money("RWF", "1000000000000000").minor, MAX_MINOR);
    assert_eq!(Money::parse("RWF", "1000000000000001"), Err(InvalidMoney::Bounds));
    assert_eq!(Money::parse("USD", "-10000000000000.01"), Err(InvalidMoney::Bounds));
    assert_eq!(Money::parse("USD", &"9".repeat(400)), Err(InvalidMoney::Bounds));
    let most = Money::new(Currency::Rwf, MAX_MINOR);
    assert_eq!(most.checked_add(money("RWF", "1")), Err(MoneyError::Bounds));
    assert_eq!(most.scale_half_up(2, 1), None);
}

#[test]
fn currencies_do_not_mix() {
    assert_eq!(money("RWF", "1").checked_add(money("USD", "1")), Err(MoneyError::Currencies));
    assert_eq!(money("RWF", "1").checked_sub(money("USD", "1")), Err(MoneyError::Currencies));
    let francs = [money("RWF", "1"), money("RWF", "2")];
    assert_eq!(Money::sum(Currency::Rwf, francs), Ok(money("RWF", "3")));
    assert_eq!(Money::sum(Currency::Usd, francs), Err(MoneyError::Currencies));
}

#[test]
fn shares_round_half_up_once() {
    let share =
        |amount, percent| money("RWF", amount).percent_half_up(Percent::parse(percent).unwrap()).minor;
    assert_eq!(share("8000", "80"), 6400);
    assert_eq!(share("5", "10"), 1);
    assert_eq!(share("4", "10"), 0);
    assert_eq!(share("-5", "10"), -1);
    assert_eq!(share("1", "100"), 1);
    assert_eq!(share("10000", "33.33"), 3333);
}

#[test]
fn the_household_ladder_of_vietnam() {
    // 4.5 % of the base salary a month, for a year; then 70, 60, 50 and 40 % of the first.
    let year = money("VND", "2340000").scale_half_up(45 * 12, 1000).unwrap();
    let ladder =
        ["100", "70", "60", "50", "40"].map(|p| year.percent_half_up(Percent::parse(p).unwrap()).minor);
    assert_eq!(ladder, [1_263_600, 884_520, 758_160, 631_800, 505_440]);
}

#[test]
fn people_read_thousands() {
    assert_eq!(money("RWF", "1500").to_string(), "RWF 1,500");
    assert_eq!(money("RWF", "100").to_string(), "RWF 100");
    assert_eq!(money("USD", "-1234567.8").to_string(), "USD -1,234,567.80");
    assert_eq!(money("VND", "0").to_string(), "VND 0");
}

#[test]
fn json_says_the_code_and_the_minor_units() {
    let json = serde_json::to_string(&money("RWF", "1500")).unwrap();
    assert_eq!(json, r#"{"currency":"RWF","minor":1500}"#);
    assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money("RWF", "1500"));
}

fn any_money() -> impl Strategy<Value = Money> {
    (0..Currency::TABLE.len(), -MAX_MINOR..=MAX_MINOR)
        .prop_map(|(row, minor)| Money::new(Currency::TABLE[row].0, minor))
}

proptest! {
    #[test]
    fn an_amount_comes_back(amount in any_money()) {
        prop_assert_eq!(Money::parse(amount.currency.code(), &amount.amount()), Ok(amount));
    }

    #[test]
    fn a_share_and_its_reversal_cancel(amount in any_money(), hundredths in 0..=10_000_u16) {
        let percent = Percent::from_hundredths(hundredths).unwrap();
        let reversed = Money::new(amount.currency, -amount.minor);
        let (share, back) = (amount.percent_half_up(percent), reversed.percent_half_up(percent));
        prop_assert_eq!(share.minor, -back.minor);
        prop_assert!(share.minor.abs() <= amount.minor.abs());
    }

    #[test]
    fn rounding_is_within_half_a_unit(minor in -1_000_000_i64..1_000_000, n in 1..10_000_i64, d in 1..10_000_i64) {
        let scaled = Money::new(Currency::Rwf, minor).scale_half_up(n, d).unwrap().minor;
        prop_assert!((scaled * d - minor * n).abs() * 2 <= d);
    }

    #[test]
    fn adding_and_taking_away_is_nothing(a in any_money(), minor in -1000..1000_i64) {
        let b = Money::new(a.currency, minor);
        if let Ok(sum) = a.checked_add(b) {
            prop_assert_eq!(sum.checked_sub(b), Ok(a));
        }
    }

    #[test]
    fn no_text_panics(currency in "[A-Z]{3}|.{0,4}", amount in ".{0,30}") {
        let _ = Money::parse(&currency, &amount);
    }
}
