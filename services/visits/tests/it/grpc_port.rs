//! The gRPC port as other people's clients use it: which RPCs there are, their health, compression, and what is not there.

use careway_contract::visits::v1::{
    GetPlanRequest, ListPlansRequest, plan_service_client::PlanServiceClient,
};
use careway_testing::key;
use futures::{StreamExt, stream};
use tonic::{Code, Request, Status, client::Grpc, codec::CompressionEncoding, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_prost::ProstCodec;
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::test_visits::TestVisits;

async fn connect(url: &str) -> Channel {
    Channel::from_shared(url.to_owned()).unwrap().connect().await.unwrap()
}

/// What reflection answers to a question.
async fn reflected(port: Channel, question: MessageRequest) -> Result<MessageResponse, Status> {
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(question) };
    let asked = stream::once(std::future::ready(request));
    let mut answers = ServerReflectionClient::new(port).server_reflection_info(asked).await?.into_inner();
    Ok(answers.next().await.expect("an answer")?.message_response.unwrap())
}

#[tokio::test]
async fn reflection_tells_of_this_services_rpcs_where_it_is_wanted() {
    let service = TestVisits::run().await;
    let port = connect(&service.listen(true).await).await;
    let list = || MessageRequest::ListServices(String::new());
    let MessageResponse::ListServicesResponse(listed) = reflected(port.clone(), list()).await.unwrap() else {
        panic!("no list");
    };
    let names: Vec<_> = listed.service.into_iter().map(|service| service.name).collect();
    assert!(names.contains(&"careway.visits.v1.PlanService".to_owned()), "{names:?}");
    assert!(!names.iter().any(|name| name.contains(".identity.")), "another process has these: {names:?}");
    let symbol = MessageRequest::FileContainingSymbol("careway.visits.v1.PlanService".to_owned());
    let MessageResponse::FileDescriptorResponse(_) = reflected(port, symbol).await.unwrap() else {
        panic!("no file");
    };
    let unreflected = connect(&service.listen(false).await).await;
    assert_eq!(reflected(unreflected, list()).await.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
async fn each_service_has_its_health() {
    let service = TestVisits::run().await;
    let port = connect(&service.listen(false).await).await;
    let health = async |service: &str| {
        let request = HealthCheckRequest { service: service.to_owned() };
        HealthClient::new(port.clone()).check(request).await.map(|answer| answer.into_inner().status())
    };
    for known in ["", "careway.visits.v1.VisitService", "careway.visits.v1.ClaimService"] {
        assert_eq!(health(known).await.unwrap(), ServingStatus::Serving, "{known}");
    }
    let unknown = health("careway.identity.v1.MemberService").await;
    assert_eq!(unknown.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn what_is_compressed_is_read_and_a_method_that_is_not_there_is_told_from_a_thing() {
    let service = TestVisits::run().await;
    let port = connect(&service.listen(false).await).await;
    let mut plans = PlanServiceClient::new(port.clone())
        .send_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Gzip);
    let listed =
        plans.list_plans(service.by(&service.payer, &key(), ListPlansRequest::default())).await.unwrap();
    assert_eq!(listed.metadata().get("grpc-encoding").unwrap(), "gzip");
    assert_eq!(listed.into_inner().plans.len(), 1);

    let nowhere = GetPlanRequest { plan_id: uuid::Uuid::from_u128(1).to_string(), ..Default::default() };
    let nowhere = plans.get_plan(service.by(&service.payer, &key(), nowhere)).await.unwrap_err();
    assert_eq!(nowhere.code(), Code::NotFound);
    let mut raw = Grpc::new(port);
    raw.ready().await.unwrap();
    let path =
        tonic::codegen::http::uri::PathAndQuery::from_static("/careway.visits.v1.PlanService/PaintPlan");
    let codec = ProstCodec::<GetPlanRequest, GetPlanRequest>::default();
    let missing = raw.unary(Request::new(GetPlanRequest::default()), path, codec).await.unwrap_err();
    assert_eq!(missing.code(), Code::Unimplemented);
}
