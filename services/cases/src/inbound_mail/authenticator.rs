//! Whether a mail is from whom it says, where no mail server of ours looked: its DKIM signatures and its domain's DMARC policy,
//! read from DNS. SPF needs the peer's address, which only a mail server sees.

use careway_kernel::Email;
use careway_service::{Error, Result, SharedReason};
use mail_auth::{
    AuthenticatedMessage, DkimResult, DmarcResult, MessageAuthenticator, SpfOutput,
    dmarc::verify::DmarcParameters,
};

use super::domain::authentication::aligned;

/// Looks into DNS.
pub(super) struct Authenticator(MessageAuthenticator);

impl Authenticator {
    /// By the resolver that this machine uses; without one nothing is authentic.
    pub(super) fn new() -> Option<Self> {
        let resolver = MessageAuthenticator::new_system_conf();
        resolver
            .inspect_err(|error| tracing::warn!(%error, "no mail is authentic without DNS"))
            .ok()
            .map(Self)
    }

    /// Whether DMARC passes, or the domain has no policy and a signature of it is good. Without DNS there is no answer: the
    /// mail is to come again.
    pub(super) async fn is_authentic(&self, raw: &[u8], author: &Email) -> Result<bool> {
        let Some(message) = AuthenticatedMessage::parse(raw) else { return Ok(false) };
        let signatures = self.0.verify_dkim(&message).await;
        let away = |result: &DkimResult| matches!(result, DkimResult::TempError(_));
        if signatures.iter().any(|signature| away(signature.result())) {
            return Err(Error::new(SharedReason::UpstreamUnavailable, "DNS is away"));
        }
        let no_spf = SpfOutput::default();
        let dmarc = self.0.verify_dmarc(DmarcParameters {
            message: &message,
            dkim_output: &signatures,
            dkim2_output: None,
            rfc5321_mail_from_domain: "",
            spf_output: &no_spf,
        });
        match dmarc.await.dkim_result() {
            DmarcResult::Pass => Ok(true),
            DmarcResult::TempError(_) => Err(Error::new(SharedReason::UpstreamUnavailable, "DNS is away")),
            DmarcResult::None => Ok(signatures.iter().any(|signature| {
                let domain = signature.signature().map(|signature| signature.d.as_str());
                *signature.result() == DkimResult::Pass && aligned(domain, author.domain())
            })),
            _ => Ok(false),
        }
    }
}
