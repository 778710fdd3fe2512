//! Change an account: the name the organization knows the person by, and the roles there.

use careway_contract::identity::v1::{AccountRolesChanged, UpdateAccountRequest, UpdateAccountResponse};
use careway_events::{Fact, record};
use careway_kernel::{AccountId, Names, Violations};
use careway_service::{Call, Error, Result};

use super::{
    domain::{Grantor, roles::Roles},
    store,
    view::{kind_of, message},
};
use crate::{App, changes::Changes};

pub(crate) async fn update_account(
    app: &App,
    call: &Call,
    request: UpdateAccountRequest,
) -> Result<UpdateAccountResponse> {
    let (kind, organization) = (kind_of(call)?, call.caller.organization()?);
    let changes = Changes::of(request.update_mask.as_ref());
    let mut v = Violations::default();
    let id = v.required("accountId", request.account_id.as_str(), AccountId::parse);
    changes.check(&mut v, &["name", "roles"]);
    let name = changes.given("name", || v.required("name", request.name.as_str(), Names::parse));
    let roles = changes.given("roles", || v.field("roles", Roles::parse(kind, &request.roles)));
    let (id, name, roles) = v.all((id, name, roles))?;
    call.expected_version()?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock(&mut tx, organization, id, kind).await?;
    let (account, other_administrators) = locked.ok_or_else(|| Error::not_found("account"))?;
    call.check_version(account.version)?;
    let roles_before = account.roles.clone();
    let grantor = Grantor { kind, holds: &|permission| call.caller.may(permission) };
    let changed = account.change(name, roles, &grantor, other_administrators)?;
    store::update(&mut tx, &changed).await?;
    if changed.roles != roles_before {
        let fact = AccountRolesChanged {
            account_id: changed.id.to_string(),
            organization_id: organization.to_string(),
            roles: changed.roles.clone(),
        };
        record(&mut tx, Fact::new(fact).about(changed.id.uuid(), changed.version).of(organization));
    }
    tx.commit(UpdateAccountResponse { account: Some(message(&changed)) }).await
}
