//! Download a list of renewals as a workbook: all of it, as it is at one moment.

use careway_contract::renewals::v1::{ExportRenewalsRequest, ListRenewalsRequest};
use careway_service::{AuditEntry, Call, RawAnswer, Result, workbook::Value};
use futures::TryStreamExt;

use super::{
    list,
    store::{self, ExportedRenewal, RenewalFilter},
};
use crate::{
    App,
    agencies::party,
    contact_keys::{Column, ContactKeys},
    exports::{self, Book, Rows},
};

/// What is listed: the title, and the column's width.
const HEADINGS: [(&str, u16); 17] = [
    ("Mã số BHXH", 13),
    ("Mã thẻ BHYT", 18),
    ("Họ và tên", 28),
    ("Ngày sinh", 12),
    ("Địa chỉ", 32),
    ("Mã hộ", 14),
    ("Điện thoại", 16),
    ("Di động", 16),
    ("Từ ngày", 12),
    ("Đến ngày", 12),
    ("Mã đại lý", 12),
    ("Kết quả", 16),
    ("Số biên lai", 16),
    ("Ngày đóng", 12),
    ("Số tháng", 9),
    ("Số tiền", 14),
    ("Hạn mới", 12),
];

pub(crate) async fn export_renewals(
    app: &App,
    call: &Call,
    request: ExportRenewalsRequest,
) -> Result<RawAnswer> {
    let party = party(call)?;
    let (mut filter, _, q) = list::parse(app, party, &asked(request))?;
    {
        let mut reader = app.db.read(call).await?;
        list::look_for(&mut reader, &app.contact_keys, &mut filter, q.as_str()).await?;
    }
    app.audit.read(call, AuditEntry { action: "renewal.export", ..Default::default() }).await?;
    let book = Book { file: "renewals.xlsx", sheet: "Gia hạn", columns: &HEADINGS };
    let (writer, by) = (app.clone(), Call::by(call.caller.clone()));
    let download = exports::download(app, call, &book, |mut rows| async move {
        let written = write(&writer, &by, &filter, &mut rows).await;
        rows.end(written).await;
    });
    download.await
}

/// The list that is shown under the same words.
fn asked(request: ExportRenewalsRequest) -> ListRenewalsRequest {
    ListRenewalsRequest {
        state: request.state,
        q: request.q,
        agency_id: request.agency_id,
        household: request.household,
        last_day_from: request.last_day_from,
        last_day_to: request.last_day_to,
        order: request.order,
        ..Default::default()
    }
}

async fn write(app: &App, call: &Call, filter: &RenewalFilter, rows: &mut Rows) -> Result<()> {
    let mut tx = app.db.begin_unkeyed(call).await?;
    let listed = store::list_exported(&mut tx, filter).await?;
    let mut listed = std::pin::pin!(listed);
    while let Some(row) = listed.try_next().await? {
        if !rows.put(values(&app.contact_keys, row)?).await {
            return Ok(());
        }
    }
    Ok(())
}

fn values(keys: &ContactKeys, row: ExportedRenewal) -> Result<Vec<Value>> {
    let participant = row.participant();
    let contact = |column, sealed: Option<Vec<u8>>| {
        let opened = sealed.map(|sealed| keys.open(column, participant, &sealed)).transpose()?;
        Ok::<_, careway_service::Error>(Value::of(opened, Value::text))
    };
    let (phone, mobile) = (contact(Column::Phone, row.phone)?, contact(Column::Mobile, row.mobile)?);
    let renewal = row.renewal;
    let paid = renewal.paid.as_ref();
    Ok(vec![
        Value::text(renewal.bhxh_number),
        Value::of(row.card_code, Value::text),
        Value::text(renewal.full_name),
        Value::text(row.birth),
        Value::text(row.address),
        Value::text(renewal.household),
        phone,
        mobile,
        Value::of(row.valid_from, Value::Date),
        Value::Date(renewal.last_day),
        Value::text(row.agency_code),
        Value::text(renewal.result.as_str()),
        Value::of(paid, |paid| Value::text(&paid.receipt_number)),
        Value::of(paid, |paid| Value::Date(paid.paid_on)),
        Value::of(paid, |paid| Value::Number(paid.months.into())),
        Value::of(paid, |paid| Value::Number(paid.amount)),
        Value::of(paid, |paid| Value::Date(paid.to)),
    ])
}
