//! The claims of an access token (RFC 9068).

use careway_kernel::{OrganizationId, SessionId};
use careway_service::OrganizationKind;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long an access token lives.
pub(crate) const ACCESS_LIFETIME: Duration = Duration::minutes(10);
/// `aud` of every access token.
pub(crate) const AUDIENCE: &str = "careway-api";
/// `client_id` of people's tokens: they sign in with Careway's own program, or one that acts as it, which no table lists. It is
/// no id that an API client can have: those are UUIDs.
const SIGN_IN: &str = "careway";
/// `typ` of an access token.
pub(crate) const ACCESS_TYPE: &str = "at+jwt";

/// What an access token says; every service reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    /// The account, or the API client.
    pub(crate) sub: Uuid,
    pub(crate) org: OrganizationId,
    pub(crate) kind: OrganizationKind,
    /// Who asked for the token: the API client itself, or [`SIGN_IN`].
    pub(crate) client_id: String,
    /// The permissions, separated by spaces; absent when there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) scope: String,
    /// The same as a list: a process of the version before reads them here, and runs beside this one during an upgrade.
    pub(crate) perms: Vec<String>,
    /// The session; none for an API client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<SessionId>,
    /// How the caller was authenticated (RFC 8176): `pwd`, `otp`, or `client_secret`.
    pub(crate) amr: Vec<String>,
    pub(crate) jti: Uuid,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client: Option<bool>,
}

/// Who gets an access token, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) subject: Uuid,
    pub(crate) organization: OrganizationId,
    pub(crate) kind: OrganizationKind,
    pub(crate) permissions: Vec<String>,
    /// None for an API client.
    pub(crate) session: Option<SessionId>,
    pub(crate) amr: Vec<String>,
}

impl Claims {
    /// The claims of a token that is issued now.
    pub(crate) fn new(grant: Grant, issuer: &str, id: Uuid, now: DateTime<Utc>) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: grant.subject,
            org: grant.organization,
            kind: grant.kind,
            client_id: match grant.session {
                Some(_) => SIGN_IN.to_owned(),
                None => grant.subject.to_string(),
            },
            scope: grant.permissions.join(" "),
            perms: grant.permissions,
            client: grant.session.is_none().then_some(true),
            sid: grant.session,
            amr: grant.amr,
            jti: id,
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + ACCESS_LIFETIME).timestamp(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(session: Option<SessionId>) -> Grant {
        Grant {
            subject: Uuid::from_u128(1),
            organization: OrganizationId::from_uuid(Uuid::from_u128(2)),
            kind: OrganizationKind::Facility,
            permissions: vec!["visits.start".to_owned(), "visits.verify".to_owned()],
            session,
            amr: vec!["pwd".to_owned()],
        }
    }

    #[test]
    fn the_claims_have_the_names_every_service_reads() {
        let now = "2026-03-01T08:00:00Z".parse().unwrap();
        let session = SessionId::from_uuid(Uuid::from_u128(3));
        let claims = Claims::new(grant(Some(session)), "careway", Uuid::nil(), now);
        let json = serde_json::to_value(&claims).unwrap();
        let mut names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "amr",
                "aud",
                "client_id",
                "exp",
                "iat",
                "iss",
                "jti",
                "kind",
                "nbf",
                "org",
                "perms",
                "scope",
                "sid",
                "sub"
            ]
        );
        assert_eq!(
            (&json["client_id"], &json["scope"]),
            (&"careway".into(), &"visits.start visits.verify".into())
        );
        assert_eq!((json["kind"].as_str(), json["aud"].as_str()), (Some("FACILITY"), Some("careway-api")));
        assert_eq!(json["exp"].as_i64().unwrap() - json["iat"].as_i64().unwrap(), 600);
    }

    #[test]
    fn a_client_says_so_and_has_no_session() {
        let now = "2026-03-01T08:00:00Z".parse().unwrap();
        let json = serde_json::to_value(Claims::new(grant(None), "careway", Uuid::nil(), now)).unwrap();
        assert_eq!((&json["client"], &json["client_id"]), (&true.into(), &json["sub"]));
        assert!(json.get("sid").is_none());
    }

    #[test]
    fn who_may_nothing_has_no_scope() {
        let nothing = Grant { permissions: Vec::new(), ..grant(None) };
        let now = "2026-03-01T08:00:00Z".parse().unwrap();
        let json = serde_json::to_value(Claims::new(nothing, "careway", Uuid::nil(), now)).unwrap();
        assert!(json.get("scope").is_none());
    }
}
