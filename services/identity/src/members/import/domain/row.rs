//! A row of a list of members: where its cells are and what they say, by themselves.

use careway_kernel::{CountryCode, Email, Language, MemberNumber, Names, NationalId, PhoneNumber, Sex};
use careway_service::table::{Cell, Row, Table};
use chrono::NaiveDate;

use crate::members::domain::{Home, check_birth_date, parse_mobile, refusal::Refusal};

/// What is wrong or unusual with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) column: &'static str,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(column: &'static str, message: impl ToString) -> Self {
        Self { column, message: message.to_string() }
    }
}

/// Where the columns are.
pub(crate) struct Columns {
    number: usize,
    family_name: usize,
    given_names: usize,
    birth_date: usize,
    sex: usize,
    national_id: Option<usize>,
    national_id_country: Option<usize>,
    phone: Option<usize>,
    mobile: Option<usize>,
    email: Option<usize>,
    language: Option<usize>,
    principal: Option<usize>,
    count: usize,
}

impl Columns {
    /// Finds the columns by name; the first five must be there.
    pub(crate) fn find(table: &Table) -> Result<Self, Refusal> {
        let required = |name| table.column(name).ok_or(Refusal::ColumnMissing(name));
        Ok(Self {
            number: required("member_number")?,
            family_name: required("family_name")?,
            given_names: required("given_names")?,
            birth_date: required("birth_date")?,
            sex: required("sex")?,
            national_id: table.column("national_id"),
            national_id_country: table.column("national_id_country"),
            phone: table.column("phone"),
            mobile: table.column("mobile"),
            email: table.column("email"),
            language: table.column("language"),
            principal: table.column("principal_member_number"),
            count: table.columns.len(),
        })
    }
}

/// A row that makes sense by itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) row: u32,
    pub(crate) number: MemberNumber,
    pub(crate) family_name: Names,
    pub(crate) given_names: Names,
    pub(crate) birth_date: NaiveDate,
    pub(crate) sex: Sex,
    pub(crate) national_id: Option<NationalId>,
    pub(crate) phone: Option<PhoneNumber>,
    pub(crate) mobile: Option<PhoneNumber>,
    pub(crate) email: Option<Email>,
    pub(crate) language: Option<Language>,
    pub(crate) principal: Option<MemberNumber>,
}

/// A row that makes none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rejected {
    pub(crate) row: u32,
    pub(crate) number: String,
    pub(crate) faults: Vec<Fault>,
}

/// Reads one row by itself.
pub(crate) fn read(row: &Row, columns: &Columns, home: Home, today: NaiveDate) -> Result<Draft, Rejected> {
    let mut reading = Reading { row, faults: Vec::new() };
    if row.cells.len() > columns.count {
        reading.faults.push(Fault::new("", "has more cells than there are columns"));
    }
    let number = reading.required("member_number", columns.number, MemberNumber::parse);
    let family_name = reading.required("family_name", columns.family_name, Names::parse);
    let given_names = reading.required("given_names", columns.given_names, Names::parse);
    let birth_date = reading.date("birth_date", columns.birth_date, today);
    let sex = reading.required("sex", columns.sex, Sex::parse);
    let country = reading.optional("national_id_country", columns.national_id_country, |text| {
        CountryCode::parse(&text.to_ascii_uppercase())
    });
    let country = country.unwrap_or(home.country);
    let national_id = reading
        .optional("national_id", columns.national_id, |text| NationalId::parse_on(country, text, today));
    let phone = reading.optional("phone", columns.phone, |text| PhoneNumber::parse(text, home.country));
    let mobile = reading.optional("mobile", columns.mobile, |text| parse_mobile(text, home.country));
    let email = reading.optional("email", columns.email, Email::parse);
    let language = reading.optional("language", columns.language, Language::parse);
    let principal = reading.optional("principal_member_number", columns.principal, MemberNumber::parse);
    let rejected = |faults| Rejected {
        row: row.number,
        number: row.cell(Some(columns.number)).text().unwrap_or_default(),
        faults,
    };
    match (number, family_name, given_names, birth_date, sex) {
        (Some(number), Some(family_name), Some(given_names), Some(birth_date), Some(sex))
            if reading.faults.is_empty() =>
        {
            Ok(Draft {
                row: row.number,
                number,
                family_name,
                given_names,
                birth_date,
                sex,
                national_id,
                phone,
                mobile,
                email,
                language,
                principal,
            })
        }
        _ => Err(rejected(reading.faults)),
    }
}

struct Reading<'a> {
    row: &'a Row,
    faults: Vec<Fault>,
}

impl Reading<'_> {
    fn text(&mut self, column: &'static str, cell: &Cell) -> Option<String> {
        let text = cell.text().map_err(|error| self.faults.push(Fault::new(column, error))).ok()?;
        (!text.is_empty()).then_some(text)
    }

    fn parsed<T, E: ToString>(&mut self, column: &'static str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.faults.push(Fault::new(column, error.to_string()))).ok()
    }

    fn optional<T, E: ToString>(
        &mut self,
        column: &'static str,
        at: Option<usize>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let row = self.row;
        let text = self.text(column, row.cell(at))?;
        self.parsed(column, parse(&text))
    }

    fn required<T, E: ToString>(
        &mut self,
        column: &'static str,
        at: usize,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let faults = self.faults.len();
        let value = self.optional(column, Some(at), parse);
        if value.is_none() && self.faults.len() == faults {
            self.faults.push(Fault::new(column, "is required"));
        }
        value
    }

    fn date(&mut self, column: &'static str, at: usize, today: NaiveDate) -> Option<NaiveDate> {
        match self.row.cell(Some(at)).date() {
            Ok(Some(date)) => self.parsed(column, check_birth_date(date, today)),
            Ok(None) => self.parsed(column, Err::<NaiveDate, _>("is required")),
            Err(error) => self.parsed(column, Err::<NaiveDate, _>(error)),
        }
    }
}
