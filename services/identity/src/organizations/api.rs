//! The organizations of the network.

use careway_contract::identity::v1::{
    CreateOrganizationRequest, CreateOrganizationResponse, GetOrganizationRequest, GetOrganizationResponse,
    ListOrganizationsRequest, ListOrganizationsResponse, ResolveOrganizationRequest,
    ResolveOrganizationResponse, UpdateOrganizationRequest, UpdateOrganizationResponse,
    organization_service_server::OrganizationService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl OrganizationService for App {
    async fn create_organization(
        &self,
        request: Request<CreateOrganizationRequest>,
    ) -> Result<Response<CreateOrganizationResponse>, Status> {
        serve(self, request, super::create_organization).await
    }

    async fn get_organization(
        &self,
        request: Request<GetOrganizationRequest>,
    ) -> Result<Response<GetOrganizationResponse>, Status> {
        serve(self, request, super::get_organization).await
    }

    async fn list_organizations(
        &self,
        request: Request<ListOrganizationsRequest>,
    ) -> Result<Response<ListOrganizationsResponse>, Status> {
        serve(self, request, super::list_organizations).await
    }

    async fn resolve_organization(
        &self,
        request: Request<ResolveOrganizationRequest>,
    ) -> Result<Response<ResolveOrganizationResponse>, Status> {
        serve(self, request, super::resolve_organization).await
    }

    async fn update_organization(
        &self,
        request: Request<UpdateOrganizationRequest>,
    ) -> Result<Response<UpdateOrganizationResponse>, Status> {
        serve(self, request, super::update_organization).await
    }
}
