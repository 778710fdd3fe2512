//! Who an author is to the network, and which of its colleagues a mail names: identity is asked, for every mail.

use careway_contract::identity::v1::{
    self as identity, ListMembershipsRequest, ResolveMailSenderRequest,
    account_service_client::AccountServiceClient, organization::Kind,
};
use careway_kernel::{AccountId, Email, OrganizationId};
use careway_service::{Error, Result};

use super::domain::{
    mime::addresses::Mailbox,
    sender::{Membership, Sender},
};
use crate::App;

/// The memberships of whoever has this address, as they are now.
pub(super) async fn resolve(app: &App, address: &Email) -> Result<Sender> {
    let request = ResolveMailSenderRequest { address: address.as_str().to_owned() };
    let mut identity = AccountServiceClient::new(app.foundation.registry.upstream("identity"));
    let answer = identity.resolve_mail_sender(app.foundation.identity.request(request)).await?;
    let memberships = answer.into_inner().memberships;
    memberships.into_iter().map(membership).collect::<Result<_>>().map(Sender)
}

/// People of an organization who are named in the mail and may read its cases.
pub(super) async fn colleagues(
    app: &App,
    organization: OrganizationId,
    recipients: &[Mailbox],
) -> Result<Vec<AccountId>> {
    let ours = &app.inbound_mail.mailboxes().support;
    let named: Vec<Email> = recipients.iter().filter_map(|to| Email::parse(&to.address).ok()).collect();
    let domain_of_ours = ours.rsplit_once('@').map_or("", |(_, domain)| domain);
    if named.iter().all(|email| email.domain() == domain_of_ours) {
        return Ok(Vec::new());
    }
    let request = ListMembershipsRequest {
        organization_id: organization.to_string(),
        permission: "cases.read".to_owned(),
        ..Default::default()
    };
    let mut identity = AccountServiceClient::new(app.foundation.registry.upstream("identity"));
    let answer = identity.list_memberships(app.foundation.identity.request(request)).await?;
    let is_named = |member: &&identity::Membership| named.iter().any(|email| email.as_str() == member.email);
    let members = answer.into_inner().memberships;
    members.iter().filter(is_named).map(|member| account(&member.account_id)).collect()
}

fn membership(found: identity::Membership) -> Result<Membership> {
    let may = |permission: &str| found.permissions.iter().any(|held| held == permission);
    Ok(Membership {
        account: account(&found.account_id)?,
        organization: OrganizationId::parse(&found.organization_id).map_err(Error::internal)?,
        is_platform: found.organization_kind() == Kind::Platform,
        is_active: found.status() == identity::account::Status::Active,
        may_read: may("cases.read"),
        may_write: may("cases.write"),
        may_handle: may("cases.handle"),
        codes: found.codes.iter().map(|code| code.value.clone()).collect(),
    })
}

fn account(id: &str) -> Result<AccountId> {
    AccountId::parse(id).map_err(Error::internal)
}
