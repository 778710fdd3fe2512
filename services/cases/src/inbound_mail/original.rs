//! A mail as it came: sealed in its row, or an object of its own when it is too large for that.

use bytes::Bytes;
use careway_documents::Received;
use careway_kernel::DocumentId;
use careway_service::{NotWritten, Result};
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use uuid::Uuid;

use super::store::original::Original;
use crate::App;

/// Octets of a mail in its row: an object for each mail would cost more than the mail.
pub(super) const MOST_IN_ROW: usize = 64 << 10;

/// A large mail that was taken in, and is kept once its row is. Dropped, nothing of it stays.
pub(super) struct Object {
    pub(super) document: DocumentId,
    pub(super) received: Received,
}

/// Takes a mail in that is too large for its row, before the transaction that keeps it; nothing of a smaller one.
///
/// # Errors
/// `OVERLOADED`, `DOCUMENTS_UNAVAILABLE`: nothing was taken, and the mail is to come again.
pub(super) async fn take_in(app: &App, raw: &Bytes) -> Result<Option<Object>> {
    if raw.len() <= MOST_IN_ROW {
        return Ok(None);
    }
    let document = DocumentId::new(&app.clock);
    let received = async {
        let mut upload = app.attachments.files.begin_original(document, raw.len() as u64).await?;
        upload.take(raw.clone()).await?;
        upload.finish(None).await
    };
    let received = received.await.map_err(|not_taken| match not_taken {
        NotWritten::Refused(refusal) => refusal.into(),
        NotWritten::Failed(error) => error,
    })?;
    Ok(Some(Object { document, received }))
}

/// Where a mail is to be kept.
pub(super) fn place(app: &App, mail: Uuid, raw: &[u8], object: Option<&Object>) -> Result<Original> {
    Ok(match object {
        Some(object) => Original::Object(object.document, object.received.content.clone()),
        None => Original::InRow(app.inbound_mail.seal_raw(mail, raw)?),
    })
}

/// A mail's octets and how many they are.
pub(super) async fn open(
    app: &App,
    mail: Uuid,
    original: Original,
) -> Result<(u64, BoxStream<'static, Result<Bytes>>)> {
    match original {
        Original::InRow(sealed) => {
            let raw = app.inbound_mail.open_raw(mail, &sealed)?;
            Ok((raw.len() as u64, stream::iter([Ok(Bytes::from(raw))]).boxed()))
        }
        Original::Object(document, content) => {
            let pieces = app.attachments.files.read(document, &content, 0..content.size).await?;
            Ok((content.size, pieces))
        }
    }
}

/// All of a mail.
pub(super) async fn read(app: &App, mail: Uuid, original: Original) -> Result<Bytes> {
    let (_, pieces) = open(app, mail, original).await?;
    Ok(pieces.try_collect::<Vec<_>>().await?.concat().into())
}
