//! What tests of renewals need beside people: the authority's renewal data, its base salary, and the calls.

use careway_contract::{
    renewals::v1::{renewal_service_client::RenewalServiceClient, *},
    types::v1::Money,
};
use careway_kernel::RenewalItemId;
use careway_service::{Error, Upstream};
use careway_testing::{Person, key};

use crate::test_people::{Made, TestPeople};

pub(crate) const PAID_ON: &str = "2026-11-28";
/// Twelve months of the first payer of a household, from July 2024 on.
pub(crate) const FIRST: i64 = 1_263_600;
/// And of the second.
pub(crate) const SECOND: i64 = 884_520;

pub(crate) fn dong(amount: i64) -> Money {
    Money { currency: "VND".to_owned(), amount: amount.to_string() }
}

/// The calls as they are made: a request of these, for twelve months.
pub(crate) fn renewing(items: &[&str], amount: i64, receipt: &str) -> RenewRequest {
    RenewRequest {
        renewal_ids: items.iter().map(|item| (*item).to_owned()).collect(),
        months: 12,
        paid_on: PAID_ON.to_owned(),
        amount: Some(dong(amount)),
        receipt_number: receipt.to_owned(),
    }
}

impl TestPeople {
    /// Started, with a base salary.
    pub(crate) async fn with_salary() -> Self {
        let people = Self::start().await;
        people.set_salary().await;
        people
    }

    pub(crate) async fn set_salary(&self) {
        let salary = BaseSalary { from: "2024-07-01".to_owned(), amount: Some(dong(2_340_000)) };
        self.set_settings(RenewalSettings { base_salaries: vec![salary], ..Default::default() }).await;
    }

    pub(crate) fn renewals(&self) -> RenewalServiceClient<Upstream> {
        RenewalServiceClient::new(self.upstream())
    }

    /// The authority's renewal data have this number at this agency.
    pub(crate) async fn item(
        &self,
        authority: &Person,
        agency: &Person,
        number: &str,
        last_day: &str,
    ) -> String {
        // Ids of one millisecond have no order.
        self.clock.advance(std::time::Duration::from_millis(1));
        let id = RenewalItemId::new(&self.clock);
        sqlx::query(
            "insert into renewal_item (renewal_item_id, authority_id, agency_id, bhxh_number, last_day, created_at)
             values ($1, $2, $3, $4, $5::date, $6)",
        )
        .bind(id.uuid())
        .bind(authority.organization.uuid())
        .bind(agency.organization.uuid())
        .bind(number)
        .bind(last_day.parse::<chrono::NaiveDate>().unwrap())
        .bind(self.clock.now())
        .execute(&self.admin)
        .await
        .unwrap();
        id.to_string()
    }

    /// A participant of the first agency, and the item of their card.
    pub(crate) async fn due(&self, made: Made<'_>) -> String {
        let (number, last_day) = (made.number.to_owned(), made.last_day.to_owned());
        self.person(made).await;
        self.item(&self.authority, &self.agency, &number, &last_day).await
    }

    pub(crate) async fn listed_renewals(
        &self,
        by: &Person,
        request: ListRenewalsRequest,
    ) -> ListRenewalsResponse {
        self.renewals().list_renewals(self.by(by, request)).await.unwrap().into_inner()
    }

    pub(crate) async fn renewal(&self, by: &Person, id: &str) -> Result<Renewal, Error> {
        let request = GetRenewalRequest { renewal_id: id.to_owned() };
        Ok(self.renewals().get_renewal(self.by(by, request)).await?.into_inner().renewal.unwrap())
    }

    pub(crate) async fn renew(&self, by: &Person, request: RenewRequest) -> Result<Vec<Renewal>, Error> {
        self.renew_under(by, &key(), request).await
    }

    pub(crate) async fn renew_under(
        &self,
        by: &Person,
        key: &str,
        request: RenewRequest,
    ) -> Result<Vec<Renewal>, Error> {
        Ok(self.renewals().renew(self.keyed(by, key, request)).await?.into_inner().renewals)
    }

    pub(crate) async fn undo(&self, by: &Person, id: &str) -> Result<Renewal, Error> {
        let request = UndoRenewalRequest { renewal_id: id.to_owned(), reason: "Paid twice".to_owned() };
        Ok(self.renewals().undo_renewal(self.by(by, request)).await?.into_inner().renewal.unwrap())
    }
}
