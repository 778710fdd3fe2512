//! What a workbook keeps of what it is given, read back by the reader of lists.

use std::io::{Cursor, Read as _};

use chrono::NaiveDate;
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value as Json, json};
use zip::ZipArchive;

use super::*;
use crate::{
    Error, Kind,
    table::{Cell, Limits, Rows, XLSX},
};

fn written(rows: &[Vec<Value>], headings: &[Heading], last_row: u32) -> Vec<u8> {
    let mut workbook = Workbook::begin_with(Vec::new(), "List", headings, last_row).unwrap();
    for row in rows {
        workbook.row(row).unwrap();
    }
    workbook.finish().unwrap()
}

fn part(file: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The style that a cell names, from the part that says what it is.
fn style(sheet: &str, place: &str) -> (String, bool) {
    let cell = sheet.split_once(&format!("<c r=\"{place}\" s=\"")).unwrap().1;
    let at: usize = cell.split_once('"').unwrap().0.parse().unwrap();
    let styles = parts::STYLES.split_once("<cellXfs").unwrap().1;
    let style = styles.split("<xf ").nth(at + 1).unwrap();
    let id = style.split_once("numFmtId=\"").unwrap().1.split_once('"').unwrap().0;
    let format = match id {
        "49" => "@",
        "164" => "dd/mm/yyyy",
        _ => "",
    };
    (format.to_owned(), style.contains("quotePrefix=\"1\""))
}

/// The vectors of renewals about the cells of exports.
#[test]
fn exported_cells() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/renewals/exported-cells.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let vectors: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(vectors.len(), 17);
    for vector in vectors {
        let (column, given) = (vector["column"].as_str().unwrap(), vector["value"].as_str().unwrap());
        let value = match column {
            "card_from" | "card_to" => Value::Date(day(given)),
            "amount" => Value::Number(given.parse().unwrap()),
            _ => Value::text(given),
        };
        let file = written(&[vec![value]], &[Heading::new(column, 10)], LAST_ROW);
        let sheet = part(&file, "xl/worksheets/sheet1.xml");
        let kept = sheet.split_once("<c r=\"A2\"").unwrap().1.split_once("</c>").unwrap().0;
        let number =
            || kept.split_once("<v>").unwrap().1.split_once("</v>").unwrap().0.parse::<i64>().unwrap();
        let (format, quote_prefix) = style(&sheet, "A2");
        let mut rows = Rows::open(Cursor::new(&file), XLSX, Limits::default()).unwrap();
        rows.next_row().unwrap();
        let cell = rows.next_row().unwrap().unwrap().cells.remove(0);
        let found = match vector["expect"]["type"].as_str().unwrap() {
            "date" => {
                assert_eq!(cell, Cell::Date(day(given)), "{vector}");
                json!({ "type": "date", "serial": number(), "format": format })
            }
            "number" => json!({ "type": "number", "value": number() }),
            _ => {
                let Cell::Text(text) = cell else { panic!("{vector}: {cell:?}") };
                json!({ "type": "text", "value": text, "format": format, "quote_prefix": quote_prefix })
            }
        };
        assert_eq!(found, vector["expect"], "{vector}");
        assert!(!sheet.contains("<f>") && !sheet.contains("hyperlink"), "{vector}: nothing acts");
    }
}

#[test]
fn texts_are_what_they_were() {
    let texts = [
        "Trương Thị Ẩn",
        "a & b < c > \"d\"",
        "_x0041_ and _x",
        "two\nlines",
        "'quoted",
        "0123",
        "1e5",
        "#N/A",
    ];
    let rows: Vec<_> = texts.iter().map(|text| vec![Value::text(*text), Value::Empty]).collect();
    let file = written(&rows, &[Heading::new("a", 9), Heading::new("b", 9)], LAST_ROW);
    let mut rows = Rows::open(Cursor::new(&file), XLSX, Limits::default()).unwrap();
    rows.next_row().unwrap();
    for text in texts {
        let row = rows.next_row().unwrap().unwrap();
        assert_eq!(row.cells, [Cell::Text(text.into())]);
    }
    assert!(rows.next_row().unwrap().is_none());
}

#[test]
fn rows_beyond_a_sheet_are_in_the_next() {
    let rows: Vec<_> = (1..=5).map(|number| vec![Value::Number(number)]).collect();
    let file = written(&rows, &[Heading::new("number", 9)], 3);
    let said = |sheet: &str| {
        let text = part(&file, sheet);
        text.split("<v>").skip(1).map(|rest| rest.split_once('<').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(said("xl/worksheets/sheet1.xml"), ["1", "2"]);
    assert_eq!(said("xl/worksheets/sheet2.xml"), ["3", "4"]);
    assert_eq!(said("xl/worksheets/sheet3.xml"), ["5"]);
    assert!(part(&file, "xl/workbook.xml").contains("name=\"List 3\" sheetId=\"3\""));
    assert!(part(&file, "xl/worksheets/sheet3.xml").contains(">number<"), "under the same heading");
    assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
}

#[tokio::test]
async fn a_workbook_is_given_out_in_pieces() {
    let batches = (0..50).map(|batch| {
        Ok((0..100).map(|row| vec![Value::text(format!("{:x}", batch * row * 7919))]).collect())
    });
    let headings = vec![Heading::new("a", 9)];
    let pieces = stream("List", headings, futures::stream::iter(batches.collect::<Vec<_>>()));
    let pieces: Vec<_> = pieces.try_collect().await.unwrap();
    let file = pieces.concat();
    let mut rows = Rows::open(Cursor::new(&file), XLSX, Limits::default()).unwrap();
    let mut count = 0;
    while rows.next_row().unwrap().is_some() {
        count += 1;
    }
    // One is zero times something: `0` is a text, too.
    assert_eq!(count, 5001);
}

#[tokio::test]
async fn what_breaks_off_is_no_whole_workbook() {
    let rows = Ok(vec![vec![Value::text("a")]]);
    let failed = Err(Error::internal(anyhow::anyhow!("gone")));
    let pieces = stream("List", vec![Heading::new("a", 9)], futures::stream::iter([rows, failed]));
    let error = pieces.map_err(|error| error.kind()).try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error, Kind::Internal);

    // Who stops taking pieces stops the rows.
    let (taken, told) = tokio::sync::oneshot::channel::<()>();
    let endless = futures::stream::unfold(taken, |taken| async move {
        let rows = (0..1000).map(|row| vec![Value::text(format!("{:x}", row * 104_729))]).collect();
        Some((Ok(rows), taken))
    });
    let mut pieces = stream("List", vec![Heading::new("a", 9)], endless);
    pieces.next().await.unwrap().unwrap();
    drop(pieces);
    assert!(told.await.is_err(), "the rows are dropped");
}
