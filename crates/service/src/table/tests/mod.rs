//! What tables may look like, and what they may not cost.

use std::io::{Cursor, Write};

mod bombs;
mod cases;
mod vectors;
mod whole;

use bytes::Bytes;
use chrono::NaiveDate;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use whole::read;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

/// A workbook of one sheet from its `<row>`s and shared texts.
fn workbook(rows: &str, texts: &str) -> Vec<u8> {
    parts(&[
        ("xl/worksheets/sheet1.xml", &format!("{HEAD}<worksheet><sheetData>{rows}</sheetData></worksheet>")),
        ("xl/sharedStrings.xml", texts),
    ])
}

fn parts(more: &[(&str, &str)]) -> Vec<u8> {
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let fixed = [
        (
            "_rels/.rels",
            format!(
                r#"{HEAD}<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{kind}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"{HEAD}<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{kind}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"{HEAD}<workbook xmlns="{main}" xmlns:r="{kind}"><sheets><sheet name="Members" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                r#"{HEAD}<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
            ),
        ),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let given = |name: &str| more.iter().any(|(more, _)| *more == name);
    let fixed = fixed.iter().map(|(name, text)| (*name, text.as_str())).filter(|(name, _)| !given(name));
    for (name, text) in fixed.chain(more.iter().copied()) {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A cell of a workbook that is made for a test.
#[derive(Clone, Copy)]
enum Given<'a> {
    Text(&'a str),
    /// With its number format.
    Number(f64, &'a str),
    Error(&'a str),
}

/// A workbook of one sheet with these rows, which counts its days from 1900 or from 1904.
fn sheet(rows: &[&[Given<'_>]], date1904: bool) -> Vec<u8> {
    use std::fmt::Write as _;
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let (mut forms, mut lines) = (vec!["General"], String::new());
    for (at, row) in (1..).zip(rows) {
        let _ = write!(lines, r#"<row r="{at}">"#);
        for (column, cell) in ('A'..).zip(row.iter()) {
            let place = format!("{column}{at}");
            let _ = match *cell {
                Given::Text(text) => {
                    write!(
                        lines,
                        r#"<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#,
                        escaped(text)
                    )
                }
                Given::Error(error) => write!(lines, r#"<c r="{place}" t="e"><v>{error}</v></c>"#),
                Given::Number(number, form) => {
                    let style = forms.iter().position(|known| *known == form).unwrap_or_else(|| {
                        forms.push(form);
                        forms.len() - 1
                    });
                    write!(lines, r#"<c r="{place}" s="{style}"><v>{number}</v></c>"#)
                }
            };
        }
        lines.push_str("</row>");
    }
    let (mut formats, mut styles) = (String::new(), String::new());
    for (id, form) in (164..).zip(&forms) {
        let _ = write!(formats, r#"<numFmt numFmtId="{id}" formatCode="{}"/>"#, escaped(form));
        let _ = write!(styles, r#"<xf numFmtId="{id}" applyNumberFormat="1"/>"#);
    }
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheets = format!(
        r#"{HEAD}<workbook xmlns="{main}" xmlns:r="{kind}"><workbookPr date1904="{date1904}"/><sheets><sheet name="List" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let styles = format!(
        r#"{HEAD}<styleSheet xmlns="{main}"><numFmts count="{}">{formats}</numFmts><cellXfs count="{}">{styles}</cellXfs></styleSheet>"#,
        forms.len(),
        forms.len()
    );
    parts(&[
        ("xl/worksheets/sheet1.xml", &format!("{HEAD}<worksheet><sheetData>{lines}</sheetData></worksheet>")),
        ("xl/workbook.xml", &sheets),
        ("xl/styles.xml", &styles),
    ])
}

fn texts(texts: &[&str]) -> String {
    let items: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    format!(r#"{HEAD}<sst uniqueCount="{}">{items}</sst>"#, texts.len())
}

fn csv(text: &str) -> Result<Table, TableError> {
    read(Bytes::copy_from_slice(text.as_bytes()), "text/csv; charset=utf-8", Limits::default())
}

fn xlsx(bytes: Vec<u8>) -> Result<Table, TableError> {
    read(bytes.into(), XLSX, Limits::default())
}

fn said(row: &Row) -> Vec<String> {
    row.cells.iter().map(|cell| cell.text().unwrap()).collect()
}

#[test]
fn separators_quotes_and_a_byte_order_mark() {
    for (separator, text) in [
        (',', "\u{feff}Member Number,NAME\r\n"),
        (';', "\u{feff}member-number;name\n"),
        ('\t', "MEMBER_NUMBER\tName\n"),
    ] {
        let table =
            csv(&format!("{text}1{separator}\"a{separator} \"\"b\"\"\"\n\n  \n2{separator}c")).unwrap();
        assert_eq!(table.columns, ["member_number", "name"]);
        assert_eq!(table.column("memberNumber"), Some(0));
        assert_eq!(said(&table.rows[0]), ["1".to_owned(), format!("a{separator} \"b\"").replace("\t ", " ")]);
        assert_eq!((table.rows[1].number, said(&table.rows[1])), (5, vec!["2".to_owned(), "c".to_owned()]));
    }
}

#[test]
fn a_single_column_needs_no_separator() {
    let table = csv("member number\n1\n2\n").unwrap();
    assert_eq!((table.columns.len(), table.rows.len()), (1, 2));
}

#[test]
fn text_is_in_nfc_and_trimmed() {
    let table = csv("ho ten\n\u{a0} Nguye\u{302}\u{303}n \n").unwrap();
    assert_eq!(said(&table.rows[0]), ["Nguyễn"]);
}

#[test]
fn dates_are_iso() {
    let table = csv("a,b,c\n1990-04-12,12/04/1990,\n").unwrap();
    let row = &table.rows[0];
    assert_eq!(row.cell(Some(0)).date(), Ok(NaiveDate::from_ymd_opt(1990, 4, 12)));
    assert_eq!(row.cell(Some(1)).date(), Err(CellError::Date));
    assert_eq!(row.cell(Some(2)).date(), Ok(None));
    assert_eq!(row.cell(None).text(), Ok(String::new()));
}

#[test]
fn not_text_not_taken() {
    assert!(matches!(csv(""), Err(TableError::Unreadable(_))));
    assert!(matches!(csv("a,a\n"), Err(TableError::Unreadable(_))));
    let latin1 = Bytes::from_static(b"name\nJos\xe9\n");
    assert!(matches!(read(latin1, "text/csv", Limits::default()), Err(TableError::Unreadable(_))));
    let pdf = Bytes::from_static(b"%PDF-1.7");
    assert!(matches!(read(pdf, "application/pdf", Limits::default()), Err(TableError::Unreadable(_))));
    let book = Bytes::from(workbook("", &texts(&[])));
    assert!(matches!(read(book, "text/csv", Limits::default()), Err(TableError::Unreadable(_))));
}

#[test]
fn bounds_of_text() {
    let limits = Limits { bytes: 60, rows: 2, columns: 3, cells: 4, ..Limits::default() };
    let read = |text: &str| read(Bytes::copy_from_slice(text.as_bytes()), "text/csv", limits);
    assert!(read("a,b\n1,2\n3,4\n").is_ok());
    for text in ["a\n1\n2\n3\n", "a,b,c,d\n1\n", "a\n1,2,3,4\n", "a,b,c\n1,2,3\n1,2,3\n", &"a".repeat(61)] {
        assert!(matches!(read(text), Err(TableError::TooLarge(_))), "{text}");
    }
}

#[test]
fn a_workbook_keeps_texts_numbers_and_dates_apart() {
    let rows = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t>National id</t></is></c></row>
        <row r="3"><c r="A3"><v>451</v></c><c r="B3" s="1"><v>32975</v></c><c r="D3"><v>1199080012345601</v></c></row>
        <row r="4"><c r="A4" t="s"><v>2</v></c></row>"#;
    let table =
        xlsx(workbook(rows, &texts(&["Member number", "Birth date", "Nguye\u{302}\u{303}n"]))).unwrap();
    assert_eq!(table.columns, ["member_number", "birth_date", "", "national_id"]);
    let row = &table.rows[0];
    assert_eq!(row.number, 3);
    assert_eq!(row.cell(Some(0)).text(), Ok("451".to_owned()));
    assert_eq!(row.cell(Some(1)).date(), Ok(NaiveDate::from_ymd_opt(1990, 4, 12)));
    assert_eq!(row.cell(Some(1)).text(), Ok("1990-04-12".to_owned()));
    assert_eq!(row.cell(table.column("nationalId")).text(), Err(CellError::DigitsLost));
    assert_eq!((table.rows[1].number, said(&table.rows[1])), (4, vec!["Nguyễn".to_owned()]));
}

#[test]
fn a_cell_in_the_far_corner_costs_nothing() {
    let rows =
        r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert!(matches!(xlsx(workbook(rows, &texts(&[]))), Err(TableError::TooLarge(_))));
    let rows =
        r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>"#;
    assert_eq!(xlsx(workbook(rows, &texts(&[]))).unwrap().rows[0].number, 1_048_576);
}

#[test]
fn what_would_inflate_is_refused_before_it_is_read() {
    let bomb = workbook(&" ".repeat(4 << 20), &texts(&[]));
    assert!(bomb.len() < 20 << 10);
    assert!(matches!(xlsx(bomb), Err(TableError::TooLarge(_))));

    let limits = Limits { inflated_bytes: 4 << 10, ..Limits::default() };
    let large = workbook(&" ".repeat(8 << 10), &texts(&[]));
    assert!(matches!(read(large.into(), XLSX, limits), Err(TableError::TooLarge(_))));

    let many: Vec<_> = (0..200).map(|index| (format!("xl/{index}.xml"), HEAD)).collect();
    let many: Vec<_> = many.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    assert!(matches!(xlsx(parts(&many)), Err(TableError::TooLarge(_))));
}

#[test]
fn a_claimed_number_of_texts_is_not_believed() {
    let row = r#"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#;
    for claim in ["99999999999", "99999999999999999999999", "&#57;9"] {
        let texts = format!(
            r#"{HEAD}<!--{}--><sst uniqueCount="{claim}"><si><t>a</t></si></sst>"#,
            "x".repeat(70_000)
        );
        assert_eq!(xlsx(workbook(row, &texts)).unwrap().columns, ["a"], "{claim}");
        let none = format!(r#"{HEAD}<sst uniqueCount="{claim}"></sst>"#);
        assert!(matches!(xlsx(workbook(row, &none)), Err(TableError::Unreadable(_))), "{claim}");
    }
    let utf16: Vec<u8> = "<sst/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = String::from_utf8(utf16).unwrap();
    assert!(matches!(xlsx(workbook("", &utf16)), Err(TableError::Unreadable(_))));
}

#[test]
fn broken_workbooks_are_refused() {
    let whole = workbook("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", &texts(&[]));
    for cut in [5, whole.len() / 2, whole.len() - 3] {
        assert!(xlsx(whole[..cut].to_vec()).is_err());
    }
    let backwards = r#"<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>"#;
    assert!(matches!(xlsx(workbook(backwards, &texts(&[]))), Err(TableError::Unreadable(_))));
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
            let _ = read(Bytes::from(bytes), "", Limits::default());
        }
    }
}
