//! The RPCs of participants: one line each, into their operation.

use careway_contract::renewals::v1::{self as proto, participant_service_server::ParticipantService};
use careway_service::{raw::RawPieces, serve, serve_raw};
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl ParticipantService for App {
    type ExportParticipantsStream = RawPieces;

    async fn list_participants(
        &self,
        request: Request<proto::ListParticipantsRequest>,
    ) -> Result<Response<proto::ListParticipantsResponse>, Status> {
        serve(self, request, super::list_participants).await
    }

    async fn export_participants(
        &self,
        request: Request<proto::ExportParticipantsRequest>,
    ) -> Result<Response<Self::ExportParticipantsStream>, Status> {
        serve_raw(self, request, super::export_participants).await
    }

    async fn get_participant(
        &self,
        request: Request<proto::GetParticipantRequest>,
    ) -> Result<Response<proto::GetParticipantResponse>, Status> {
        serve(self, request, super::get_participant).await
    }

    async fn update_participant(
        &self,
        request: Request<proto::UpdateParticipantRequest>,
    ) -> Result<Response<proto::UpdateParticipantResponse>, Status> {
        serve(self, request, super::update_participant).await
    }

    async fn list_participant_changes(
        &self,
        request: Request<proto::ListParticipantChangesRequest>,
    ) -> Result<Response<proto::ListParticipantChangesResponse>, Status> {
        serve(self, request, super::list_participant_changes).await
    }

    async fn list_participant_messages(
        &self,
        request: Request<proto::ListParticipantMessagesRequest>,
    ) -> Result<Response<proto::ListParticipantMessagesResponse>, Status> {
        serve(self, request, super::list_participant_messages).await
    }
}
