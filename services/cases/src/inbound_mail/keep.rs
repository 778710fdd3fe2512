//! Keep a mail with what it becomes, in one transaction: the message or the case, the mail itself, and that it waits.

use careway_kernel::{AccountId, CaseId, OrganizationId, Redacted, id_at};
use careway_service::{Result, Transaction};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    domain::{
        files::File,
        mail::Mail,
        outcome::{Answer, HeldReason, Outcome},
    },
    message::{TOPIC, actor, message, opening},
    original::{self, Object},
    received::{Delivered, Received},
    sender::colleagues,
    store::{
        mail::{MailRow, insert_mail},
        matches::Match,
    },
    summary::Summary,
};
use crate::{
    App,
    attachments::{
        Binding,
        mail::{MailFile, Taken, insert_taken, take_in},
    },
    case_keys::Column,
    case_notices::{pause, raise},
    cases::{
        domain::{
            Actor, Case, Organization, Role, Side,
            notices::{Notice, NoticeKind, Recipient},
            opening::{Drawn, Opening},
            step::{NewMessage, Step},
        },
        keep::{keep as keep_step, keep_new},
        store::{
            draw::draw_number,
            find::{CaseKey, Scope, lock_case},
        },
    },
};

/// Whether it was kept.
pub(super) enum Kept {
    As(Delivered),
    /// The case is not as it was found, or the mail came twice at once: look again.
    Changed,
}

/// What was decided of a mail.
pub(super) struct Decided<'a> {
    pub(super) outcome: Outcome,
    /// The look-up's row that decided.
    pub(super) found: &'a Match,
    pub(super) answer: Option<Answer>,
    /// The numbers of cases that its text names.
    pub(super) mentioned: Vec<String>,
}

pub(super) async fn keep(app: &App, received: &Received<'_>, decided: Decided<'_>) -> Result<Kept> {
    let named = named(app, received, &decided).await?;
    let files = match decided.outcome {
        Outcome::Appended { .. } | Outcome::NewCase { .. } => take_files(app, received.mail).await?,
        _ => Vec::new(),
    };
    let object = original::take_in(app, received.raw).await?;
    let mut tx = app.db.begin_system("take-mail").await?;
    let mail = id_at(tx.now());
    let bound = match &decided.outcome {
        Outcome::Appended { case, by, is_internal, .. } => {
            let side = if *is_internal { Side::Support } else { Side::Partner };
            let message = message(app, received.mail, mail, *is_internal);
            match append(app, &mut tx, *case, message, &actor(side, *by), &named).await? {
                Some(bound) => Some(bound),
                None => return Ok(Kept::Changed),
            }
        }
        Outcome::NewCase { organization, by } => {
            let message = message(app, received.mail, mail, false);
            let opening = opening(received.mail, *by, &decided.mentioned, named);
            Some(open(app, &mut tx, *organization, opening, message, &actor(Side::Partner, *by)).await?)
        }
        _ => None,
    };
    let case = bound.map(|bound| bound.case).or(decided.outcome.case());
    let row = row(app, received, &decided, (mail, tx.now(), case), object.as_ref())?;
    if !insert_mail(&mut tx, &row).await? {
        return Ok(Kept::Changed);
    }
    // It may be committed from here on; an object that in the end no row names is swept.
    if let Some(object) = object {
        object.received.object.persist();
    }
    if let (Some(bound), false) = (bound, files.is_empty()) {
        insert_taken(app, &mut tx, files, bound).await?;
    }
    tell(&mut tx, received, &decided, mail, bound).await?;
    tx.finish().await?;
    metrics::counter!("careway_inbound_mail_total", "outcome" => decided.outcome.as_str()).increment(1);
    Ok(Kept::As(Delivered { outcome: decided.outcome, mail, case }))
}

/// Answers the author, and writes to nobody for a while whose mails look like a machine's.
async fn tell(
    tx: &mut Transaction,
    received: &Received<'_>,
    decided: &Decided<'_>,
    mail: Uuid,
    bound: Option<Binding>,
) -> Result<()> {
    if let (Outcome::Held { reason: HeldReason::LoopSuspected, .. }, Some(member)) =
        (&decided.outcome, received.sender.active().next())
    {
        pause(tx, member.account).await?;
    }
    let Some(answer) = decided.answer else { return Ok(()) };
    let (by, about) = match (&decided.outcome, bound, &decided.found.case) {
        (Outcome::NewCase { by, .. }, Some(bound), _) => (*by, (bound.case, bound.organization)),
        (Outcome::Refused { by, .. }, _, Some(found)) => (*by, (found.id, found.organization)),
        _ => return Ok(()),
    };
    let notice = Notice {
        kind: match answer {
            Answer::Acknowledgement => NoticeKind::Opened,
            Answer::ClosedNotice => NoticeKind::CaseIsClosed,
            Answer::ReadOnlyNotice => NoticeKind::MayOnlyRead,
        },
        to: Recipient::Account(by, Some(about.1)),
        message: bound.map(|bound| bound.message),
        answers: Some(mail),
    };
    raise(tx, Some(about), &[notice]).await
}

/// Takes in the files of a mail that becomes a message, before the transaction that keeps them.
pub(super) async fn take_files(app: &App, mail: &Mail) -> Result<Vec<Taken>> {
    let file = |file: &File| MailFile {
        file_name: file.name.clone(),
        content: file.content.clone().into(),
        is_mail: file.is_mail(),
    };
    take_in(app, mail.files.iter().map(file).collect(), app.clock.now()).await
}

/// The colleagues whom the mail names take part from now on; identity is asked before the transaction.
async fn named(app: &App, received: &Received<'_>, decided: &Decided<'_>) -> Result<Vec<AccountId>> {
    let organization = match &decided.outcome {
        Outcome::NewCase { organization, .. } => Some(*organization),
        Outcome::Appended { is_internal: false, .. } => {
            decided.found.case.as_ref().map(|case| case.organization)
        }
        _ => None,
    };
    match organization {
        Some(organization) => colleagues(app, organization, &received.mail.recipients).await,
        None => Ok(Vec::new()),
    }
}

/// Appends a message to a case; none when the case is gone or closed.
pub(super) async fn append(
    app: &App,
    tx: &mut Transaction,
    case: CaseId,
    message: NewMessage,
    by: &Actor,
    named: &[AccountId],
) -> Result<Option<Binding>> {
    let (id, internal) = (message.id, message.internal);
    let locked = lock_case(tx, &app.case_keys, Scope::All, &CaseKey::Id(case)).await?;
    let Some(locked) = locked.filter(|case| !case.is_closed()) else { return Ok(None) };
    let organization = locked.organization.id;
    let mut step = locked.say(message, by, tx.now())?;
    keep_step(app, tx, &mut step).await?;
    for account in named.iter().filter(|account| Some(**account) != by.account) {
        let joined = step.case.clone().join(*account, (Role::Participant, organization), by, tx.now());
        // Whoever has no room is named on the message all the same.
        let Ok(mut joined) = joined else { break };
        keep_step(app, tx, &mut joined).await?;
        step.case = joined.case;
    }
    Ok(Some(Binding { case: step.case.id, organization, message: id, internal }))
}

/// Opens a case of a mail.
pub(super) async fn open(
    app: &App,
    tx: &mut Transaction,
    organization: OrganizationId,
    opening: Opening,
    message: NewMessage,
    by: &Actor,
) -> Result<Binding> {
    let (id, internal) = (message.id, message.internal);
    let drawn = draw_number(tx, organization, TOPIC).await?;
    let (sequence, known) = (drawn.sequence, drawn.organization);
    let organization = known.unwrap_or_else(|| Organization::unknown(organization));
    let drawn = Drawn { id: CaseId::new(&app.clock), sequence };
    let mut step: Step = Case::open(opening, organization, drawn, message, (by, tx.now()));
    keep_new(app, tx, &mut step).await?;
    let organization = step.case.organization.id;
    Ok(Binding { case: step.case.id, organization, message: id, internal })
}

fn row(
    app: &App,
    received: &Received<'_>,
    decided: &Decided<'_>,
    (id, at, case): (Uuid, DateTime<Utc>, Option<CaseId>),
    object: Option<&Object>,
) -> Result<MailRow> {
    let (mail, ours) = (received.mail, &app.inbound_mail);
    let summary = Summary::of(mail, &ours.mailboxes().support).to_json()?;
    let author = match &decided.outcome {
        Outcome::Appended { by, .. } | Outcome::NewCase { by, .. } | Outcome::Refused { by, .. } => Some(*by),
        _ => None,
    };
    Ok(MailRow {
        id,
        fingerprint: mail.fingerprint.to_vec(),
        matched_id: decided.found.matched_id(),
        authenticated: received.is_authenticated,
        outcome: decided.outcome.as_str(),
        reason: decided.outcome.reason(),
        case,
        author,
        author_key: received.author_key(app),
        words_key: ours.digest("words", &super::domain::fingerprint::of_words(&mail.words.visible)),
        message_key: mail.message_id.as_ref().map(|id| ours.digest("message", id.as_bytes())),
        message_name: mail.message_id.as_ref().map(|name| sealed_name(app, id, name)).transpose()?,
        summary: ours.seal_summary(id, &summary)?,
        original: original::place(app, id, received.raw, object)?,
        answer: decided.answer.map(Answer::as_str),
        received_at: at,
    })
}

fn sealed_name(app: &App, mail: Uuid, name: &str) -> Result<Vec<u8>> {
    app.case_keys.seal(Column::MessageName, mail, &Redacted::new(name))
}
