//! People: accounts, invitations, passwords, second factors.

use careway_contract::identity::v1::{
    AcceptInvitationRequest, AcceptInvitationResponse, CompletePasswordResetRequest,
    CompletePasswordResetResponse, ConfirmTotpRequest, ConfirmTotpResponse, CreateAccountRequest,
    CreateAccountResponse, CreateInvitationRequest, CreateInvitationResponse, DisableAccountRequest,
    DisableAccountResponse, DisableTotpRequest, DisableTotpResponse, EnableAccountRequest,
    EnableAccountResponse, EnrollTotpRequest, EnrollTotpResponse, GetAccountRequest, GetAccountResponse,
    GetMeRequest, GetMeResponse, ListAccountsRequest, ListAccountsResponse, ListStaffContactsRequest,
    ListStaffContactsResponse, RequestPasswordResetRequest, RequestPasswordResetResponse,
    UpdateAccountRequest, UpdateAccountResponse, account_service_server::AccountService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use super::Api;
use crate::operations;

#[tonic::async_trait]
impl AccountService for Api {
    async fn accept_invitation(
        &self,
        request: Request<AcceptInvitationRequest>,
    ) -> Result<Response<AcceptInvitationResponse>, Status> {
        serve(&self.app, request, operations::accept_invitation).await
    }

    async fn complete_password_reset(
        &self,
        request: Request<CompletePasswordResetRequest>,
    ) -> Result<Response<CompletePasswordResetResponse>, Status> {
        serve(&self.app, request, operations::complete_password_reset).await
    }

    async fn confirm_totp(
        &self,
        request: Request<ConfirmTotpRequest>,
    ) -> Result<Response<ConfirmTotpResponse>, Status> {
        serve(&self.app, request, operations::confirm_totp).await
    }

    async fn create_account(
        &self,
        request: Request<CreateAccountRequest>,
    ) -> Result<Response<CreateAccountResponse>, Status> {
        serve(&self.app, request, operations::create_account).await
    }

    async fn create_invitation(
        &self,
        request: Request<CreateInvitationRequest>,
    ) -> Result<Response<CreateInvitationResponse>, Status> {
        serve(&self.app, request, operations::create_invitation).await
    }

    async fn disable_account(
        &self,
        request: Request<DisableAccountRequest>,
    ) -> Result<Response<DisableAccountResponse>, Status> {
        serve(&self.app, request, operations::disable_account).await
    }

    async fn disable_totp(
        &self,
        request: Request<DisableTotpRequest>,
    ) -> Result<Response<DisableTotpResponse>, Status> {
        serve(&self.app, request, operations::disable_totp).await
    }

    async fn enable_account(
        &self,
        request: Request<EnableAccountRequest>,
    ) -> Result<Response<EnableAccountResponse>, Status> {
        serve(&self.app, request, operations::enable_account).await
    }

    async fn enroll_totp(
        &self,
        request: Request<EnrollTotpRequest>,
    ) -> Result<Response<EnrollTotpResponse>, Status> {
        serve(&self.app, request, operations::enroll_totp).await
    }

    async fn get_account(
        &self,
        request: Request<GetAccountRequest>,
    ) -> Result<Response<GetAccountResponse>, Status> {
        serve(&self.app, request, operations::get_account).await
    }

    async fn get_me(&self, request: Request<GetMeRequest>) -> Result<Response<GetMeResponse>, Status> {
        serve(&self.app, request, operations::get_me).await
    }

    async fn list_accounts(
        &self,
        request: Request<ListAccountsRequest>,
    ) -> Result<Response<ListAccountsResponse>, Status> {
        serve(&self.app, request, operations::list_accounts).await
    }

    async fn list_staff_contacts(
        &self,
        request: Request<ListStaffContactsRequest>,
    ) -> Result<Response<ListStaffContactsResponse>, Status> {
        serve(&self.app, request, operations::list_staff_contacts).await
    }

    async fn request_password_reset(
        &self,
        request: Request<RequestPasswordResetRequest>,
    ) -> Result<Response<RequestPasswordResetResponse>, Status> {
        serve(&self.app, request, operations::request_password_reset).await
    }

    async fn update_account(
        &self,
        request: Request<UpdateAccountRequest>,
    ) -> Result<Response<UpdateAccountResponse>, Status> {
        serve(&self.app, request, operations::update_account).await
    }
}
