//! Download a list of participants as a workbook: all of it, as it is at one moment.

use careway_contract::renewals::v1::{ExportParticipantsRequest, ListParticipantsRequest};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, RawAnswer, Result, workbook::Value};
use tokio::sync::mpsc::channel;

use super::{
    domain::{
        filter::{ParticipantFilter, ParticipantOrder},
        search::Search,
    },
    list::parse,
    store::{self, export::ExportedParticipant},
    view,
};
use crate::{
    App,
    agencies::party,
    exports::{self, Book, Rows, TOGETHER},
    organizations,
};

/// What is listed: the title, and the column's width.
const HEADINGS: [(&str, u16); 14] = [
    ("Mã số BHXH", 13),
    ("Mã thẻ BHYT", 18),
    ("Số CCCD", 15),
    ("Họ và tên", 28),
    ("Ngày sinh", 12),
    ("Địa chỉ", 32),
    ("Mã hộ", 14),
    ("Điện thoại", 16),
    ("Di động", 16),
    ("Email", 24),
    ("Từ ngày", 12),
    ("Đến ngày", 12),
    ("Mã đại lý", 12),
    ("Kết quả", 16),
];

pub(crate) async fn export_participants(
    app: &App,
    call: &Call,
    request: ExportParticipantsRequest,
) -> Result<RawAnswer> {
    let party = party(call)?;
    let caller = call.caller.organization()?;
    let mut v = Violations::default();
    let order = view::parse_order(request.order());
    let filter = parse(&mut v, &asked(request), party);
    let ((filter, q),) = v.all((filter,))?;
    let country = {
        let mut reader = app.db.read(call).await?;
        organizations::store::get_country(&mut reader, caller).await?
    };
    let filter = ParticipantFilter { search: Search::parse(&q, country), ..filter };
    app.audit.read(call, AuditEntry { action: "participant.export", ..Default::default() }).await?;
    let book = Book { file: "participants.xlsx", sheet: "Người tham gia", columns: &HEADINGS };
    let (writer, by) = (app.clone(), Call::by(call.caller.clone()));
    let download = exports::download(app, call, &book, |mut rows| async move {
        let written = write(&writer, &by, &filter, order, &mut rows).await;
        rows.end(written).await;
    });
    download.await
}

/// The list that is shown under the same words.
fn asked(request: ExportParticipantsRequest) -> ListParticipantsRequest {
    ListParticipantsRequest {
        q: request.q,
        agency_id: request.agency_id,
        household: request.household,
        last_day_from: request.last_day_from,
        last_day_to: request.last_day_to,
        result: request.result,
        contact: request.contact,
        order: request.order,
        ..Default::default()
    }
}

async fn write(
    app: &App,
    call: &Call,
    filter: &ParticipantFilter,
    order: ParticipantOrder,
    rows: &mut Rows,
) -> Result<()> {
    let mut tx = app.db.begin_unkeyed(call).await?;
    let (listed, mut read) = channel(TOGETHER);
    let listing = store::export::list_exported(&mut tx, &app.contact_keys, filter, order, listed);
    // It has the receiver: once nobody takes rows any more, the listing ends as well.
    let putting = async move {
        while let Some(row) = read.recv().await {
            if !rows.put(values(row)).await {
                return;
            }
        }
    };
    let (listed, ()) = tokio::join!(listing, putting);
    listed
}

fn values(row: ExportedParticipant) -> Vec<Value> {
    vec![
        Value::text(row.bhxh_number),
        Value::of(row.card_code, Value::text),
        Value::of(row.citizen_id, Value::text),
        Value::text(row.full_name),
        Value::text(row.birth),
        Value::text(row.address),
        Value::text(row.household),
        Value::of(row.phone, Value::text),
        Value::of(row.mobile, Value::text),
        Value::of(row.email, Value::text),
        Value::of(row.card_from, Value::Date),
        Value::Date(row.last_day),
        Value::text(row.agency_code),
        Value::text(row.result),
    ]
}
