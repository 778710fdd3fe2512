//! What the contract says about an RPC's REST side: its routes, who may call it, and its conventions.

use anyhow::{Context, bail, ensure};
use axum::http::Method;
use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, MethodDescriptor, Value};

use crate::Deprecation;

/// One route of the REST surface.
#[derive(Debug, Clone)]
pub struct Route {
    /// The HTTP method.
    pub method: Method,
    /// The path as the contract writes it, like `/v1/visits/{visit_id}/verify`.
    pub path: String,
    /// The path as axum matches it (`MatchedPath`), its fields named by position, like `/v1/visits/{p3}/verify`.
    pub pattern: String,
    /// The service's full name, like `careway.visits.v1.VisitService`.
    pub service: String,
    /// The RPC's full name, like `careway.visits.v1.VisitService.VerifyVisit`.
    pub rpc: String,
    /// `PUBLIC`, `AUTHENTICATED`, or the permission that the caller's token must carry.
    pub access: String,
    /// `Idempotency-Key` is required.
    pub keyed: bool,
    /// `If-Match` is required.
    pub versioned: bool,
    /// `If-Match` may be sent.
    pub conditional: bool,
    /// Answered 201 with this `Location`.
    pub location: Option<String>,
    /// Answered 202: it is worked on later.
    pub accepted: bool,
    /// The reasons of the refusals beside those that every route has.
    pub refuses: Vec<String>,
    /// The media types that a raw body may have; empty for any.
    pub consumes: Vec<String>,
    /// The request's body is no JSON, but whatever the route takes.
    pub raw: bool,
    /// The largest raw body, where the contract says one.
    pub max_bytes: Option<u64>,
    /// The request's body is streamed to the service.
    pub upload: bool,
    /// The answer is a stream: events, or a download.
    pub streaming: bool,
    /// Keys that the request does not have are named by its update mask.
    pub masks_unknown_keys: bool,
    /// The body may not be empty, although no one field of it is required.
    pub filled: bool,
    /// It is to go, and its answers say so.
    pub deprecation: Option<Deprecation>,
    /// Of the example of the answer: what it has beside, or instead of, what is always there.
    pub answer: Option<serde_json::Value>,
}

impl Route {
    /// The permission that the caller's token must carry; none where any token, or none, will do.
    pub fn permission(&self) -> Option<&str> {
        Some(self.access.as_str()).filter(|access| !["PUBLIC", "AUTHENTICATED"].contains(access))
    }
}

/// A route as the `google.api.http` option says it.
pub(crate) struct Rule {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: String,
}

/// One part of a path between slashes.
#[derive(Debug, PartialEq)]
pub(crate) enum Segment<'a> {
    Literal(&'a str),
    /// A field of the request, by its dotted name in the contract.
    Field(&'a str),
}

/// The custom options of RPCs, looked up once per pool.
pub(crate) struct MethodOptions {
    http: Option<ExtensionDescriptor>,
    requires: Option<ExtensionDescriptor>,
    location: Option<ExtensionDescriptor>,
    keyed: Option<ExtensionDescriptor>,
    versioned: Option<ExtensionDescriptor>,
    conditional: Option<ExtensionDescriptor>,
    refuses: Option<ExtensionDescriptor>,
    consumes: Option<ExtensionDescriptor>,
    max_bytes: Option<ExtensionDescriptor>,
    masks_unknown_keys: Option<ExtensionDescriptor>,
    accepted: Option<ExtensionDescriptor>,
    filled: Option<ExtensionDescriptor>,
    deprecation: Option<ExtensionDescriptor>,
    answer: Option<ExtensionDescriptor>,
}

impl MethodOptions {
    pub(crate) fn new(pool: &DescriptorPool) -> Self {
        let option = |name| pool.get_extension_by_name(name);
        Self {
            http: option("google.api.http"),
            requires: option("careway.access.v1.requires"),
            location: option("careway.rest.v1.location"),
            keyed: option("careway.rest.v1.keyed"),
            versioned: option("careway.rest.v1.versioned"),
            conditional: option("careway.rest.v1.conditional"),
            refuses: option("careway.rest.v1.refuses"),
            consumes: option("careway.rest.v1.consumes"),
            max_bytes: option("careway.rest.v1.max_bytes"),
            masks_unknown_keys: option("careway.rest.v1.masks_unknown_keys"),
            accepted: option("careway.rest.v1.accepted"),
            filled: option("careway.rest.v1.filled"),
            deprecation: option("careway.rest.v1.deprecation"),
            answer: option("careway.rest.v1.answer"),
        }
    }

    /// The RPC's routes, each with what it must know to be called; none if it has no `google.api.http` option.
    pub(crate) fn routes(&self, rpc: &MethodDescriptor) -> anyhow::Result<Vec<(Route, Rule)>> {
        let own = rpc.options();
        let Some(http) = value(&own, self.http.as_ref()) else { return Ok(Vec::new()) };
        let http = http.as_message().context("google.api.http is not a message")?;

        let text = |option: &Option<ExtensionDescriptor>| {
            value(&own, option.as_ref())
                .and_then(|it| it.as_str().map(str::to_owned))
                .filter(|it| !it.is_empty())
        };
        let flag = |option: &Option<ExtensionDescriptor>| {
            value(&own, option.as_ref()).and_then(|it| it.as_bool()).unwrap_or_default()
        };
        let number = |option: &Option<ExtensionDescriptor>| {
            value(&own, option.as_ref()).and_then(|it| it.as_u64()).filter(|it| *it > 0)
        };
        let texts = |option: &Option<ExtensionDescriptor>| match value(&own, option.as_ref()) {
            Some(Value::List(texts)) => {
                texts.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        };

        let access = text(&self.requires).context("has a route but does not say who may call it")?;
        ensure!(access != "INTERNAL", "is internal but has a route");
        let answer = text(&self.answer).map(|json| serde_json::from_str::<serde_json::Value>(&json));
        let answer = answer.transpose().context("the example of its answer is not JSON")?;
        let deprecation = match value(&own, self.deprecation.as_ref()) {
            Some(option) => Some(Deprecation::read(option.as_message().context("deprecated without days")?)?),
            None => None,
        };
        let mut rules = vec![Rule::read(http)?];
        if let Some(Value::List(others)) = http.get_field_by_name("additional_bindings").as_deref() {
            for other in others {
                rules.push(Rule::read(other.as_message().context("a binding is not a message")?)?);
            }
        }
        let described = rules.into_iter().map(|rule| {
            let route = Route {
                method: rule.method.clone(),
                path: rule.path.clone(),
                pattern: pattern(&segments(&rule.path)?),
                service: rpc.parent_service().full_name().to_owned(),
                rpc: rpc.full_name().to_owned(),
                access: access.clone(),
                keyed: flag(&self.keyed),
                versioned: flag(&self.versioned),
                conditional: flag(&self.conditional),
                masks_unknown_keys: flag(&self.masks_unknown_keys),
                filled: flag(&self.filled),
                deprecation: deprecation.clone(),
                answer: answer.clone(),
                location: text(&self.location),
                accepted: flag(&self.accepted),
                refuses: texts(&self.refuses),
                consumes: texts(&self.consumes),
                // Known when the message is: see `Endpoint::compile`.
                raw: false,
                max_bytes: number(&self.max_bytes),
                upload: rpc.is_client_streaming(),
                streaming: rpc.is_server_streaming(),
            };
            Ok((route, rule))
        });
        described.collect()
    }
}

fn value(options: &DynamicMessage, option: Option<&ExtensionDescriptor>) -> Option<Value> {
    let option = option.filter(|option| options.has_extension(option))?;
    Some(options.get_extension(option).into_owned())
}

impl Rule {
    fn read(rule: &DynamicMessage) -> anyhow::Result<Self> {
        let text = |name: &str| {
            let value = rule.get_field_by_name(name);
            value.and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
        };
        ensure!(text("response_body").is_empty(), "response_body is not supported");
        let methods = [
            ("get", Method::GET),
            ("put", Method::PUT),
            ("post", Method::POST),
            ("delete", Method::DELETE),
            ("patch", Method::PATCH),
        ];
        for (name, method) in methods {
            let path = text(name);
            if !path.is_empty() {
                return Ok(Self { method, path, body: text("body") });
            }
        }
        bail!("its route is neither get, put, post, delete nor patch")
    }
}

/// The segments of a path template.
pub(crate) fn segments(path: &str) -> anyhow::Result<Vec<Segment<'_>>> {
    let rest = path.strip_prefix('/').with_context(|| format!("{path}: does not begin with a slash"))?;
    rest.split('/').map(|segment| Segment::parse(segment).with_context(|| path.to_owned())).collect()
}

impl<'a> Segment<'a> {
    fn parse(segment: &'a str) -> anyhow::Result<Self> {
        let word = |text: &str, extra: &str| {
            !text.is_empty() && text.chars().all(|it| it.is_ascii_alphanumeric() || extra.contains(it))
        };
        if let Some(field) = segment.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            let field = field.strip_suffix("=*").unwrap_or(field);
            ensure!(word(field, "_."), "{segment}: a field is written like {{visit_id}}");
            return Ok(Segment::Field(field));
        }
        // FHIR names its operations `$bulk-publish`.
        let named = segment.strip_prefix('$').unwrap_or(segment);
        ensure!(word(named, "-._~"), "{segment}: not a path segment");
        Ok(Segment::Literal(segment))
    }
}

/// Fields are named by their position, so that routes which name the same position differently do not collide.
fn pattern(segments: &[Segment<'_>]) -> String {
    let mut pattern = String::new();
    for (index, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Literal(text) => pattern.extend(["/", text]),
            Segment::Field(_) => pattern.push_str(&format!("/{{p{}}}", index + 1)),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_become_patterns() {
        let parsed = segments("/v1/visits/{visit.visit_id}/verify").unwrap();
        assert_eq!(parsed[2], Segment::Field("visit.visit_id"));
        assert_eq!(pattern(&parsed), "/v1/visits/{p3}/verify");
        assert_eq!(
            pattern(&segments("/v1/smart/{channel}/$bulk-publish").unwrap()),
            "/v1/smart/{p3}/$bulk-publish"
        );
    }

    #[test]
    fn malformed_templates_are_refused() {
        for path in
            ["v1", "/v1//x", "/v1/{a", "/v1/{a=**}", "/v1/x:verb", "/v1/a{b}", "/v1/a$b", "/v1/$", "/"]
        {
            assert!(segments(path).is_err(), "{path}");
        }
    }
}
