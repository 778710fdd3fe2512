//! The axum router: one handler per path, which finds the endpoint of the method.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use axum::{
    Router,
    body::Body,
    http::{Method, Request, request::Parts},
    response::{IntoResponse, Response},
    routing::any,
};

use crate::{
    Problem, Upstream, call, endpoint,
    endpoint::Endpoint,
    frames::Outgoing,
    headers::{self, Context as Headers},
    precondition, raw, reply,
    request::{self, RestCall},
    schema::Schemas,
    stream,
};

/// An endpoint with what answers it.
#[derive(Clone)]
struct Served {
    endpoint: Arc<Endpoint>,
    schemas: Arc<Schemas>,
    upstream: Upstream,
}

/// The endpoints of one path; a handful at most.
struct Methods {
    served: Vec<Served>,
    allow: String,
}

pub(crate) fn router(
    schemas: &Arc<Schemas>,
    endpoints: &[Arc<Endpoint>],
    upstream: impl Fn(&str) -> Option<Upstream>,
) -> anyhow::Result<Router> {
    let mut paths: BTreeMap<&str, Vec<Served>> = BTreeMap::new();
    for endpoint in endpoints {
        let service = &endpoint.route.service;
        let upstream = upstream(service).with_context(|| format!("nothing answers {service}"))?;
        let served = Served { endpoint: Arc::clone(endpoint), schemas: Arc::clone(schemas), upstream };
        paths.entry(&endpoint.route.pattern).or_default().push(served);
    }
    let mut router = Router::new();
    for (pattern, served) in paths {
        let allow: Vec<&str> = served.iter().map(|it| it.endpoint.route.method.as_str()).collect();
        let methods = Arc::new(Methods { allow: allow.join(", "), served });
        let handler = move |request: Request<Body>| {
            let methods = Arc::clone(&methods);
            async move { methods.answer(request).await }
        };
        router = router.route(pattern, any(handler));
    }
    Ok(router.fallback(|request: Request<Body>| async move {
        let (parts, _) = request.into_parts();
        Problem::not_found().traced(headers::trace_id(&parts)).into_response()
    }))
}

impl Methods {
    async fn answer(&self, request: Request<Body>) -> Response {
        let (parts, body) = request.into_parts();
        // axum's own rule: a HEAD is a GET whose body is dropped.
        let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
        let refused = |problem: Problem| problem.traced(headers::trace_id(&parts)).into_response();
        let Some(served) = self.served.iter().find(|served| served.endpoint.route.method == *method) else {
            return refused(Problem::method_not_allowed(&self.allow));
        };
        let mut response = served.answer(&parts, body).await.unwrap_or_else(refused);
        if let Some(deprecation) = &served.endpoint.route.deprecation {
            deprecation.say(response.headers_mut());
        }
        response
    }
}

impl Served {
    async fn answer(&self, parts: &Parts, body: Body) -> Result<Response, Problem> {
        let headers = Headers::read(&self.endpoint, parts)?;
        let call = call::Call { endpoint: &self.endpoint, upstream: &self.upstream, headers: &headers };

        if self.endpoint.route.upload {
            let (message, broken) = raw::upload(&self.endpoint, &self.schemas, parts, body)?;
            let answer = headers.in_time(call.once(message)).await;
            let answer = answer.map_err(|problem| broken.get().cloned().unwrap_or(problem))?;
            return reply::reply(&self.endpoint, &self.schemas, answer);
        }
        let RestCall { message, missing } = headers.in_time(self.asked(parts, body)).await?;
        let answer =
            self.ask(&call, message, parts).await.map_err(|refusal| refusal.with_missing(missing))?;
        match self.endpoint.route.method {
            Method::GET => precondition::settle(&parts.headers, !self.endpoint.mixed, answer),
            _ => Ok(answer),
        }
    }

    async fn ask(
        &self,
        call: &call::Call<'_>,
        message: Outgoing,
        parts: &Parts,
    ) -> Result<Response, Problem> {
        let headers = call.headers;
        match self.endpoint.reply {
            endpoint::Reply::Empty | endpoint::Reply::Json(_) => {
                reply::reply(&self.endpoint, &self.schemas, call.unary(message).await?)
            }
            endpoint::Reply::Raw => raw::whole(call.unary(message).await?),
            endpoint::Reply::Download => {
                raw::download(headers.in_time(call.open(message.into_body())).await?, headers).await
            }
            endpoint::Reply::Events(output) => {
                let opened = headers.in_time(call.open(message.into_body())).await?;
                Ok(stream::events(opened, Arc::clone(&self.schemas), output, parts))
            }
        }
    }

    async fn asked(&self, parts: &Parts, body: Body) -> Result<RestCall, Problem> {
        match self.endpoint.body {
            endpoint::Body::Raw(_) => raw::taken_whole(&self.endpoint, &self.schemas, parts, body).await,
            _ => request::message(&self.endpoint, &self.schemas, parts, body).await,
        }
    }
}
