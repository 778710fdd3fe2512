//! Fixed data: members, covers, balances, and a visit of each member to read benefits of; the last three by SQL.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

use anyhow::{Context, ensure};
use careway_standalone::{
    provision,
    seed::{Inbox, Rest, until},
};
use chrono::{Datelike, Months, NaiveDate, Utc};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{
    enrol::{Desk, Enrolled, enrol},
    names::{BENEFITS, FACILITIES, claim, member_number, phone},
    platform::{Layout, Platform, Settings},
    quiet::Quiet,
    sample::Sample,
    stage::{Stage, raw_of},
};
use crate::say;

/// How long the events of an import may be on their way.
const ON_THEIR_WAY: Duration = Duration::from_secs(180);

/// What there is to be measured with.
pub(super) struct Network {
    pub(super) members: u32,
    pub(super) desks: Vec<Desk>,
    /// The visit numbered 0; the others follow.
    first_visit: u64,
    /// The next journey's number: a member is checked in again only when all the others were, and elsewhere.
    pub(super) next_journey: AtomicU64,
    /// The next claims' places among the visits of their half: those of their own families, and those of one.
    next_claims: [AtomicU32; 2],
    /// What a claim writes, for pgbench.
    pub(super) sample: Sample,
}

impl Network {
    /// The visit of a member that benefits are read of.
    pub(super) fn visit(&self, number: u32) -> Uuid {
        visit_id(self.first_visit, number.into())
    }

    /// The visit that the next claim is for, of one family's or of the others': each is claimed once.
    pub(super) fn next_claimed(&self, of_one_family: bool) -> anyhow::Result<u32> {
        let half = usize::from(of_one_family);
        let next = self.next_claims[half].fetch_add(1, Ordering::Relaxed);
        ensure!(next < self.members / 2, "every visit was claimed: the data is too small for this machine");
        Ok(if of_one_family { self.members / 2 + next } else { next })
    }

    /// How pgbench is told of the same.
    pub(super) fn first_visit(&self) -> u64 {
        self.first_visit
    }

    /// The desk that checked that member in.
    pub(super) fn desk_of_visit(&self, number: u32) -> usize {
        (number % FACILITIES) as usize
    }
}

/// Ids in the order of time, as the platform makes them, that can be reckoned: the first 48 bits, version 7, the number.
fn visit_id(first: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(((first + number) << 16) | 0x7000, 0x8000_0000_0000_0000 | number)
}

/// Makes the databases and loads them; nothing runs afterwards.
pub(super) async fn load(stage: &Stage, settings: &Settings, members: u32) -> anyhow::Result<Network> {
    let step = say::begin("migrating the databases");
    provision::provision(&stage.servers.postgres, "").await?;
    step.done("databases migrated");

    let today = Utc::now().date_naive();
    let from = today.with_day(1).context("every month has a first day")? - Months::new(5);
    let step = say::begin(format!("enrolling {members} members at {FACILITIES} facilities"));
    let platform = Platform::start(stage, settings, Layout::OneProcess).await?;
    let inbox = Inbox::new(stage.checkout.inbox());
    let enrolled = enrol(&platform.url(), &inbox, members, from).await?;
    let mut visits = stage.connect("visits").await?;
    await_members(&mut visits, members).await?;
    step.done(format!("{members} members enrolled at {FACILITIES} facilities"));

    let step = say::begin("loading covers, balances and visits");
    cover(&mut visits, &enrolled, from).await?;
    let first_visit = u64::try_from(Utc::now().timestamp_millis())? - u64::from(members);
    let mut network = Network {
        members,
        desks: enrolled.desks,
        first_visit,
        next_journey: AtomicU64::new(0),
        next_claims: Default::default(),
        sample: Sample::default(),
    };
    let (template, claim) =
        check_in(&platform.url(), &inbox, &network).await.context("checking a member in")?;
    network.sample = Sample::of(&mut visits, claim).await.context("the claim's rows")?;
    // The member is told of that visit as well, while it is still there.
    Quiet::connect(stage).await?.wait().await?;
    copy_visits(&mut visits, &network, template).await?;
    platform.stop().await?;
    Sample::forget(&mut visits).await?;
    visits.execute("vacuum analyze").await?;
    visits.close().await?;
    stage.copy_raw("visits").await?;
    prepare_raw(stage).await?;
    step.done("covers, balances and visits loaded");
    Ok(network)
}

/// Visits hears of members by events.
async fn await_members(visits: &mut PgConnection, members: u32) -> anyhow::Result<()> {
    let since = Instant::now();
    loop {
        let known: i64 =
            sqlx::query_scalar("select count(*) from member_ref").fetch_one(&mut *visits).await?;
        if known == i64::from(members) {
            return Ok(());
        }
        ensure!(since.elapsed() < ON_THEIR_WAY, "visits knows {known} of {members} members");
        sleep(Duration::from_millis(200)).await;
    }
}

async fn cover(visits: &mut PgConnection, enrolled: &Enrolled, from: NaiveDate) -> anyhow::Result<()> {
    let to = (from + Months::new(12)).pred_opt().context("not the first day of all")?;
    sqlx::query(
        "insert into coverage (coverage_id, payer_id, member_id, family_id, plan_id, plan_version, valid_from, valid_to,
            member_since, policy_year_from, status, version, created_at)
         select gen_random_uuid(), payer_id, member_id, family_id, $1, 1, $2, $3, $2, $2, 'ACTIVE', 1, now()
         from member_ref",
    )
    .bind(enrolled.plan)
    .bind(from)
    .bind(to)
    .execute(&mut *visits)
    .await?;
    sqlx::query(
        "insert into benefit_balance (payer_id, plan_id, holder_id, scope, account, period, period_key, starts_on,
            ends_on, unit, used, reserved, limit_at_write)
         select payer_id, $1, member_id, 'MEMBER', account, 'POLICY_YEAR', 'Y:' || $2::date, $2, $3, 'AMOUNT',
            120000, 5000, 500000
         from member_ref cross join unnest($4::text[]) as account",
    )
    .bind(enrolled.plan)
    .bind(from)
    .bind(to)
    .bind(BENEFITS.map(str::to_owned))
    .execute(&mut *visits)
    .await?;
    visits.execute("analyze").await?;
    Ok(())
}

/// One member is checked in as everybody is, and a claim is made: the visit the others' are copied from, and what a claim
/// writes.
async fn check_in(gateway: &str, inbox: &Inbox, network: &Network) -> anyhow::Result<(Uuid, Uuid)> {
    let desk = Rest::new(gateway)?.sign_in(&network.desks[0].credentials).await?;
    let before = inbox.mark()?;
    let started = desk.post("/v1/visits", json!({"memberNumber": member_number(0)})).await?.ok()?;
    let visit = started.text("visit.visitId").to_owned();
    let message = inbox.next(&before, &phone(0)).await?;
    let code = message.code().context("a message without a code")?;
    desk.post(&format!("/v1/visits/{visit}/verify"), json!({"code": code})).await?.ok()?;
    desk.post(&format!("/v1/visits/{visit}/admit"), json!({"serviceType": "OUTPATIENT"})).await?.ok()?;
    let id = visit.parse().context("the visit's id")?;
    until("the benefits of the visit", async || {
        let read = desk.get(&format!("/v1/visits/{visit}/benefits")).await?.ok()?;
        Ok((read.list("statement.benefits").len() == BENEFITS.len()).then_some(()))
    })
    .await?;
    let claim = desk.post(&format!("/v1/visits/{visit}/claims"), claim()).await?.ok()?;
    ensure!(claim.text("claim.state") == "APPROVED", "the rules should decide on the claim: {claim}");
    Ok((id, claim.text("claim.claimId").parse().context("the claim's id")?))
}

/// A visit of yesterday for each member, the second half of whom are one family; the one they were copied from goes.
async fn copy_visits(visits: &mut PgConnection, network: &Network, template: Uuid) -> anyhow::Result<()> {
    let facilities: Vec<Uuid> = network.desks.iter().map(|desk| desk.facility).collect();
    sqlx::query("delete from service_line").execute(&mut *visits).await?;
    sqlx::query("delete from claim").execute(&mut *visits).await?;
    sqlx::query(
        "update coverage set family_id = (select min(family_id::text)::uuid from member_ref
            where substring(member_number from 4)::int >= $1)
         where member_id in (select member_id from member_ref where substring(member_number from 4)::int >= $1)",
    )
    .bind(i32::try_from(network.members / 2)?)
    .execute(&mut *visits)
    .await?;
    let copied = sqlx::query(
        "insert into visit select copy.* from visit v
         cross join lateral (select m.*, c.coverage_id, c.family_id as family, substring(member_number from 4)::bigint as n
            from member_ref m join coverage c using (member_id)) m
         cross join lateral jsonb_populate_record(v, jsonb_build_object(
            'visit_id', lpad(to_hex($2 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'),
            'facility_id', ($3::uuid[])[(1 + n % $4)::int], 'member_id', m.member_id, 'family_id', m.family, 'claims', 0,
            'coverage_id', m.coverage_id, 'identifier_hash', sha256(m.member_number::bytea), 'visit_number', 'B' || n,
            'service_date', current_date - 1)) copy
         where v.visit_id = $1 order by n",
    )
    .bind(template)
    .bind(i64::try_from(network.first_visit)?)
    .bind(facilities)
    .bind(i64::from(FACILITIES))
    .execute(&mut *visits)
    .await?
    .rows_affected();
    ensure!(
        copied == u64::from(network.members),
        "{copied} visits were copied for {} members",
        network.members
    );
    sqlx::query("delete from visit where visit_id = $1").bind(template).execute(visits).await?;
    Ok(())
}

/// pgbench knows members by their place in the list.
async fn prepare_raw(stage: &Stage) -> anyhow::Result<()> {
    let mut raw = stage.connect(&raw_of("visits")).await?;
    raw.execute(
        "create table bench_member as
         select substring(member_number from 4)::int as n, member_id from member_ref;
         alter table bench_member add primary key (n);
         grant select on bench_member to visits_app",
    )
    .await?;
    raw.execute("vacuum analyze").await?;
    raw.close().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_one_another_as_sql_reckons_them() {
        let id = visit_id(0x0192_0000_0000, 0x2a);
        assert_eq!(id.simple().to_string(), "01920000002a7000800000000000002a");
        assert!(visit_id(5, 1) < visit_id(5, 2));
        assert_eq!(id.get_version_num(), 7);
    }
}
