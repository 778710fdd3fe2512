//! The cards that are to be renewed, as a kind of list.

mod store;

use std::collections::HashMap;

use careway_service::{
    Result, Transaction,
    table::{Cell, Column, Columns, RowReader},
};
use chrono::NaiveDate;

use super::{
    domain::{AgencyCodes, Import, ImportKind, KnownItem, ListedRenewal, Outcome},
    kind::{Known, ListKind, Staged, Taken},
    participants::columns::{agency, bhxh_number},
};
use crate::App;

/// Cards that are to be renewed.
pub(super) struct Renewals;

impl ListKind for Renewals {
    type Listed = ListedRenewal;
    const KIND: ImportKind = ImportKind::Renewals;
    const COLUMNS: Columns = Columns::new(&[
        Column::required("bhxh_number").titled(&["Mã số BHXH"]),
        Column::required("card_to").titled(&["Đến ngày", "Hạn thẻ đến"]),
        Column::required("agency_code").titled(&["Mã đại lý"]),
        // What else such lists have is the participant's.
        Column::optional("full_name").titled(&["Họ và tên"]),
        Column::optional("card_code").titled(&["Mã thẻ BHYT"]),
        Column::optional("card_from").titled(&["Từ ngày"]),
    ]);

    fn read(row: &mut RowReader<'_>, known: &Known) -> Option<ListedRenewal> {
        let bhxh_number = bhxh_number(row);
        let last_day = row.need("card_to", Cell::day);
        let agency = agency(row, known);
        Some(ListedRenewal { bhxh_number: bhxh_number?, last_day: last_day?, agency: agency? })
    }

    fn collect(listed: &mut ListedRenewal, agencies: &AgencyCodes) {
        listed.agency = agencies.collecting(listed.agency);
    }

    fn number(listed: &ListedRenewal) -> &str {
        &listed.bhxh_number
    }

    async fn take(
        _: &App,
        tx: &mut Transaction,
        import: &Import,
        rows: &[Staged<ListedRenewal>],
    ) -> Result<Vec<Taken>> {
        let listed: Vec<&ListedRenewal> = rows.iter().map(|row| &row.listed).collect();
        let known = store::lock_items(tx, import.authority, &listed).await?;
        let known: HashMap<(&str, NaiveDate), KnownItem> =
            known.iter().map(|(number, day, item)| ((number.as_str(), *day), *item)).collect();
        let (mut created, mut updated, mut taken) = (Vec::new(), Vec::new(), Vec::with_capacity(rows.len()));
        for listed in listed {
            let known = known.get(&(listed.bhxh_number.as_str(), listed.last_day)).copied();
            let outcome = listed.decide(known);
            match (outcome, known) {
                (Outcome::Created, _) => created.push(listed),
                (Outcome::Updated, Some(known)) => updated.push((known.id, listed.agency)),
                _ => {}
            }
            taken.push(Taken::As(outcome));
        }
        if !import.dry_run {
            let now = tx.now();
            store::insert_items(tx, import.authority, now, &created).await?;
            store::update_items(tx, &updated).await?;
        }
        Ok(taken)
    }
}
