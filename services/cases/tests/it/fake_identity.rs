//! Identity, faked: it is another service. It knows who may do what, and signs the tests' tokens.

use std::{
    collections::{BTreeMap, HashSet},
    convert::Infallible,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use careway_contract::identity::v1::{ListMembershipsRequest, ListMembershipsResponse, Membership, account};
use careway_service::Foundation;
use careway_testing::{Person, TokenSigner, upstream};
use futures::{FutureExt, future::BoxFuture};
use tonic::{
    Request, Response, Status,
    body::Body,
    server::{Grpc, NamedService, UnaryService},
    service::Routes,
};
use tonic_prost::ProstCodec;
use tower::Service;

/// Whom identity knows: account, organization, permission.
#[derive(Clone, Default)]
pub(crate) struct FakeIdentity {
    staff: Arc<Mutex<HashSet<[String; 3]>>>,
    suspended: Arc<Mutex<HashSet<String>>>,
}

impl FakeIdentity {
    /// Stands in for identity beside a service, with the signer's key.
    pub(crate) fn beside(&self, signer: &TokenSigner) -> impl Fn(&Foundation) + use<> {
        let routes = Routes::new(self.clone()).add_service(signer.keys());
        move |foundation| foundation.registry.provide("identity", upstream(routes.clone()))
    }

    /// Knows that a person holds these permissions.
    pub(crate) fn knows(&self, person: &Person, permissions: &[&str]) {
        let mut staff = self.staff.lock().unwrap();
        staff.extend(permissions.iter().map(|permission| {
            [person.account.to_string(), person.organization.to_string(), (*permission).to_owned()]
        }));
    }

    /// Knows that a person holds these permissions no more.
    pub(crate) fn forgets(&self, person: &Person, permissions: &[&str]) {
        let is_gone = |[account, _, held]: &[String; 3]| {
            *account == person.account.to_string() && permissions.contains(&held.as_str())
        };
        self.staff.lock().unwrap().retain(|one| !is_gone(one));
    }

    /// Knows that a person's organization is suspended: nobody of it may do anything.
    pub(crate) fn suspends(&self, person: &Person) {
        self.suspended.lock().unwrap().insert(person.organization.to_string());
    }
}

impl UnaryService<ListMembershipsRequest> for FakeIdentity {
    type Response = ListMembershipsResponse;
    type Future = BoxFuture<'static, Result<Response<Self::Response>, Status>>;

    fn call(&mut self, request: Request<ListMembershipsRequest>) -> Self::Future {
        let ListMembershipsRequest { organization_id, permission, account_ids } = request.into_inner();
        let is_suspended = self.suspended.lock().unwrap().contains(&organization_id);
        let status = if is_suspended { account::Status::Disabled } else { account::Status::Active };
        let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for [account, organization, held] in &*self.staff.lock().unwrap() {
            if account_ids.contains(account) && *organization == organization_id {
                let holds = known.entry(account.clone()).or_default();
                holds.extend((!is_suspended).then(|| held.clone()));
            }
        }
        known.retain(|_, holds| permission.is_empty() || holds.contains(&permission));
        let member = |(account_id, permissions)| Membership {
            account_id,
            organization_id: organization_id.clone(),
            permissions,
            status: status.into(),
            ..Default::default()
        };
        let memberships = known.into_iter().map(member).collect();
        async { Ok(Response::new(ListMembershipsResponse { memberships })) }.boxed()
    }
}

/// The one RPC of accounts that cases asks.
impl Service<http::Request<Body>> for FakeIdentity {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let asked = self.clone();
        async move {
            assert!(request.uri().path().ends_with("/ListMemberships"), "{}", request.uri());
            Ok(Grpc::new(ProstCodec::default()).unary(asked, request).await)
        }
        .boxed()
    }
}

impl NamedService for FakeIdentity {
    const NAME: &'static str = "careway.identity.v1.AccountService";
}
