//! The ledger against many at once, strangers and tampering: real Postgres.

mod ledger;
mod model;

use careway_kernel::{FamilyId, OrganizationId};
use careway_service::{Call, Caller, Kind, OrganizationKind, Subject};
use futures::{StreamExt, stream};
use uuid::Uuid;

use crate::benefits::domain::posting::{Cause, Posting, Taking};
use ledger::{Ledger, postings};

pub(crate) use ledger::count_differences;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_at_once_never_overspend_a_limit() {
    let ledger = Ledger::open().await;
    let family = FamilyId::new(&ledger.clock);
    let members = [ledger.cover(family).await, ledger.cover(family).await];
    let outcomes: Vec<bool> = stream::iter(0..1000_usize)
        .map(|n| {
            let (ledger, covered) = (&ledger, &members[n % 2]);
            async move {
                // The family's account and the member's own, in the one order or the other.
                let (kind, cause) = if n % 3 == 0 {
                    (Taking::Reserve, Cause::PreauthorizationLine(Uuid::now_v7()))
                } else {
                    (Taking::Commit, Cause::ClaimLine(Uuid::now_v7()))
                };
                let posting = |at: usize, most| Posting {
                    account: covered.accounts[at].clone(),
                    amount: 1,
                    most: Some(most),
                    cause,
                    reservation: None,
                };
                let mut postings = vec![posting(0, 1000), posting(2, 100)];
                if n % 2 == 0 {
                    postings.reverse();
                }
                match ledger.post(covered, kind, &postings).await {
                    Ok(made) => made == 2,
                    Err(refusal) => {
                        assert_eq!(refusal.reason(), "LIMIT_EXCEEDED", "{refusal}");
                        false
                    }
                }
            }
        })
        .buffer_unordered(14)
        .collect()
        .await;
    assert_eq!(outcomes.iter().filter(|won| **won).count(), 100);
    let family = ledger.standing(&members[0]).await[2];
    assert_eq!(family.0 + family.1, 100);
    let own = [ledger.standing(&members[0]).await[0], ledger.standing(&members[1]).await[0]];
    assert_eq!(own.iter().map(|(used, reserved)| used + reserved).sum::<i64>(), 100);
    assert_eq!(ledger.differences().await, 0);
}

#[tokio::test]
async fn a_limit_reached_refuses_the_whole_batch() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let claim = Cause::ClaimLine(Uuid::now_v7());
    let refused = ledger.post(&covered, Taking::Commit, &postings(&covered, [5, 4, 5], claim, None)).await;
    let refused = refused.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (Kind::Refused, "LIMIT_EXCEEDED"));
    assert_eq!(ledger.standing(&covered).await, [(0, 0), (0, 0), (0, 0)]);
}

#[tokio::test]
async fn two_lines_of_one_batch_share_their_reservation() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let approved = Uuid::now_v7();
    let held = postings(&covered, [10, 0, 0], Cause::PreauthorizationLine(approved), None);
    assert_eq!(ledger.post(&covered, Taking::Reserve, &held).await.unwrap(), 1);
    let line = |amount| {
        postings(&covered, [amount, 0, 0], Cause::ClaimLine(Uuid::now_v7()), Some(approved)).remove(0)
    };
    let (first, second) = (line(7), line(6));
    let lines = [first.clone(), second.clone()];
    assert_eq!(ledger.post(&covered, Taking::Commit, &lines).await.unwrap(), 2);
    assert_eq!(ledger.post(&covered, Taking::Commit, &lines).await.unwrap(), 0, "repeated");
    assert_eq!(ledger.standing(&covered).await[0], (13, 0));
    // The second drew only 3; the first gives its 7 back to the reservation.
    ledger.undo(first.cause).await.unwrap();
    assert_eq!(ledger.standing(&covered).await[0], (6, 7));
    ledger.undo(Cause::PreauthorizationLine(approved)).await.unwrap();
    ledger.undo(second.cause).await.unwrap();
    assert_eq!(ledger.standing(&covered).await[0], (0, 0));
    assert_eq!(ledger.differences().await, 0);
}

#[tokio::test]
async fn many_lines_are_undone_at_once() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let approved = [Uuid::now_v7(), Uuid::now_v7()];
    for id in approved {
        let held = postings(&covered, [4, 1, 4], Cause::PreauthorizationLine(id), None);
        ledger.post(&covered, Taking::Reserve, &held).await.unwrap();
    }
    let claimed = [Uuid::now_v7(), Uuid::now_v7()];
    let line = |at: usize| postings(&covered, [3, 1, 3], Cause::ClaimLine(claimed[at]), Some(approved[at]));
    ledger.post(&covered, Taking::Commit, &[line(0), line(1)].concat()).await.unwrap();
    assert_eq!(ledger.standing(&covered).await, [(6, 2), (2, 0), (6, 2)]);
    assert_eq!(ledger.undo_all("CLAIM_LINE", &claimed).await.unwrap(), 6);
    assert_eq!(ledger.standing(&covered).await, [(0, 8), (0, 2), (0, 8)]);
    assert_eq!(ledger.undo_all("PREAUTHORIZATION_LINE", &approved).await.unwrap(), 6);
    assert_eq!(ledger.undo_all("PREAUTHORIZATION_LINE", &approved).await.unwrap(), 0, "repeated");
    assert_eq!(ledger.standing(&covered).await, [(0, 0), (0, 0), (0, 0)]);
    assert_eq!(ledger.differences().await, 0);
}

#[tokio::test]
async fn only_the_parties_post() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let facility = OrganizationId::new(&ledger.clock);
    let by = |organization, kind| {
        let subject = Subject::Client(careway_kernel::ClientId::new(&ledger.clock));
        Call::by(Caller::of_organization(subject, organization, kind, [], None))
    };
    let claim = |_: u8| postings(&covered, [1, 0, 0], Cause::ClaimLine(Uuid::now_v7()), None);
    let stranger = by(facility, OrganizationKind::Facility);
    assert!(ledger.post_as(&stranger, &covered, Taking::Commit, &claim(0)).await.is_err());
    let other_payer = by(OrganizationId::new(&ledger.clock), OrganizationKind::Payer);
    assert!(ledger.post_as(&other_payer, &covered, Taking::Commit, &claim(1)).await.is_err());
    let payer = by(ledger.payer, OrganizationKind::Payer);
    assert_eq!(ledger.post_as(&payer, &covered, Taking::Commit, &claim(2)).await.unwrap(), 1);

    let contracted =
        "insert into contract (contract_id, payer_id, facility_id, service_types, valid_from, version,
        created_at) values ($1, $2, $3, '{DENTAL}', '2026-01-01', 1, now())";
    let mut tx = ledger.db.begin_system("test").await.unwrap();
    sqlx::query(contracted)
        .bind(Uuid::now_v7())
        .bind(ledger.payer.uuid())
        .bind(facility.uuid())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.finish().await.unwrap();
    assert_eq!(ledger.post_as(&stranger, &covered, Taking::Commit, &claim(3)).await.unwrap(), 1);
    // It posts, and still sees neither the balance nor the entries.
    let mut reader = ledger.db.read(&stranger).await.unwrap();
    let seen: i64 = sqlx::query_scalar(
        "select (select count(*) from benefit_balance) + (select count(*) from benefit_entry)",
    )
    .fetch_one(&mut *reader)
    .await
    .unwrap();
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn entries_are_never_changed() {
    let ledger = Ledger::open().await;
    let covered = ledger.covered().await;
    let claim = Cause::ClaimLine(Uuid::now_v7());
    ledger.post(&covered, Taking::Commit, &postings(&covered, [1, 1, 1], claim, None)).await.unwrap();
    let tamperings = [
        "update benefit_entry set amount = 2, used_delta = 2",
        "delete from benefit_entry",
        "truncate benefit_entry",
        "update benefit_balance set used = 0",
        "delete from benefit_balance",
    ];
    for sql in tamperings {
        let mut tx = ledger.db.begin_system("test").await.unwrap();
        let refused = sqlx::query(sql).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501", "{sql}");
    }
    // Not even by the superuser.
    let admin = sqlx::PgPool::connect(&ledger.database.url_admin).await.unwrap();
    for sql in &tamperings[..3] {
        let refused = sqlx::query(*sql).execute(&admin).await.unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().constraint(),
            Some("benefit_entry_append_only"),
            "{sql}"
        );
    }
}
