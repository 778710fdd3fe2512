//! Take a list of members: read it within bounds, decide row by row, keep it block by block.

pub(crate) mod domain;
pub(crate) mod report;

use std::collections::{HashMap, HashSet};

use careway_contract::identity::v1::{ImportMembersRequest, ImportMembersResponse};
use careway_events::record;
use careway_kernel::MemberId;
use careway_service::{
    AuditEntry, Call, Result, Transaction,
    imports::Held,
    table::{self, Limits, Table},
};
use tonic::Streaming;
use uuid::Uuid;

use super::{
    create::registered,
    domain::{Change, Home, Member},
    home, store,
    update::told,
};
use crate::App;
use domain::{
    Decision, Import, Met,
    row::{Columns, Draft, Fault, Rejected, read},
};
use report::Report;

/// Rows that are kept together.
const BLOCK: usize = 5000;

pub(crate) async fn import_members(
    app: &App,
    call: &Call,
    upload: Streaming<ImportMembersRequest>,
) -> Result<ImportMembersResponse> {
    let payer = call.caller.organization()?;
    let config = &app.members.config;
    let limits = Limits {
        bytes: (config.member_import_mib as usize) << 20,
        rows: config.member_import_rows as usize,
        ..Limits::default()
    };
    let imports = &app.foundation.imports;
    let upload = imports.receive(payer, limits.bytes, upload, |piece| (piece.dry_run, piece.file)).await?;
    let dry_run = upload.dry_run;
    let home = home(app, call, payer).await?;
    let today = app.clock.today(home.country.default_time_zone());
    let reading = move |file, media_type: &str| {
        let table = table::read_table(file, media_type, limits)?;
        read_rows(&table, home, today)
    };
    let Held { value: (drafts, rejected), place: _place } = imports.read(upload, limits, reading).await?;

    let mut report = Report::new(dry_run, rejected);
    let import = Import { payer, home, now: app.clock.now(), today };
    let mut block_import = Block { app, call, import, families: HashMap::new(), principals: HashSet::new() };
    for block in drafts.chunks(BLOCK) {
        block_import.take(block, dry_run, &mut report).await?;
    }
    Ok(report.finish())
}

/// Every row by itself; principals before dependants, so that a principal may come later in the list.
fn read_rows(table: &Table, home: Home, today: chrono::NaiveDate) -> Result<(Vec<Draft>, Vec<Rejected>)> {
    let columns = Columns::find(table)?;
    let (mut drafts, mut rejected) = (Vec::with_capacity(table.rows.len()), Vec::new());
    let (mut numbers, mut national_ids) = (HashMap::new(), HashMap::new());
    for row in &table.rows {
        let draft = match read(row, &columns, home, today) {
            Ok(draft) => draft,
            Err(row) => {
                rejected.push(row);
                continue;
            }
        };
        let number = draft.number.as_str().to_owned();
        let mut twice = |column, row: Option<&u32>| {
            let Some(row) = row else { return false };
            let faults = vec![Fault::new(column, format!("is in row {row} already"))];
            rejected.push(Rejected { row: draft.row, number: number.clone(), faults });
            true
        };
        let national_id = draft.national_id.as_ref().map(|id| id.as_str().to_owned());
        if twice("member_number", numbers.get(&number))
            || twice("national_id", national_id.as_ref().and_then(|id| national_ids.get(id)))
        {
            continue;
        }
        numbers.insert(number, draft.row);
        if let Some(id) = national_id {
            national_ids.insert(id, draft.row);
        }
        drafts.push(draft);
    }
    drafts.sort_by_key(|draft| draft.principal.is_some());
    Ok((drafts, rejected))
}

/// The import as it goes on: what the rows so far have made of the families.
struct Block<'a> {
    app: &'a App,
    call: &'a Call,
    import: Import,
    /// By member number: who it is, and whose dependant.
    families: HashMap<String, (MemberId, Option<MemberId>)>,
    /// Whoever a row named as principal.
    principals: HashSet<MemberId>,
}

/// What a block comes to.
#[derive(Default)]
struct Outcome {
    created: Vec<Member>,
    updated: Vec<(Member, Change)>,
}

impl Block<'_> {
    async fn take(&mut self, drafts: &[Draft], dry_run: bool, report: &mut Report) -> Result<()> {
        // A fresh call: each block has its own time, and no key, since a list sent twice changes nothing.
        let mut tx = self.app.db.begin_unkeyed(&Call::by(self.call.caller.clone())).await?;
        let outcome = self.decide(&mut tx, drafts, report).await?;
        if dry_run {
            return Ok(());
        }
        self.keep(tx, outcome).await
    }

    async fn decide(
        &mut self,
        tx: &mut Transaction,
        drafts: &[Draft],
        report: &mut Report,
    ) -> Result<Outcome> {
        let (vault, payer) = (&self.app.vault, self.import.payer);
        let numbers: Vec<String> = drafts.iter().map(|draft| draft.number.as_str().to_owned()).collect();
        let existing = store::lock_by_numbers(tx, vault, payer, &numbers).await?;
        let existing: HashMap<String, Member> =
            existing.into_iter().map(|member| (member.facts.number.as_str().to_owned(), member)).collect();
        let index = |draft: &Draft| {
            draft.national_id.as_ref().map(|id| vault.national_id_index(id.as_str()).to_vec())
        };
        let indexes: Vec<Vec<u8>> = drafts.iter().filter_map(index).collect();
        let owners: HashMap<Vec<u8>, MemberId> =
            store::national_id::list_owners(tx, payer, &indexes).await?.into_iter().collect();
        let named: HashSet<&str> =
            drafts.iter().filter_map(|draft| Some(draft.principal.as_ref()?.as_str())).collect();
        let named: Vec<String> = named
            .into_iter()
            .filter(|number| !self.families.contains_key(*number))
            .map(str::to_owned)
            .collect();
        for (number, id, principal) in store::lock_principals_by_numbers(tx, payer, &named).await? {
            self.families.insert(number, (id, principal));
        }
        let ids: Vec<Uuid> = existing.values().map(|member| member.id.uuid()).collect();
        self.principals.extend(store::list_with_dependants(tx, &ids).await?);

        let mut outcome = Outcome::default();
        for draft in drafts {
            let member = existing.get(draft.number.as_str());
            let met = Met {
                existing: member,
                owner: index(draft).and_then(|index| owners.get(&index).copied()),
                principal: draft
                    .principal
                    .as_ref()
                    .and_then(|number| self.families.get(number.as_str()).copied()),
                has_dependants: member.is_some_and(|member| self.principals.contains(&member.id)),
            };
            let decision = draft.decide(self.import, &met, || careway_kernel::id_at(self.import.now));
            report.add(draft, &decision);
            match decision {
                Decision::Create(member) => {
                    self.remember(&member);
                    outcome.created.push(*member);
                }
                Decision::Update(member, change) => {
                    self.remember(&member);
                    outcome.updated.push((*member, change));
                }
                Decision::Unchanged | Decision::Reject(_) => {}
            }
        }
        Ok(outcome)
    }

    fn remember(&mut self, member: &Member) {
        let number = member.facts.number.as_str().to_owned();
        self.families.insert(number, (member.id, member.facts.principal));
        self.principals.extend(member.facts.principal);
    }

    async fn keep(&self, mut tx: Transaction, outcome: Outcome) -> Result<()> {
        let (vault, payer) = (&self.app.vault, self.import.payer);
        if !outcome.created.is_empty() {
            store::write::insert_members(&mut tx, vault, payer, &outcome.created).await?;
        }
        let (updated, changes): (Vec<Member>, Vec<Change>) = outcome.updated.into_iter().unzip();
        if !updated.is_empty() {
            store::write::update_members(&mut tx, vault, payer, &updated).await?;
            store::national_id::update_national_ids(&mut tx, &changes, self.import.today).await?;
        }
        let (mut fresh, mut contacts) = (Vec::new(), Vec::new());
        for (member, change) in updated.iter().zip(&changes) {
            let told =
                member.national_ids.iter().filter(|held| change.new_national_ids.contains(&held.number));
            fresh.extend(told.map(|held| (member.id, held)));
            contacts.extend(change.contacts.iter().map(|contact| (member.id, contact)));
        }
        store::national_id::insert_national_ids(&mut tx, vault, payer, &fresh).await?;
        let (now, by) = (tx.now(), self.call.caller.subject.to_string());
        store::contact::insert_contact_changes(&mut tx, vault, payer, &contacts, now, &by).await?;
        for member in &outcome.created {
            record(&mut tx, registered(member));
        }
        for fact in updated.iter().zip(&changes).flat_map(|(member, change)| told(member, change)) {
            record(&mut tx, fact);
        }
        for member in outcome.created.iter().chain(&updated) {
            tx.audit(AuditEntry {
                action: "member.import",
                member: Some(member.id),
                ..AuditEntry::default()
            });
        }
        tx.finish().await
    }
}
