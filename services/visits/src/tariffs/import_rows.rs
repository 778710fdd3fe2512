//! A price list, row by row: what can be said of a row before the database is asked.

use std::collections::HashSet;

use careway_kernel::{Currency, Language, Money, OrganizationId};
use careway_service::table::{Cell, Column, Columns, List, Report, RowReader};

use super::domain::{ListedPrice, Medicine, Price, parse_atc};
use crate::{
    adjudication::{input::TariffKind, quantity::Quantity},
    plans::domain::{Code, Texts},
    service_lines::domain::requested::parse_code,
    texts::Name,
};

/// The columns of the list; `name` is English.
pub(crate) const COLUMNS: Columns = Columns::new(&[
    Column::required("code"),
    Column::required("kind"),
    Column::required("name"),
    Column::required("benefits"),
    Column::required("currency"),
    Column::required("price"),
    Column::required("from"),
    Column::optional("to"),
    Column::optional("facility_id"),
    Column::optional("most_quantity"),
    Column::optional("atc_code"),
    Column::optional("form"),
    Column::optional("strength"),
    Column::optional(name_column(Language::Rw)),
    Column::optional(name_column(Language::En)),
    Column::optional(name_column(Language::Fr)),
    Column::optional(name_column(Language::Vi)),
    Column::optional(name_column(Language::Ro)),
    Column::optional(name_column(Language::Bn)),
]);
/// Benefits of one row, at most.
const MOST_BENEFITS: usize = 20;

/// The rows that are right so far, and the report begun with the others: each code once from one day on, of a facility or in
/// general.
pub(crate) fn read(list: &List, dry_run: bool) -> (Vec<ListedPrice>, Report) {
    let mut seen = HashSet::new();
    list.read(dry_run, |row| {
        let price = read_row(row).filter(|_| row.is_sound())?;
        if !seen.insert((price.facility, price.code.clone(), price.from)) {
            row.reject("code", "LISTED_BEFORE", "is listed before from the same day on");
        }
        Some(ListedPrice { row: row.number(), price })
    })
}

/// Reads a row; everything that is wrong with it at once.
fn read_row(row: &mut RowReader<'_>) -> Option<Price> {
    let code = row.required("code", parse_code);
    let kind = row.required("kind", parse_kind);
    let names = names(row);
    let benefits = row.required("benefits", parse_benefits);
    let currency = row.required("currency", |text| Currency::parse(&text.to_uppercase()));
    // In an unknown currency an amount cannot be read.
    let price = currency.and_then(|currency| {
        let price = row.required("price", |text| Money::parse(currency.code(), text))?;
        row.check("price", !price.is_negative(), "must not be negative");
        Some(price)
    });
    let from = row.need("from", Cell::date);
    let to = row.read("to", Cell::date);
    if let (Some(from), Some(Some(to))) = (from, to) {
        row.check("to", from <= to, "must not be before from");
    }
    let facility = row.optional("facility_id", OrganizationId::parse);
    let most_quantity = row.optional("most_quantity", Quantity::parse);
    let medicine = medicine(row);
    if let (Some(TariffKind::Service), Some(medicine)) = (kind, &medicine) {
        row.check("atc_code", medicine.is_empty(), "must be left out of a service, as form and strength");
    }
    Some(Price {
        facility: facility?,
        code: code?,
        kind: kind?,
        names: names?,
        benefits: benefits?,
        price: price?,
        from: from?,
        to: to?,
        most_quantity: most_quantity?,
        medicine: medicine?,
    })
}

/// Further languages have columns of their own.
fn names(row: &mut RowReader<'_>) -> Option<Texts> {
    let mut names = Texts::new();
    names.insert(Language::En, row.required("name", Name::parse)?.into());
    for language in Language::ALL {
        if let Some(name) = row.optional(name_column(language), Name::parse)? {
            names.insert(language, name.into());
        }
    }
    Some(names)
}

fn medicine(row: &mut RowReader<'_>) -> Option<Medicine> {
    let atc_code = row.optional("atc_code", parse_atc);
    let form = row.optional("form", Name::parse);
    let strength = row.optional("strength", Name::parse);
    Some(Medicine {
        atc_code: atc_code?,
        form: form?.map(String::from),
        strength: strength?.map(String::from),
    })
}

const fn name_column(language: Language) -> &'static str {
    match language {
        Language::Rw => "name_rw",
        Language::En => "name_en",
        Language::Fr => "name_fr",
        Language::Vi => "name_vi",
        Language::Ro => "name_ro",
        Language::Bn => "name_bn",
    }
}

fn parse_kind(text: &str) -> Result<TariffKind, &'static str> {
    let found = TariffKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text));
    found.ok_or("must be SERVICE or MEDICINE")
}

fn parse_benefits(text: &str) -> Result<Vec<Code>, String> {
    let codes = text.split(';').map(str::trim).filter(|code| !code.is_empty());
    let codes: Vec<Code> = codes
        .map(|code| Code::parse(&code.to_uppercase()))
        .collect::<Result<_, _>>()
        .map_err(|e| e.to_string())?;
    if (1..=MOST_BENEFITS).contains(&codes.len()) {
        Ok(codes)
    } else {
        Err(format!("must be 1 to {MOST_BENEFITS} codes between semicolons"))
    }
}

#[cfg(test)]
mod tests {
    use careway_service::table::{TableError, read_list};

    use super::*;

    fn listed(csv: &'static str) -> Result<(Vec<ListedPrice>, Report), TableError> {
        let limits = careway_service::table::Limits::default();
        Ok(read(&read_list(std::io::Cursor::new(csv), "text/csv", limits, COLUMNS)?, true))
    }

    #[test]
    fn a_row_is_read_into_what_it_says() {
        let (mut read, _) = listed(
            "Code,Kind,Name,Name fr,Benefits,Currency,Price,From,To,Most quantity,ATC code,Form,Strength\n\
             amox-500,medicine,Amoxicillin,Amoxicilline,drugs;Basic_drugs,RWF,120,2026-01-01,2026-12-31,30,J01CA04,capsule,500 mg\n",
        )
        .unwrap();
        let read = read.remove(0).price;
        assert_eq!(
            (read.code.as_str(), read.kind, read.price.minor),
            ("AMOX-500", TariffKind::Medicine, 120)
        );
        let benefits: Vec<_> = read.benefits.iter().map(Code::as_str).collect();
        assert_eq!(benefits, ["DRUGS", "BASIC_DRUGS"]);
        assert_eq!(
            (read.names[&Language::En].as_str(), read.names[&Language::Fr].as_str()),
            ("Amoxicillin", "Amoxicilline")
        );
        assert_eq!(read.most_quantity, Some(Quantity::parse("30").unwrap()));
        assert_eq!(read.medicine.atc_code.as_deref(), Some("J01CA04"));
        assert_eq!((read.facility, read.to), (None, Some("2026-12-31".parse().unwrap())));
    }

    #[test]
    fn a_row_says_everything_that_is_wrong_with_it() {
        let (read, report) = listed(
            "code,kind,name,benefits,currency,price,from,to,facility_id,most_quantity,atc_code,until\n\
             A+B,THING,,,RWF,1.5,2026-02-01,2026-01-01,me,0,J01CA04\n\
             X,SERVICE,X,LAB,RWF,-1,,,,,J01CA04\n\
             X,SERVICE,X,LAB,XXX,1,2026-01-01,,,,\n\
             X,SERVICE,X,LAB,RWF,1,2026-01-01,,,,\n\
             x,SERVICE,Y,LAB,RWF,2,2026-01-01,,,,\n",
        )
        .unwrap();
        let said =
            |row: u32| report.problems().filter(|it| it.row == row).map(|it| it.column).collect::<Vec<_>>();
        let all = ["code", "kind", "name", "benefits", "price", "to", "facility_id", "most_quantity"];
        assert_eq!(said(2), all);
        assert_eq!(said(3), ["price", "from", "atc_code"]);
        assert_eq!(said(4), ["currency"]);
        assert_eq!(said(6), ["code"], "listed before");
        assert_eq!(read.iter().map(|it| it.row).collect::<Vec<_>>(), [5]);
        assert_eq!(report.unknown_columns, ["until"]);
    }

    #[test]
    fn titles_and_totals_are_no_prices() {
        let (read, report) = listed(
            "Prices from 2026 on\n\
             code,kind,name,benefits,currency,price,from\n\
             1,2,3,4,5,6,7\n\
             X,SERVICE,X,LAB,RWF,1,2026-01-01\n\
             Total,,,,,1,\n",
        )
        .unwrap();
        assert_eq!(read.iter().map(|it| it.row).collect::<Vec<_>>(), [4]);
        assert_eq!((report.problems().count(), &report.passed_over[..]), (0, &[1, 3, 5][..]));
    }

    #[test]
    fn a_missing_column_is_named() {
        let missing = listed("code,kind,name,benefits,price,from\na,b,c,d,e,f\n").unwrap_err();
        assert_eq!(missing, TableError::ColumnMissing("currency"));
    }
}
