//! Participants, as a kind of list.

pub(super) mod columns;
mod prepared;
mod store;

use std::collections::HashMap;

use careway_service::{
    Error, Result, Transaction,
    table::{Columns, RowReader},
};

use super::{
    domain::{AgencyCodes, Decision, Import, ImportKind, ListedParticipant, Outcome},
    kind::{Known, ListKind, Staged, Taken},
};
use crate::App;
use prepared::{Found, Locked, Prepared};

/// Participants and their cards.
pub(super) struct Participants;

impl ListKind for Participants {
    type Listed = ListedParticipant;
    const KIND: ImportKind = ImportKind::Participants;
    const COLUMNS: Columns = columns::COLUMNS;

    fn read(row: &mut RowReader<'_>, known: &Known) -> Option<ListedParticipant> {
        columns::read(row, known)
    }

    fn collect(listed: &mut ListedParticipant, agencies: &AgencyCodes) {
        listed.agency = agencies.collecting(listed.agency);
    }

    fn number(listed: &ListedParticipant) -> &str {
        &listed.bhxh_number
    }

    async fn take(
        app: &App,
        tx: &mut Transaction,
        import: &Import,
        rows: &[Staged<ListedParticipant>],
    ) -> Result<Vec<Taken>> {
        let numbers: Vec<&str> = rows.iter().map(|row| row.listed.bhxh_number.as_str()).collect();
        let known = store::lock_participants(tx, import.authority, &numbers).await?;
        let known: HashMap<String, Locked> = known.into_iter().collect();
        let (keys, now, is_dry) = (app.contact_keys.clone(), tx.now(), import.dry_run);
        // Hashing and sealing take the processor's time; the rows go with them and come back.
        let listed: Vec<ListedParticipant> = rows.iter().map(|row| row.listed.clone()).collect();
        let deciding = move || {
            let mut prepared = Prepared::default();
            let mut taken = Vec::with_capacity(listed.len());
            for listed in &listed {
                let found = Found::of(&keys, listed);
                let known = known.get(&listed.bhxh_number);
                taken.push(
                    match listed.decide(known.map(|known| &known.known), &found.citizen_id, &found.contacts) {
                        Ok(decision) => {
                            let outcome = outcome(&decision);
                            if !is_dry {
                                prepared.add(&keys, now, listed, known, found, decision)?;
                            }
                            Taken::As(outcome)
                        }
                        Err(refusal) => Taken::Not(refusal),
                    },
                );
            }
            Ok::<_, Error>((prepared, taken))
        };
        let (prepared, taken) = tokio::task::spawn_blocking(deciding).await.map_err(Error::internal)??;
        store::insert_participants(tx, import.authority, now, &prepared.created).await?;
        store::update_participants(tx, import.authority, now, &prepared.updated).await?;
        store::insert_contact_changes(tx, import, now, &prepared.replaced).await?;
        store::delete_periods(tx, &prepared.gone).await?;
        store::insert_periods(tx, &prepared.periods).await?;
        Ok(taken)
    }
}

const fn outcome(decision: &Decision) -> Outcome {
    match decision {
        Decision::Create => Outcome::Created,
        Decision::Update(_) => Outcome::Updated,
        Decision::Unchanged => Outcome::Unchanged,
    }
}
