//! The vectors of renewals where they speak of cells, files and phones, read by the code that reads lists.
//!
//! What is a renewal's own rule is named in [`LATER`]: those rows are read here, and judged there. The cells of exports wait
//! for something that writes workbooks.

use careway_kernel::{Names, NationalId, text::is_legacy_vietnamese};
use serde_json::{Value, json};

use super::*;
use careway_kernel::{CountryCode, PhoneKind};

/// What `files.jsonl` expects of the list as a whole: file, row, and what becomes of it.
const LATER: [(&str, u32, &str); 3] =
    [("files-16", 3, "UNCHANGED"), ("files-16", 4, "DUPLICATE_IN_FILE"), ("files-16", 5, "PERIOD_REVERSED")];

const PEOPLE: Columns = Columns::new(&[
    Column::required("bhxh_number").titled(&["Mã số BHXH"]),
    Column::optional("card_code").titled(&["Mã thẻ BHYT"]),
    Column::optional("citizen_id").titled(&["Số CCCD"]),
    Column::required("full_name").titled(&["Họ và tên"]),
    Column::required("birth").titled(&["Ngày sinh"]),
    Column::optional("phone").titled(&["Điện thoại"]),
    Column::optional("mobile").titled(&["Di động"]),
    Column::required("card_from").titled(&["Từ ngày"]),
    Column::required("card_to").titled(&["Đến ngày"]),
    Column::required("agency_code").titled(&["Mã đại lý"]),
]);

/// A list of one cell of one of these kinds.
const ONE: Columns = Columns::new(&[
    Column::required("row"),
    Column::optional("birth"),
    Column::optional("day"),
    Column::optional("mobile"),
    Column::optional("phone"),
    Column::optional("code"),
]);

fn vectors(file: &str) -> Vec<Value> {
    let text = String::from_utf8(bytes(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn bytes(file: &str) -> Vec<u8> {
    let path = format!("{}/../../tests/vectors/renewals/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 28).unwrap()
}

/// The list of one person with this cell, as every file that can hold it: a text in CSV and in a workbook, a number in a
/// workbook.
fn lists(row: &Value, column: &'static str) -> Vec<List> {
    let date1904 = row["date1904"] == true;
    let cell = match &row["cell"] {
        Value::String(text) => Given::Text(text),
        Value::Number(number) => {
            let format = if row["format"] == "date" { "dd/mm/yyyy" } else { "General" };
            Given::Number(number.as_f64().unwrap(), format)
        }
        other => panic!("{other}"),
    };
    let book = sheet(&[&[Given::Text(column), Given::Text("row")], &[cell, Given::Text("x")]], date1904);
    let mut files = vec![(book, XLSX)];
    if let Given::Text(text) = cell {
        files.push((format!("{column};row\n\"{}\";x\n", text.replace('"', "\"\"")).into_bytes(), "text/csv"));
    }
    let list = |(bytes, media_type): (Vec<u8>, &str)| {
        read_list(Cursor::new(bytes), media_type, Limits::default(), ONE).unwrap()
    };
    files.into_iter().map(list).collect()
}

/// What was read, or the reason why not, and the first warning.
fn answer(value: Option<Value>, row: RowReader<'_>) -> Value {
    let (problems, remarks) = row.finish();
    match problems.first() {
        Some(problem) => json!({ "violation": problem.reason }),
        None => {
            let mut value = value.unwrap_or_else(|| json!({ "empty": true }));
            if let Some(remark) = remarks.first() {
                value["warning"] = remark.warning.reason().into();
            }
            value
        }
    }
}

#[test]
fn phones() {
    let rows = vectors("phones-vn.jsonl");
    assert_eq!(rows.len(), 74);
    for vector in rows {
        let column = if vector["column"] == "phone" { "phone" } else { "mobile" };
        for list in lists(&vector, column) {
            let mut row = list.header.reader(&list.rows[0]);
            // The vectors take any phone for a mobile, and say whether messages may be sent.
            let read = row.read(column, |cell| cell.phone(CountryCode::VN)).flatten();
            let value = read.map(|read| {
                let old = column == "phone" && read.may_be_old_landline;
                let mut value = json!({
                    "e164": read.number.as_e164(),
                    "kind": match read.number.kind() {
                        PhoneKind::Mobile => "MOBILE",
                        PhoneKind::Landline => "LANDLINE",
                        PhoneKind::Other => "OTHER",
                    },
                    "sms": read.number.is_mobile() && !old,
                });
                if let Some(changed) = read.changed {
                    value["changed"] = CellWarning::from(changed).reason().into();
                }
                if old {
                    value["warning"] = CellWarning::MayBeOldLandline.reason().into();
                    value.as_object_mut().unwrap().remove("changed");
                }
                value
            });
            assert_eq!(answer(value, row), vector["expect"], "{vector}");
        }
    }
}

#[test]
fn identifiers() {
    let rows = vectors("identifiers.jsonl");
    assert_eq!(rows.len(), 30);
    for vector in rows {
        for list in lists(&vector, "code") {
            let mut row = list.header.reader(&list.rows[0]);
            let read = match vector["column"].as_str().unwrap() {
                "bhxh_number" => row.digits("code", &[10]).flatten(),
                "citizen_id" => row.digits("code", &[12]).flatten(),
                "person_number" => row.digits("code", &[10, 12]).flatten(),
                // The form of a card's code is the kernel's.
                _ => row.need("code", Cell::code).filter(|code| {
                    let known = NationalId::parse_on(CountryCode::VN, code, today()).is_ok();
                    if !known {
                        row.reject("code", "NOT_A_CODE", "is no code");
                    }
                    known
                }),
            };
            if read.is_none() && row.is_sound() {
                row.reject("code", "REQUIRED", "is required");
            }
            let mut expect = vector["expect"].clone();
            // The number within a card's code is the renewals' to take out.
            expect.as_object_mut().unwrap().remove("bhxh_number");
            assert_eq!(answer(read.map(|code| json!({ "value": code })), row), expect, "{vector}");
        }
    }
}

#[test]
fn births() {
    let rows = vectors("births.jsonl");
    assert_eq!(rows.len(), 36);
    for vector in rows {
        for list in lists(&vector, "birth") {
            let mut row = list.header.reader(&list.rows[0]);
            let birth = row.birth("birth", today()).map(|birth| json!({ "birth": birth.to_string() }));
            assert_eq!(answer(birth, row), vector["expect"], "{vector}");
        }
    }
}

#[test]
fn cover_days() {
    let rows = vectors("cover-days.jsonl");
    assert_eq!(rows.len(), 22);
    for vector in rows {
        for list in lists(&vector, "day") {
            let mut row = list.header.reader(&list.rows[0]);
            let day = row.need("day", Cell::day).map(|day| json!({ "date": day.to_string() }));
            assert_eq!(answer(day, row), vector["expect"], "{vector}");
        }
    }
}

/// A person of a list, as the vectors write one.
fn person(row: &mut RowReader<'_>) -> Value {
    let mut person = json!({ "row": row.number() });
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            person[name] = value.into();
        }
    };
    if row.cell("bhxh_number").is_empty() {
        row.reject("bhxh_number", "REQUIRED", "is required");
    }
    put("bhxh_number", row.digits("bhxh_number", &[10]).flatten());
    let name = row.required("full_name", Names::parse);
    if name.as_ref().is_some_and(|name| is_legacy_vietnamese(name.as_str())) {
        row.reject("full_name", "LEGACY_ENCODING", "must be typed again");
    }
    put("full_name", name.map(|name| name.as_str().to_owned()));
    put("birth", row.birth("birth", today()).map(|birth| birth.to_string()));
    let mobile = row.mobile("mobile", CountryCode::VN).flatten();
    put("mobile", mobile.map(|mobile| mobile.as_e164().to_owned()));
    put("card_from", row.need("card_from", Cell::day).map(|day| day.to_string()));
    put("card_to", row.need("card_to", Cell::day).map(|day| day.to_string()));
    put("agency_code", row.need("agency_code", Cell::code));
    person
}

#[test]
fn files() {
    let rows = vectors("files.jsonl");
    assert_eq!(rows.len(), 17);
    for vector in rows {
        let id = vector["id"].as_str().unwrap();
        let file = bytes(vector["file"].as_str().unwrap());
        let limits = Limits::default();
        let list = read_list(Cursor::new(&file), vector["media_type"].as_str().unwrap(), limits, PEOPLE);
        let expect = &vector["expect"];
        if let Some(refused) = expect["refused"].as_str() {
            assert_eq!(Error::from(list.unwrap_err()).reason(), refused, "{vector}");
            continue;
        }
        let list = list.unwrap_or_else(|error| panic!("{vector}: {error}"));
        let (mut accepted, mut rejected, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for row in &list.rows {
            let mut row = list.header.reader(row);
            let person = person(&mut row);
            let (problems, remarks) = row.finish();
            if problems.is_empty() {
                accepted.push(person);
            }
            rejected.extend(problems.iter().map(
                |problem| json!({ "row": problem.row, "column": problem.column, "violation": problem.reason }),
            ));
            warnings.extend(remarks.iter().map(
                |remark| json!({ "row": remark.row, "column": remark.column, "warning": remark.warning.reason() }),
            ));
        }
        let later = |row: &Value| LATER.iter().any(|(file, number, _)| *file == id && row["row"] == *number);
        let (left, accepted): (Vec<Value>, Vec<Value>) = accepted.into_iter().partition(later);
        assert_eq!(
            left.len(),
            LATER.iter().filter(|(file, ..)| *file == id).count(),
            "read here, judged there"
        );
        let here = |rows: &Value| -> Vec<Value> {
            rows.as_array().unwrap().iter().filter(|row| !later(row)).cloned().collect()
        };
        assert_eq!(accepted, here(&expect["accepted"]), "{vector}");
        assert_eq!(rejected, here(&expect["rejected"]), "{vector}");
        assert_eq!(warnings, here(&expect["warnings"]), "{vector}");
    }
}

#[test]
fn titles_numbering_and_totals_are_passed_over_and_counted() {
    let list =
        read_list(Cursor::new(bytes("files/title-rows.xlsx")), XLSX, Limits::default(), PEOPLE).unwrap();
    assert_eq!(list.passed_over, [1, 2, 5, 9]);
    // A small harmless part that compresses well is no bomb, a sheet of 160 MiB is, and both are known without reading them.
    assert!(memory(&mut Cursor::new(bytes("files/well-compressed.xlsx")), Limits::default()).is_ok());
    let bomb = memory(&mut Cursor::new(bytes("files/bomb.xlsx")), Limits::default());
    assert!(matches!(bomb, Err(TableError::TooLarge(_))));
}
