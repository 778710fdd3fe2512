//! The answer of an RPC that streams a `google.api.HttpBody`: pieces of a file, and what the gateway makes of them in
//! HTTP.

use careway_contract::google::api::HttpBody;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use sha2::{Digest, Sha256};
use tonic::{Response, Status, metadata::MetadataValue};

use crate::{
    call::Call,
    error::{Error, Result},
};

/// What such an RPC streams.
pub type RawPieces = BoxStream<'static, Result<HttpBody, Status>>;

/// Whether the list of an `If-None-Match` has the tag; a weak one is as good there.
pub fn names_tag(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// A raw body with its HTTP status and headers; an error in the middle breaks the download off.
pub struct RawAnswer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    pieces: BoxStream<'static, Result<HttpBody>>,
}

impl RawAnswer {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), pieces: futures::stream::empty().boxed() }
    }

    /// An answer with this many bytes; the first piece names their media type.
    pub fn new(status: u16, length: u64, pieces: BoxStream<'static, Result<HttpBody>>) -> Self {
        // gRPC has a content-length of its own.
        let headers = vec![("careway-content-length", length.to_string())];
        Self { status, headers, pieces }
    }

    /// A body that is there as a whole, under an entity tag of its bytes. Who says by `If-None-Match` that they have it already is
    /// told that it is unchanged.
    pub fn whole(call: &Call, media_type: &str, body: Vec<u8>) -> Self {
        let tag = format!("\"{}\"", hex::encode(Sha256::digest(&body)));
        let answer = if call.of_raw_body("if-none-match").is_some_and(|tags| names_tag(tags, &tag)) {
            Self::empty(304)
        } else {
            let (length, data) = (body.len() as u64, body.into());
            let piece = HttpBody { content_type: media_type.to_owned(), data, extensions: Vec::new() };
            Self::new(200, length, futures::stream::iter([Ok(piece)]).boxed())
        };
        answer.header("etag", tag)
    }

    /// An answer of which nobody knows yet how long it will be; the first piece names its media type.
    pub fn growing(status: u16, pieces: BoxStream<'static, Result<HttpBody>>) -> Self {
        Self { status, headers: Vec::new(), pieces }
    }

    /// With one of the headers that the gateway passes on.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn into_response(self) -> Result<Response<RawPieces>, Status> {
        let broken = self.pieces.inspect_err(|error| tracing::error!(%error, "a download broke off"));
        let mut response = Response::new(broken.map_err(|error| error.to_status()).boxed());
        let metadata = response.metadata_mut();
        metadata.insert("careway-http-status", self.status.into());
        for (name, value) in self.headers {
            let value =
                MetadataValue::try_from(value).map_err(|_| Error::internal(unprintable(name)).to_status())?;
            metadata.insert(name, value);
        }
        Ok(response)
    }
}

fn unprintable(name: &str) -> anyhow::Error {
    anyhow::anyhow!("the header {name} is not visible ASCII")
}
