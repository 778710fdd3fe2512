//! Contracts that cannot be served are refused at the start.

use axum::http::Method;
use careway_transcoding::{ProblemDoc, Settings, Transcoder};
use chrono::NaiveDate;
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};

use crate::support::{POOL, pool};

fn refusal(file: &str) -> String {
    let refused = Transcoder::new(pool(file), Settings::default()).err().expect("refused");
    format!("{refused:#}")
}

#[test]
fn an_rpc_without_access_is_refused() {
    assert!(
        refusal("no_access.proto").contains("careway.bad.v1.BadService.Get"),
        "{}",
        refusal("no_access.proto")
    );
}

#[test]
fn routes_that_collide_are_refused() {
    let refused = refusal("collision.proto");
    assert!(refused.contains("GetByName") && refused.contains("GetById"), "{refused}");
}

#[test]
fn a_malformed_route_is_refused() {
    assert!(refusal("no_field.proto").contains("no such field"), "{}", refusal("no_field.proto"));
}

#[test]
fn a_reason_that_is_not_declared_is_refused() {
    let refused = refusal("undeclared.proto");
    assert!(refused.contains("careway.bad.v1.BadService.Get refuses with OUT_OF_PRINT"), "{refused}");
}

#[test]
fn a_reason_has_the_status_of_its_kind_or_its_own() {
    let transcoder = Transcoder::new(POOL.clone(), Settings::default()).unwrap();
    let of = |problem: &ProblemDoc| (problem.reason.clone(), problem.status.as_u16());
    let declared: Vec<_> = transcoder.problems().iter().map(of).collect();
    // The third is told to nobody.
    assert_eq!(declared, [("TITLE_TAKEN".to_owned(), 409), ("SHELF_BENDS".to_owned(), 416)]);
}

#[test]
fn a_service_that_nothing_answers_is_refused() {
    let transcoder = Transcoder::new(POOL.clone(), Settings::default()).unwrap();
    assert!(transcoder.router(|_| None).unwrap_err().to_string().contains("careway.shelf.v1.ShelfService"));
}

#[test]
fn routes_tell_what_they_want() {
    let transcoder = Transcoder::new(POOL.clone(), Settings::default()).unwrap();
    let create = transcoder.routes().iter().find(|route| route.rpc.ends_with(".CreateBook")).unwrap();
    assert_eq!((create.method.clone(), create.path.as_str()), (Method::POST, "/v1/books"));
    assert_eq!((create.access.as_str(), create.keyed, create.versioned), ("books.write", true, false));
    assert_eq!(create.refuses, ["TITLE_TAKEN"]);
    assert_eq!(transcoder.routes().len(), 14);
    assert!(transcoder.routes().iter().all(|route| !route.rpc.ends_with(".Sweep")));
}

#[test]
fn the_contract_itself_can_be_served() {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    let transcoder = Transcoder::new(pool, Settings::default()).unwrap();
    let paths = transcoder.openapi(NaiveDate::default())["paths"].as_object().unwrap().len();
    assert!(paths > 50, "{paths} paths are not all of them");
}

#[test]
fn whatever_says_its_version_carries_an_etag() {
    let pool = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    let transcoder = Transcoder::new(pool.clone(), Settings::default()).unwrap();
    let document = transcoder.openapi(NaiveDate::default());
    let operations: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values())
        .collect();
    let says_version = |message: &MessageDescriptor| {
        message
            .get_field_by_name("version")
            .is_some_and(|field| field.kind() == Kind::Int32 && !field.is_list())
    };
    let mut tagged = 0;
    for route in transcoder.routes() {
        let (service, name) = route.rpc.rsplit_once('.').unwrap();
        let service = pool.get_service_by_name(service).unwrap();
        let output = service.methods().find(|rpc| rpc.name() == name).unwrap().output();
        let mut inner = output.fields().filter(|field| !field.is_list());
        let says =
            says_version(&output) || inner.any(|field| field.kind().as_message().is_some_and(&says_version));
        if !says || route.streaming {
            continue;
        }
        let id = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        let operation = operations.iter().find(|operation| operation["operationId"] == *id).unwrap();
        let answers = operation["responses"].as_object().unwrap().iter();
        let answer = answers.into_iter().find(|(status, _)| status.starts_with('2')).unwrap().1;
        assert!(answer["headers"]["ETag"].is_object(), "{id} says a version and carries no ETag");
        tagged += 1;
    }
    assert!(tagged > 50, "{tagged} are not all");
}
