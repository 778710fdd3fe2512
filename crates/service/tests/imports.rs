//! Many lists at once that unpack to much: what the process takes of memory stays bounded.

use std::io::{Cursor, Write as _};

use careway_contract::google::api::HttpBody;
use careway_kernel::{Clock, OrganizationId};
use careway_service::{
    Imports,
    imports::{ImportBounds, ListFile},
    table::{Column, Columns, Limits, XLSX, memory},
};
use futures::StreamExt as _;
use zip::{ZipWriter, write::SimpleFileOptions};

const BOMBS: usize = 16;
const CELLS: usize = 60_000;
const COLUMNS: Columns = Columns::new(&[Column::required("a")]);

/// A workbook of many cells that say the same long text.
fn bomb() -> Vec<u8> {
    use std::fmt::Write as _;
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let mut rows = String::new();
    for row in 1..=CELLS / 10 {
        let _ = write!(rows, "<row r=\"{row}\">");
        for column in 'A'..='J' {
            let _ = write!(
                rows,
                "<c r=\"{column}{row}\" t=\"s\"><v>{}</v></c>",
                usize::from(row > 1 || column > 'A')
            );
        }
        rows.push_str("</row>");
    }
    let head: String = ('A'..='J')
        .map(|column| format!("<c r=\"{column}1\" t=\"inlineStr\"><is><t>{column}</t></is></c>"))
        .collect();
    let first = rows.find("</row>").unwrap() + "</row>".len();
    let rows = format!("<row r=\"1\">{head}</row>{}", &rows[first..]);
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
        (
            "xl/sharedStrings.xml",
            format!("<sst><si><t>a</t></si><si><t>{}</t></si></sst>", "long ".repeat(20)),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The most memory that this process has had, in bytes, since it was last asked to forget.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

#[test]
fn many_bombs_at_once_take_no_more_than_all_imports_may() {
    // Each thread that reads keeps some memory of its own: as many of them as there are is not left to chance.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).max_blocking_threads(2).enable_all().build().unwrap();
    runtime.block_on(take_many_bombs());
}

async fn take_many_bombs() {
    let file = bomb();
    let limits = Limits { text_bytes: 16 << 20, ..Limits::default() };
    let one = memory(&mut Cursor::new(&file), limits).unwrap();
    let bounds = ImportBounds {
        uploads_each: BOMBS,
        places: BOMBS,
        places_each: BOMBS,
        memory_bytes: one * 2,
        ..ImportBounds::default()
    };
    let (imports, payer) = (Imports::new(bounds), OrganizationId::new(&Clock::system()));
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = peak();
    let import = |_| {
        let (imports, file) = (imports.clone(), file.clone());
        async move {
            let piece = HttpBody { content_type: XLSX.to_owned(), data: file.into(), extensions: Vec::new() };
            let pieces = futures::stream::iter([Ok(piece)]);
            let upload =
                imports.receive(payer, limits.bytes, pieces, |piece| (true, Some(piece))).await.unwrap();
            let read = move |list: ListFile| Ok(list.read(limits, COLUMNS)?);
            imports.read(upload, limits, read).await.unwrap().value.rows.len()
        }
    };
    let rows: Vec<usize> =
        futures::stream::iter(0..BOMBS).map(import).buffer_unordered(BOMBS).collect().await;
    assert_eq!(rows, vec![CELLS / 10 - 1; BOMBS]);
    let grown = peak() - before;
    // All of them at once would be many times that. What is read twice over is the allocator's, and the buffers of the uploads.
    let most = bounds.memory_bytes + (32 << 20);
    assert!(grown <= most, "{} MiB, {} MiB at most, {} MiB each", grown >> 20, most >> 20, one >> 20);
}
