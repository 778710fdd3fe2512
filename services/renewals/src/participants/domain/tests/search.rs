//! What people type, and what it finds.

use careway_kernel::CountryCode;

use super::super::search::{CodeSearch, Search};

fn search(text: &str) -> Search {
    Search::parse(text, CountryCode::VN)
}

fn code(text: &str) -> CodeSearch {
    match search(text) {
        Search::Code(code) => code,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn words_are_folded_and_no_more_than_eight() {
    assert_eq!(search("  "), Search::All);
    let words = |text: &str| match search(text) {
        Search::Words(words) => words,
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(words(" Trần  HOÀ "), [["tran", "=tran=", "tranhoa"], ["hoa", "=hoa=", "tranhoa"]]);
    assert_eq!(words(&"a ".repeat(20)).len(), 8);
    assert_eq!(words("Em bé 2")[2][0], "2", "a digit makes a name no code");
}

#[test]
fn digits_begin_a_number_or_are_a_phone_or_a_citizen_id() {
    assert_eq!(code("793").number.as_deref(), Some("793"));
    for typed in ["7936 491 863", "7936\u{a0}491\u{2011}863"] {
        assert_eq!(code(typed).number.as_deref(), Some("7936491863"), "{typed}");
    }
    let phone = code("0912 345 678");
    assert_eq!(
        (phone.number.as_deref(), phone.hashed),
        (Some("0912345678"), vec!["+84912345678".to_owned()])
    );
    let phone = code("+84 (0)912.345.678");
    assert_eq!((phone.number, phone.hashed), (None, vec!["+84912345678".to_owned()]));
    assert_eq!(code("079150001234").hashed, ["079150001234"]);
    // Nobody has it: it finds nobody, not everybody.
    assert_eq!(code("11112222333344445555"), CodeSearch::default());
}

#[test]
fn a_card_and_an_address_are_looked_for_whole() {
    assert_eq!(code("gd 479 7936491863").card_code.as_deref(), Some("GD4797936491863"));
    assert_eq!(code("Hoa.Tran@Example.com").hashed, ["hoa.tran@example.com"]);
    assert!(matches!(search("gd479"), Search::Words(_)));
}
