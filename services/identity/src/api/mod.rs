//! The gRPC services: each RPC is one line, into its operation.

mod accounts;
mod api_clients;
mod challenges;
mod keys;
mod members;
mod organizations;
mod sessions;

use careway_contract::identity::v1::{
    account_service_server::AccountServiceServer, api_client_service_server::ApiClientServiceServer,
    challenge_service_server::ChallengeServiceServer, key_service_server::KeyServiceServer,
    member_service_server::MemberServiceServer, organization_service_server::OrganizationServiceServer,
    session_service_server::SessionServiceServer,
};
use tonic::service::Routes;

use crate::App;

/// Answers every service of identity.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) app: App,
}

/// Every service of identity.
pub(crate) fn routes(app: App) -> Routes {
    let api = Api { app };
    Routes::new(AccountServiceServer::new(api.clone()))
        .add_service(ApiClientServiceServer::new(api.clone()))
        .add_service(ChallengeServiceServer::new(api.clone()))
        .add_service(KeyServiceServer::new(api.clone()))
        .add_service(MemberServiceServer::new(api.clone()))
        .add_service(OrganizationServiceServer::new(api.clone()))
        .add_service(SessionServiceServer::new(api))
}
