//! The RPCs of work calendars: one line each, into their operation.

use careway_contract::cases::v1::{self as proto, work_calendar_service_server::WorkCalendarService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl WorkCalendarService for App {
    async fn list_work_calendars(
        &self,
        request: Request<proto::ListWorkCalendarsRequest>,
    ) -> Result<Response<proto::ListWorkCalendarsResponse>, Status> {
        serve(self, request, super::list_work_calendars).await
    }

    async fn get_work_calendar(
        &self,
        request: Request<proto::GetWorkCalendarRequest>,
    ) -> Result<Response<proto::GetWorkCalendarResponse>, Status> {
        serve(self, request, super::get_work_calendar).await
    }

    async fn set_work_calendar(
        &self,
        request: Request<proto::SetWorkCalendarRequest>,
    ) -> Result<Response<proto::SetWorkCalendarResponse>, Status> {
        serve(self, request, super::set_work_calendar).await
    }
}
