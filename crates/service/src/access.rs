//! Who may call what: the contract's access options, read once, and the layer that applies them to every request.
//! Default deny: an RPC without the option stops the process at start.

use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use anyhow::{Context as _, ensure};
use prost_reflect::{DescriptorPool, MethodDescriptor, Value};
use tonic::{body::Body, metadata::MetadataMap};

use crate::{
    call::Call,
    caller::{Caller, Subject},
    error::{Error, Result, SharedReason},
    tokens::Verifier,
};

/// What an RPC asks of its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Any valid access token.
    Authenticated,
    /// Careway's own services.
    Internal,
    /// A token that carries this permission.
    Permission(String),
}

#[derive(Debug)]
struct Rule {
    method: &'static str,
    access: Access,
    keyed: bool,
}

/// The access rules of every RPC in the contract.
#[derive(Debug, Clone)]
pub struct Policy(Arc<HashMap<&'static str, Rule>>);

impl Policy {
    /// Reads the contract. The error names the RPC that does not say who may call it.
    pub fn of_contract() -> anyhow::Result<Self> {
        Self::read(careway_contract::DESCRIPTOR_SET)
    }

    /// Reads any descriptor set.
    pub fn read(descriptor_set: &[u8]) -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(descriptor_set).context("the descriptor set cannot be read")?;
        let mut rules = HashMap::new();
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let requires = text_option(&pool, &method, "careway.access.v1.requires");
            ensure!(
                !requires.is_empty(),
                "{} does not say who may call it (careway.access.v1.requires)",
                method.full_name()
            );
            let access = match requires.as_str() {
                "PUBLIC" => Access::Public,
                "AUTHENTICATED" => Access::Authenticated,
                "INTERNAL" => Access::Internal,
                _ => Access::Permission(requires),
            };
            // Once per process: methods live as long as it does.
            let path: &'static str =
                format!("/{}/{}", method.parent_service().full_name(), method.name()).leak();
            rules.insert(
                path,
                Rule { method: path, access, keyed: flag_option(&pool, &method, "careway.rest.v1.keyed") },
            );
        }
        Ok(Self(Arc::new(rules)))
    }

    /// Whether the caller may call the RPC of this path; none is somebody without a token.
    ///
    /// # Errors
    /// 401 `TOKEN_REQUIRED`, 403 `PERMISSION_DENIED`; 404 where there is no such RPC.
    pub fn check(&self, method: &str, caller: Option<&Caller>) -> Result<()> {
        let rule = self.rule(method).ok_or_else(|| Error::not_found("method"))?;
        match (&rule.access, caller) {
            (Access::Public, _) => Ok(()),
            (access, Some(caller)) => permit(access, caller),
            (_, None) => Err(token_required()),
        }
    }

    fn rule(&self, method: &str) -> Option<&Rule> {
        self.0.get(method)
    }

    /// Every permission that some RPC asks for, each once, in alphabetical order.
    pub fn permissions(&self) -> BTreeSet<&str> {
        let asked = self.0.values().filter_map(|rule| match &rule.access {
            Access::Permission(permission) => Some(permission.as_str()),
            _ => None,
        });
        asked.collect()
    }

    /// Every RPC's path with its access, for tests over all of them.
    pub fn rules(&self) -> impl Iterator<Item = (&'static str, &Access)> {
        self.0.values().map(|rule| (rule.method, &rule.access))
    }
}

fn option_value(pool: &DescriptorPool, method: &MethodDescriptor, name: &str) -> Option<Value> {
    let extension = pool.get_extension_by_name(name)?;
    let options = method.options();
    options.has_extension(&extension).then(|| options.get_extension(&extension).into_owned())
}

fn text_option(pool: &DescriptorPool, method: &MethodDescriptor, name: &str) -> String {
    option_value(pool, method, name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn flag_option(pool: &DescriptorPool, method: &MethodDescriptor, name: &str) -> bool {
    option_value(pool, method, name).and_then(|value| value.as_bool()).unwrap_or_default()
}

/// Verifies the caller of every request and hands the operation its [`Call`].
#[derive(Clone)]
pub struct Guard<S> {
    inner: S,
    policy: Policy,
    verifier: Verifier,
}

impl<S> Guard<S> {
    /// Guards `inner`, all of whose RPCs are in the policy.
    pub fn new(inner: S, policy: Policy, verifier: Verifier) -> Self {
        Self { inner, policy, verifier }
    }
}

impl<S> tower::Service<http::Request<Body>> for Guard<S>
where
    S: tower::Service<http::Request<Body>, Response = http::Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let (policy, verifier) = (self.policy.clone(), self.verifier.clone());
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let Some(rule) = policy.rule(parts.uri.path()) else {
                // Clients and proxies tell a missing RPC from a missing thing by it.
                return Ok(tonic::Status::unimplemented("There is no such method.").into_http());
            };
            match admit(rule, &verifier, &parts).await {
                Ok(call) => {
                    parts.extensions.insert(call);
                    inner.call(http::Request::from_parts(parts, body)).await
                }
                Err(refusal) => Ok(refusal.to_status().into_http()),
            }
        })
    }
}

async fn admit(rule: &Rule, verifier: &Verifier, request: &http::request::Parts) -> Result<Call> {
    let headers = &request.headers;
    let caller = match &rule.access {
        Access::Public => Caller::anonymous(),
        access => {
            let caller = verifier.verify(bearer(headers)?).await?;
            permit(access, &caller)?;
            caller
        }
    };
    // Only this layer writes headers that survive into the call; the map is small.
    let metadata = MetadataMap::from_headers(headers.clone());
    let call = Call::read(rule.method, caller, &metadata);
    if rule.keyed && call.idempotency_key_hash().is_none() {
        return Err(Error::new(SharedReason::IdempotencyKeyRequired, "An Idempotency-Key is required."));
    }
    Ok(call)
}

fn permit(access: &Access, caller: &Caller) -> Result<()> {
    let service = matches!(caller.subject, Subject::Service(_));
    let allowed = match access {
        Access::Public => true,
        Access::Authenticated => !service,
        Access::Internal => service,
        Access::Permission(permission) => caller.may(permission),
    };
    if allowed {
        return Ok(());
    }
    let refusal = Error::new(SharedReason::PermissionDenied, "You may not do this.");
    Err(match access {
        Access::Permission(permission) => refusal.with("permission", permission),
        _ => refusal,
    })
}

fn bearer(headers: &http::HeaderMap) -> Result<&str> {
    let mut values = headers.get_all(http::header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return Err(token_required()) };
    credentials(value, "bearer").ok_or_else(token_required)
}

/// What an `Authorization` of this scheme holds (RFC 9110, 11.4): the scheme in any case, then one space or more.
pub fn credentials<'v>(authorization: &'v http::HeaderValue, scheme: &str) -> Option<&'v str> {
    let (named, credentials) = authorization.to_str().ok()?.split_once(' ')?;
    named.eq_ignore_ascii_case(scheme).then(|| credentials.trim_matches(' '))
}

fn token_required() -> Error {
    Error::new(SharedReason::TokenRequired, "An access token is required.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_space_or_more_stands_between_scheme_and_credentials() {
        let read = |text: &str| credentials(&text.parse().unwrap(), "bearer").map(str::to_owned);
        for written in ["Bearer a.b-c", "bEARER a.b-c", "Bearer   a.b-c "] {
            assert_eq!(read(written).as_deref(), Some("a.b-c"), "{written}");
        }
        for other in ["Bearer", "Bearera.b-c", "Basic a.b-c", " Bearer a.b-c", "Bearer\ta.b-c"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn every_rpc_of_the_contract_says_who_may_call_it() {
        let policy = Policy::of_contract().unwrap();
        let permissions: Vec<_> = policy.permissions().into_iter().collect();
        assert!(permissions.len() > 50 && permissions.is_sorted(), "{permissions:?}");
        assert!(!permissions.contains(&"PUBLIC") && permissions.contains(&"visits.start"), "{permissions:?}");
    }
}
