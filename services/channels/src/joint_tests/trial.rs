//! Tries the channel's webhook endpoint: it takes what Careway signed, and nothing else.

use careway_kernel::OrganizationId;
use careway_service::{Call, Result};
use uuid::Uuid;

use crate::{
    App,
    outbound::Sent,
    webhook_endpoints::{domain::secret::Secret, sign, store},
};

/// A channel's endpoint, with what signs for it.
pub(super) struct Trial {
    url: String,
    secrets: Vec<Secret>,
}

impl Trial {
    /// Of the first endpoint that answered a test and is not disabled. The provider may ask for it, who does not see it.
    pub(super) async fn of(app: &App, channel: OrganizationId) -> Result<Option<Self>> {
        let now = app.clock.now();
        let mut reader = app.db.read(&Call::system("joint-tests.check")).await?;
        let all = store::list_endpoints_of(&mut reader, &[channel]).await?;
        let verified = all.into_iter().find(|one| one.verified_at.is_some() && one.disabled.is_none());
        let Some(endpoint) = verified else { return Ok(None) };
        let secrets = store::list_secrets(&mut reader, &app.webhook_keys, endpoint.id, now).await?;
        Ok(Some(Self { url: endpoint.settings.url, secrets }))
    }

    /// Whether it takes this body under its signature.
    pub(super) async fn takes(&self, app: &App, call: &Call, event: Uuid, body: &[u8]) -> Result<bool> {
        Ok(self.post(app, call, (event, body), body).await?.is_success())
    }

    /// Whether it refuses this body under the signature of another. Who does not answer has refused nothing.
    pub(super) async fn refuses(
        &self,
        app: &App,
        call: &Call,
        (event, body): (Uuid, &[u8]),
        signed: &[u8],
    ) -> Result<bool> {
        let sent = self.post(app, call, (event, body), signed).await?;
        Ok(sent.end.is_ok() && !sent.is_success())
    }

    async fn post(
        &self,
        app: &App,
        call: &Call,
        (event, body): (Uuid, &[u8]),
        signed: &[u8],
    ) -> Result<Sent> {
        let headers = sign::headers(&self.secrets, event, app.clock.now(), signed)?;
        Ok(app.outbound.in_time_for(call).post(&self.url, headers, body.to_vec()).await)
    }
}
