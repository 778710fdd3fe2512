//! Which fields of a request its path and its query give.

use anyhow::{Context, ensure};

use crate::{
    route::{Segment, segments},
    schema::{Arity, Kind, Schemas, Shape},
};

/// How deep a query parameter may reach into the request.
const MAX_QUERY_DEPTH: usize = 4;

#[derive(Debug)]
pub(crate) struct PathParam {
    /// Its position in the path, the leading slash counting as an empty first segment.
    pub(crate) segment: usize,
    pub(crate) name: String,
    pub(crate) fields: Vec<usize>,
}

#[derive(Debug)]
pub(crate) struct QueryParam {
    pub(crate) name: Box<str>,
    pub(crate) fields: Vec<usize>,
    pub(crate) required: bool,
}

/// The fields that the path holds.
pub(crate) fn path_params(schemas: &Schemas, input: usize, path: &str) -> anyhow::Result<Vec<PathParam>> {
    let mut params: Vec<PathParam> = Vec::new();
    for (index, segment) in segments(path)?.iter().enumerate() {
        let Segment::Field(name) = segment else { continue };
        let fields = resolve(schemas, input, name)?;
        ensure!(params.iter().all(|other| other.fields != fields), "{name} is in the path twice");
        params.push(PathParam { segment: index + 1, name: json_name(schemas, input, &fields), fields });
    }
    Ok(params)
}

/// The indexes of the scalar that a dotted name leads to.
pub(crate) fn resolve(schemas: &Schemas, root: usize, dotted: &str) -> anyhow::Result<Vec<usize>> {
    let mut at = Some(root);
    let mut indexes = Vec::new();
    for name in dotted.split('.') {
        let message = schemas.message(at.with_context(|| format!("{dotted}: leads through a scalar"))?);
        let index = message.by_name(name).with_context(|| format!("{dotted}: no such field"))?;
        let field = &message.fields[index];
        ensure!(field.is_single() && !field.is_raw(), "{dotted}: not a single value");
        at = field.message();
        indexes.push(index);
    }
    ensure!(at.is_none(), "{dotted}: not a scalar");
    Ok(indexes)
}

fn json_name(schemas: &Schemas, root: usize, fields: &[usize]) -> String {
    let mut at = Some(root);
    let mut names = Vec::new();
    for index in fields {
        let Some(id) = at else { break };
        let field = &schemas.message(id).fields[*index];
        names.push(&*field.json);
        at = field.message();
    }
    names.join(".")
}

/// Every scalar of the request that neither path nor body takes.
pub(crate) fn query(
    schemas: &Schemas,
    id: usize,
    above: &mut Vec<usize>,
    prefix: &str,
    taken: &[Vec<usize>],
    params: &mut Vec<QueryParam>,
) {
    for (index, field) in schemas.message(id).fields.iter().enumerate() {
        above.push(index);
        let name = format!("{prefix}{}", field.json);
        let nested = field.message().filter(|inner| schemas.message(*inner).shape == Shape::Object);
        match (nested, field.arity) {
            _ if taken.contains(above) || field.is_raw() || field.arity == Arity::Map => {}
            _ if field.message().is_some_and(|id| schemas.message(id).shape.is_any_json()) => {}
            (None, _) => {
                params.push(QueryParam { name: name.into(), fields: above.clone(), required: field.required })
            }
            (Some(inner), Arity::Optional | Arity::Plain) if above.len() < MAX_QUERY_DEPTH => {
                query(schemas, inner, above, &format!("{name}."), taken, params);
            }
            _ => {}
        }
        above.pop();
    }
}

/// The field numbers of these indexes, and the kind at their end.
pub(crate) fn numbers<'s>(
    schemas: &'s Schemas,
    root: usize,
    fields: &[usize],
) -> (Vec<u32>, Option<&'s Kind>) {
    let mut at = Some(root);
    let mut path = Vec::new();
    let mut kind = None;
    for index in fields {
        let Some(id) = at else { break };
        let field = &schemas.message(id).fields[*index];
        path.push(field.number);
        kind = Some(&field.kind);
        at = field.message();
    }
    (path, kind)
}
