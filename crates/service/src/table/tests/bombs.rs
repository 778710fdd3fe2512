//! Workbooks that are made to cost much, and what they cost: a refusal, or as little as any list.

use super::*;

const FIRST: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>"#;

fn refused(file: Vec<u8>) -> TableError {
    read(file.into(), XLSX, Limits::SHEET).unwrap_err()
}

/// The same file, with a directory that claims to have so many parts.
fn claiming(mut file: Vec<u8>, parts: u64) -> Vec<u8> {
    let end = file.len() - 22;
    let (size, at) = (file[end + 12..end + 16].to_vec(), file[end + 16..end + 20].to_vec());
    let record_at = end as u64;
    let mut record = b"PK\x06\x06".to_vec();
    record.extend(44_u64.to_le_bytes());
    record.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    record.extend(parts.to_le_bytes());
    record.extend(parts.to_le_bytes());
    record.extend([&size[..], &[0; 4], &at[..], &[0; 4]].concat());
    record.extend(b"PK\x06\x07\0\0\0\0");
    record.extend(record_at.to_le_bytes());
    record.extend(1_u32.to_le_bytes());
    let mut close = file.split_off(end);
    close[8..12].fill(0xff);
    [file, record, close].concat()
}

#[test]
fn a_directory_is_not_believed() {
    let file = workbook(FIRST, &texts(&[]));
    for claim in [1_000_000, 1 << 40, u64::MAX] {
        assert!(matches!(refused(claiming(file.clone(), claim)), TableError::TooLarge(_)), "{claim}");
    }
}

#[test]
fn cells_without_number_or_end() {
    // Four million columns, and rows that go back.
    let far = r#"<row r="1"><c r="HZZZZ1"><v>1</v></c></row>"#;
    assert!(matches!(refused(workbook(far, &texts(&[]))), TableError::TooLarge(_)));
    let overflowing = format!(r#"<row r="1"><c r="{}1"><v>1</v></c></row>"#, "Z".repeat(1000));
    assert!(matches!(refused(workbook(&overflowing, &texts(&[]))), TableError::TooLarge(_)));
    let many: String = (0..200_000).map(|_| "<c/>").collect();
    let empty = format!(r#"{FIRST}<row r="2">{many}<c r="A2"><v>5</v></c></row>"#);
    assert_eq!(xlsx(workbook(&empty, &texts(&[]))).unwrap().rows.len(), 1, "empty cells are none");
    let unended = parts(&[("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\"><c><v>1")]);
    assert!(matches!(refused(unended), TableError::Unreadable(_)));
}

#[test]
fn one_tag_or_text_without_end() {
    let noise: String =
        (0..700_000_u32).map(|at| format!("{:03x}", at.wrapping_mul(2_654_435_761) >> 20)).collect();
    let text = format!(r#"<row r="1"><c r="A1" t="inlineStr"><is><t>{noise}</t></is></c></row>"#);
    assert!(matches!(refused(workbook(&text, &texts(&[]))), TableError::TooLarge(_)));
    let tag = format!(r#"<row r="1" x="{noise}"></row>"#);
    assert!(matches!(refused(workbook(&tag, &texts(&[]))), TableError::TooLarge(_)));
    let shared = texts(&[&noise[..40_000]]);
    assert!(
        matches!(refused(workbook(FIRST, &shared)), TableError::TooLarge(_)),
        "longer than a cell can be"
    );
}

#[test]
fn entities_of_its_own_are_refused() {
    let entities = r#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"#;
    let file = parts(&[("xl/worksheets/sheet1.xml", entities)]);
    assert!(matches!(refused(file), TableError::Unreadable(_)));
    let undefined = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>"#;
    assert!(matches!(refused(workbook(undefined, &texts(&[]))), TableError::Unreadable(_)));
}

#[test]
fn a_part_that_says_another_sum_is_refused() {
    let mut file = workbook(FIRST, &texts(&["a", "b"]));
    let name = b"xl/sharedStrings.xml";
    let central = file.windows(name.len()).rposition(|bytes| bytes == name).unwrap() - 46;
    file[central + 16] ^= 1;
    assert!(matches!(refused(file), TableError::Unreadable(_)));
}

#[test]
fn texts_that_are_many_are_read_from_where_they_lie() {
    // More than memory keeps, asked for back and forth.
    let many: Vec<String> =
        (0..120_000_u32).map(|at| format!("{at}-{:x}", u64::from(at) * 982_451_653_u64 * 7919)).collect();
    let refs: Vec<&str> = many.iter().map(String::as_str).collect();
    let wanted = [0, 119_999, 60_000, 1, 119_998, 60_001, 0];
    let rows: String = (2..)
        .zip(wanted)
        .map(|(row, text)| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>{text}</v></c></row>"#))
        .collect();
    let table = xlsx(workbook(&format!("{FIRST}{rows}"), &texts(&refs))).unwrap();
    let found: Vec<String> = table.rows.iter().flat_map(said).collect();
    assert_eq!(found, wanted.map(|at| many[at].clone()));
}

#[test]
fn rich_texts_are_their_texts_and_sounds_are_none() {
    let sst = format!(
        r#"{HEAD}<sst><si><r><t>Nguyễn </t></r><r><rPr><b/></rPr><t xml:space="preserve">Thị &amp; co</t></r></si><si><t>課</t><rPh sb="0" eb="1"><t>か</t></rPh></si></sst>"#
    );
    let rows = r#"<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>1</v></c><c r="B2" t="str"><f>"a"&amp;1</f><v>a1</v></c></row>"#;
    let table = xlsx(workbook(rows, &sst)).unwrap();
    assert_eq!(table.columns, ["nguyễn_thị_co", "課"]);
    assert_eq!(said(&table.rows[0]), ["1", "a1"], "without places, cells follow one another");
}
