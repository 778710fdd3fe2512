//! Identity, faked: it knows the people of the vectors' world.

use careway_contract::identity::v1::{account_service_server::AccountService, organization::Kind, *};
use tonic::{Request, Response, Status};

use crate::test_world::World;

#[tonic::async_trait]
impl AccountService for World {
    async fn resolve_mail_sender(
        &self,
        request: Request<ResolveMailSenderRequest>,
    ) -> Result<Response<ResolveMailSenderResponse>, Status> {
        self.answers()?;
        let address = request.into_inner().address;
        let account = self.accounts().iter().find(|account| account["email"] == address);
        let memberships = account.map(|account| self.memberships(account)).unwrap_or_default();
        Ok(Response::new(ResolveMailSenderResponse { memberships }))
    }

    async fn list_memberships(
        &self,
        request: Request<ListMembershipsRequest>,
    ) -> Result<Response<ListMembershipsResponse>, Status> {
        self.answers()?;
        let asked = request.into_inner();
        let all = self.accounts().iter().flat_map(|account| self.memberships(account));
        let is_platform =
            |it: &Membership| asked.organization_id.is_empty() && it.organization_kind() == Kind::Platform;
        let of = all.filter(|it| it.organization_id == asked.organization_id || is_platform(it));
        let may = |it: &Membership| asked.permission.is_empty() || it.permissions.contains(&asked.permission);
        let named =
            |it: &Membership| asked.account_ids.is_empty() || asked.account_ids.contains(&it.account_id);
        let memberships = of.filter(|it| may(it) && named(it)).collect();
        Ok(Response::new(ListMembershipsResponse { memberships }))
    }

    async fn list_staff_contacts(
        &self,
        _: Request<ListStaffContactsRequest>,
    ) -> Result<Response<ListStaffContactsResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn create_account(
        &self,
        _: Request<CreateAccountRequest>,
    ) -> Result<Response<CreateAccountResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn get_account(
        &self,
        _: Request<GetAccountRequest>,
    ) -> Result<Response<GetAccountResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn list_accounts(
        &self,
        _: Request<ListAccountsRequest>,
    ) -> Result<Response<ListAccountsResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn register_partner(
        &self,
        _: Request<RegisterPartnerRequest>,
    ) -> Result<Response<RegisterPartnerResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn update_account(
        &self,
        _: Request<UpdateAccountRequest>,
    ) -> Result<Response<UpdateAccountResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn disable_account(
        &self,
        _: Request<DisableAccountRequest>,
    ) -> Result<Response<DisableAccountResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn enable_account(
        &self,
        _: Request<EnableAccountRequest>,
    ) -> Result<Response<EnableAccountResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn create_invitation(
        &self,
        _: Request<CreateInvitationRequest>,
    ) -> Result<Response<CreateInvitationResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn accept_invitation(
        &self,
        _: Request<AcceptInvitationRequest>,
    ) -> Result<Response<AcceptInvitationResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn get_me(&self, _: Request<GetMeRequest>) -> Result<Response<GetMeResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn show_invitation(
        &self,
        _: Request<ShowInvitationRequest>,
    ) -> Result<Response<ShowInvitationResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn request_password_reset(
        &self,
        _: Request<RequestPasswordResetRequest>,
    ) -> Result<Response<RequestPasswordResetResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn complete_password_reset(
        &self,
        _: Request<CompletePasswordResetRequest>,
    ) -> Result<Response<CompletePasswordResetResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn enroll_totp(
        &self,
        _: Request<EnrollTotpRequest>,
    ) -> Result<Response<EnrollTotpResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn confirm_totp(
        &self,
        _: Request<ConfirmTotpRequest>,
    ) -> Result<Response<ConfirmTotpResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }

    async fn disable_totp(
        &self,
        _: Request<DisableTotpRequest>,
    ) -> Result<Response<DisableTotpResponse>, Status> {
        Err(Status::unimplemented("cases does not ask it"))
    }
}
