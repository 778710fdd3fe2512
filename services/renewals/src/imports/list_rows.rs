//! List what became of an import's rows.

use careway_contract::renewals::v1::{ListImportRowsRequest, ListImportRowsResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Paging, Result};

use super::{
    domain::Outcome,
    get::find,
    row_content::RowContent,
    store::{self, KeptRow},
    view,
};
use crate::App;

pub(crate) async fn list_import_rows(
    app: &App,
    call: &Call,
    request: ListImportRowsRequest,
) -> Result<ListImportRowsResponse> {
    let mut v = Violations::default();
    let authority = call.caller.authority()?;
    let filter = ListImportRowsRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListImportRows", authority.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let import = find(app, call, &request.import_id).await?;
    let outcome = view::asked(request.outcome());
    let after = paging.after().and_then(after);
    let rows = {
        let mut reader = app.db.read(call).await?;
        store::list_rows(&mut reader, &import, outcome, after, paging.limit()).await?
    };
    app.audit.read(call, AuditEntry { action: "import.rows", ..Default::default() }).await?;
    let (rows, next_page_token) = paging.cut(rows, place);
    let shown = |row: KeptRow| {
        let number = row.number.cast_unsigned();
        let content = row.content.map(|sealed| RowContent::open(&app.sealer, import.id, number, &sealed));
        Ok(view::row(row.number, row.outcome, content.transpose()?))
    };
    Ok(ListImportRowsResponse { rows: rows.into_iter().map(shown).collect::<Result<_>>()?, next_page_token })
}

/// Where a page ends: the row's number, then the name of its outcome.
fn place(row: &KeptRow) -> Vec<u8> {
    [row.number.to_be_bytes().as_slice(), row.outcome.as_str().as_bytes()].concat()
}

fn after(place: &[u8]) -> Option<(Outcome, i32)> {
    let (number, name) = place.split_first_chunk()?;
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.as_str().as_bytes() == name)?;
    Some((outcome, i32::from_be_bytes(*number)))
}
