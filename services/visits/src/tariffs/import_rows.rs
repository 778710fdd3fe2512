//! A price list, row by row: what can be said of a row before the database is asked.

use std::fmt::Display;

use careway_kernel::{Currency, Language, Money, OrganizationId, text::one_line};
use careway_service::table::{Cell, CellError, Row, Table};
use chrono::NaiveDate;

use super::domain::{ListedPrice, Medicine, Price, parse_atc};
use crate::{
    adjudication::{case::TariffKind, quantity::Quantity},
    coverages::import_rows::Rejection,
    plans::domain::{Code, Texts},
    service_lines::domain::requested::parse_code,
};

/// The columns a list must have.
const REQUIRED: [&str; 7] = ["code", "kind", "name", "benefits", "currency", "price", "from"];
/// Benefits of one row, at most.
const MOST_BENEFITS: usize = 20;
/// Characters of a name, a form or a strength, at most.
const LONGEST: usize = 200;

/// Where each column is.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    required: [Option<usize>; REQUIRED.len()],
    to: Option<usize>,
    facility: Option<usize>,
    most_quantity: Option<usize>,
    atc_code: Option<usize>,
    form: Option<usize>,
    strength: Option<usize>,
    /// Names in further languages.
    names: Vec<(Language, &'static str, usize)>,
}

/// What is wrong with one row, gathered.
struct Wrong {
    row: u32,
    found: Vec<Rejection>,
}

impl Columns {
    /// Finds the columns, or the name of one that is missing.
    pub(crate) fn find(table: &Table) -> Result<Self, &'static str> {
        let required = REQUIRED.map(|name| table.column(name));
        if let Some(missing) = required.iter().position(Option::is_none) {
            return Err(REQUIRED[missing]);
        }
        let names = Language::ALL.into_iter().filter_map(|language| {
            let column = name_column(language);
            Some((language, column, table.column(column)?))
        });
        Ok(Self {
            required,
            to: table.column("to"),
            facility: table.column("facility_id"),
            most_quantity: table.column("most_quantity"),
            atc_code: table.column("atc_code"),
            form: table.column("form"),
            strength: table.column("strength"),
            names: names.collect(),
        })
    }

    /// Reads a row; everything that is wrong with it at once.
    pub(crate) fn read(&self, row: &Row) -> Result<ListedPrice, Vec<Rejection>> {
        let mut wrong = Wrong { row: row.number, found: Vec::new() };
        let [code, kind, name, benefits, currency, price, from] = self.required.map(|at| row.cell(at));
        let code = wrong.required("code", code, parse_code);
        let kind = wrong.required("kind", kind, parse_kind);
        let names = self.names(&mut wrong, row, name);
        let benefits = wrong.required("benefits", benefits, parse_benefits);
        let currency = wrong.required("currency", currency, |text| Currency::parse(&text.to_uppercase()));
        // In an unknown currency an amount cannot be read.
        let price = currency.and_then(|currency| {
            let parsed = wrong.required("price", price, |text| Money::parse(currency.code(), text))?;
            wrong.unless(!parsed.is_negative(), "price", "must not be negative").then_some(parsed)
        });
        let from = wrong.day("from", from);
        let to = wrong.day("to", row.cell(self.to));
        if let (Some(Some(from)), Some(Some(to))) = (from, to) {
            wrong.unless(from <= to, "to", "must not be before from");
        }
        if from == Some(None) {
            wrong.add("from", "is required");
        }
        let facility = wrong.optional("facility_id", row.cell(self.facility), OrganizationId::parse);
        let most_quantity = wrong.optional("most_quantity", row.cell(self.most_quantity), Quantity::parse);
        let medicine = self.medicine(&mut wrong, row);
        if let (Some(TariffKind::Service), Some(medicine)) = (kind, &medicine) {
            wrong.unless(
                medicine.is_empty(),
                "atc_code",
                "must be left out of a service, as form and strength",
            );
        }
        let price = move || {
            Some(Price {
                facility: facility?,
                code: code?,
                kind: kind?,
                names: names?,
                benefits: benefits?,
                price: price?,
                from: from??,
                to: to?,
                most_quantity: most_quantity?,
                medicine: medicine?,
            })
        };
        match price() {
            Some(price) if wrong.found.is_empty() => Ok(ListedPrice { row: row.number, price }),
            _ => Err(wrong.found),
        }
    }

    /// `name` is English; further languages have columns of their own.
    fn names(&self, wrong: &mut Wrong, row: &Row, name: &Cell) -> Option<Texts> {
        let mut names = Texts::new();
        names.insert(Language::En, wrong.required("name", name, |text| one_line(text, LONGEST))?);
        for (language, column, at) in &self.names {
            if let Some(name) = wrong.optional(column, row.cell(Some(*at)), |text| one_line(text, LONGEST))? {
                names.insert(*language, name);
            }
        }
        Some(names)
    }

    fn medicine(&self, wrong: &mut Wrong, row: &Row) -> Option<Medicine> {
        let atc_code = wrong.optional("atc_code", row.cell(self.atc_code), parse_atc);
        let form = wrong.optional("form", row.cell(self.form), |text| one_line(text, LONGEST));
        let strength = wrong.optional("strength", row.cell(self.strength), |text| one_line(text, LONGEST));
        Some(Medicine { atc_code: atc_code?, form: form?, strength: strength? })
    }
}

impl Wrong {
    fn add(&mut self, column: &'static str, message: impl Display) {
        self.found.push(Rejection { row: self.row, column, message: message.to_string() });
    }

    fn unless(&mut self, holds: bool, column: &'static str, message: impl Display) -> bool {
        if !holds {
            self.add(column, message);
        }
        holds
    }

    fn required<T, E: Display>(
        &mut self,
        column: &'static str,
        cell: &Cell,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let parsed = self.optional(column, cell, parse)?;
        if parsed.is_none() {
            self.add(column, "is required");
        }
        parsed
    }

    /// `Some(None)` for an empty cell, `None` for one that is wrong.
    fn optional<T, E: Display>(
        &mut self,
        column: &'static str,
        cell: &Cell,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Option<T>> {
        let parsed = match cell.text() {
            Ok(text) if text.is_empty() => return Some(None),
            Ok(text) => parse(&text).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        parsed.map_err(|message| self.add(column, message)).ok().map(Some)
    }

    fn day(&mut self, column: &'static str, cell: &Cell) -> Option<Option<NaiveDate>> {
        cell.date().map_err(|error: CellError| self.add(column, error)).ok()
    }
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
    use super::*;

    fn table(csv: &'static str) -> Table {
        careway_service::table::read(csv.as_bytes().into(), "text/csv", Default::default()).unwrap()
    }

    #[test]
    fn a_row_is_read_into_what_it_says() {
        let table = table(
            "Code,Kind,Name,Name fr,Benefits,Currency,Price,From,To,Most quantity,ATC code,Form,Strength\n\
             amox-500,medicine,Amoxicillin,Amoxicilline,drugs;Basic_drugs,RWF,120,2026-01-01,2026-12-31,30,J01CA04,capsule,500 mg\n",
        );
        let columns = Columns::find(&table).unwrap();
        let read = columns.read(&table.rows[0]).unwrap().price;
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
        let table = table(
            "code,kind,name,benefits,currency,price,from,to,facility_id,most_quantity,atc_code\n\
             A B,THING,,,RWF,1.5,2026-02-01,2026-01-01,me,0,J01CA04\n\
             X,SERVICE,X,LAB,RWF,-1,,,,,J01CA04\n\
             X,SERVICE,X,LAB,XXX,1,2026-01-01,,,,\n",
        );
        let columns = Columns::find(&table).unwrap();
        let said = |at: usize| {
            let wrong = columns.read(&table.rows[at]).unwrap_err();
            wrong.into_iter().map(|it| it.column).collect::<Vec<_>>()
        };
        let all = ["code", "kind", "name", "benefits", "price", "to", "facility_id", "most_quantity"];
        assert_eq!(said(0), all);
        assert_eq!(said(1), ["price", "from", "atc_code"]);
        assert_eq!(said(2), ["currency"]);
    }

    #[test]
    fn a_missing_column_is_named() {
        assert_eq!(
            Columns::find(&table("code,kind,name,benefits,price,from\na,b,c,d,e,f\n")).unwrap_err(),
            "currency"
        );
    }
}
