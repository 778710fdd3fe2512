//! Download the mail that a message came by, as it came: support's alone.

use careway_contract::{cases::v1::DownloadOriginalMailRequest, google::api::HttpBody};
use careway_kernel::CaseMessageId;
use careway_service::{AuditEntry, Call, Error, RawAnswer, Result};
use futures::{StreamExt, TryStreamExt};

use super::{
    original,
    store::original::{find_mail_of, find_original},
};
use crate::{
    App,
    cases::{
        party::{case_key, scope},
        store::find::find_case,
    },
};

pub(crate) async fn download_original_mail(
    app: &App,
    call: &Call,
    request: DownloadOriginalMailRequest,
) -> Result<RawAnswer> {
    let key = case_key(&request.case_id)?;
    let message = CaseMessageId::parse(&request.message_id).map_err(|_| Error::not_found("message"))?;
    let original = {
        let mut reader = app.db.read(call).await?;
        let case = find_case(&mut reader, &app.case_keys, scope(call)?, &key).await?;
        let case = case.ok_or(Error::not_found("case"))?;
        match find_mail_of(&mut reader, case.id, message).await? {
            Some(mail) => find_original(&mut reader, mail).await?.map(|original| (mail, original)),
            None => None,
        }
    };
    let (mail, original) = original.ok_or(Error::not_found("original"))?;
    app.audit.read(call, AuditEntry { action: "case.original", ..Default::default() }).await?;
    let (length, pieces) = original::open(app, mail, original).await?;
    let body = |data| HttpBody { content_type: "message/rfc822".to_owned(), data, ..Default::default() };
    let pieces = pieces.map_ok(body).boxed();
    Ok(RawAnswer::new(200, length, pieces)
        .header("content-disposition", format!("attachment; filename=\"{mail}.eml\""))
        .header("x-content-type-options", "nosniff"))
}
