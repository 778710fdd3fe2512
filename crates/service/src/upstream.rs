//! Where a service is answered: over a channel, or in this very process. Callers cannot tell.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, RwLock},
    time::Duration,
};

use http_body_util::BodyExt;
use tonic::{Code, Status, body::Body};
use tower::{ServiceExt, util::BoxCloneSyncService};

/// A gRPC service as a tower service, whichever way it is reached. Its error is the transport's; a refusal is an answer.
pub type Upstream = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Status>;

/// Every service this process can call, by name. Services are found when they are called, so they may be started in
/// any order. Cheap to clone.
#[derive(Clone, Default)]
pub struct Registry(Arc<RwLock<HashMap<String, Upstream>>>);

impl Registry {
    /// A service of this process.
    pub fn provide(&self, name: &str, service: Upstream) {
        self.0.write().expect("never poisoned").insert(name.to_owned(), service);
    }

    /// A service somewhere else; connects at the first call and again when the connection breaks.
    pub fn connect(&self, name: &str, url: &str) -> anyhow::Result<()> {
        let channel = tonic::transport::Endpoint::from_shared(url.to_owned())?
            .connect_timeout(Duration::from_secs(2))
            .http2_keep_alive_interval(Duration::from_secs(10))
            .keep_alive_timeout(Duration::from_secs(5))
            .keep_alive_while_idle(true)
            .tcp_nodelay(true)
            .connect_lazy();
        let told = channel.map_err(|error| away(Status::from_error(error.into()))).map_response(
            |response: http::Response<Body>| response.map(|body| Body::new(body.map_err(away))),
        );
        self.provide(name, BoxCloneSyncService::new(told));
        Ok(())
    }

    /// The service called `name`, like `identity`.
    pub fn upstream(&self, name: &str) -> Upstream {
        let (registry, name) = (self.clone(), name.to_owned());
        let found: OnceLock<Upstream> = OnceLock::new();
        let found = Arc::new(found);
        BoxCloneSyncService::new(tower::service_fn(move |request| {
            let known = found.get().cloned().or_else(|| {
                let service = registry.0.read().expect("never poisoned").get(&name).cloned()?;
                let _ = found.set(service.clone());
                Some(service)
            });
            let name = name.clone();
            async move {
                match known {
                    Some(service) => service.oneshot(request).await,
                    None => Err(Status::unavailable(format!("{name} is not known here"))),
                }
            }
        }))
    }
}

/// A connection that breaks in the middle of a call is what tonic calls unknown, and no service of ours ever says. The
/// service is away; whoever has a key may ask again.
fn away(status: Status) -> Status {
    match status.code() {
        Code::Unknown => Status::unavailable("the connection broke"),
        _ => status,
    }
}
