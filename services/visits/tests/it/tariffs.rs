//! Price lists, over gRPC.

use careway_contract::visits::v1::{
    tariff::Kind as TariffKind, tariff_service_client::TariffServiceClient, *,
};
use careway_service::{Error, Kind, Upstream};
use careway_testing::{Person, key, refusal};

use crate::test_visits::TestVisits;

const HEADER: &str = "code,kind,name,benefits,currency,price,from,to,facility_id,most_quantity,atc_code";

impl TestVisits {
    fn tariffs(&self) -> TariffServiceClient<Upstream> {
        TariffServiceClient::new(self.upstream())
    }

    async fn import_prices(
        &self,
        by: &Person,
        dry_run: bool,
        csv: &str,
    ) -> Result<ImportTariffsResponse, Error> {
        let piece = |data: &str| ImportTariffsRequest {
            dry_run,
            file: Some(careway_contract::google::api::HttpBody {
                content_type: "text/csv".to_owned(),
                data: data.to_owned().into(),
                ..Default::default()
            }),
        };
        let (first, rest) = csv.split_at(csv.len() / 2);
        let pieces = futures::stream::iter([piece(first), piece(rest)]);
        Ok(self.tariffs().import_tariffs(self.by(by, &key(), pieces)).await?.into_inner())
    }

    async fn prices(&self, by: &Person, wanted: ListTariffsRequest) -> Result<Vec<Tariff>, Error> {
        Ok(self.tariffs().list_tariffs(self.by(by, &key(), wanted)).await?.into_inner().tariffs)
    }

    /// Codes and prices, in the list's order.
    async fn priced(&self, by: &Person, wanted: ListTariffsRequest) -> Vec<(String, String)> {
        let prices = self.prices(by, wanted).await.unwrap();
        prices.into_iter().map(|it| (it.code, it.price.unwrap().amount)).collect()
    }

    /// How many prices the service's own role sees for this caller.
    async fn prices_seen_by(&self, person: &Person) -> i64 {
        let app = sqlx::PgPool::connect(&self.setup.database.url_app).await.unwrap();
        let mut connection = app.acquire().await.unwrap();
        sqlx::query("select set_config('careway.organization', $1, false)")
            .bind(person.organization.to_string())
            .execute(&mut *connection)
            .await
            .unwrap();
        sqlx::query_scalar("select count(*) from tariff").fetch_one(&mut *connection).await.unwrap()
    }

    /// The list of the tests: two general codes, one of them dearer from June on, and a price of the facility's own.
    async fn listed(&self) -> String {
        let own = self.facility.organization;
        format!(
            "{HEADER}\n\
             cons-gp,SERVICE,Consultation,OUTPATIENT,RWF,5000,2026-01-01,,,,\n\
             cons-gp,SERVICE,Consultation,OUTPATIENT,RWF,6000,2026-06-01,,,,\n\
             amox-500,MEDICINE,Amoxicilină,OUTPATIENT;INPATIENT,RWF,120,2026-01-01,2026-12-31,,30,J01CA04\n\
             amox-500,MEDICINE,Amoxicilină,OUTPATIENT;INPATIENT,RWF,110,2026-01-01,,{own},30,J01CA04\n"
        )
    }
}

fn on(day: &str) -> ListTariffsRequest {
    ListTariffsRequest { on: day.to_owned(), ..Default::default() }
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(code, price)| (code.to_owned(), price.to_owned())).into()
}

#[tokio::test]
async fn a_list_is_rehearsed_taken_and_taken_again() {
    let service = TestVisits::run().await;
    let other = service.other_facility().await.organization;
    let list = format!(
        "{}cons-gp,SERVICE,Twice,OUTPATIENT,RWF,1,2026-01-01,,,,\n\
         x,SERVICE,No contract,OUTPATIENT,RWF,1,2026-01-01,,{other},,\n\
         x,SERVICE,,OUTPATIENT,RWF,1.5,2026-01-01,,,,\n",
        service.listed().await
    );
    let rehearsal = service.import_prices(&service.payer, true, &list).await.unwrap();
    assert!(service.prices(&service.payer, Default::default()).await.unwrap().is_empty());
    let taken = service.import_prices(&service.payer, false, &list).await.unwrap();
    assert_eq!((taken.rows, taken.created, taken.changed, taken.unchanged, taken.rejected), (7, 4, 0, 0, 3));
    assert_eq!(rehearsal, ImportTariffsResponse { dry_run: true, ..taken.clone() });
    let why: Vec<_> =
        taken.rejections.iter().map(|it| (it.row, it.column.as_str(), it.message.as_str())).collect();
    assert_eq!(
        why,
        [
            (6, "code", "is listed before from the same day on"),
            (7, "facility_id", "there is no contract with this facility"),
            (8, "name", "is required"),
            (8, "price", "must not have more decimals than the currency"),
        ]
    );

    let before = service.prices(&service.payer, Default::default()).await.unwrap();
    let again = service.import_prices(&service.payer, false, &list).await.unwrap();
    assert_eq!((again.created, again.changed, again.unchanged, again.rejected), (0, 0, 4, 3));
    assert_eq!(service.prices(&service.payer, Default::default()).await.unwrap(), before);

    let corrected = list.replace("RWF,5000", "RWF,5500");
    let corrected = service.import_prices(&service.payer, false, &corrected).await.unwrap();
    assert_eq!((corrected.created, corrected.changed, corrected.unchanged), (0, 1, 3));

    let headless = refusal(service.import_prices(&service.payer, false, "code,kind\nx,SERVICE\n").await);
    assert_eq!((headless.reason(), headless.fact("column")), ("COLUMN_MISSING", Some("name")));
    let refused = refusal(service.import_prices(&service.facility, false, &list).await);
    assert_eq!(refused.reason(), "WRONG_ORGANIZATION_KIND");
}

#[tokio::test]
async fn a_price_holds_until_the_next_of_its_code_and_the_facilitys_own_wins() {
    let service = TestVisits::run().await;
    let list = service.listed().await;
    service.import_prices(&service.payer, false, &list).await.unwrap();
    let all = service.prices(&service.payer, Default::default()).await.unwrap();
    let days: Vec<_> = all.iter().map(|it| (it.code.as_str(), it.from.as_str(), it.to.as_str())).collect();
    assert_eq!(days[2..], [("CONS-GP", "2026-01-01", "2026-05-31"), ("CONS-GP", "2026-06-01", "")]);
    let (general, own) = (&all[0].to, &all[1].to);
    let medicine = all.iter().find(|it| it.facility_id.is_empty()).unwrap();
    assert_eq!((medicine.code.as_str(), medicine.to.as_str()), ("AMOX-500", "2026-12-31"));
    assert!([general, own].iter().any(|to| to.is_empty()), "the facility's own has no last day");
    assert_eq!((medicine.kind(), medicine.atc_code.as_str()), (TariffKind::Medicine, "J01CA04"));
    assert_eq!(
        (&medicine.benefits[..], medicine.most_quantity.as_str()),
        (&["OUTPATIENT".to_owned(), "INPATIENT".to_owned()][..], "30")
    );

    let facility = &service.facility;
    assert_eq!(
        service.priced(facility, on("2026-05-31")).await,
        pairs([("AMOX-500", "110"), ("CONS-GP", "5000")])
    );
    assert_eq!(
        service.priced(facility, on("2026-06-01")).await,
        pairs([("AMOX-500", "110"), ("CONS-GP", "6000")])
    );
    assert_eq!(service.priced(facility, on("2025-12-31")).await, pairs([]));
    // The payer sees what applies to a facility when it asks for one.
    let applying =
        ListTariffsRequest { facility_id: service.facility.organization.to_string(), ..on("2026-06-01") };
    assert_eq!(
        service.priced(&service.payer, applying).await,
        pairs([("AMOX-500", "110"), ("CONS-GP", "6000")])
    );

    // A row in between ends the one before it, and ends where the next begins.
    let between =
        format!("{HEADER}\ncons-gp,SERVICE,Consultation,OUTPATIENT,RWF,5500,2026-03-01,2026-03-31,,,\n");
    service.import_prices(&service.payer, false, &between).await.unwrap();
    assert_eq!(
        service.priced(facility, ListTariffsRequest { code: "cons-gp".to_owned(), ..on("2026-03-31") }).await,
        pairs([("CONS-GP", "5500")])
    );
    assert_eq!(
        service.priced(facility, ListTariffsRequest { code: "cons-gp".to_owned(), ..on("2026-04-01") }).await,
        pairs([])
    );
}

#[tokio::test]
async fn a_facility_sees_no_list_but_those_that_apply_to_it() {
    let service = TestVisits::run().await;
    let list = service.listed().await;
    service.import_prices(&service.payer, false, &list).await.unwrap();
    let other = service.other_facility().await;
    assert!(service.prices(&other, on("2026-06-01")).await.unwrap().is_empty(), "without a contract");
    service.contract(&other, &["OUTPATIENT"]).await;
    // The general price, not the neighbour's own.
    assert_eq!(
        service.priced(&other, on("2026-06-01")).await,
        pairs([("AMOX-500", "120"), ("CONS-GP", "6000")])
    );
    let neighbours =
        ListTariffsRequest { facility_id: service.facility.organization.to_string(), ..Default::default() };
    assert_eq!(refusal(service.prices(&other, neighbours).await).kind(), Kind::NotFound);
    assert!(
        service.prices(&service.stranger(), Default::default()).await.unwrap().is_empty(),
        "another payer"
    );
    // Row-level security says so too.
    assert_eq!(service.prices_seen_by(&other).await, 3);
    assert_eq!(service.prices_seen_by(&service.stranger()).await, 0);
}

#[tokio::test]
async fn prices_are_searched_and_paged_by_code() {
    let service = TestVisits::run().await;
    let list = service.listed().await;
    service.import_prices(&service.payer, false, &list).await.unwrap();
    let facility = &service.facility;
    let by_name = ListTariffsRequest { query: "AMOXICILINA".to_owned(), ..on("2026-06-01") };
    assert_eq!(service.priced(facility, by_name).await, pairs([("AMOX-500", "110")]));
    for query in ["amox\u{2011}500", "amox 500", "AMOX500"] {
        let written = ListTariffsRequest { query: query.to_owned(), ..on("2026-06-01") };
        assert_eq!(service.priced(facility, written).await, pairs([("AMOX-500", "110")]), "{query}");
    }
    let services = ListTariffsRequest { kind: TariffKind::Service.into(), ..on("2026-06-01") };
    assert_eq!(service.priced(facility, services).await, pairs([("CONS-GP", "6000")]));
    let of_payer =
        ListTariffsRequest { payer_id: service.stranger().organization.to_string(), ..on("2026-06-01") };
    assert!(service.prices(facility, of_payer).await.unwrap().is_empty());

    let (mut token, mut seen) = (String::new(), Vec::new());
    loop {
        let wanted = ListTariffsRequest { page_size: 3, page_token: token, ..Default::default() };
        let page = service
            .tariffs()
            .list_tariffs(service.by(&service.payer, &key(), wanted))
            .await
            .unwrap()
            .into_inner();
        seen.extend(page.tariffs.into_iter().map(|it| (it.code, it.price.unwrap().amount)));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen[2..], pairs([("CONS-GP", "5000"), ("CONS-GP", "6000")]));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4, "each once");
}

#[tokio::test]
async fn two_lists_at_once_leave_no_two_prices_for_a_day() {
    let service = TestVisits::run().await;
    let list = |from: u32| {
        let rows =
            (0..50).map(|code| format!("C{code},SERVICE,C,OUTPATIENT,RWF,{from},2026-{from:02}-01,,,,\n"));
        format!("{HEADER}\n{}", rows.collect::<String>())
    };
    let lists: Vec<String> = (1..=8).map(list).collect();
    let imports = lists.iter().map(|list| service.import_prices(&service.payer, false, list));
    for report in futures::future::join_all(imports).await {
        assert_eq!(report.unwrap().created, 50);
    }
    for month in 1..=8 {
        let told = service
            .priced(
                &service.payer,
                ListTariffsRequest { page_size: 200, ..on(&format!("2026-{month:02}-15")) },
            )
            .await;
        assert!(
            told.len() == 50 && told.iter().all(|(_, price)| *price == month.to_string()),
            "{month}: {told:?}"
        );
    }
}
