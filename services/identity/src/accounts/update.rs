//! Change an account: the name the organization knows the person by, and the roles there.

use careway_contract::identity::v1::{AccountRolesChanged, UpdateAccountRequest, UpdateAccountResponse};
use careway_events::{Fact, record};
use careway_kernel::{AccountId, Names, Violations};
use careway_service::{Call, Keyed, path_id};

use super::grantor::lock_with_grantor;
use super::{
    domain::roles::Roles,
    store,
    view::{kind_of, message},
};
use crate::revocations::{self, EndReason, Which};
use crate::{App, changes::Changes};

pub(crate) async fn update_account(
    app: &App,
    call: &Call,
    request: UpdateAccountRequest,
) -> Keyed<UpdateAccountResponse> {
    let (kind, organization) = (kind_of(call)?, call.caller.organization()?);
    let id = path_id::<AccountId>("account", &request.account_id)?;
    let changes = Changes::of(request.update_mask.as_ref());
    let mut v = Violations::default();
    changes.check(&mut v, &["name", "roles"]);
    let name = changes.given("name", || v.required("name", request.name.as_str(), Names::parse));
    let roles = changes.given("roles", || v.field("roles", Roles::parse(kind, &request.roles)));
    let (name, roles) = v.all((name, roles))?;
    call.expected_version()?;

    let mut tx = app.db.begin(call).await?;
    let (account, grantor, other_administrators) = lock_with_grantor(&mut tx, call, id).await?;
    call.check_version(account.version)?;
    let roles_before = account.roles.clone();
    let changed = account.change(name, roles, &grantor, other_administrators)?;
    store::update_membership(&mut tx, &changed).await?;
    if changed.roles != roles_before {
        let fact = AccountRolesChanged {
            account_id: changed.id.to_string(),
            organization_id: organization.to_string(),
            roles: changed.roles.clone(),
        };
        record(&mut tx, Fact::new(fact).about(changed.id.uuid(), changed.version).of(organization));
    }
    let mut ended = Vec::new();
    if changed.lost_a_role(&roles_before) {
        let (which, now) = (Which::AccountIn(changed.id, organization), tx.now());
        ended = revocations::end_sessions(&mut tx, which, EndReason::RolesChanged, now).await?;
    }
    let response = tx.commit(UpdateAccountResponse { account: Some(message(&changed)) }).await?;
    revocations::announce(app, ended).await;
    Ok(response)
}
