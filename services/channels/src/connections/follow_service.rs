//! An examination has another name or duration: channels that have it are shown so, and told of the duration, by itself.

use careway_kernel::{ChannelNoticeId, ConnectionId};
use careway_service::{Call, Result, Transaction};

use super::{change::Change, domain::notice::NoticedBooking, mails, store};
use crate::{App, feeds, services::domain::Service};

/// In the transaction of the change. Each connection is locked: whoever tells its channel of the examination meanwhile waits for
/// it, and tells what it has become.
pub(crate) async fn follow_service(
    app: &App,
    tx: &mut Transaction,
    call: &Call,
    service: &Service,
    bookings: &[(ConnectionId, NoticedBooking)],
) -> Result<()> {
    let (now, minutes) = (tx.now(), service.definition.duration_minutes);
    for id in store::list_open_connections(tx, service.provider).await? {
        let Some(mut change) = Change::of(app, tx, None, id).await? else { continue };
        let notice = ChannelNoticeId::new(&app.clock);
        let of_channel = bookings.iter().filter(|(connection, _)| *connection == id);
        let of_channel = of_channel.map(|(_, booking)| *booking).collect();
        if change.connection.change_duration(notice, service.id, minutes, of_channel, now) {
            change.keep_by(tx, call, "duration", service.id.to_string()).await?;
            mails::keep(app, tx, id, mails::Kind::Notice, "DURATION").await?;
        } else if change.connection.sells(service.id) {
            let of = (id, change.connection.channel);
            feeds::store::save_services(tx, of, (&[service.id.uuid()], &[]), now).await?;
            tx.wake_after_commit(app.feed_changed.clone());
        }
    }
    Ok(())
}
