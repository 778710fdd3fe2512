//! What webhook tests do: endpoints are added, events are said by any context, messages and attempts are read.

use careway_contract::channels::v1::{
    webhook_endpoint_service_client::WebhookEndpointServiceClient,
    webhook_message_service_client::WebhookMessageServiceClient, *,
};
use careway_events::{Fact, record};
use careway_kernel::OrganizationId;
use careway_service::Upstream;
use careway_testing::{Person, eventually};
use prost::{Message, Name};
use uuid::Uuid;

use crate::test_channels::TestChannels;

impl TestChannels {
    pub(crate) fn endpoints(&self) -> WebhookEndpointServiceClient<Upstream> {
        WebhookEndpointServiceClient::new(self.upstream())
    }

    pub(crate) fn messages(&self) -> WebhookMessageServiceClient<Upstream> {
        WebhookMessageServiceClient::new(self.upstream())
    }

    /// A person's endpoint at this address; with its secret.
    pub(crate) async fn endpoint(&self, person: &Person, url: &str) -> (WebhookEndpoint, String) {
        self.endpoint_as(person, CreateWebhookEndpointRequest { url: url.to_owned(), ..Default::default() })
            .await
    }

    pub(crate) async fn endpoint_as(
        &self,
        person: &Person,
        request: CreateWebhookEndpointRequest,
    ) -> (WebhookEndpoint, String) {
        let made = self.endpoints().create_webhook_endpoint(self.by(person, request)).await.unwrap();
        let made = made.into_inner();
        (made.webhook_endpoint.unwrap(), made.secret)
    }

    pub(crate) async fn read_endpoint(&self, person: &Person, id: &str) -> WebhookEndpoint {
        let request = GetWebhookEndpointRequest { endpoint_id: id.to_owned() };
        let found = self.endpoints().get_webhook_endpoint(self.by(person, request)).await.unwrap();
        found.into_inner().webhook_endpoint.unwrap()
    }

    pub(crate) async fn test_endpoint(&self, person: &Person, id: &str) -> TestWebhookEndpointResponse {
        let request = TestWebhookEndpointRequest { endpoint_id: id.to_owned() };
        self.endpoints().test_webhook_endpoint(self.by(person, request)).await.unwrap().into_inner()
    }

    pub(crate) async fn disable(&self, person: &Person, id: &str) {
        let request = DisableWebhookEndpointRequest { endpoint_id: id.to_owned() };
        self.endpoints().disable_webhook_endpoint(self.by(person, request)).await.unwrap();
    }

    pub(crate) async fn enable(&self, person: &Person, id: &str) {
        let request = EnableWebhookEndpointRequest { endpoint_id: id.to_owned() };
        self.endpoints().enable_webhook_endpoint(self.by(person, request)).await.unwrap();
    }

    /// A person's messages that stand so, newest first.
    pub(crate) async fn messages_in(
        &self,
        person: &Person,
        state: webhook_message::State,
    ) -> Vec<WebhookMessage> {
        let request = ListWebhookMessagesRequest { state: state.into(), ..Default::default() };
        let listed = self.messages().list_webhook_messages(self.by(person, request)).await.unwrap();
        listed.into_inner().webhook_messages
    }

    pub(crate) async fn attempts(&self, person: &Person, endpoint: &str) -> Vec<WebhookAttempt> {
        let request = ListWebhookAttemptsRequest { endpoint_id: endpoint.to_owned(), ..Default::default() };
        let listed = self.messages().list_webhook_attempts(self.by(person, request)).await.unwrap();
        listed.into_inner().webhook_attempts
    }

    /// Says a fact about a subject at a version, of one party and maybe another.
    pub(crate) async fn say<M: Message + Name>(
        &self,
        message: M,
        subject: (Uuid, i64),
        of: OrganizationId,
        also: Option<OrganizationId>,
    ) {
        self.say_all([(message, subject)], of, also).await;
    }

    /// Says these in one transaction.
    pub(crate) async fn say_all<M: Message + Name>(
        &self,
        facts: impl IntoIterator<Item = (M, (Uuid, i64))>,
        of: OrganizationId,
        also: Option<OrganizationId>,
    ) {
        let mut tx = self.service.service.database.begin_system("test").await.unwrap();
        for (message, (subject, version)) in facts {
            let fact = Fact::new(message).about(subject, version).of(of);
            record(&mut tx, also.into_iter().fold(fact, Fact::also));
        }
        tx.finish().await.unwrap();
    }

    /// All that was said has come to the webhooks: a message or none was made of it.
    pub(crate) async fn all_is_heard(&self) {
        let probe = careway_events::Probe::new(&self.foundation).watching(&self.service.service.database);
        eventually("all is heard", async || probe.settled().await).await;
    }
}
