//! Take a list of members: read it within bounds, decide row by row, keep it block by block.

mod domain;
mod report;
mod rows;

use std::collections::{HashMap, HashSet};

use careway_contract::identity::v1::{ImportMembersRequest, ImportMembersResponse};
use careway_events::record;
use careway_kernel::MemberId;
use careway_service::{
    AuditEntry, Call, Result, Transaction,
    imports::{Held, ListFile},
    table::{CellRemark, CellWarning, Outcome, Report},
};
use tonic::Streaming;
use uuid::Uuid;

use super::{
    create::registered,
    domain::{Change, Member},
    home, store,
    update::told,
};
use crate::App;
use domain::{Decision, Draft, Import, Met};
use rows::Listed;

/// Rows that are kept together.
const BLOCK: usize = 5000;

pub(crate) async fn import_members(
    app: &App,
    call: &Call,
    upload: Streaming<ImportMembersRequest>,
) -> Result<ImportMembersResponse> {
    let payer = call.caller.organization()?;
    let home = home(app, call, payer).await?;
    let today = app.clock.today(home.zone);
    let imports = &app.foundation.imports;
    let limits = imports.limits();
    let read =
        move |list: ListFile| Ok(rows::read(&list.read(limits, rows::COLUMNS)?, list.dry_run, home, today));
    let Held { value: Listed { drafts, mut report, numbers }, place: _place } =
        imports.take(payer, limits, upload, |piece| (piece.dry_run, piece.file), read).await?;

    let import = Import { payer, home, now: app.clock.now(), today };
    let mut block_import = Block { app, call, import, families: HashMap::new(), principals: HashSet::new() };
    for block in drafts.chunks(BLOCK) {
        block_import.take(block, &mut report).await?;
    }
    Ok(report::response(&report, &numbers))
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
struct Changes {
    created: Vec<Member>,
    updated: Vec<(Member, Change)>,
}

impl Block<'_> {
    async fn take(&mut self, drafts: &[Draft], report: &mut Report) -> Result<()> {
        // A fresh call: each block has its own time, and no key, since a list sent twice changes nothing.
        let mut tx = self.app.db.begin_unkeyed(&Call::by(self.call.caller.clone())).await?;
        let changes = self.decide(&mut tx, drafts, report).await?;
        if report.dry_run {
            return Ok(());
        }
        self.save(tx, changes).await
    }

    async fn decide(
        &mut self,
        tx: &mut Transaction,
        drafts: &[Draft],
        report: &mut Report,
    ) -> Result<Changes> {
        let (data_keys, payer) = (&self.app.data_keys, self.import.payer);
        let numbers: Vec<String> = drafts.iter().map(|draft| draft.number.as_str().to_owned()).collect();
        let existing = store::lock_by_numbers(tx, data_keys, payer, &numbers).await?;
        let existing: HashMap<String, Member> =
            existing.into_iter().map(|member| (member.facts.number.as_str().to_owned(), member)).collect();
        let index = |draft: &Draft| {
            draft.national_id.as_ref().map(|id| data_keys.national_id_index(id.as_str()).to_vec())
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

        let mut changes = Changes::default();
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
            match decision {
                Decision::Create(member) => {
                    report.note(draft.row, Outcome::Created);
                    self.remember(&member);
                    changes.created.push(*member);
                }
                Decision::Update(member, change) => {
                    report.note(draft.row, Outcome::Updated);
                    if change.born_later {
                        let warning = CellWarning::LaterBirthDate;
                        report.remark(vec![CellRemark { row: draft.row, column: "birth_date", warning }]);
                    }
                    self.remember(&member);
                    changes.updated.push((*member, change));
                }
                Decision::Unchanged => report.note(draft.row, Outcome::Unchanged),
                Decision::Reject(refused) => {
                    let (column, reason) = (refused.column(), refused.reason());
                    report.reject_row(draft.row, column, reason, refused.to_string());
                }
            }
        }
        Ok(changes)
    }

    fn remember(&mut self, member: &Member) {
        let number = member.facts.number.as_str().to_owned();
        self.families.insert(number, (member.id, member.facts.principal));
        self.principals.extend(member.facts.principal);
    }

    async fn save(&self, mut tx: Transaction, taken: Changes) -> Result<()> {
        let (data_keys, payer) = (&self.app.data_keys, self.import.payer);
        if !taken.created.is_empty() {
            store::write::insert_members(&mut tx, data_keys, payer, &taken.created).await?;
        }
        let (updated, changes): (Vec<Member>, Vec<Change>) = taken.updated.into_iter().unzip();
        if !updated.is_empty() {
            store::write::update_members(&mut tx, data_keys, payer, &updated).await?;
            store::national_id::update_national_ids(&mut tx, &changes, self.import.today).await?;
        }
        let (mut fresh, mut contacts) = (Vec::new(), Vec::new());
        for (member, change) in updated.iter().zip(&changes) {
            let told =
                member.national_ids.iter().filter(|held| change.new_national_ids.contains(&held.number));
            fresh.extend(told.map(|held| (member.id, held)));
            contacts.extend(change.contacts.iter().map(|contact| (member.id, contact)));
        }
        store::national_id::insert_national_ids(&mut tx, data_keys, payer, &fresh).await?;
        let (now, by) = (tx.now(), self.call.caller.subject.to_string());
        store::contact::insert_contact_changes(&mut tx, data_keys, payer, &contacts, now, &by).await?;
        for member in &taken.created {
            record(&mut tx, registered(member));
        }
        for fact in updated.iter().zip(&changes).flat_map(|(member, change)| told(member, change)) {
            record(&mut tx, fact);
        }
        for member in taken.created.iter().chain(&updated) {
            tx.audit(AuditEntry {
                action: "member.import",
                member: Some(member.id),
                ..AuditEntry::default()
            });
        }
        tx.finish().await
    }
}
