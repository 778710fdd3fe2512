//! Download a document: all of it, one range, or the word that the client has it.

use std::ops::Range;

use careway_contract::{google::api::HttpBody, visits::v1::DownloadDocumentRequest};
use careway_service::{Call, RawAnswer, Result};
use futures::{StreamExt, TryStreamExt};

use super::{
    access, chunks,
    domain::{
        self, Document,
        range::{Selection, Wish},
        sealed_layout::Layout,
    },
};
use crate::App;

/// Nobody on the way keeps it or makes something else of it.
const CACHE_CONTROL: &str = "private, no-store, no-transform";

pub(crate) async fn download_document(
    app: &App,
    call: &Call,
    request: DownloadDocumentRequest,
) -> Result<RawAnswer> {
    let document = access::read(app, call, &request.document_id, "document.download").await?;
    let (size, etag) = (document.content.size, format!("\"{}\"", hex::encode(document.content.sha256)));
    let wish = Wish {
        range: call.of_raw_body("range"),
        if_range: call.of_raw_body("if-range"),
        if_none_match: call.of_raw_body("if-none-match"),
    };
    let answer = match wish.select(&etag, size) {
        Selection::Whole => part(app, &document, 200, 0..size).await?,
        Selection::Part(range) => {
            let told = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            part(app, &document, 206, range).await?.header("content-range", told)
        }
        Selection::Unchanged => RawAnswer::empty(304),
        Selection::Beyond => RawAnswer::empty(416).header("content-range", format!("bytes */{size}")),
    };
    Ok(answer.header("etag", etag).header("cache-control", CACHE_CONTROL).header("accept-ranges", "bytes"))
}

async fn part(app: &App, document: &Document, status: u16, range: Range<u64>) -> Result<RawAnswer> {
    let content = &document.content;
    let layout = Layout::of(content.size);
    let (part, length) = (layout.part(range.clone()), range.end - range.start);
    let key = app.documents.vault.unwrap(document.id, &content.key)?;
    let sealed = app.documents.depot.read(document.id, layout, part.sealed.clone()).await?;
    let opened = chunks::open(&key, document.id, layout, part, sealed)?;
    let content_type = content.media_type.content_type();
    let piece = move |data| HttpBody { content_type: content_type.to_owned(), data, ..Default::default() };
    let unnamed = || format!("document-{}.{}", document.id, content.media_type.extension());
    let name = document.file_name.clone().unwrap_or_else(unnamed);
    Ok(RawAnswer::new(status, length, opened.map_ok(piece).boxed())
        .header("content-disposition", domain::file_name::disposition(&name))
        .header("repr-digest", domain::content_digest::header(&content.sha256)))
}
