//! The RPCs of prescriptions: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, prescription_service_server::PrescriptionService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl PrescriptionService for App {
    async fn issue_prescription(
        &self,
        request: Request<proto::IssuePrescriptionRequest>,
    ) -> Result<Response<proto::IssuePrescriptionResponse>, Status> {
        serve(self, request, super::issue_prescription).await
    }

    async fn list_visit_prescriptions(
        &self,
        request: Request<proto::ListVisitPrescriptionsRequest>,
    ) -> Result<Response<proto::ListVisitPrescriptionsResponse>, Status> {
        serve(self, request, super::list_visit_prescriptions).await
    }

    async fn find_prescription(
        &self,
        request: Request<proto::FindPrescriptionRequest>,
    ) -> Result<Response<proto::FindPrescriptionResponse>, Status> {
        serve(self, request, super::find_prescription).await
    }

    async fn get_prescription(
        &self,
        request: Request<proto::GetPrescriptionRequest>,
    ) -> Result<Response<proto::GetPrescriptionResponse>, Status> {
        serve(self, request, super::get_prescription).await
    }

    async fn dispense_prescription(
        &self,
        request: Request<proto::DispensePrescriptionRequest>,
    ) -> Result<Response<proto::DispensePrescriptionResponse>, Status> {
        serve(self, request, super::dispense_prescription).await
    }

    async fn cancel_prescription(
        &self,
        request: Request<proto::CancelPrescriptionRequest>,
    ) -> Result<Response<proto::CancelPrescriptionResponse>, Status> {
        serve(self, request, super::cancel_prescription).await
    }
}
