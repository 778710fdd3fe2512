//! The RPCs of campaigns: one line each, into their operation.

use careway_contract::renewals::v1::{self as proto, campaign_service_server::CampaignService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl CampaignService for App {
    async fn list_campaigns(
        &self,
        request: Request<proto::ListCampaignsRequest>,
    ) -> Result<Response<proto::ListCampaignsResponse>, Status> {
        serve(self, request, super::list_campaigns).await
    }

    async fn create_campaign(
        &self,
        request: Request<proto::CreateCampaignRequest>,
    ) -> Result<Response<proto::CreateCampaignResponse>, Status> {
        serve(self, request, super::create_campaign).await
    }

    async fn get_campaign(
        &self,
        request: Request<proto::GetCampaignRequest>,
    ) -> Result<Response<proto::GetCampaignResponse>, Status> {
        serve(self, request, super::get_campaign).await
    }

    async fn update_campaign(
        &self,
        request: Request<proto::UpdateCampaignRequest>,
    ) -> Result<Response<proto::UpdateCampaignResponse>, Status> {
        serve(self, request, super::update_campaign).await
    }

    async fn preview_campaign(
        &self,
        request: Request<proto::PreviewCampaignRequest>,
    ) -> Result<Response<proto::PreviewCampaignResponse>, Status> {
        serve(self, request, super::preview_campaign).await
    }

    async fn submit_campaign(
        &self,
        request: Request<proto::SubmitCampaignRequest>,
    ) -> Result<Response<proto::SubmitCampaignResponse>, Status> {
        serve(self, request, super::submit_campaign).await
    }

    async fn approve_campaign(
        &self,
        request: Request<proto::ApproveCampaignRequest>,
    ) -> Result<Response<proto::ApproveCampaignResponse>, Status> {
        serve(self, request, super::approve_campaign).await
    }

    async fn reject_campaign(
        &self,
        request: Request<proto::RejectCampaignRequest>,
    ) -> Result<Response<proto::RejectCampaignResponse>, Status> {
        serve(self, request, super::reject_campaign).await
    }

    async fn pause_campaign(
        &self,
        request: Request<proto::PauseCampaignRequest>,
    ) -> Result<Response<proto::PauseCampaignResponse>, Status> {
        serve(self, request, super::pause_campaign).await
    }

    async fn resume_campaign(
        &self,
        request: Request<proto::ResumeCampaignRequest>,
    ) -> Result<Response<proto::ResumeCampaignResponse>, Status> {
        serve(self, request, super::resume_campaign).await
    }

    async fn cancel_campaign(
        &self,
        request: Request<proto::CancelCampaignRequest>,
    ) -> Result<Response<proto::CancelCampaignResponse>, Status> {
        serve(self, request, super::cancel_campaign).await
    }

    async fn retry_failed(
        &self,
        request: Request<proto::RetryFailedRequest>,
    ) -> Result<Response<proto::RetryFailedResponse>, Status> {
        serve(self, request, super::retry_failed).await
    }

    async fn list_recipients(
        &self,
        request: Request<proto::ListRecipientsRequest>,
    ) -> Result<Response<proto::ListRecipientsResponse>, Status> {
        serve(self, request, super::list_recipients).await
    }

    async fn get_statistics(
        &self,
        request: Request<proto::GetStatisticsRequest>,
    ) -> Result<Response<proto::GetStatisticsResponse>, Status> {
        serve(self, request, super::get_statistics).await
    }
}
