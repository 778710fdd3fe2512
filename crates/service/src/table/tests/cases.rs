//! The kinds of `tests/vectors/visits/cases.py` that are about lists, where the table answers for them.

use super::{Given::*, *};
use proptest::prelude::*;

const COLUMNS: Columns = Columns::new(&[
    Column::required("member_number"),
    Column::required("family_name"),
    Column::required("given_names"),
    Column::required("birth_date"),
    Column::required("sex"),
    Column::optional("national_id"),
    Column::optional("remarks"),
]);
const HEADER: &str = "member_number,family_name,given_names,birth_date,sex,remarks\n";
const TITLES: [super::Given<'static>; 6] = [
    Text("member_number"),
    Text("family_name"),
    Text("given_names"),
    Text("birth_date"),
    Text("sex"),
    Text("national_id"),
];

fn list(bytes: &[u8], media_type: &str) -> Result<List, TableError> {
    read_list(Cursor::new(bytes), media_type, Limits::default(), COLUMNS)
}

fn lines(text: &str) -> Result<List, TableError> {
    list(text.as_bytes(), "text/csv")
}

/// The rows of a list that has something wrong in `birth_date`.
fn wrong_rows(text: &str) -> Vec<u32> {
    let list = lines(text).unwrap();
    let wrong = |row: &&Row| {
        let mut row = list.header.reader(row);
        row.read("birth_date", Cell::date);
        !row.is_sound()
    };
    list.rows.iter().filter(wrong).map(|row| row.number).collect()
}

#[test]
fn numbers_shown_with_leading_zeros_are_read_as_they_are_shown() {
    let row = [
        Number(1_234_567.0, "000000000"),
        Text("Uwase"),
        Text("Aline"),
        Text("1990-04-12"),
        Text("F"),
        Number(1_090_000_123.0, "000000000000"),
    ];
    let list = list(&sheet(&[&TITLES, &row], false), XLSX).unwrap();
    let mut row = list.header.reader(&list.rows[0]);
    assert_eq!(
        row.required("member_number", |text| Ok::<_, CellError>(text.to_owned())).as_deref(),
        Some("001234567")
    );
    assert_eq!(row.digits("national_id", &[12]), Some(Some("001090000123".to_owned())));
    assert!(row.is_sound());

    // What the reader does not follow is refused, never read as another number.
    let unclear = [Number(5.5, "00.00"), Number(-4.0, "0000"), Number(7.0, "[<9]000;0")];
    for cell in unclear {
        let list = super::xlsx(sheet(&[&[Text("a")], &[cell]], false)).unwrap();
        assert_eq!(list.rows[0].cells[0].text(), Err(CellError::ShownOtherwise));
    }
}

#[test]
fn a_price_stays_a_price() {
    let row = [
        Number(1500.0, "#,##0"),
        Number(12.5, "0.00"),
        Number(0.1, "General"),
        Number(-3.0, "#,##0;(#,##0)"),
    ];
    let table = xlsx(sheet(&[&[Text("a"), Text("b"), Text("c"), Text("d")], &row], false)).unwrap();
    assert_eq!(said(&table.rows[0]), ["1500", "12.5", "0.1", "-3"]);
}

#[test]
fn a_quote_that_is_never_closed_refuses_the_list() {
    for (text, row) in [
        (
            "B-1,Uwase,Aline,1990-01-01,F,\"moved in 2020\nB-2,Keza,Marie,1990-01-01,F,\nB-3,Mugabo,Jean,1990-01-01,M,\n",
            2,
        ),
        ("B-1,Uwase,Aline,1990-01-01,F,\"moved”\nB-2,Keza,Marie,1990-01-01,F,\n", 2),
        ("B-1,Uwase,Aline,1990-01-01,F,\"moved\n", 2),
        // The next quote would end it in the middle of another row.
        ("B-1,Uwase,Aline,1990-01-01,F,\"moved\nB-2,Keza,Marie,1990-01-01,F,\"new\"\n", 2),
        (
            "B-1,Uwase,Aline,1990-01-01,F,\nB-2,\"Keza,Marie,1990-01-01,F,\nB-3,Mugabo,Jean,1990-01-01,M,\"\n",
            3,
        ),
        // A quote within a quoted cell that is not doubled.
        ("B-1,\"Uwase \"Ali\" M\",Aline,1990-01-01,F,\n", 2),
    ] {
        assert_eq!(lines(&format!("{HEADER}{text}")), Err(TableError::OpenQuote(row)), "{text}");
    }
    // Inches and remarks: a quote within a cell that does not begin with one is a character.
    let list = lines(&format!("{HEADER}B-1,Uwase,Aline,1990-01-01,F,5\" tall\n")).unwrap();
    assert_eq!(list.header.cell(&list.rows[0], "remarks").text(), Ok("5\" tall".to_owned()));
}

#[test]
fn a_row_has_the_number_that_a_spreadsheet_shows() {
    let soon = "B-9,Keza,Marie,soon,F,";
    let good = "B-1,Uwase,Aline,1990-01-01,F,";
    assert_eq!(wrong_rows(&format!("{HEADER}{good}\n{soon}\n").replace('\n', "\r")), [3]);
    assert_eq!(wrong_rows(&format!("{HEADER}{good}\"two\nlines\"\n{soon}\n")), [3]);
    assert_eq!(wrong_rows(&format!("{HEADER}{good}\"a\r\nb\r\nc\"\r\n{soon}\r\n")), [3]);
    assert_eq!(wrong_rows(&format!("{HEADER}{good}\n{good}\n{soon}").replace('\n', "\r")), [4]);
    assert_eq!(wrong_rows(&format!("{HEADER}\n{good}\n ,,\n{soon}")), [5]);
    assert_eq!(wrong_rows(&format!("sep=,\r\n{HEADER}{soon}")), [3]);
}

#[test]
fn a_cell_that_holds_an_error_is_no_text() {
    for error in ["#N/A", "#NAME?", "#REF!", "#DIV/0!", "#SPILL!"] {
        let row = [Text("E-10001"), Text("Uwase"), Error(error), Text("1990-04-12"), Text("F")];
        let list = list(&sheet(&[&TITLES, &row], false), XLSX).unwrap();
        let mut row = list.header.reader(&list.rows[0]);
        assert_eq!(row.required("given_names", |text| Ok::<_, CellError>(text.to_owned())), None);
        let (problems, _) = row.finish();
        assert_eq!(problems.len(), 1);
        let problem = &problems[0];
        assert_eq!((problem.row, problem.column, problem.reason), (2, "given_names", "ERROR_VALUE"));
        assert_eq!(
            (problem.value.as_str(), problem.message.as_str()),
            (error, &*format!("holds the error {error}"))
        );
    }
    let unknown = super::xlsx(sheet(&[&[Text("a")], &[Error("#NEW!")]], false)).unwrap();
    assert_eq!(unknown.rows[0].cells[0], Cell::Fault(CellError::Error("#ERROR")));
}

#[test]
fn columns_that_nothing_is_done_with_are_named() {
    let header = HEADER.trim_end();
    let list = lines(&format!("{header},Mobile Phone,Ghi chú\n")).unwrap();
    assert_eq!(list.header.unknown(), ["mobile_phone", "ghi_chú"]);
    assert_eq!(list.report(true).unknown_columns, ["mobile_phone", "ghi_chú"]);
    assert_eq!(lines("member_number,Sex\n1,F\n"), Err(TableError::ColumnMissing("family_name")));
    // Titles without regard to case, diacritics and signs.
    let list = lines("MEMBER-NUMBER;Family Name;Gíven names;birthDate;Sex\n1;a;b;c;d\n").unwrap();
    assert_eq!(list.header.cell(&list.rows[0], "given_names").text(), Ok("b".to_owned()));
}

#[test]
fn the_line_that_tells_the_separator() {
    for first in ["sep=;\r\n", "SEP=;\n", "\"sep=;\"\n", "\u{feff}sep=;\r\n"] {
        let list =
            lines(&format!("{first}{}B-1;Uwase;Al,ine;1990-01-01;F;\n", HEADER.replace(',', ";"))).unwrap();
        let row = &list.rows[0];
        assert_eq!(
            (row.number, list.header.cell(row, "given_names").text()),
            (3, Ok("Al,ine".to_owned())),
            "{first:?}"
        );
    }
    let pipes = lines(&format!("sep=|\n{}B-1|Uwase|a|b|F|\n", HEADER.replace(',', "|"))).unwrap();
    assert_eq!(pipes.rows.len(), 1);
    assert!(matches!(lines("sep=ab\nx,y\n"), Err(TableError::ColumnMissing(_))));
}

#[test]
fn byte_order_marks_and_utf_16() {
    let text = format!("{HEADER}B-1,Uwase,Ali\u{e8}ne,1990-01-01,F,\n");
    let utf16 = |of: fn(u16) -> [u8; 2], mark: [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(of)).collect()
    };
    let expected = lines(&text).unwrap();
    assert_eq!(lines(&format!("\u{feff}{text}")), Ok(expected.clone()));
    let little = utf16(u16::to_le_bytes, [0xff, 0xfe]);
    assert_eq!(list(&little, "text/csv"), Ok(expected.clone()));
    assert_eq!(list(&utf16(u16::to_be_bytes, [0xfe, 0xff]), "text/plain"), Ok(expected));
    assert!(matches!(list(&little[..little.len() - 1], "text/csv"), Err(TableError::Unreadable(_))));
    assert!(matches!(list(&little[2..], "text/csv"), Err(TableError::Unreadable(_))), "without its mark");
}

#[test]
fn what_nobody_sees_is_no_part_of_a_cell() {
    let list = lines(&format!(
        "{HEADER}\u{feff}B-1\u{200b},U\u{2060}wase,Al\u{ad}ine,\u{202a}1990-01-01\u{202c},F,\n"
    ))
    .unwrap();
    let row = &list.rows[0];
    let said = |column| list.header.cell(row, column).text().unwrap();
    assert_eq!(["member_number", "family_name", "given_names"].map(said), ["B-1", "Uwase", "Aline"]);
    assert_eq!(list.header.cell(row, "birth_date").date(), Ok(NaiveDate::from_ymd_opt(1990, 1, 1)));
    // Joiners of a script are kept.
    let table = csv("name\nর\u{200d}্যাব\n").unwrap();
    assert_eq!(said_of(&table), "র\u{200d}্যাব");
    // U+0000 is no text; another control makes its cell no text.
    assert!(matches!(lines(&format!("{HEADER}B\0,a,b,c,d,\n")), Err(TableError::Unreadable(_))));
    let table = csv("name\na\u{b}b\n").unwrap();
    assert_eq!(table.rows[0].cells[0].text(), Err(CellError::Invisible('\u{b}')));
    let escaped = xlsx(workbook(
        r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>"#,
        &texts(&["name", "a_x0000_b"]),
    ))
    .unwrap();
    assert_eq!(escaped.rows[0].cells[0].text(), Err(CellError::Invisible('\0')));
}

fn said_of(table: &Table) -> String {
    table.rows[0].cells[0].text().unwrap()
}

#[test]
fn a_text_that_is_said_once_and_shown_often_is_counted_as_often() {
    let rows: String =
        (1..3000).map(|row| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#)).collect();
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    let long = texts(&[&"x".repeat(1000)]);
    let file = workbook(&rows, &long);
    assert!(matches!(read(file.clone().into(), XLSX, limits), Err(TableError::TooLarge(_))));
    let needed = memory(&mut Cursor::new(&file), limits).unwrap();
    assert!((1 << 20..8 << 20).contains(&needed), "{needed}");
}

#[test]
fn every_row_is_read_by_itself_counted_and_told_in_its_order() {
    let text = format!("{HEADER}B-1,a,b,1990-01-01,F,\n,a,,soon,F,\nB-3,a,b,never,F,,more\nB-4,a,b,,F,\n");
    let (read, mut report) = lines(&text).unwrap().read(true, |row| {
        let number = row.required("member_number", |text| Ok::<_, CellError>(text.to_owned()));
        row.read("birth_date", Cell::date);
        row.warn("member_number", CellWarning::LeadingZeroRestored);
        Some((row.number(), number?))
    });
    assert_eq!(read, [(2, "B-1".to_owned()), (5, "B-4".to_owned())]);
    report.note(2, Outcome::Created);
    report.reject_row(5, "member_number", "UNKNOWN", "no such member");
    let rows: Vec<_> = report.rows().map(|row| (row.row, row.outcome, row.remarks.len())).collect();
    let (created, rejected) = (Outcome::Created, Outcome::Rejected);
    assert_eq!(rows, [(2, created, 1), (3, rejected, 0), (4, rejected, 0), (5, rejected, 0)]);
    assert_eq!((report.count(created), report.count(rejected), report.total()), (1, 3, 4));
    let told: Vec<_> =
        report.problems().take(3).map(|it| (it.row, it.column, it.reason, it.value.as_str())).collect();
    let expected = [
        (3, "member_number", "REQUIRED", ""),
        (3, "birth_date", "NOT_A_DATE", "soon"),
        (4, "", "TOO_MANY_CELLS", ""),
    ];
    assert_eq!(told, expected);
}

proptest! {
    /// Whatever a writer of CSV writes is read as it was, in the row it was in.
    #[test]
    fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::vec("[a-z\"; \u{e9}]{0,6}", 2..5), 1..8)) {
        let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        writer.write_record(["first", "second", "third", "fourth"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let table = read(bytes.into(), "text/csv", Limits::default()).unwrap();
        let expected: Vec<(u32, Vec<String>)> = (2..)
            .zip(&rows)
            .map(|(number, row)| {
                let mut cells: Vec<String> = row.iter().map(|cell| cell.trim().to_owned()).collect();
                cells.truncate(cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
                (number, cells)
            })
            .filter(|(_, cells)| !cells.is_empty())
            .collect();
        let read: Vec<(u32, Vec<String>)> = table.rows.iter().map(|row| (row.number, said(row))).collect();
        prop_assert_eq!(read, expected);
    }
}
