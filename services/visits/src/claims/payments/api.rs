//! The RPCs of payment advices: one line each, into their operation.

use careway_contract::visits::v1::{self as proto, payment_advice_service_server::PaymentAdviceService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl PaymentAdviceService for App {
    async fn create_payment_advice(
        &self,
        request: Request<proto::CreatePaymentAdviceRequest>,
    ) -> Result<Response<proto::CreatePaymentAdviceResponse>, Status> {
        serve(self, request, super::create_payment_advice).await
    }

    async fn get_payment_advice(
        &self,
        request: Request<proto::GetPaymentAdviceRequest>,
    ) -> Result<Response<proto::GetPaymentAdviceResponse>, Status> {
        serve(self, request, super::get_payment_advice).await
    }

    async fn list_payment_advices(
        &self,
        request: Request<proto::ListPaymentAdvicesRequest>,
    ) -> Result<Response<proto::ListPaymentAdvicesResponse>, Status> {
        serve(self, request, super::list_payment_advices).await
    }

    async fn mark_payment_advice_paid(
        &self,
        request: Request<proto::MarkPaymentAdvicePaidRequest>,
    ) -> Result<Response<proto::MarkPaymentAdvicePaidResponse>, Status> {
        serve(self, request, super::mark_payment_advice_paid).await
    }
}
