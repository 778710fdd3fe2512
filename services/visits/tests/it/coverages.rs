//! Coverages: one by one and in lists, and what becomes of them, over gRPC.

use careway_contract::visits::v1::{coverage::Status, coverage_service_client::CoverageServiceClient, *};
use careway_service::{Error, Kind, Upstream};
use careway_testing::{key, refusal};

use crate::{plans::silver, test_visits::TestVisits};

impl TestVisits {
    fn coverages(&self) -> CoverageServiceClient<Upstream> {
        CoverageServiceClient::new(self.upstream())
    }

    async fn cover(&self, request: CreateCoverageRequest) -> Result<Coverage, Error> {
        let made = self.coverages().create_coverage(self.by(&self.payer, &key(), request)).await?;
        Ok(made.into_inner().coverage.unwrap())
    }

    async fn import(&self, dry_run: bool, csv: &str) -> Result<ImportCoveragesResponse, Error> {
        let piece = |data: &str| ImportCoveragesRequest {
            dry_run,
            file: Some(careway_contract::google::api::HttpBody {
                content_type: "text/csv".to_owned(),
                data: data.to_owned().into(),
                ..Default::default()
            }),
        };
        let (first, rest) = csv.split_at(csv.len() / 2);
        let pieces = futures::stream::iter([piece(first), piece(rest)]);
        let request = self.by(&self.payer, &key(), pieces);
        Ok(self.coverages().import_coverages(request).await?.into_inner())
    }
}

#[tokio::test]
async fn a_coverage_is_suspended_resumed_replaced_and_ended() {
    let service = TestVisits::run().await;
    let plan = service.create_plan(silver()).await.unwrap();
    let member = service.identity.register(service.payer.organization, "UM-7", "1199070012345607");
    let request = CreateCoverageRequest {
        member_number: "um-7".to_owned(),
        plan_id: plan.plan_id.clone(),
        from: "2026-01-01".to_owned(),
        to: "2026-12-31".to_owned(),
        ..Default::default()
    };
    // Identity's event has not arrived: identity is asked.
    let first = service.cover(request.clone()).await.unwrap();
    assert_eq!((first.member_id.as_str(), first.status()), (member.to_string().as_str(), Status::Active));
    let unknown = CreateCoverageRequest { member_number: "UM-8".to_owned(), ..request.clone() };
    assert_eq!(refusal(service.cover(unknown).await).reason(), "MEMBER_UNKNOWN");
    let overlapping = CreateCoverageRequest {
        from: "2026-12-31".to_owned(),
        to: "2027-01-31".to_owned(),
        ..request.clone()
    };
    assert_eq!(refusal(service.cover(overlapping).await).reason(), "COVERAGE_OVERLAPS");

    let id = first.coverage_id.clone();
    let suspend = SuspendCoverageRequest {
        coverage_id: id.clone(),
        reason: suspend_coverage_request::Reason::Unpaid.into(),
        from: "2026-04-01".to_owned(),
    };
    let suspended = service
        .coverages()
        .suspend_coverage(service.by(&service.payer, &key(), suspend.clone()))
        .await
        .unwrap();
    let suspended = suspended.into_inner().coverage.unwrap();
    assert_eq!((suspended.status(), suspended.suspension_reason.as_str()), (Status::Suspended, "UNPAID"));
    let twice = service.coverages().suspend_coverage(service.by(&service.payer, &key(), suspend)).await;
    assert_eq!(refusal(twice).reason(), "COVERAGE_NOT_ACTIVE");
    let resume = ResumeCoverageRequest { coverage_id: id.clone(), on: "2026-05-01".to_owned() };
    service.coverages().resume_coverage(service.by(&service.payer, &key(), resume)).await.unwrap();

    // A new card from July: the old one ends the day before, limits and waiting go on.
    let newer = CreateCoverageRequest {
        from: "2026-07-01".to_owned(),
        to: "2027-06-30".to_owned(),
        replaces: id.clone(),
        ..request.clone()
    };
    let newer = service.cover(newer).await.unwrap();
    assert_eq!((newer.member_since.as_str(), newer.policy_year_from.as_str()), ("2026-01-01", "2026-01-01"));
    let get = GetCoverageRequest { coverage_id: id.clone() };
    let older =
        service.coverages().get_coverage(service.by(&service.payer, &key(), get.clone())).await.unwrap();
    let older = older.into_inner().coverage.unwrap();
    assert_eq!(
        (older.to.as_str(), older.status(), older.replaced_by),
        ("2026-06-30", Status::Replaced, newer.coverage_id.clone())
    );
    assert_eq!(older.version, 4);

    let terminate = TerminateCoverageRequest {
        coverage_id: newer.coverage_id.clone(),
        reason: terminate_coverage_request::Reason::LeftGroup.into(),
        last_day: "2026-09-30".to_owned(),
    };
    service.coverages().terminate_coverage(service.by(&service.payer, &key(), terminate)).await.unwrap();
    // Without a gap, the member's own start is kept.
    let next =
        CreateCoverageRequest { from: "2026-10-01".to_owned(), to: "2027-09-30".to_owned(), ..request };
    assert_eq!(service.cover(next).await.unwrap().member_since, "2026-01-01");
    assert_eq!(service.said("CoverageChanged").await, 7);

    let list = ListCoveragesRequest { member_number: "UM-7".to_owned(), ..Default::default() };
    let listed = service
        .coverages()
        .list_coverages(service.by(&service.payer, &key(), list))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(listed.coverages.len(), 3);
    let hidden = service.coverages().get_coverage(service.by(&service.stranger(), &key(), get.clone())).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
    let hidden = service.coverages().get_coverage(service.by(&service.facility, &key(), get)).await;
    assert_eq!(refusal(hidden).kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_list_of_coverages_is_taken_row_by_row() {
    let service = TestVisits::run().await;
    service.create_plan(silver()).await.unwrap();
    for number in ["UM-1", "UM-2", "UM-3"] {
        service.know_member(number).await;
    }
    let list = "member_number,plan_code,from,to\n\
        UM-1,SILVER,2026-01-01,2026-12-31\n\
        UM-2,SILVER,2026-01-01,2026-12-31\n\
        UM-2,SILVER,2026-12-31,2027-12-31\n\
        UM-9,SILVER,2026-01-01,2026-12-31\n\
        UM-3,BRASS,2026-01-01,2026-12-31\n\
        UM-3,SILVER,2026-01-01,2025-12-31\n";
    let rehearsal = service.import(true, list).await.unwrap();
    let taken = service.import(false, list).await.unwrap();
    assert_eq!((taken.rows, taken.created, taken.unchanged, taken.rejected), (6, 2, 0, 4));
    assert_eq!(rehearsal, ImportCoveragesResponse { dry_run: true, ..taken.clone() });
    let why: Vec<_> =
        taken.rejections.iter().map(|it| (it.row, it.column.as_str(), it.message.as_str())).collect();
    assert_eq!(
        why,
        [
            (4, "", "the member has another cover in this period"),
            (5, "member_number", "no such member"),
            (6, "plan_code", "no such plan"),
            (7, "to", "must not be before from"),
        ]
    );
    let again = service.import(false, list).await.unwrap();
    assert_eq!((again.created, again.unchanged, again.rejected), (0, 2, 4));
    assert_eq!(service.said("CoverageChanged").await, 2);
    let noted =
        "select count(*) from audit_entry where action = 'coverages.import' and organization_id is not null";
    assert_eq!(service.count(noted).await, 2, "each time that it was meant");

    let headless =
        refusal(service.import(false, "member_number,from,to\nUM-1,2026-01-01,2026-12-31\n").await);
    assert_eq!((headless.reason(), headless.fact("column")), ("COLUMN_MISSING", Some("plan_code")));
}

#[tokio::test]
async fn a_list_may_cover_whoever_was_registered_just_before() {
    let service = TestVisits::run().await;
    service.create_plan(silver()).await.unwrap();
    let mut list = "member_number,plan_code,from,to\n".to_owned();
    // More than a batch, of whom no event told.
    for n in 0..600 {
        service.identity.register(service.payer.organization, &format!("UM-{n}"), "");
        list.push_str(&format!("UM-{n},SILVER,2026-01-01,2026-12-31\n"));
    }
    list.push_str("UM-NOBODY,SILVER,2026-01-01,2026-12-31\n");
    for dry_run in [true, false] {
        let taken = service.import(dry_run, &list).await.unwrap();
        assert_eq!((taken.created, taken.rejected), (600, 1));
        assert_eq!((taken.rejections[0].row, taken.rejections[0].message.as_str()), (602, "no such member"));
    }
    assert_eq!(service.import(false, &list).await.unwrap().unchanged, 600);
}

#[tokio::test]
async fn nobody_is_covered_before_the_birth() {
    let service = TestVisits::run().await;
    let plan = service.create_plan(silver()).await.unwrap().plan_id;
    // Everybody is born on 1990-04-12 here; of the second no event told.
    let known = service.identity.register(service.payer.organization, "UM-1", "");
    service.heard_of(known, "UM-1").await;
    service.identity.register(service.payer.organization, "UM-2", "");
    let cover = |number: &str, to: &str| CreateCoverageRequest {
        member_number: number.to_owned(),
        plan_id: plan.clone(),
        from: "1990-01-01".to_owned(),
        to: to.to_owned(),
        ..Default::default()
    };
    for number in ["UM-1", "UM-2"] {
        let refused = refusal(service.cover(cover(number, "1990-04-11")).await);
        assert_eq!((refused.kind(), refused.violations()[0].0.as_str()), (Kind::Invalid, "to"));
    }
    let list = "member_number,plan_code,from,to\n\
        UM-1,SILVER,1990-01-01,1990-04-11\n\
        UM-2,SILVER,1990-01-01,1990-04-12\n\
        UM-3,SILVER,1990-01-01,1990-04-12\n";
    let taken = service.import(false, list).await.unwrap();
    assert_eq!((taken.rows, taken.created, taken.rejected), (3, 1, 2));
    let why: Vec<_> = taken.rejections.iter().map(|it| (it.row, it.column.as_str())).collect();
    assert_eq!(why, [(2, "to"), (4, "member_number")]);
    service.cover(cover("UM-1", "1990-04-12")).await.unwrap();
}
