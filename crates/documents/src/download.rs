//! A document on its way out: all of it, one range, or the word that the client has it.

use std::ops::Range;

use bytes::Bytes;
use careway_contract::google::api::HttpBody;
use careway_kernel::DocumentId;
use careway_service::{Call, RawAnswer, Result};
use futures::{StreamExt, TryStreamExt, stream::BoxStream};

use crate::{
    DocumentStore, chunks,
    content::Content,
    content_digest, file_name,
    range::{Conditions, Selection},
    sealed_layout::Layout,
};

/// Nobody on the way keeps it or makes something else of it.
const CACHE_CONTROL: &str = "private, no-store, no-transform";

impl DocumentStore {
    /// What the call asks of a document, which is called so.
    ///
    /// # Errors
    /// `DOCUMENTS_UNAVAILABLE`; an object that is not there or not whole, a key that is gone.
    pub async fn download(
        &self,
        call: &Call,
        document: DocumentId,
        content: &Content,
        name: Option<&str>,
    ) -> Result<RawAnswer> {
        let (size, etag) = (content.size, format!("\"{}\"", hex::encode(content.sha256)));
        let conditions = Conditions {
            range: call.of_raw_body("range"),
            if_range: call.of_raw_body("if-range"),
            if_none_match: call.of_raw_body("if-none-match"),
        };
        let answer = match conditions.select(&etag, size) {
            Selection::Whole => self.part(document, content, name, (200, 0..size)).await?,
            Selection::Part(range) => {
                let told = format!("bytes {}-{}/{size}", range.start, range.end - 1);
                let part = self.part(document, content, name, (206, range)).await?;
                part.header("content-range", told)
            }
            Selection::Unchanged => RawAnswer::empty(304),
            Selection::Beyond => RawAnswer::empty(416).header("content-range", format!("bytes */{size}")),
        };
        Ok(answer
            .header("etag", etag)
            .header("cache-control", CACHE_CONTROL)
            .header("accept-ranges", "bytes"))
    }

    async fn part(
        &self,
        document: DocumentId,
        content: &Content,
        name: Option<&str>,
        (status, range): (u16, Range<u64>),
    ) -> Result<RawAnswer> {
        let length = range.end - range.start;
        let opened = self.read(document, content, range).await?;
        let content_type = content.media_type.content_type();
        let piece =
            move |data| HttpBody { content_type: content_type.to_owned(), data, ..Default::default() };
        let unnamed = || format!("document-{document}.{}", content.media_type.extension());
        let name = name.map_or_else(unnamed, ToOwned::to_owned);
        Ok(RawAnswer::new(status, length, opened.map_ok(piece).boxed())
            .header("content-disposition", file_name::disposition(&name))
            .header("repr-digest", content_digest::header(&content.sha256)))
    }

    /// A part of a document's content, which is within it and not empty. What was changed in the place breaks off.
    ///
    /// # Errors
    /// As of [`DocumentStore::download`].
    pub async fn read(
        &self,
        document: DocumentId,
        content: &Content,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes>>> {
        let layout = Layout::of(content.size);
        let part = layout.part(range);
        let key = self.keys.unwrap(document, &content.key)?;
        let sealed = self.objects.read(document, layout, part.sealed.clone()).await?;
        Ok(chunks::open(&key, document, layout, part, sealed)?.boxed())
    }
}
