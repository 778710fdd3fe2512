//! The RPCs of agencies: one line each, into their operation.

use careway_contract::renewals::v1::{self as proto, agency_service_server::AgencyService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl AgencyService for App {
    async fn list_agencies(
        &self,
        request: Request<proto::ListAgenciesRequest>,
    ) -> Result<Response<proto::ListAgenciesResponse>, Status> {
        serve(self, request, super::list_agencies).await
    }

    async fn get_agency(
        &self,
        request: Request<proto::GetAgencyRequest>,
    ) -> Result<Response<proto::GetAgencyResponse>, Status> {
        serve(self, request, super::get_agency).await
    }

    async fn appoint_agency(
        &self,
        request: Request<proto::AppointAgencyRequest>,
    ) -> Result<Response<proto::AppointAgencyResponse>, Status> {
        serve(self, request, super::appoint_agency).await
    }

    async fn hand_over_agency(
        &self,
        request: Request<proto::HandOverAgencyRequest>,
    ) -> Result<Response<proto::HandOverAgencyResponse>, Status> {
        serve(self, request, super::hand_over_agency).await
    }
}
