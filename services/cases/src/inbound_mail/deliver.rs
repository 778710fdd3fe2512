//! Deliver a mail by REST: what LMTP does, with one outcome for each recipient.

use careway_contract::cases::v1::{DeliverMailRequest, DeliverMailResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Result};
use tonic::Streaming;

use super::{
    domain::{limits::MOST_MAIL_BYTES, lmtp::dialogue::Envelope},
    receive::receive,
    view,
};
use crate::App;

/// Recipients of one mail.
const MOST_RECIPIENTS: usize = 100;

pub(crate) async fn deliver_mail(
    app: &App,
    _: &Call,
    mut pieces: Streaming<DeliverMailRequest>,
) -> Result<DeliverMailResponse> {
    let mut first = pieces.message().await?.unwrap_or_default();
    let mut raw = first.mail.take().unwrap_or_default().data.to_vec();
    let envelope = parse(first)?;
    while let Some(piece) = pieces.message().await? {
        let data = piece.mail.unwrap_or_default().data;
        if raw.len() + data.len() > MOST_MAIL_BYTES {
            return Err(Error::violation("mail", "must be at most 25 MiB"));
        }
        raw.extend_from_slice(&data);
    }
    let delivered = receive(app, &envelope, raw).await?;
    let outcomes = delivered.into_iter().map(|delivered| Ok(view::outcome(delivered?.as_ref())));
    Ok(DeliverMailResponse { outcomes: outcomes.collect::<Result<_>>()? })
}

fn parse(request: DeliverMailRequest) -> Result<Envelope> {
    let mut v = Violations::default();
    let count = request.rcpt_to.len();
    v.check("rcptTo", (1..=MOST_RECIPIENTS).contains(&count), "must be 1 to 100 addresses");
    v.finish()?;
    Ok(Envelope { mail_from: request.mail_from, recipients: request.rcpt_to })
}
