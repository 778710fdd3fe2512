//! The RPCs of joint tests: one line each, into their operation.

use careway_contract::channels::v1::{self as proto, joint_test_service_server::JointTestService};
use careway_service::serve;
use tonic::{Request, Response, Status, async_trait};

use crate::App;

#[async_trait]
impl JointTestService for App {
    async fn check_test_step(
        &self,
        request: Request<proto::CheckTestStepRequest>,
    ) -> Result<Response<proto::CheckTestStepResponse>, Status> {
        serve(self, request, super::check_test_step).await
    }
}
