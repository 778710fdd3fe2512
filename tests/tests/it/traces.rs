//! One request can be followed from the gateway to what happens because of it in another service, statement by statement;
//! and nothing personal is in what is followed.

use careway_tests::{Collector, Layout, Member, Network, Setup, Span, TestPlatform, accepted, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_one_trace_through_rest_grpc_sql_and_nats() {
    let collector = Collector::start().await;
    let endpoint = collector.endpoint();
    let setup = Setup {
        layout: Layout::SeparateProcesses,
        settings: &[("CAREWAY_OTLP_ENDPOINT", &endpoint)],
        ..Setup::default()
    };
    let platform = TestPlatform::of(setup).await;
    let network = Network::of(&platform).await;
    let member = network.payer.covered_member(&platform).await;
    let start = network.desk.post("/v1/visits", json!({"memberNumber": member.number}));
    let visit = format!("/v1/visits/{}", accepted(201, start).await.text("visit.visitId"));
    let code = platform.code_for(&member.phone).await;
    let verify = network.desk.post(&format!("{visit}/verify"), json!({"code": code}));
    let verified = accepted(200, verify).await.header("x-request-id").unwrap().to_owned();
    let admit = network.desk.post(&format!("{visit}/admit"), json!({"serviceType": "OUTPATIENT"}));
    let admitted = accepted(200, admit).await.header("x-request-id").unwrap().to_owned();
    platform.settle().await;
    // Spans come in batches; what is the last of the story came when the ones before had time to.
    let told = until("the notice's span", async || {
        let spans = collector.spans();
        let heard = spans.iter().any(|span| span.trace == admitted && span.name == "renewals.visit_notices");
        Ok(heard.then_some(()))
    });
    told.await.unwrap();
    platform.end().await;

    let spans = collector.spans();
    // The code is checked by identity, called by visits.
    let trace = Trace::of(&spans, &verified);
    let request = trace.top("careway-gateway", "POST /v1/visits/{visit_id}/verify");
    let verify = trace.within(request, "careway-visits", "visits.verify_visit");
    let check = trace.within(verify, "careway-identity", "identity.verify_challenge");
    assert!(!trace.statements(check).is_empty(), "{trace:#?}");

    // The admission is published, and renewals hears of it.
    let trace = Trace::of(&spans, &admitted);
    let request = trace.top("careway-gateway", "POST /v1/visits/{visit_id}/admit");
    assert_eq!(request.attribute("http.route"), "/v1/visits/{visit_id}/admit", "a path may hold a token");
    assert_eq!(request.attribute("http.request.method"), "POST");
    let admit = trace.within(request, "careway-visits", "visits.admit_visit");
    assert_eq!(
        (admit.attribute("rpc.service"), admit.attribute("rpc.method")),
        ("careway.visits.v1.VisitService", "AdmitVisit")
    );
    let statements = trace.statements(admit);
    assert_eq!(statements.first().map(String::as_str), Some("BEGIN"), "{statements:?}");
    assert_eq!(statements.last().map(String::as_str), Some("COMMIT"), "{statements:?}");
    assert!(statements.iter().any(|statement| statement == "UPDATE visit"), "{statements:?}");
    let publish = trace.within(admit, "careway-visits", "visits.publish");
    assert!(publish.attribute("messaging.destination.name").ends_with("evt.visits.VisitAdmitted"));
    let notice = trace.within(publish, "careway-renewals", "renewals.visit_notices");
    assert_eq!(notice.attribute("messaging.consumer.group.name"), "visit_notices");
    assert!(trace.statements(notice).iter().any(|statement| statement.ends_with(" message")), "{trace:#?}");
    assert_private(&spans, &member, &code);
}

/// The spans of one trace.
#[derive(Debug)]
struct Trace<'a>(Vec<&'a Span>);

impl<'a> Trace<'a> {
    fn of(spans: &'a [Span], id: &str) -> Self {
        Self(spans.iter().filter(|span| span.trace == id).collect())
    }

    fn top(&self, process: &str, name: &str) -> &'a Span {
        self.find("", process, name)
    }

    fn within(&self, parent: &Span, process: &str, name: &str) -> &'a Span {
        self.find(&parent.id, process, name)
    }

    fn find(&self, parent: &str, process: &str, name: &str) -> &'a Span {
        let mut found = self.0.iter().filter(|span| span.process == process && span.name == name);
        let found = found.find(|span| span.parent == parent);
        found.unwrap_or_else(|| panic!("no span {name} of {process} below {parent:?} in {self:#?}"))
    }

    /// The names of the statements that ran in an operation, in the order they ended.
    fn statements(&self, operation: &Span) -> Vec<String> {
        let within = self.0.iter().filter(|span| span.parent == operation.id);
        let statements = within.filter(|span| span.attribute("db.system.name") == "postgresql");
        let named = statements.map(|span| {
            assert_eq!(span.process, operation.process);
            assert!(span.name.starts_with(span.attribute("db.operation.name")), "{span:?}");
            span.name.clone()
        });
        named.collect()
    }
}

/// No name, number, phone or code is in any span; nor is any statement's text.
fn assert_private(spans: &[Span], member: &Member, code: &str) {
    assert!(spans.len() > 100, "{} spans", spans.len());
    for span in spans {
        let told = span.attributes.iter().map(|(_, value)| value).chain([&span.name]);
        for told in told {
            let personal = [&*member.phone, &member.number, &member.national_id, "Uwase"];
            assert!(personal.iter().all(|it| !told.contains(it)), "{span:?}");
            // As a word: an id of many digits may hold six of them by chance.
            assert!(told.split(|it: char| !it.is_alphanumeric()).all(|word| word != code), "{span:?}");
            assert!(!told.contains("where ") && !told.contains("values ("), "{span:?}");
        }
    }
}
