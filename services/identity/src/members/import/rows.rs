//! The rows of a list of members, each by itself: what its cells say, and whether it stands in the list already.

use std::collections::HashMap;

use careway_kernel::{CountryCode, Email, Language, MemberNumber, Names, NationalId, PhoneNumber, Sex};
use careway_service::table::{Cell, CellWarning, Column, Columns, List, Report, RowReader};
use chrono::NaiveDate;

use super::domain::Draft;
use crate::members::domain::{Home, check_birth_date, parse_mobile, person_name::PersonName};

/// The columns of the list.
pub(crate) const COLUMNS: Columns = Columns::new(&[
    Column::required("member_number"),
    Column::required("family_name"),
    Column::required("given_names"),
    Column::required("birth_date"),
    Column::required("sex"),
    Column::optional("national_id"),
    Column::optional("national_id_country"),
    Column::optional("phone"),
    Column::optional("mobile"),
    Column::optional("email"),
    Column::optional("language"),
    Column::optional("principal_member_number"),
]);

/// What a list says.
pub(crate) struct Listed {
    /// Principals before dependants, so that a principal may come later in the list.
    pub(crate) drafts: Vec<Draft>,
    pub(crate) report: Report,
    /// What each row has as its member number, whatever becomes of the row.
    pub(crate) numbers: HashMap<u32, String>,
}

/// Every row by itself.
pub(crate) fn read(list: &List, dry_run: bool, home: Home, today: NaiveDate) -> Listed {
    let mut numbers = HashMap::with_capacity(list.rows.len());
    let (mut rows_of_numbers, mut rows_of_ids) = (HashMap::new(), HashMap::new());
    let (mut drafts, report) = list.read(dry_run, |row| {
        let draft = read_row(row, home, today);
        let number = draft.as_ref().map(|draft| draft.number.as_str().to_owned());
        let shown = number.clone().or_else(|| row.cell("member_number").text().ok());
        numbers.insert(row.number(), shown.unwrap_or_default());
        let draft = draft.filter(|_| row.is_sound())?;
        let national_id = draft.national_id.as_ref().map(|id| id.as_str().to_owned());
        let twice = [
            ("member_number", number.as_ref().and_then(|number| rows_of_numbers.get(number))),
            ("national_id", national_id.as_ref().and_then(|id| rows_of_ids.get(id))),
        ];
        if let Some((column, first)) = twice.into_iter().find_map(|(column, row)| Some((column, row?))) {
            row.reject(column, "LISTED_BEFORE", format!("is in row {first} already"));
            return None;
        }
        rows_of_numbers.extend(number.map(|number| (number, draft.row)));
        rows_of_ids.extend(national_id.map(|id| (id, draft.row)));
        Some(draft)
    });
    drafts.sort_by_key(|draft| draft.principal.is_some());
    Listed { drafts, report, numbers }
}

fn read_row(row: &mut RowReader<'_>, home: Home, today: NaiveDate) -> Option<Draft> {
    let number = row.required("member_number", MemberNumber::parse);
    let name = name(row);
    let birth_date = row.need("birth_date", Cell::date).and_then(|date| {
        let checked = check_birth_date(date, today);
        checked.map_err(|wrong| row.reject("birth_date", "IMPLAUSIBLE_BIRTH", wrong)).ok()
    });
    let sex = row.required("sex", Sex::parse);
    let country = row
        .optional("national_id_country", |text| CountryCode::parse(&text.to_ascii_uppercase()))
        .flatten()
        .unwrap_or(home.country);
    let national_id = row.optional("national_id", |text| NationalId::parse_on(country, text, today));
    let phone = row.optional("phone", |text| PhoneNumber::parse(text, home.country));
    let mobile = row.optional("mobile", |text| parse_mobile(text, home.country));
    let email = row.optional("email", Email::parse);
    let language = row.optional("language", Language::parse);
    let principal = row.optional("principal_member_number", MemberNumber::parse);
    let draft = Draft {
        row: row.number(),
        number: number?,
        name: name?,
        birth_date: birth_date?,
        sex: sex?,
        national_id: national_id?,
        phone: phone?,
        mobile: mobile?,
        email: email?,
        language: language?,
        principal: principal?,
    };
    let warned = draft.national_id.iter().flat_map(|id| id.warnings(Some(draft.birth_date), Some(draft.sex)));
    warned.for_each(|warning| row.warn("national_id", CellWarning::NationalId(warning)));
    Some(draft)
}

/// Given names, a family name, or both.
fn name(row: &mut RowReader<'_>) -> Option<PersonName> {
    let family = row.optional("family_name", Names::parse);
    let given = row.optional("given_names", Names::parse);
    let name = PersonName::try_new(given?, family?);
    if name.is_none() {
        row.reject("family_name", "REQUIRED", "is required, unless given_names is filled");
        row.reject("given_names", "REQUIRED", "is required, unless family_name is filled");
    }
    name
}

#[cfg(test)]
pub(super) mod tests {
    use careway_kernel::Language;
    use careway_service::table::{Limits, TableError, read_list};
    use chrono_tz::Tz;

    use super::*;

    const HEADER: &str = "Sex,Member number,family_name,GIVEN NAMES,birth-date,mobile,nationalId,principal_member_number,email,Remarks\n";
    const UWASE: &str = "F,RSSB-1,Uwase,Aline,1990-04-12,0788123456,1199070012345601,,,";

    /// A list of a Rwandan payer.
    pub(crate) fn listed(text: &str) -> Listed {
        let list = file(&format!("{HEADER}{text}")).unwrap();
        let home = Home { country: CountryCode::RW, zone: Tz::Africa__Kigali, language: Language::Rw };
        read(&list, true, home, "2026-03-01".parse().unwrap())
    }

    fn file(text: &str) -> Result<List, TableError> {
        read_list(std::io::Cursor::new(text), "text/csv", Limits::default(), COLUMNS)
    }

    /// What is wrong with a list: row, column, reason.
    fn wrong(list: &Listed) -> Vec<(u32, &str, &str)> {
        list.report.problems().map(|it| (it.row, it.column, it.reason)).collect()
    }

    #[test]
    fn a_missing_column_is_named_and_so_is_one_that_nothing_is_done_with() {
        let missing = file("member_number,sex\n");
        assert_eq!(missing, Err(TableError::ColumnMissing("family_name")));
        assert_eq!(listed(UWASE).report.unknown_columns, ["remarks"]);
    }

    #[test]
    fn every_fault_of_a_row_is_told_with_its_column() {
        let list = listed("x,!,,,1990-13-01,0252570000,123,,nobody\n");
        let columns: Vec<_> = wrong(&list).into_iter().map(|(_, column, _)| column).collect();
        assert_eq!(
            columns,
            [
                "member_number",
                "family_name",
                "given_names",
                "birth_date",
                "sex",
                "national_id",
                "mobile",
                "email"
            ]
        );
        assert_eq!(list.numbers[&2], "!");
        assert_eq!(wrong(&listed(&format!("{UWASE},more\n"))), [(2, "", "TOO_MANY_CELLS")]);
    }

    #[test]
    fn who_has_one_name_is_taken_with_it() {
        let list = listed("M,RSSB-1,,Sukarno,1990-04-12,,,,\nF,RSSB-2,Keza,,1990-04-12,,,,\n");
        assert_eq!(wrong(&list), []);
        let names: Vec<_> =
            list.drafts.iter().map(|draft| (draft.name.given_names(), draft.name.family_name())).collect();
        assert_eq!(names, [("Sukarno", ""), ("", "Keza")]);
    }

    #[test]
    fn titles_and_totals_are_of_no_member() {
        let text = format!("RSSB\nMembers of 2026\n{HEADER}1,2,3,4,5,6,7,8,9,10\n{UWASE}\nTotal,1\n");
        let home = Home { country: CountryCode::RW, zone: Tz::Africa__Kigali, language: Language::Rw };
        let list = read(&file(&text).unwrap(), true, home, "2026-03-01".parse().unwrap());
        let rows: Vec<_> = list.drafts.iter().map(|draft| draft.row).collect();
        assert_eq!((rows, wrong(&list)), (vec![5], Vec::new()));
        assert_eq!(list.report.passed_over, [1, 2, 4, 6]);
    }

    #[test]
    fn a_number_and_a_national_id_stand_in_a_list_once() {
        let list = listed(&format!(
            "{UWASE}\n\
         F,rssb-1,Twice,Aline,1990-04-12,,,,,\n\
         F,RSSB-2,Keza,Ange,1990-04-12,,1 1990 7 0012345 6 01,,,\n\
         F,RSSB-2,Keza,Ange,soon,,,,,\n\
         F,RSSB-2,Keza,Ange,1990-04-12,,,,,\n"
        ));
        let listed_before = "LISTED_BEFORE";
        let expected = [
            (3, "member_number", listed_before),
            (4, "national_id", listed_before),
            (5, "birth_date", "NOT_A_DATE"),
        ];
        assert_eq!(wrong(&list), expected);
        let rows: Vec<_> = list.drafts.iter().map(|draft| draft.row).collect();
        assert_eq!(rows, [2, 6], "a row that is not taken stands in no other's way");
    }

    #[test]
    fn a_card_that_tells_another_story_is_a_warning() {
        let mut list = listed("M,RSSB-1,Uwase,Eric,1990-04-12,,1199070012345601,,\n");
        list.report.note(2, careway_service::table::Outcome::Created);
        let remarks = list.report.rows().next().unwrap().remarks.to_vec();
        assert_eq!(remarks.len(), 1);
        assert_eq!((remarks[0].column, remarks[0].warning.reason()), ("national_id", "OTHER_SEX"));
    }
}
