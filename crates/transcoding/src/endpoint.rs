//! A route compiled against its messages: everything that can be decided before the first request.

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context, ensure};
use axum::http::{Method, uri::PathAndQuery};
use prost_reflect::{DescriptorPool, MethodDescriptor};

use crate::{
    Settings,
    params::{PathParam, QueryParam, numbers, path_params, query, resolve},
    route::{MethodOptions, Route, Rule},
    schema::{FieldOptions, HTTP_BODY, Kind, Schemas, Shape},
};

#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) route: Route,
    pub(crate) rpc: MethodDescriptor,
    /// `/careway.visits.v1.VisitService/VerifyVisit`.
    pub(crate) uri: PathAndQuery,
    pub(crate) input: usize,
    pub(crate) body: Body,
    pub(crate) path_params: Vec<PathParam>,
    pub(crate) query_params: Vec<QueryParam>,
    pub(crate) query_index: HashMap<Box<str>, usize>,
    /// The index of the request's `update_mask`, filled from the keys of a PATCH.
    pub(crate) update_mask: Option<usize>,
    pub(crate) reply: Reply,
    pub(crate) location: Vec<Piece>,
    /// The numbers that lead to the response's `version`.
    pub(crate) version: Vec<u32>,
    /// There is more in the response than what the version is of.
    pub(crate) mixed: bool,
    pub(crate) limits: Limits,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) json: usize,
    pub(crate) raw: usize,
}

/// Where the HTTP body goes; fields by their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Whole,
    Field(usize),
    Raw(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A message without fields: 204.
    Empty,
    Json(usize),
    Raw,
    Events(usize),
    Download,
}

/// A part of a `Location`.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece {
    Literal(String),
    /// The numbers that lead to a field of the response.
    Field(Vec<u32>),
}

/// Compiles every route of the pool.
pub(crate) fn compile(
    pool: &DescriptorPool,
    settings: &Settings,
) -> anyhow::Result<(Schemas, Vec<Arc<Endpoint>>)> {
    let mut schemas = Schemas::default();
    let fields = FieldOptions::new(pool);
    let methods = MethodOptions::new(pool);
    let limits = Limits { json: settings.max_json_bytes, raw: settings.max_raw_bytes };
    let mut endpoints: Vec<Arc<Endpoint>> = Vec::new();
    for service in pool.services() {
        for rpc in service.methods() {
            let routes = methods.routes(&rpc).with_context(|| rpc.full_name().to_owned())?;
            for (route, rule) in routes {
                let endpoint = Endpoint::compile(&rpc, route, &rule, &mut schemas, &fields, limits)
                    .with_context(|| format!("{}: {} {}", rpc.full_name(), rule.method, rule.path))?;
                let twin = endpoints.iter().find(|other| {
                    (&other.route.method, &other.route.pattern) == (&rule.method, &endpoint.route.pattern)
                });
                if let Some(twin) = twin {
                    anyhow::bail!(
                        "{} and {} have one route: {} {}",
                        twin.route.rpc,
                        rpc.full_name(),
                        rule.method,
                        rule.path
                    );
                }
                endpoints.push(Arc::new(endpoint));
            }
        }
    }
    Ok((schemas, endpoints))
}

impl Endpoint {
    /// What is read has a version, by which a client may ask whether it still is the same.
    pub(crate) fn is_versioned_read(&self) -> bool {
        self.route.method == Method::GET && !self.version.is_empty()
    }

    fn compile(
        rpc: &MethodDescriptor,
        route: Route,
        rule: &Rule,
        schemas: &mut Schemas,
        options: &FieldOptions,
        limits: Limits,
    ) -> anyhow::Result<Self> {
        let input = schemas.add(&rpc.input(), options)?;
        let body = body(schemas, input, &rule.body)?;
        ensure!(
            matches!(body, Body::Raw(_)) || !rpc.is_client_streaming(),
            "a client stream must take a google.api.HttpBody"
        );
        ensure!(rule.method != Method::GET || body == Body::None, "a GET has no body");
        let raw = matches!(body, Body::Raw(_));
        ensure!(raw || route.max_bytes.is_none(), "max_bytes is of raw bodies alone");

        let path_params = path_params(schemas, input, &rule.path)?;
        let update_mask =
            schemas.message(input).by_name("update_mask").filter(|_| rule.method == Method::PATCH);
        if let Some(index) = update_mask {
            let mask = schemas.message(input).fields[index].message().map(|id| schemas.message(id).shape);
            ensure!(mask == Some(Shape::FieldMask), "update_mask is not a google.protobuf.FieldMask");
        }
        ensure!(
            !route.masks_unknown_keys || (update_mask.is_some() && body == Body::Whole),
            "masks_unknown_keys needs an update_mask beside the fields of a PATCH"
        );
        let mut taken: Vec<Vec<usize>> = path_params.iter().map(|it| it.fields.clone()).collect();
        taken.extend(update_mask.map(|index| vec![index]));
        let mut query_params = Vec::new();
        match body {
            Body::Whole => {}
            Body::Field(index) | Body::Raw(index) => {
                taken.push(vec![index]);
                query(schemas, input, &mut Vec::new(), "", &taken, &mut query_params);
            }
            Body::None => query(schemas, input, &mut Vec::new(), "", &taken, &mut query_params),
        }
        let query_index =
            query_params.iter().enumerate().map(|(index, it)| (it.name.clone(), index)).collect();

        let reply = reply(rpc, schemas, options)?;
        let (location, version) = match reply {
            Reply::Json(id) => (
                location(schemas, id, route.location.as_deref().unwrap_or_default())?,
                version(schemas, id).unwrap_or_default(),
            ),
            _ => {
                ensure!(route.location.is_none(), "a location needs a response with fields");
                (Vec::new(), Vec::new())
            }
        };
        let mixed =
            version.len() > 1 && matches!(reply, Reply::Json(id) if schemas.message(id).fields.len() > 1);
        let uri = format!("/{}/{}", rpc.parent_service().full_name(), rpc.name()).parse()?;
        Ok(Self {
            route: Route { raw, ..route },
            rpc: rpc.clone(),
            uri,
            input,
            body,
            path_params,
            query_params,
            query_index,
            update_mask,
            reply,
            location,
            version,
            mixed,
            limits,
        })
    }
}

fn body(schemas: &Schemas, input: usize, rule: &str) -> anyhow::Result<Body> {
    let message = schemas.message(input);
    Ok(match rule {
        "" => Body::None,
        "*" => Body::Whole,
        name => {
            let index = message.by_name(name).with_context(|| format!("no field {name} for the body"))?;
            ensure!(message.fields[index].is_single(), "the body field {name} is a list");
            if message.fields[index].is_raw() { Body::Raw(index) } else { Body::Field(index) }
        }
    })
}

fn reply(rpc: &MethodDescriptor, schemas: &mut Schemas, options: &FieldOptions) -> anyhow::Result<Reply> {
    let output = rpc.output();
    Ok(match (output.full_name() == HTTP_BODY, rpc.is_server_streaming()) {
        (true, true) => Reply::Download,
        (true, false) => Reply::Raw,
        (false, true) => Reply::Events(schemas.add(&output, options)?),
        (false, false) if output.fields().len() == 0 => Reply::Empty,
        (false, false) => Reply::Json(schemas.add(&output, options)?),
    })
}

fn location(schemas: &Schemas, output: usize, template: &str) -> anyhow::Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').with_context(|| format!("{template}: a brace is open"))?;
        pieces.push(Piece::Literal(literal.to_owned()));
        let fields = resolve(schemas, output, name).context("location")?;
        let (numbers, kind) = numbers(schemas, output, &fields);
        let fits =
            matches!(kind, Some(Kind::String | Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64));
        ensure!(fits, "location: {name} is neither text nor number");
        pieces.push(Piece::Field(numbers));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    Ok(pieces)
}

/// `version` of the response, or of the first message in it that has one.
fn version(schemas: &Schemas, output: usize) -> Option<Vec<u32>> {
    let own = |id: usize| {
        let message = schemas.message(id);
        let field = &message.fields[message.by_name("version")?];
        let whole = matches!(field.kind, Kind::Int32 | Kind::Int64 | Kind::Uint32 | Kind::Uint64);
        (whole && field.is_single()).then_some(field.number)
    };
    if let Some(number) = own(output) {
        return Some(vec![number]);
    }
    let mut messages = schemas.message(output).fields.iter().filter(|field| field.is_single());
    messages.find_map(|field| {
        let id = field.message().filter(|id| schemas.message(*id).shape == Shape::Object)?;
        Some(vec![field.number, own(id)?])
    })
}
