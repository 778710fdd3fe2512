//! The RPCs of the medical file: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, medical_file_service_server::MedicalFileService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl MedicalFileService for App {
    async fn get_medical_file(
        &self,
        request: Request<proto::GetMedicalFileRequest>,
    ) -> Result<Response<proto::GetMedicalFileResponse>, Status> {
        serve(self, request, super::get_medical_file).await
    }

    async fn give_consent(
        &self,
        request: Request<proto::GiveConsentRequest>,
    ) -> Result<Response<proto::GiveConsentResponse>, Status> {
        serve(self, request, super::give_consent).await
    }

    async fn withdraw_consent(
        &self,
        request: Request<proto::WithdrawConsentRequest>,
    ) -> Result<Response<proto::WithdrawConsentResponse>, Status> {
        serve(self, request, super::withdraw_consent).await
    }
}
