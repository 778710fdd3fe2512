//! The people a payer insures.

use careway_contract::identity::v1::{
    CreateMemberRequest, CreateMemberResponse, GetMemberContactRequest, GetMemberContactResponse,
    GetMemberRequest, GetMemberResponse, GetMembersRequest, GetMembersResponse, ImportMembersRequest,
    ImportMembersResponse, ListContactChangesRequest, ListContactChangesResponse, ListDependantsRequest,
    ListDependantsResponse, ListMemberAccessesRequest, ListMemberAccessesResponse, ListMembersRequest,
    ListMembersResponse, UnlockMemberCodesRequest, UnlockMemberCodesResponse, UpdateMemberRequest,
    UpdateMemberResponse, member_service_server::MemberService,
};
use careway_service::{serve, serve_stream};
use tonic::{Request, Response, Status, Streaming};

use crate::App;

#[tonic::async_trait]
impl MemberService for App {
    async fn create_member(
        &self,
        request: Request<CreateMemberRequest>,
    ) -> Result<Response<CreateMemberResponse>, Status> {
        serve(self, request, super::create_member).await
    }

    async fn get_member(
        &self,
        request: Request<GetMemberRequest>,
    ) -> Result<Response<GetMemberResponse>, Status> {
        serve(self, request, super::get_member).await
    }

    async fn get_member_contact(
        &self,
        request: Request<GetMemberContactRequest>,
    ) -> Result<Response<GetMemberContactResponse>, Status> {
        serve(self, request, super::get_member_contact).await
    }

    async fn get_members(
        &self,
        request: Request<GetMembersRequest>,
    ) -> Result<Response<GetMembersResponse>, Status> {
        serve(self, request, super::get_members).await
    }

    async fn import_members(
        &self,
        request: Request<Streaming<ImportMembersRequest>>,
    ) -> Result<Response<ImportMembersResponse>, Status> {
        serve_stream(self, request, super::import_members).await
    }

    async fn list_contact_changes(
        &self,
        request: Request<ListContactChangesRequest>,
    ) -> Result<Response<ListContactChangesResponse>, Status> {
        serve(self, request, super::list_contact_changes).await
    }

    async fn list_dependants(
        &self,
        request: Request<ListDependantsRequest>,
    ) -> Result<Response<ListDependantsResponse>, Status> {
        serve(self, request, super::list_dependants).await
    }

    async fn list_member_accesses(
        &self,
        request: Request<ListMemberAccessesRequest>,
    ) -> Result<Response<ListMemberAccessesResponse>, Status> {
        serve(self, request, super::list_member_accesses).await
    }

    async fn list_members(
        &self,
        request: Request<ListMembersRequest>,
    ) -> Result<Response<ListMembersResponse>, Status> {
        serve(self, request, super::list_members).await
    }

    async fn unlock_member_codes(
        &self,
        request: Request<UnlockMemberCodesRequest>,
    ) -> Result<Response<UnlockMemberCodesResponse>, Status> {
        serve(self, request, super::unlock_member_codes).await
    }

    async fn update_member(
        &self,
        request: Request<UpdateMemberRequest>,
    ) -> Result<Response<UpdateMemberResponse>, Status> {
        serve(self, request, super::update_member).await
    }
}
