//! People: accounts, invitations, passwords, second factors.

use careway_contract::identity::v1::{
    AcceptInvitationRequest, AcceptInvitationResponse, CompletePasswordResetRequest,
    CompletePasswordResetResponse, ConfirmTotpRequest, ConfirmTotpResponse, CreateAccountRequest,
    CreateAccountResponse, CreateInvitationRequest, CreateInvitationResponse, DisableAccountRequest,
    DisableAccountResponse, DisableTotpRequest, DisableTotpResponse, EnableAccountRequest,
    EnableAccountResponse, EnrollTotpRequest, EnrollTotpResponse, GetAccountRequest, GetAccountResponse,
    GetMeRequest, GetMeResponse, ListAccountsRequest, ListAccountsResponse, ListMembershipsRequest,
    ListMembershipsResponse, ListStaffContactsRequest, ListStaffContactsResponse, RegisterPartnerRequest,
    RegisterPartnerResponse, RequestPasswordResetRequest, RequestPasswordResetResponse,
    ResolveMailSenderRequest, ResolveMailSenderResponse, ShowInvitationRequest, ShowInvitationResponse,
    UpdateAccountRequest, UpdateAccountResponse, account_service_server::AccountService,
};
use careway_service::serve;
use tonic::{Request, Response, Status};

use crate::App;

#[tonic::async_trait]
impl AccountService for App {
    async fn accept_invitation(
        &self,
        request: Request<AcceptInvitationRequest>,
    ) -> Result<Response<AcceptInvitationResponse>, Status> {
        serve(self, request, super::accept_invitation).await
    }

    async fn complete_password_reset(
        &self,
        request: Request<CompletePasswordResetRequest>,
    ) -> Result<Response<CompletePasswordResetResponse>, Status> {
        serve(self, request, super::complete_password_reset).await
    }

    async fn confirm_totp(
        &self,
        request: Request<ConfirmTotpRequest>,
    ) -> Result<Response<ConfirmTotpResponse>, Status> {
        serve(self, request, super::confirm_totp).await
    }

    async fn create_account(
        &self,
        request: Request<CreateAccountRequest>,
    ) -> Result<Response<CreateAccountResponse>, Status> {
        serve(self, request, super::create_account).await
    }

    async fn create_invitation(
        &self,
        request: Request<CreateInvitationRequest>,
    ) -> Result<Response<CreateInvitationResponse>, Status> {
        serve(self, request, super::create_invitation).await
    }

    async fn disable_account(
        &self,
        request: Request<DisableAccountRequest>,
    ) -> Result<Response<DisableAccountResponse>, Status> {
        serve(self, request, super::disable_account).await
    }

    async fn disable_totp(
        &self,
        request: Request<DisableTotpRequest>,
    ) -> Result<Response<DisableTotpResponse>, Status> {
        serve(self, request, super::disable_totp).await
    }

    async fn enable_account(
        &self,
        request: Request<EnableAccountRequest>,
    ) -> Result<Response<EnableAccountResponse>, Status> {
        serve(self, request, super::enable_account).await
    }

    async fn enroll_totp(
        &self,
        request: Request<EnrollTotpRequest>,
    ) -> Result<Response<EnrollTotpResponse>, Status> {
        serve(self, request, super::enroll_totp).await
    }

    async fn get_account(
        &self,
        request: Request<GetAccountRequest>,
    ) -> Result<Response<GetAccountResponse>, Status> {
        serve(self, request, super::get_account).await
    }

    async fn get_me(&self, request: Request<GetMeRequest>) -> Result<Response<GetMeResponse>, Status> {
        serve(self, request, super::get_me).await
    }

    async fn list_accounts(
        &self,
        request: Request<ListAccountsRequest>,
    ) -> Result<Response<ListAccountsResponse>, Status> {
        serve(self, request, super::list_accounts).await
    }

    async fn list_memberships(
        &self,
        request: Request<ListMembershipsRequest>,
    ) -> Result<Response<ListMembershipsResponse>, Status> {
        serve(self, request, super::list_memberships).await
    }

    async fn list_staff_contacts(
        &self,
        request: Request<ListStaffContactsRequest>,
    ) -> Result<Response<ListStaffContactsResponse>, Status> {
        serve(self, request, super::list_staff_contacts).await
    }

    async fn register_partner(
        &self,
        request: Request<RegisterPartnerRequest>,
    ) -> Result<Response<RegisterPartnerResponse>, Status> {
        serve(self, request, super::register_partner).await
    }

    async fn request_password_reset(
        &self,
        request: Request<RequestPasswordResetRequest>,
    ) -> Result<Response<RequestPasswordResetResponse>, Status> {
        serve(self, request, super::request_password_reset).await
    }

    async fn resolve_mail_sender(
        &self,
        request: Request<ResolveMailSenderRequest>,
    ) -> Result<Response<ResolveMailSenderResponse>, Status> {
        serve(self, request, super::resolve_mail_sender).await
    }

    async fn show_invitation(
        &self,
        request: Request<ShowInvitationRequest>,
    ) -> Result<Response<ShowInvitationResponse>, Status> {
        serve(self, request, super::show_invitation).await
    }

    async fn update_account(
        &self,
        request: Request<UpdateAccountRequest>,
    ) -> Result<Response<UpdateAccountResponse>, Status> {
        serve(self, request, super::update_account).await
    }
}
