//! What a notice says, and to whom, at the moment when it is sent. Whoever may not read the case any more gets nothing.

use std::collections::HashMap;

use careway_contract::{
    cases::v1::{GetNoticeRequest, GetNoticeResponse},
    identity::v1::Membership,
    types::v1::{MailHeaders, mail_headers::AutoSubmitted},
};
use careway_kernel::{AccountId, CaseId};
use careway_service::{Call, Result, Transaction, one_of, timestamp};
use uuid::Uuid;

use super::{
    domain::{
        mail::{Automatic, automatic, carries_words},
        mail_names::marker,
        thread::{MOST_NAMED, Thread, name_of_others},
    },
    people,
    store::{self, KnownRow, NoticeRow},
};
use crate::{
    App,
    case_keys::Column,
    cases::{
        domain::{Case, notices::NoticeKind},
        store::{
            find::{CaseKey, Scope, find_case},
            reference::insert_references,
        },
    },
};

const WITHDRAWN: &str = "WITHDRAWN";
/// The account's mailbox takes no mail.
const STOPPED: &str = "STOPPED";

/// What there is to say of a notice.
pub(crate) async fn case_notice(app: &App, _: &Call, request: GetNoticeRequest) -> Result<GetNoticeResponse> {
    let suppressed = |reason: &str| GetNoticeResponse { suppressed: reason.to_owned(), ..Default::default() };
    let Ok(id) = Uuid::try_parse(&request.id) else { return Ok(suppressed(WITHDRAWN)) };
    let mut tx = app.db.begin_system("cases.notice").await?;
    let now = tx.now();
    let Some(notice) = store::find_notice(&mut tx, id).await? else {
        return Ok(suppressed(WITHDRAWN));
    };
    if notice.state == WITHDRAWN {
        return Ok(suppressed(WITHDRAWN));
    }
    if notice.stopped_at.is_some() {
        return Ok(suppressed(STOPPED));
    }
    if let Some(until) = notice.paused_until.filter(|until| *until > now) {
        return Ok(GetNoticeResponse { held_until: Some(timestamp(until)), ..Default::default() });
    }
    let case = match notice.case_id {
        Some(case) => {
            let key = CaseKey::Id(CaseId::from_uuid(case));
            find_case(&mut tx, &app.case_keys, Scope::All, &key).await?
        }
        None => None,
    };
    let known = known(app, &mut tx, &notice, case.as_ref()).await?;
    drop(tx);

    let to = recipients(app, &notice).await?;
    let Some(first) = to.first() else { return Ok(suppressed(WITHDRAWN)) };
    let kind = one_of("case_notice.kind", &notice.kind, NoticeKind::ALL, NoticeKind::as_str)?;
    let words = words(app, &notice, kind)?;
    if notice.message_id.is_some() && words.is_empty() && kind == NoticeKind::Message {
        // Its words were taken away meanwhile.
        return Ok(suppressed(WITHDRAWN));
    }
    let language = first.language.clone();
    let reference = reference(app, &notice, case.as_ref()).await?;
    let from_name = author_name(app, &notice, case.as_ref(), &words).await?;
    let root = case.as_ref().map(|case| app.mail_names.root_id(case.thread_root.uuid()));
    let thread = Thread::of(root, &known);
    let mail = headers(app, &notice, thread, &reference, (from_name, !words.is_empty()));
    let values = values(app, case.as_ref(), &reference, words);
    Ok(GetNoticeResponse {
        state: case.map(|case| case.state.as_str().to_owned()).unwrap_or_default(),
        values,
        to: to.into_iter().map(|one| one.email).collect(),
        language,
        mail: Some(mail),
        ..Default::default()
    })
}

/// Those who may be told now.
async fn recipients(app: &App, notice: &NoticeRow) -> Result<Vec<Membership>> {
    match (notice.account_id, &notice.permission) {
        (Some(account), _) => Ok(people::reader(app, account, notice.member_of).await?.into_iter().collect()),
        (None, Some(permission)) => people::holders(app, permission).await,
        (None, None) => Ok(Vec::new()),
    }
}

/// The words of the message that it tells of; none of one that has none, or that were taken away.
fn words(app: &App, notice: &NoticeRow, kind: NoticeKind) -> Result<String> {
    let (Some(message), Some(body), true) = (notice.message_id, &notice.body, carries_words(kind)) else {
        return Ok(String::new());
    };
    Ok(app.case_keys.open(Column::Body, message, body)?.expose().to_owned())
}

/// The names of the mails of the thread that the recipient knows, the oldest first.
async fn known(
    app: &App,
    tx: &mut Transaction,
    notice: &NoticeRow,
    case: Option<&Case>,
) -> Result<Vec<String>> {
    let (Some(case), Some(_)) = (case, notice.account_id) else { return Ok(Vec::new()) };
    let known = store::list_known(tx, notice, case.thread_root.uuid(), MOST_NAMED - 1).await?;
    let name = |known: &KnownRow| {
        if known.is_notice {
            return Ok(Some(app.mail_names.notice_id(known.id)));
        }
        let Some(sealed) = &known.message_name else { return Ok(None) };
        let opened = app.case_keys.open(Column::MessageName, known.id, sealed)?;
        Ok(name_of_others(opened.expose()))
    };
    known.iter().filter_map(|known| name(known).transpose()).collect()
}

/// The recipient's reference of the case; empty where several are told at once.
async fn reference(app: &App, notice: &NoticeRow, case: Option<&Case>) -> Result<String> {
    let (Some(account), Some(case)) = (notice.account_id, case) else { return Ok(String::new()) };
    let mut tx = app.db.begin_system("cases.notice").await?;
    let now = tx.now();
    let of = (case.id, case.organization.id);
    let made = insert_references(&mut tx, of, &[AccountId::from_uuid(account)], now).await?;
    tx.finish().await?;
    Ok(made.into_iter().next().map(|(_, reference)| reference.as_str().to_owned()).unwrap_or_default())
}

/// Who wrote the words.
async fn author_name(app: &App, notice: &NoticeRow, case: Option<&Case>, words: &str) -> Result<String> {
    let (Some(author), Some(case), false) = (notice.author_id, case, words.is_empty()) else {
        return Ok(String::new());
    };
    let is_partners = notice.side.as_deref() == Some("PARTNER");
    people::name(app, author, is_partners.then(|| case.organization.id.uuid())).await
}

fn headers(
    app: &App,
    notice: &NoticeRow,
    thread: Thread,
    reference: &str,
    (from_name, has_words): (String, bool),
) -> MailHeaders {
    let names = &app.mail_names;
    let is_answer = notice.inbound_mail_id.is_some();
    MailHeaders {
        message_id: names.notice_id(notice.notice_id),
        references: thread.references,
        in_reply_to: thread.in_reply_to,
        reply_to: if reference.is_empty() { names.support() } else { names.reply_address(reference) },
        from: names.support(),
        from_name,
        // Nothing answers an automatic answer.
        envelope_sender: Some(if is_answer { String::new() } else { names.return_address(notice.notice_id) }),
        auto_submitted: match automatic(has_words, is_answer) {
            Automatic::No => AutoSubmitted::No,
            Automatic::Replied => AutoSubmitted::AutoReplied,
            Automatic::Generated => AutoSubmitted::AutoGenerated,
        }
        .into(),
        ..Default::default()
    }
}

fn values(app: &App, case: Option<&Case>, reference: &str, words: String) -> HashMap<String, String> {
    let mut values = HashMap::from([("words".to_owned(), words)]);
    if let Some(case) = case {
        values.extend([
            ("number".to_owned(), case.number.clone()),
            ("subject".to_owned(), case.subject.expose().to_owned()),
            ("organization".to_owned(), case.organization.name.clone()),
            ("link".to_owned(), format!("{}{}", app.case_url, case.number)),
        ]);
    }
    if !reference.is_empty() {
        values.insert("marker".to_owned(), marker(reference));
    }
    values
}
