//! A claim as the platform wrote it, so that pgbench writes rows just as large.

use anyhow::Context;
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

/// The documents that a claim's one statement takes, as text for a script. In them `#` stands for the end of an id of the
/// claim's own, `@V`, `@M`, `@C` and `@F` for its visit, member, coverage and facility.
#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    /// The lines, a JSON array of rows.
    pub(super) lines: String,
    /// Their sealed details, an array of bytes.
    pub(super) details: String,
    /// What they take from the ledger, a JSON array.
    pub(super) postings: String,
}

impl Sample {
    /// Of this claim; its rows are kept apart, as those of every claim pgbench makes.
    pub(super) async fn of(visits: &mut PgConnection, claim: Uuid) -> anyhow::Result<Self> {
        visits
            .execute(
                "create table bench_claim (like claim);
                 grant select on bench_claim to visits_app",
            )
            .await?;
        sqlx::query("insert into bench_claim select * from claim where claim_id = $1")
            .bind(claim)
            .execute(&mut *visits)
            .await?;
        let (mut lines, details, mut postings): (String, String, String) = sqlx::query_as(
            "select json_agg(to_jsonb(l) - 'sealed_details' order by position)::text,
                array_agg(l.sealed_details order by position)::text,
                (select json_agg(json_build_object('account', e.account, 'scope', e.scope, 'period', e.period,
                        'period_key', e.period_key, 'starts_on', b.starts_on, 'ends_on', e.ends_on, 'unit', e.unit,
                        'amount', e.amount, 'most', e.limit_at_write, 'cause_kind', e.cause_kind,
                        'cause_id', e.cause_id, 'reservation_id', e.reservation_id) order by e.entry_id)::text
                 from benefit_entry e
                 join benefit_balance b using (holder_id, plan_id, ends_on, account, scope, period_key, unit)
                 where e.cause_kind = 'CLAIM_LINE')
             from service_line l where l.owner_id = $1",
        )
        .bind(claim)
        .fetch_one(&mut *visits)
        .await
        .context("its lines and postings")?;
        let ids: Vec<Uuid> =
            sqlx::query_scalar("select line_id from service_line where owner_id = $1 order by position")
                .bind(claim)
                .fetch_all(&mut *visits)
                .await?;
        let (visit, member, coverage, facility): (Uuid, Uuid, Uuid, Uuid) = sqlx::query_as(
            "select visit_id, member_id, coverage_id, facility_id from claim where claim_id = $1",
        )
        .bind(claim)
        .fetch_one(&mut *visits)
        .await?;
        for text in [&mut lines, &mut postings] {
            for (place, id) in ids.iter().enumerate() {
                *text = text.replace(&id.to_string(), &format!("0192000{place}-0000-7000-8000-#"));
            }
            for (id, mark) in
                [(claim, CLAIM), (visit, "@V"), (member, "@M"), (coverage, "@C"), (facility, "@F")]
            {
                *text = text.replace(&id.to_string(), mark);
            }
        }
        Ok(Self { lines, details, postings })
    }

    /// Every claim goes, with what it took: the next is for the same visits again.
    pub(super) async fn forget(visits: &mut PgConnection) -> anyhow::Result<()> {
        visits
            .execute(
                // The ledger lets nobody forget; but this is no ledger of anybody's.
                "set session_replication_role = replica;
                 delete from service_line; delete from claim; delete from benefit_entry;
                 delete from benefit_balance where scope = 'FAMILY';
                 update benefit_balance set used = 120000 where used <> 120000;
                 reset session_replication_role",
            )
            .await?;
        Ok(())
    }
}

/// A claim's id; `claim.sql` makes the same.
const CLAIM: &str = "01920009-0000-7000-8000-#";
