//! A list as large as a sheet may be takes no more memory than a small one, however it is written.

use std::io::{Cursor, Seek, SeekFrom, Write};

use careway_service::{
    table::{Column, Columns, Limits, ListReader, XLSX},
    workbook::{Heading, Value, Workbook},
};
use zip::{ZipWriter, write::SimpleFileOptions};

const COLUMNS: Columns = Columns::new(&[Column::required("number"), Column::required("name")]);
/// What reading any list may take.
const MOST: usize = 64 << 20;

/// The most memory that this process has had, in bytes, since it was last asked to forget.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

/// Reads a list to its end; its rows, and what that took of memory.
fn read(mut file: std::fs::File, media_type: &str) -> (usize, usize) {
    file.seek(SeekFrom::Start(0)).unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = peak();
    let mut list = ListReader::open(file, media_type, Limits::SHEET, COLUMNS).unwrap();
    let mut rows = 0;
    while list.next_row().unwrap().is_some() {
        rows += 1;
    }
    (rows, peak().saturating_sub(before))
}

fn name(row: usize) -> String {
    format!("Nguyễn Thị {:x}", row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16)
}

/// A workbook whose texts are all different and said in the part that is read before the sheet.
fn of_shared_texts(rows: usize) -> std::fs::File {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let parts = [
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="a" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="a" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="List" sheetId="1" r:id="a"/></sheets></workbook>"#
            ),
        ),
    ];
    let mut zip = ZipWriter::new(tempfile::tempfile().unwrap());
    let options = SimpleFileOptions::default().compression_level(Some(1));
    for (name, text) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    zip.write_all(b"<sst><si><t>Number</t></si><si><t>Name</t></si>").unwrap();
    for row in 0..rows {
        write!(zip, "<si><t>{row:010}</t></si><si><t>{}, {0}, {0}</t></si>", name(row)).unwrap();
    }
    zip.write_all(b"</sst>").unwrap();
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    zip.write_all(b"<worksheet><sheetData>").unwrap();
    for row in 0..=rows {
        write!(zip, "<row><c t=\"s\"><v>{}</v></c><c t=\"s\"><v>{}</v></c></row>", row * 2, row * 2 + 1)
            .unwrap();
    }
    zip.write_all(b"</sheetData></worksheet>").unwrap();
    zip.finish().unwrap()
}

#[test]
fn memory_does_not_grow_with_the_list() {
    const ROWS: usize = 150_000;
    let headings = [Heading::new("Number", 12), Heading::new("Name", 30)];
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = peak();
    let mut workbook = Workbook::begin(tempfile::tempfile().unwrap(), "List", &headings).unwrap();
    for row in 0..ROWS {
        workbook.row(&[Value::text(format!("{row:010}")), Value::text(name(row))]).unwrap();
    }
    let file = workbook.finish().unwrap();
    let grown = peak().saturating_sub(before);
    assert!(grown < 8 << 20, "written in {} KiB", grown >> 10);

    let (rows, grown) = read(file, XLSX);
    assert_eq!(rows, ROWS);
    assert!(grown < 8 << 20, "texts in their cells: {} KiB", grown >> 10);

    let (rows, grown) = read(of_shared_texts(ROWS), XLSX);
    assert_eq!(rows, ROWS);
    assert!(grown < 16 << 20, "shared texts: {} KiB", grown >> 10);

    let mut csv = tempfile::tempfile().unwrap();
    csv.write_all(b"Number;Name\n").unwrap();
    for row in 0..ROWS {
        writeln!(csv, "{row:010};\"{}\"", name(row)).unwrap();
    }
    let (rows, grown) = read(csv, "text/csv");
    assert_eq!(rows, ROWS);
    assert!(grown < 8 << 20, "text: {} KiB", grown >> 10);

    // A sheet of nothing but its own size, and a text that never ends.
    let long = format!("number,name\n\"{}", "a\n".repeat(8 << 20));
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = peak();
    let mut list = ListReader::open(Cursor::new(long), "text/csv", Limits::SHEET, COLUMNS).unwrap();
    assert!(list.next_row().is_err());
    assert!(peak().saturating_sub(before) < MOST / 2);
}
