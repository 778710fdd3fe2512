//! What tests of reminders need: people who can be reached, campaigns, and what became of their reminders.

use careway_contract::renewals::v1::{
    campaign_service_client::CampaignServiceClient, notice_service_client::NoticeServiceClient,
    opt_out_service_client::OptOutServiceClient, template_service_client::TemplateServiceClient, *,
};
use careway_kernel::{ParticipantId, Redacted};
use careway_service::{Error, Sealer, Upstream};
use careway_testing::{Person, TestSetup, eventually};
use hmac::{Hmac, KeyInit, Mac};
use message_template::Channel;
use sha2::Sha256;

use crate::test_people::{Made, TestPeople, made};

/// The master key of every service that a test starts.
pub(crate) const SECRET: &str = "a secret of the tests, long enough";

/// Where a participant is reached, as their row keeps it: sealed for its column and row, and found by a keyed hash.
struct Contacts {
    sealer: Sealer,
    index: [u8; 32],
}

impl Contacts {
    fn new() -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(b"careway/renewals/contact index/v1");
        let sealer = Sealer::derive(&Redacted::new(SECRET), "renewals participants").unwrap();
        Self { sealer, index: mac.finalize().into_bytes().into() }
    }

    fn of(&self, column: &str, row: ParticipantId, contact: &str) -> (Vec<u8>, Vec<u8>) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.index).unwrap();
        mac.update(contact.as_bytes());
        let sealed = self.sealer.seal(column, row.uuid(), contact.as_bytes()).unwrap();
        (sealed, mac.finalize().into_bytes().to_vec())
    }
}

/// Somebody whose card ends a fortnight after the day on which these tests begin.
pub(crate) fn in_a_fortnight(number: &str) -> Made<'_> {
    Made { last_day: "2036-12-12", ..made(number) }
}

/// A draft to everybody at these steps, by SMS, in the built-in words.
pub(crate) fn campaign(kind: campaign::Kind, steps: &[i32]) -> CreateCampaignRequest {
    CreateCampaignRequest {
        name: "Before the last day".to_owned(),
        kind: kind.into(),
        channel: Channel::Sms.into(),
        steps: steps.to_vec(),
        ..Default::default()
    }
}

impl TestPeople {
    /// Started on 28 November 2036, at ten in the morning in Vietnam: whatever the time is where the test runs. The clock of
    /// campaigns ticks every second.
    pub(crate) async fn reminding() -> Self {
        let setup = Self::on_a_day_of_reminders(Self::setup().await);
        Self::of(setup.with("CAREWAY_RENEWALS_TIMER_SECONDS", "1")).await
    }

    /// On that day, with the clock of campaigns as slow as it is.
    pub(crate) fn on_a_day_of_reminders(setup: TestSetup) -> TestSetup {
        let wanted: chrono::DateTime<chrono::Utc> = "2036-11-28T03:00:00Z".parse().unwrap();
        setup.clock.advance((wanted - setup.clock.now()).to_std().unwrap());
        setup
    }

    pub(crate) fn campaigns(&self) -> CampaignServiceClient<Upstream> {
        CampaignServiceClient::new(self.upstream())
    }

    pub(crate) fn templates(&self) -> TemplateServiceClient<Upstream> {
        TemplateServiceClient::new(self.upstream())
    }

    pub(crate) fn opt_outs(&self) -> OptOutServiceClient<Upstream> {
        OptOutServiceClient::new(self.upstream())
    }

    /// What the sender is told of a reminder.
    pub(crate) async fn notice(&self, recipient: &str) -> GetNoticeResponse {
        let kind = get_notice_request::Kind::Reminder.into();
        let request = GetNoticeRequest { kind, id: recipient.to_owned(), ..Default::default() };
        let mut client = NoticeServiceClient::new(self.foundation.registry.upstream(careway_renewals::NAME));
        client.get_notice(self.foundation.identity.request(request)).await.unwrap().into_inner()
    }

    /// Somebody of the first agency, on its list, who is reached at this number.
    pub(crate) async fn reachable(&self, made: Made<'_>, mobile: &str) -> ParticipantId {
        let (number, last_day) = (made.number.to_owned(), made.last_day.to_owned());
        let id = self.person(made).await;
        self.item(&self.authority, &self.agency, &number, &last_day).await;
        self.reach(id, "mobile", mobile).await;
        id
    }

    /// Gives a participant a mobile, or an e-mail address.
    pub(crate) async fn reach(&self, id: ParticipantId, field: &str, contact: &str) {
        let (sealed, index) = Contacts::new().of(&format!("participant.{field}"), id, contact);
        let set =
            format!("update participant set {field} = $2, {field}_index = $3 where participant_id = $1");
        let set = sqlx::query(sqlx::AssertSqlSafe(set)).bind(id.uuid()).bind(sealed).bind(index);
        set.execute(&self.admin).await.unwrap();
    }

    /// So many on the list, each with a number of their own, whose cards end on a day.
    pub(crate) async fn many(&self, count: u32, last_day: &str) {
        for person in 0..count {
            let number = format!("79{:08}", 36_000_000 + person);
            let mobile = format!("+8491{:07}", 2_000_000 + person);
            self.reachable(Made { last_day, ..made(&number) }, &mobile).await;
        }
    }

    pub(crate) async fn draft(&self, request: CreateCampaignRequest) -> Campaign {
        self.try_draft(&self.agency, request).await.unwrap()
    }

    pub(crate) async fn try_draft(
        &self,
        by: &Person,
        request: CreateCampaignRequest,
    ) -> Result<Campaign, Error> {
        Ok(self.campaigns().create_campaign(self.by(by, request)).await?.into_inner().campaign.unwrap())
    }

    pub(crate) async fn submit(&self, by: &Person, id: &str) -> Result<Campaign, Error> {
        let request = SubmitCampaignRequest { campaign_id: id.to_owned() };
        Ok(self.campaigns().submit_campaign(self.by(by, request)).await?.into_inner().campaign.unwrap())
    }

    pub(crate) async fn approve(&self, by: &Person, id: &str) -> Result<Campaign, Error> {
        let request = ApproveCampaignRequest { campaign_id: id.to_owned() };
        Ok(self.campaigns().approve_campaign(self.by(by, request)).await?.into_inner().campaign.unwrap())
    }

    pub(crate) async fn pause(&self, id: &str) -> Result<Campaign, Error> {
        let request = PauseCampaignRequest { campaign_id: id.to_owned() };
        Ok(self
            .campaigns()
            .pause_campaign(self.by(&self.agency, request))
            .await?
            .into_inner()
            .campaign
            .unwrap())
    }

    pub(crate) async fn resume(&self, id: &str) -> Result<Campaign, Error> {
        let request = ResumeCampaignRequest { campaign_id: id.to_owned() };
        Ok(self
            .campaigns()
            .resume_campaign(self.by(&self.agency, request))
            .await?
            .into_inner()
            .campaign
            .unwrap())
    }

    pub(crate) async fn retry_failed(&self, id: &str) -> RetryFailedResponse {
        let request = RetryFailedRequest { campaign_id: id.to_owned() };
        self.campaigns().retry_failed(self.by(&self.agency, request)).await.unwrap().into_inner()
    }

    pub(crate) async fn cancel(&self, id: &str) -> Result<Campaign, Error> {
        let request = CancelCampaignRequest { campaign_id: id.to_owned() };
        Ok(self
            .campaigns()
            .cancel_campaign(self.by(&self.agency, request))
            .await?
            .into_inner()
            .campaign
            .unwrap())
    }

    pub(crate) async fn read_campaign(&self, by: &Person, id: &str) -> Result<Campaign, Error> {
        let request = GetCampaignRequest { campaign_id: id.to_owned() };
        Ok(self.campaigns().get_campaign(self.by(by, request)).await?.into_inner().campaign.unwrap())
    }

    /// Writes a campaign and lets it begin: few are reminded without anybody's approval.
    pub(crate) async fn begin(&self, request: CreateCampaignRequest) -> String {
        let id = self.draft(request).await.campaign_id;
        self.submit(&self.agency, &id).await.unwrap();
        id
    }

    /// Waits until a campaign stands so.
    pub(crate) async fn stands(&self, id: &str, state: campaign::State) -> Campaign {
        let so = async || self.read_campaign(&self.agency, id).await.unwrap().state() == state;
        eventually(&format!("the campaign is {state:?}"), so).await;
        self.read_campaign(&self.agency, id).await.unwrap()
    }

    pub(crate) async fn recipients(&self, id: &str) -> Vec<Recipient> {
        let request =
            ListRecipientsRequest { campaign_id: id.to_owned(), page_size: 200, ..Default::default() };
        self.campaigns()
            .list_recipients(self.by(&self.agency, request))
            .await
            .unwrap()
            .into_inner()
            .recipients
    }

    /// Waits until a campaign has so many recipients, and none of them is only planned.
    pub(crate) async fn queued(&self, id: &str, count: usize) -> Vec<Recipient> {
        let all = async || {
            let recipients = self.recipients(id).await;
            recipients.len() == count && recipients.iter().all(|it| it.state != "PLANNED")
        };
        eventually(&format!("{count} are queued"), all).await;
        self.recipients(id).await
    }

    /// Waits until every reminder of a campaign stands so; its recipients then.
    pub(crate) async fn all_stand(&self, id: &str, count: usize, states: &[&str]) -> Vec<Recipient> {
        let all = async || {
            let recipients = self.recipients(id).await;
            recipients.len() == count && recipients.iter().all(|it| states.contains(&it.state.as_str()))
        };
        eventually(&format!("{count} are {states:?}"), all).await;
        self.recipients(id).await
    }

    /// What was sent, as the folder keeps it.
    pub(crate) fn sent(&self) -> Vec<serde_json::Value> {
        let Ok(entries) = std::fs::read_dir(self.folder()) else { return Vec::new() };
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let whole = names.iter().filter(|path| path.extension().is_some_and(|it| it == "json"));
        let whole = whole.filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.'));
        whole.map(|path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()).collect()
    }

    /// It is this hour of a day in Vietnam, or later than it was.
    pub(crate) fn at(&self, instant: &str) {
        let wanted: chrono::DateTime<chrono::Utc> = instant.parse().unwrap();
        self.clock.advance((wanted - self.clock.now()).to_std().expect("the clock goes forward"));
    }
}
