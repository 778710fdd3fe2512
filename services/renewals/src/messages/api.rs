//! The RPCs of messages: one line each, into its operation.

use careway_contract::renewals::v1::{
    self as proto, SendRequest, SendResponse, message_service_server::MessageService,
    notification_service_server::NotificationService,
};
use careway_service::{serve, serve_stream};
use tonic::{Request, Response, Status, Streaming};

use crate::{App, messages};

#[tonic::async_trait]
impl NotificationService for App {
    async fn send(&self, request: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        serve(self, request, messages::send).await
    }

    async fn report_bounce(
        &self,
        request: Request<proto::ReportBounceRequest>,
    ) -> Result<Response<proto::ReportBounceResponse>, Status> {
        serve(self, request, messages::report_bounce).await
    }
}

#[tonic::async_trait]
impl MessageService for App {
    async fn list_messages(
        &self,
        request: Request<proto::ListMessagesRequest>,
    ) -> Result<Response<proto::ListMessagesResponse>, Status> {
        serve(self, request, messages::list_messages).await
    }

    async fn get_message(
        &self,
        request: Request<proto::GetMessageRequest>,
    ) -> Result<Response<proto::GetMessageResponse>, Status> {
        serve(self, request, messages::get_message).await
    }

    async fn redrive_message(
        &self,
        request: Request<proto::RedriveMessageRequest>,
    ) -> Result<Response<proto::RedriveMessageResponse>, Status> {
        serve(self, request, messages::redrive_message).await
    }

    async fn take_delivery_receipt(
        &self,
        request: Request<Streaming<proto::TakeDeliveryReceiptRequest>>,
    ) -> Result<Response<proto::TakeDeliveryReceiptResponse>, Status> {
        serve_stream(self, request, messages::take_delivery_receipt).await
    }

    async fn take_inbound_sms(
        &self,
        request: Request<Streaming<proto::TakeInboundSmsRequest>>,
    ) -> Result<Response<proto::TakeInboundSmsResponse>, Status> {
        serve_stream(self, request, messages::take_inbound_sms).await
    }
}
