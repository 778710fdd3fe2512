//! How often a command asks Postgres.

use careway_contract::renewals::v1::{data_issue::Field, *};
use prost_types::FieldMask;

use crate::renewal_round_trips::quiet;
use crate::test_people::{TestPeople, made};

#[tokio::test]
async fn a_command_asks_postgres_at_most_four_times() {
    let (proxy, setup) = TestPeople::counting_round_trips().await;
    let people = TestPeople::of(setup).await;
    let hoa = people.person(made("7936491863")).await;
    let update = |note: &str, version| {
        let request = UpdateParticipantRequest {
            participant_id: hoa.to_string(),
            note: note.to_owned(),
            update_mask: Some(FieldMask { paths: vec!["note".to_owned()] }),
            ..Default::default()
        };
        people.versioned(&people.agency, version, request)
    };
    let report = || {
        let (participant_id, note) = (hoa.to_string(), "x".to_owned());
        people.by(&people.agency, ReportDataIssueRequest { participant_id, field: Field::Other.into(), note })
    };
    let mut fewest = [u64::MAX; 2];
    for version in 1..=20 {
        let begun = quiet(&proxy).await;
        people.participants().update_participant(update(&version.to_string(), version)).await.unwrap();
        let updated = proxy.round_trips() - begun;
        let begun = quiet(&proxy).await;
        people.issues().report_data_issue(report()).await.unwrap();
        let reported = proxy.round_trips() - begun;
        fewest = [fewest[0].min(updated), fewest[1].min(reported)];
    }
    assert_eq!(fewest, [4, 4], "begin, what there is, what it becomes, commit");
}
