//! A list of members: what its columns are, what a row says, and what becomes of it.

use careway_kernel::{
    CountryCode, Email, Language, MemberId, MemberNumber, Names, NationalId, OrganizationId, PhoneNumber, Sex,
};
use careway_service::table::{Cell, Row, Table};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    member::{
        Change, Facts, HeldNationalId, Home, Member, Principal, check_birth_date, eligible, parse_mobile,
        warnings,
    },
    member_refusal::MemberRefusal,
};

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
    pub(crate) fn find(table: &Table) -> Result<Self, MemberRefusal> {
        let required = |name| table.column(name).ok_or(MemberRefusal::ColumnMissing(name));
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
    family_name: Names,
    given_names: Names,
    birth_date: NaiveDate,
    sex: Sex,
    pub(crate) national_id: Option<NationalId>,
    phone: Option<PhoneNumber>,
    mobile: Option<PhoneNumber>,
    email: Option<Email>,
    language: Option<Language>,
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
    let number = reading.required("member_number", columns.number, |text| MemberNumber::parse(text));
    let family_name = reading.required("family_name", columns.family_name, |text| Names::parse(text));
    let given_names = reading.required("given_names", columns.given_names, |text| Names::parse(text));
    let birth_date = reading.date("birth_date", columns.birth_date, today);
    let sex = reading.required("sex", columns.sex, |text| Sex::parse(text));
    let country = reading.optional("national_id_country", columns.national_id_country, |text| {
        CountryCode::parse(&text.to_ascii_uppercase())
    });
    let country = country.unwrap_or(home.country);
    let national_id = reading
        .optional("national_id", columns.national_id, |text| NationalId::parse_on(country, text, today));
    let phone = reading.optional("phone", columns.phone, |text| PhoneNumber::parse(text, home.country));
    let mobile = reading.optional("mobile", columns.mobile, |text| parse_mobile(text, home.country));
    let email = reading.optional("email", columns.email, |text| Email::parse(text));
    let language = reading.optional("language", columns.language, |text| Language::parse(text));
    let principal =
        reading.optional("principal_member_number", columns.principal, |text| MemberNumber::parse(text));
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

/// What a draft meets in the database and in the rows before it.
pub(crate) struct Met<'a> {
    pub(crate) existing: Option<&'a Member>,
    /// Who has the draft's national id already.
    pub(crate) owner: Option<MemberId>,
    /// The principal the draft names.
    pub(crate) principal: Principal,
    pub(crate) has_dependants: bool,
}

/// The circumstances of one import.
#[derive(Clone, Copy)]
pub(crate) struct Import {
    pub(crate) payer: OrganizationId,
    pub(crate) home: Home,
    pub(crate) now: DateTime<Utc>,
    pub(crate) today: NaiveDate,
}

/// What becomes of a draft.
#[derive(Debug)]
pub(crate) enum Decision {
    Create(Box<Member>),
    Update(Box<Member>, Change),
    Unchanged,
    Reject(Fault),
}

impl Draft {
    /// Decides what becomes of the row; `id` makes ids for what is new.
    pub(crate) fn decide(&self, import: Import, met: &Met<'_>, mut id: impl FnMut() -> Uuid) -> Decision {
        let member = met.existing.map(|member| member.id);
        if met.owner.is_some() && met.owner != member {
            return Decision::Reject(Fault::new("national_id", "belongs to another member"));
        }
        let now = met.existing.map(|member| &member.facts);
        let principal = match (&self.principal, met.principal) {
            (None, _) => now.and_then(|facts| facts.principal),
            (Some(_), principal) => {
                let same = now.is_some_and(|facts| {
                    facts.principal.is_some() && facts.principal == principal.map(|it| it.0)
                });
                match eligible(member, met.has_dependants, principal) {
                    Err(refusal) if !same => {
                        return Decision::Reject(Fault::new("principal_member_number", refusal));
                    }
                    _ => principal.map(|(id, _)| id),
                }
            }
        };
        let facts = self.facts(now, principal, import.home);
        let Some(existing) = met.existing else {
            let held = self.national_id.iter().cloned();
            let held = held
                .map(|number| HeldNationalId { id: id(), number, from: import.today, to: None })
                .collect();
            return Decision::Create(Box::new(Member {
                id: MemberId::from_uuid(id()),
                payer: import.payer,
                facts,
                national_ids: held,
                codes_locked_at: None,
                version: 1,
                created_at: import.now,
                updated_at: import.now,
            }));
        };
        let change = existing.change_to(&facts, self.national_ids(existing).as_deref());
        if !change.any {
            return Decision::Unchanged;
        }
        let member = existing.clone().apply(facts, &change, import.now, import.today, id);
        Decision::Update(Box::new(member), change)
    }

    /// What is unusual, though taken.
    pub(crate) fn warnings(&self) -> Vec<Fault> {
        let Some(national_id) = &self.national_id else { return Vec::new() };
        let warned = warnings(self.birth_date, self.sex, std::slice::from_ref(national_id));
        warned.into_iter().map(|(_, message)| Fault { column: "national_id", message }).collect()
    }

    /// An empty cell changes nothing.
    fn facts(&self, now: Option<&Facts>, principal: Option<MemberId>, home: Home) -> Facts {
        Facts {
            number: self.number.clone(),
            given_names: self.given_names.clone(),
            family_name: self.family_name.clone(),
            birth_date: self.birth_date,
            sex: self.sex,
            phone: self.phone.clone().or_else(|| now?.phone.clone()),
            mobile: self.mobile.clone().or_else(|| now?.mobile.clone()),
            email: self.email.clone().or_else(|| now?.email.clone()),
            language: self.language.or_else(|| Some(now?.language)).unwrap_or(home.language),
            principal,
        }
    }

    /// The ids in use afterwards: the given one takes the place of those of its own kind.
    fn national_ids(&self, existing: &Member) -> Option<Vec<NationalId>> {
        let given = self.national_id.as_ref()?;
        let other = |held: &&HeldNationalId| {
            held.to.is_none()
                && (held.number.country(), held.number.kind()) != (given.country(), given.kind())
        };
        let kept = existing.national_ids.iter().filter(other).map(|held| held.number.clone());
        Some(kept.chain([given.clone()]).collect())
    }
}

#[cfg(test)]
#[path = "member_import_tests.rs"]
mod tests;
