//! Identity, faked: it is another service. It knows agencies by their codes, and signs the tests' tokens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use careway_contract::identity::v1::{
    organization_service_server::{OrganizationService, OrganizationServiceServer},
    resolve_organization_request::By,
    *,
};
use careway_service::Foundation;
use careway_testing::{Person, TokenSigner, upstream};
use tonic::{Request, Response, Status, async_trait, service::Routes};

#[derive(Clone, Default)]
pub(crate) struct FakeIdentity {
    organizations: Arc<Mutex<HashMap<String, Organization>>>,
}

impl FakeIdentity {
    /// Stands in for identity beside a service, with the signer's key.
    pub(crate) fn beside(&self, signer: &TokenSigner) -> impl Fn(&Foundation) + use<> {
        let routes = Routes::new(OrganizationServiceServer::new(self.clone())).add_service(signer.keys());
        move |foundation| foundation.registry.provide("identity", upstream(routes.clone()))
    }

    /// Knows somebody's organization by this code.
    pub(crate) fn register(&self, code: &str, person: &Person, name: &str) {
        let kind = organization::Kind::from_str_name(person.kind.as_str()).unwrap();
        let organization = Organization {
            organization_id: person.organization.to_string(),
            kind: kind.into(),
            name: name.to_owned(),
            country: "VN".to_owned(),
            ..Default::default()
        };
        self.organizations.lock().unwrap().insert(code.to_owned(), organization);
    }
}

#[async_trait]
impl OrganizationService for FakeIdentity {
    async fn resolve_organization(
        &self,
        request: Request<ResolveOrganizationRequest>,
    ) -> Result<Response<ResolveOrganizationResponse>, Status> {
        let Some(By::Code(code)) = request.into_inner().by else {
            return Err(Status::unimplemented("by a code only"));
        };
        let organization = self.organizations.lock().unwrap().get(&code.value).cloned();
        Ok(Response::new(ResolveOrganizationResponse { organization }))
    }

    async fn create_organization(
        &self,
        _: Request<CreateOrganizationRequest>,
    ) -> Result<Response<CreateOrganizationResponse>, Status> {
        Err(Status::unimplemented("renewals makes none"))
    }

    async fn get_organization(
        &self,
        _: Request<GetOrganizationRequest>,
    ) -> Result<Response<GetOrganizationResponse>, Status> {
        Err(Status::unimplemented("renewals reads none"))
    }

    async fn list_organizations(
        &self,
        _: Request<ListOrganizationsRequest>,
    ) -> Result<Response<ListOrganizationsResponse>, Status> {
        Err(Status::unimplemented("renewals lists none"))
    }

    async fn update_organization(
        &self,
        _: Request<UpdateOrganizationRequest>,
    ) -> Result<Response<UpdateOrganizationResponse>, Status> {
        Err(Status::unimplemented("renewals changes none"))
    }
}
