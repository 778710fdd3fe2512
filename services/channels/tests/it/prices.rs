//! Prices over gRPC: edited many at once, shown before, all or none.

use careway_contract::channels::v1::{edit_prices_request::Edit, *};
use careway_testing::refusal;

use crate::test_channels::TestChannels;

#[tokio::test]
async fn a_preview_keeps_nothing_and_one_bad_row_keeps_none() {
    let service = TestChannels::run().await;
    service.contract_until(200).await;
    let doctor = service.doctor().await;
    let (x_ray, mri) = (service.service("X", &doctor).await, service.service("M", &doctor).await);
    let base = EditPricesRequest {
        currency: "RON".to_owned(),
        service_ids: vec![x_ray.clone()],
        edit: Some(Edit::Set("97.00".to_owned())),
        ..Default::default()
    };
    service.prices().edit_prices(service.by(&service.provider, base)).await.unwrap();

    let copy = service.edit(Edit::CopyFromBase(true));
    let refused = refusal(service.prices().edit_prices(service.by(&service.provider, copy.clone())).await);
    assert_eq!(refused.reason(), "PRICES_REFUSED");
    assert_eq!(refused.fact("refused"), Some(format!("{mri}:NO_PRICE").as_str()));
    let preview = EditPricesRequest { preview: true, ..copy.clone() };
    let shown =
        service.prices().edit_prices(service.by(&service.provider, preview)).await.unwrap().into_inner();
    assert!(!shown.kept);
    let row = |id: &str| shown.prices.iter().find(|row| row.service_id == id).unwrap();
    assert_eq!(row(&mri).refused, "NO_PRICE");
    assert_eq!(row(&x_ray).after.as_ref().unwrap().amount, "97.00");
    assert_eq!(service.count("select count(*) from price").await, 1);

    let copy = EditPricesRequest { service_ids: vec![x_ray.clone()], ..copy };
    service.prices().edit_prices(service.by(&service.provider, copy)).await.unwrap();
    let raise = EditPricesRequest {
        service_ids: vec![x_ray.clone()],
        rounding: Some(Rounding { to: "5.00".to_owned(), ..Default::default() }),
        ..service.edit(Edit::Percent("2.5".to_owned()))
    };
    service.prices().edit_prices(service.by(&service.provider, raise)).await.unwrap();
    let list = ListServicePricesRequest { service_id: x_ray };
    let list = service.prices().list_service_prices(service.by(&service.provider, list)).await.unwrap();
    let amounts: Vec<_> =
        list.into_inner().prices.into_iter().map(|price| price.price.unwrap().amount).collect();
    assert_eq!(amounts, ["97.00", "100.00"]);
}

#[tokio::test]
async fn an_edit_that_says_nothing_right_is_told_all_of_it() {
    let service = TestChannels::run().await;
    service.contract_until(200).await;
    let wrong = EditPricesRequest {
        currency: "EUR".to_owned(),
        rounding: Some(Rounding { to: "0.005".to_owned(), ..Default::default() }),
        ..service.edit(Edit::Set("49,90".to_owned()))
    };
    let refused = refusal(service.prices().edit_prices(service.by(&service.provider, wrong)).await);
    let mut fields: Vec<_> = refused.violations().iter().map(|(field, _)| field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["currency", "rounding.to", "set"]);
}
