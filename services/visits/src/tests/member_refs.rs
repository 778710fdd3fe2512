//! What visits keeps of identity's members, when events come late.

use careway_kernel::{Clock, FamilyId, MemberId, MemberNumber, OrganizationId};
use careway_testing::TestDatabase;

use crate::{
    MIGRATOR, NAME,
    coverages::store::member::{MemberRef, upsert_member},
};

#[tokio::test]
async fn an_event_that_comes_late_changes_nothing() {
    let database = TestDatabase::create(NAME, &MIGRATOR).await;
    let clock = Clock::movable();
    let db = database.open(2, &clock).await;
    let (id, payer) = (MemberId::new(&clock), OrganizationId::new(&clock));
    let named = |number: &str| MemberRef {
        id,
        payer,
        number: MemberNumber::parse(number).unwrap(),
        family: FamilyId::from_uuid(id.uuid()),
    };
    let mut tx = db.begin_system("tests").await.unwrap();
    let mut known = Vec::new();
    // As identity answered, the change, the registration that it came before, and the next change.
    for (number, version) in [("UM-1", None), ("UM-2", Some(2)), ("UM-1", Some(1)), ("UM-3", Some(3))] {
        upsert_member(&mut tx, &named(number), version).await.unwrap();
        let number: String =
            sqlx::query_scalar("select member_number from member_ref").fetch_one(&mut *tx).await.unwrap();
        known.push(number);
    }
    assert_eq!(known, ["UM-1", "UM-2", "UM-2", "UM-3"]);
}
