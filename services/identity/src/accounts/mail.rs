//! The two mails of the people half: an invitation, and a link to choose a new password.

use std::{collections::HashMap, sync::Arc};

use careway_contract::renewals::v1::{
    SendRequest,
    notification_service_client::NotificationServiceClient,
    send_request::{Channel, Priority},
};
use careway_kernel::{Email, Redacted};
use careway_service::{Foundation, Result, ServiceIdentity, Upstream, timestamp};
use chrono::{DateTime, Utc};

use super::invitations::domain::{Invitation, LIFETIME, RESET_LIFETIME};
use crate::{opaque_token::digest, organizations::domain::Organization};

/// Hands mails to the renewals service, which keeps and sends them.
#[derive(Clone)]
pub(crate) struct Mail {
    notifications: NotificationServiceClient<Upstream>,
    identity: ServiceIdentity,
    portal: Arc<str>,
}

impl Mail {
    pub(crate) fn new(foundation: &Foundation, portal_url: &str) -> Self {
        Self {
            notifications: NotificationServiceClient::new(foundation.registry.upstream("renewals")),
            identity: foundation.identity.clone(),
            portal: portal_url.trim_end_matches('/').into(),
        }
    }

    /// Invites a person to an organization.
    pub(crate) async fn invite(
        &self,
        organization: &Organization,
        invitation: &Invitation,
        token: &Redacted,
    ) -> Result<()> {
        let values = [
            ("organization", organization.name.as_str().to_owned()),
            ("link", self.link("invitation", token)),
            ("days", LIFETIME.num_days().to_string()),
        ];
        self.send("invitation", &invitation.email, organization, values, token, invitation.expires_at).await
    }

    /// Lets a person choose a new password.
    pub(crate) async fn reset_password(
        &self,
        organization: &Organization,
        email: &Email,
        token: &Redacted,
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        let values = [
            ("link", self.link("password-reset", token)),
            ("minutes", RESET_LIFETIME.num_minutes().to_string()),
        ];
        self.send("password_reset", email, organization, values, token, expires_at).await
    }

    async fn send<const N: usize>(
        &self,
        template: &str,
        to: &Email,
        organization: &Organization,
        values: [(&str, String); N],
        token: &Redacted,
        expires_at: DateTime<Utc>,
    ) -> Result<()> {
        let message = SendRequest {
            channel: Channel::Email.into(),
            to: to.as_str().to_owned(),
            template: template.to_owned(),
            language: organization.locale.as_str().to_owned(),
            values: values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<HashMap<_, _>>(),
            priority: Priority::Transactional.into(),
            // Each link is a message of its own; the digest names it without telling it.
            dedupe_key: format!("{template}:{}", hex::encode(digest(token.expose()))),
            expires_at: Some(timestamp(expires_at)),
            organization_id: organization.id.to_string(),
            mail: None,
        };
        self.notifications.clone().send(self.identity.request(message)).await?;
        Ok(())
    }

    /// The token is in the fragment: browsers do not send it to any server, so that no access log has it.
    fn link(&self, page: &str, token: &Redacted) -> String {
        format!("{}/{page}#{}", self.portal, token.expose())
    }
}
