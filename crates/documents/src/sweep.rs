//! What a crash left between an object and its row: objects that no row names are set aside, brought back when a row
//! names them after all, and deleted when none did for 30 days.

use std::collections::HashSet;

use careway_kernel::DocumentId;
use careway_service::Result;
use chrono::{DateTime, Days, NaiveDate, Utc};
use futures::{StreamExt, TryStreamExt};

use crate::{
    DocumentStore,
    brake::{Brake, Counts, most_ever},
    names::Name,
    rows::DocumentRows,
};

/// Objects per question whether rows name them.
const BATCH: usize = 200;
/// For so long an object that was set aside can be brought back.
const REPENTANCE: Days = Days::new(30);

/// What became of a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sweep {
    /// It went through.
    Done(Swept),
    /// It deleted nothing and set nothing aside.
    Braked(Brake),
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects that no row names, where they are not read any more.
    pub set_aside: usize,
    /// Objects that a row names after all, where they are read again.
    pub brought_back: usize,
    /// Objects that were set aside 30 days ago.
    pub deleted: usize,
    /// Files of uploads that never ended, removed.
    pub unfinished: usize,
}

/// What the place has, by what the rows say of it.
#[derive(Default)]
struct Found {
    counts: Counts,
    /// As many as may be set aside, and no more.
    unnamed: Vec<DocumentId>,
    named_again: Vec<(NaiveDate, DocumentId)>,
    expired: Vec<(NaiveDate, DocumentId)>,
}

impl DocumentStore {
    /// Sweeps what is older than any upload takes.
    ///
    /// # Errors
    /// The place or the rows cannot be asked.
    pub async fn sweep(&self, rows: &impl DocumentRows, now: DateTime<Utc>) -> Result<Sweep> {
        let (database, owner) = (rows.database_id().await?.to_string(), self.objects.find_owner().await?);
        if let Some(owner) = owner.as_ref().filter(|owner| **owner != database) {
            return Ok(Sweep::Braked(Brake::AnotherOwner { owner: owner.clone(), database }));
        }
        let before = now - self.settings.orphan_age();
        let found = self.look(rows, before, (now - REPENTANCE).date_naive()).await?;
        if owner.is_none() {
            if found.counts.named + found.counts.unnamed > 0 {
                return Ok(Sweep::Braked(Brake::NoOwner { database }));
            }
            self.objects.set_owner(&database).await?;
        }

        let unfinished = self.objects.remove_unfinished(before).await?;
        for (day, document) in &found.named_again {
            self.objects.bring_back(*day, *document).await?;
        }
        if let Err(brake) = found.counts.check(self.settings.sweep_most) {
            return Ok(Sweep::Braked(brake));
        }
        for document in &found.unnamed {
            self.objects.set_aside(*document, now.date_naive()).await?;
        }
        for (day, document) in &found.expired {
            self.objects.remove(Name::Swept(*day, *document)).await?;
        }
        Ok(Sweep::Done(Swept {
            set_aside: found.unnamed.len(),
            brought_back: found.named_again.len(),
            deleted: found.expired.len(),
            unfinished,
        }))
    }

    async fn look(
        &self,
        rows: &impl DocumentRows,
        before: DateTime<Utc>,
        expires: NaiveDate,
    ) -> Result<Found> {
        let mut found = Found::default();
        let most = most_ever(self.settings.sweep_most);
        let mut batches = self.objects.list().try_chunks(BATCH).map_err(|error| error.1);
        while let Some(batch) = batches.next().await {
            let batch = batch?;
            found.counts.objects +=
                batch.iter().filter(|(name, _)| matches!(name, Name::Document(_))).count();
            let old = batch.iter().filter(|(name, at)| matches!(name, Name::Swept(..)) || *at < before);
            let old: Vec<Name> = old.map(|(name, _)| *name).collect();
            let ids: Vec<DocumentId> = old.iter().map(|name| name.document()).collect();
            let unknown: HashSet<DocumentId> = rows.list_unknown(&ids).await?.into_iter().collect();
            for name in old {
                found.add(name, unknown.contains(&name.document()), most, expires);
            }
        }
        Ok(found)
    }
}

impl Found {
    fn add(&mut self, name: Name, unnamed: bool, most: usize, expires: NaiveDate) {
        match name {
            Name::Document(document) if unnamed => {
                self.counts.unnamed += 1;
                if self.unnamed.len() < most {
                    self.unnamed.push(document);
                }
            }
            Name::Document(_) => self.counts.named += 1,
            Name::Swept(day, document) if !unnamed => self.named_again.push((day, document)),
            Name::Swept(day, document) if day <= expires => {
                self.counts.expired += 1;
                self.expired.push((day, document));
            }
            Name::Swept(..) => {}
        }
    }
}
