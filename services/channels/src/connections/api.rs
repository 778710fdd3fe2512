//! The RPCs of connections: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, connection_service_server::ConnectionService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ConnectionService for App {
    async fn create_connection(
        &self,
        request: Request<proto::CreateConnectionRequest>,
    ) -> Result<Response<proto::CreateConnectionResponse>, Status> {
        serve(self, request, super::create_connection).await
    }

    async fn list_connections(
        &self,
        request: Request<proto::ListConnectionsRequest>,
    ) -> Result<Response<proto::ListConnectionsResponse>, Status> {
        serve(self, request, super::list_connections).await
    }

    async fn get_connection(
        &self,
        request: Request<proto::GetConnectionRequest>,
    ) -> Result<Response<proto::GetConnectionResponse>, Status> {
        serve(self, request, super::get_connection).await
    }

    async fn get_readiness(
        &self,
        request: Request<proto::GetReadinessRequest>,
    ) -> Result<Response<proto::GetReadinessResponse>, Status> {
        serve(self, request, super::get_readiness).await
    }

    async fn list_connection_history(
        &self,
        request: Request<proto::ListConnectionHistoryRequest>,
    ) -> Result<Response<proto::ListConnectionHistoryResponse>, Status> {
        serve(self, request, super::list_connection_history).await
    }

    async fn tick_services(
        &self,
        request: Request<proto::TickServicesRequest>,
    ) -> Result<Response<proto::TickServicesResponse>, Status> {
        serve(self, request, super::tick_services).await
    }

    async fn declare_intent(
        &self,
        request: Request<proto::DeclareIntentRequest>,
    ) -> Result<Response<proto::DeclareIntentResponse>, Status> {
        serve(self, request, super::declare_intent).await
    }

    async fn activate_connection(
        &self,
        request: Request<proto::ActivateConnectionRequest>,
    ) -> Result<Response<proto::ActivateConnectionResponse>, Status> {
        serve(self, request, super::activate_connection).await
    }

    async fn accept_consent(
        &self,
        request: Request<proto::AcceptConsentRequest>,
    ) -> Result<Response<proto::AcceptConsentResponse>, Status> {
        serve(self, request, super::accept_consent).await
    }

    async fn set_up_connection(
        &self,
        request: Request<proto::SetUpConnectionRequest>,
    ) -> Result<Response<proto::SetUpConnectionResponse>, Status> {
        serve(self, request, super::set_up_connection).await
    }

    async fn start_joint_test(
        &self,
        request: Request<proto::StartJointTestRequest>,
    ) -> Result<Response<proto::StartJointTestResponse>, Status> {
        serve(self, request, super::start_joint_test).await
    }

    async fn sign_joint_test(
        &self,
        request: Request<proto::SignJointTestRequest>,
    ) -> Result<Response<proto::SignJointTestResponse>, Status> {
        serve(self, request, super::sign_joint_test).await
    }

    async fn go_live(
        &self,
        request: Request<proto::GoLiveRequest>,
    ) -> Result<Response<proto::GoLiveResponse>, Status> {
        serve(self, request, super::go_live).await
    }

    async fn suspend_connection(
        &self,
        request: Request<proto::SuspendConnectionRequest>,
    ) -> Result<Response<proto::SuspendConnectionResponse>, Status> {
        serve(self, request, super::suspend_connection).await
    }

    async fn resume_connection(
        &self,
        request: Request<proto::ResumeConnectionRequest>,
    ) -> Result<Response<proto::ResumeConnectionResponse>, Status> {
        serve(self, request, super::resume_connection).await
    }

    async fn switch_off_connection(
        &self,
        request: Request<proto::SwitchOffConnectionRequest>,
    ) -> Result<Response<proto::SwitchOffConnectionResponse>, Status> {
        serve(self, request, super::switch_off_connection).await
    }

    async fn end_connection(
        &self,
        request: Request<proto::EndConnectionRequest>,
    ) -> Result<Response<proto::EndConnectionResponse>, Status> {
        serve(self, request, super::end_connection).await
    }

    async fn notify_of_service(
        &self,
        request: Request<proto::NotifyOfServiceRequest>,
    ) -> Result<Response<proto::NotifyOfServiceResponse>, Status> {
        serve(self, request, super::notify_of_service).await
    }

    async fn acknowledge_service(
        &self,
        request: Request<proto::AcknowledgeServiceRequest>,
    ) -> Result<Response<proto::AcknowledgeServiceResponse>, Status> {
        serve(self, request, super::acknowledge_service).await
    }
}
