//! What the demo's payers pay for services and medicines: lists as officers upload them.

use chrono::NaiveDate;

/// A payer's price list.
#[derive(Clone, Copy)]
pub(super) struct Prices {
    currency: &'static str,
    rows: &'static str,
}

/// In Rwanda, the same for both payers.
pub(super) const RWANDAN: Prices = Prices { currency: "RWF", rows: include_str!("rwanda.csv") };

/// In Vietnam.
pub(super) const VIETNAMESE: Prices = Prices { currency: "VND", rows: include_str!("vietnam.csv") };

impl Prices {
    /// The list with prices that hold from this day on.
    pub(super) fn list(self, from: NaiveDate) -> String {
        let mut rows = self.rows.lines();
        let header = rows.next().unwrap_or_default();
        let rows = rows.map(|row| format!("{row},{},{from}\n", self.currency));
        std::iter::once(format!("{header},currency,from\n")).chain(rows).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_has_a_price_and_a_code_of_its_own() {
        for prices in [RWANDAN, VIETNAMESE] {
            let list = prices.list("2026-01-01".parse().unwrap());
            let mut reader = csv::Reader::from_reader(list.as_bytes());
            let headers = reader.headers().unwrap().clone();
            let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
            let (code, kind, price, atc) =
                (column("code"), column("kind"), column("price"), column("atc_code"));
            let mut codes = HashSet::new();
            for row in reader.records() {
                let row = row.unwrap();
                assert!(codes.insert(row[code].to_owned()), "{}", &row[code]);
                assert!(row[price].parse::<i64>().unwrap() > 0);
                assert_eq!(&row[kind] == "MEDICINE", !row[atc].is_empty(), "{}", &row[code]);
            }
        }
    }
}
