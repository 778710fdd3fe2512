//! Sign in. Unknown address, wrong password and disabled account are one refusal and take one time.

use careway_contract::identity::v1::{CreateSessionRequest, CreateSessionResponse};
use careway_kernel::{AccountId, Email, OrganizationId, Redacted, SessionId, Violations};
use careway_service::{AuditEntry, Call, Error, Result, Subject, timestamp};
use uuid::Uuid;

use super::{
    domain::{Session, refusal::Refusal, token::Grant},
    signing_keys, store,
};
use crate::{
    App,
    accounts::{
        self,
        domain::{Account, password::Attempt},
        store::credentials::Credentials,
    },
    opaque_token,
    organizations::{
        self,
        domain::{Organization, View},
        view::message,
    },
};

struct SignIn {
    email: Email,
    password: Attempt,
    totp_code: Option<Redacted>,
    organization: Option<OrganizationId>,
}

pub(crate) async fn create_session(
    app: &App,
    call: &Call,
    request: CreateSessionRequest,
) -> Result<CreateSessionResponse> {
    let sign_in = parse(request)?;
    let guess = app.throttle.count("sign-in", sign_in.email.as_str(), call.client_ip).await?;

    let mut reader = app.db.read(&Call::system("sign-in")).await?;
    let known = accounts::store::credentials::find_credentials(&mut reader, &sign_in.email).await?;
    // MemberQuery for nobody as well: a stranger costs what an account costs.
    let account = known.as_ref().map_or(AccountId::from_uuid(Uuid::nil()), Credentials::account);
    let workplaces = accounts::store::list_workplaces(&mut reader, account).await?;
    drop(reader);
    let hash = known.as_ref().map(|known| known.password_hash.as_str());
    let right = app.passwords.verify(sign_in.password, hash).await?;
    let tried = known.as_ref().map(Credentials::account);
    let Some(known) = known.filter(|_| right && !workplaces.is_empty()) else {
        note_rejected(app, call, tried, "password").await?;
        return Err(Refusal::CredentialsRejected.into());
    };
    if known.totp_sealed.is_some() && sign_in.totp_code.is_none() {
        app.throttle.excuse(&guess).await;
        return Err(Refusal::TotpRequired.into());
    }

    let mut tx = app.db.begin_for(call, "sign-in").await?;
    let mut amr = vec!["pwd".to_owned()];
    if let (Some(sealed), Some(code)) = (&known.totp_sealed, &sign_in.totp_code) {
        let (last, code) = (known.totp_last_step, code.expose());
        let taken = accounts::second_factors::check::take(app, &mut tx, account, sealed, last, code).await;
        if let Err(refusal) = taken {
            drop(tx);
            note_rejected(app, call, tried, "second factor").await?;
            return Err(refusal);
        }
        amr.push("otp".to_owned());
    }
    let organizations = organizations::store::list_by_ids(&mut tx, &workplaces).await?;
    let organization = match sign_in.organization {
        Some(wanted) => organizations.iter().find(|organization| organization.id == wanted),
        None => organizations.first(),
    };
    let organization = organization.ok_or_else(|| Error::not_found("organization"))?;
    let member = accounts::store::find_account(&mut tx, organization.id, account).await?;
    let member = member.ok_or(Refusal::CredentialsRejected)?;
    let (id, now) = (SessionId::new(&app.clock), tx.now());
    let session = Session::new(id, account, organization.id, amr, app.config.lifetimes(), now);
    let (refresh_token, digest) = opaque_token::generate();
    store::insert_session(&mut tx, &session, &digest).await?;
    tx.done_by(Subject::Account(account), Some(organization.id));
    tx.finish().await?;
    app.throttle.forgive(&guess).await;

    let grant = grant(&session, organization, &member);
    let permissions = grant.permissions.clone();
    let access = signing_keys::keyring::issue(app, grant)?;
    Ok(CreateSessionResponse {
        access_token: access.token.expose().to_owned(),
        expires_in_seconds: access.expires_in_seconds,
        expires_at: Some(timestamp(access.expires_at)),
        refresh_token: refresh_token.expose().to_owned(),
        refresh_expires_at: Some(timestamp(session.idle_expires_at)),
        account: Some(accounts::view::message(&member)),
        organization: Some(message(organization, View::Whole)),
        roles: member.roles,
        permissions,
        organizations: organizations.iter().map(|it| message(it, View::Whole)).collect(),
    })
}

/// A sign-in that was wrong leaves a row, of a stranger too: an address that nobody has takes as long.
async fn note_rejected(app: &App, call: &Call, account: Option<AccountId>, what: &'static str) -> Result<()> {
    metrics::counter!("careway_sign_ins_rejected_total").increment(1);
    let entry = AuditEntry {
        action: "session.reject",
        detail: Some(what),
        entity: account.map(|id| id.uuid()),
        ..AuditEntry::default()
    };
    app.audit.read(call, entry).await
}

fn parse(request: CreateSessionRequest) -> Result<SignIn> {
    let mut v = Violations::default();
    let email = v.required("email", request.email.as_str(), Email::parse);
    let password =
        v.required("password", request.password.as_str(), |text| Ok::<_, Refusal>(Attempt::new(text)));
    let organization = v.optional("organizationId", request.organization_id.as_str(), OrganizationId::parse);
    let (email, password, organization) = v.all((email, password, organization))?;
    let totp_code = Some(request.totp_code).filter(|code| !code.trim().is_empty()).map(Redacted::from);
    Ok(SignIn { email, password, totp_code, organization })
}

/// What an access token of this session says.
pub(crate) fn grant(session: &Session, organization: &Organization, member: &Account) -> Grant {
    Grant {
        subject: session.account.uuid(),
        organization: organization.id,
        kind: organization.kind,
        permissions: accounts::view::permissions(organization.kind, &member.roles),
        session: Some(session.id),
        amr: session.amr.clone(),
    }
}
