//! On which sides of the interface a message stands. A field that is in every answer need not be given in a request: a
//! message of which that is true, and which is on both sides, has a schema for each.

use std::sync::Arc;

use crate::{
    endpoint::{Endpoint, Reply},
    schema::{Field, Schemas, Shape},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

impl Side {
    /// Whether the field must be there.
    pub(super) fn requires(self, field: &Field) -> bool {
        match self {
            Side::Request => field.required,
            Side::Answer => field.is_always_answered(),
        }
    }
}

/// The messages that have two schemas, by their index.
pub(super) struct Sides(Vec<bool>);

impl Sides {
    pub(super) fn new(schemas: &Schemas, endpoints: &[Arc<Endpoint>]) -> Self {
        let answered = endpoints.iter().filter_map(|endpoint| match endpoint.reply {
            Reply::Json(output) | Reply::Events(output) => Some(output),
            Reply::Empty | Reply::Raw | Reply::Download => None,
        });
        let answered = reached(schemas, answered.collect());
        let differing = differing(schemas);
        Self(answered.into_iter().zip(differing).map(|(answered, differs)| answered && differs).collect())
    }

    pub(super) fn is_two(&self, id: usize) -> bool {
        self.0[id]
    }
}

/// The messages that these lead to, themselves among them.
fn reached(schemas: &Schemas, mut next: Vec<usize>) -> Vec<bool> {
    let mut reached = vec![false; schemas.messages().count()];
    while let Some(id) = next.pop() {
        if !std::mem::replace(&mut reached[id], true) {
            next.extend(schemas.message(id).fields.iter().filter_map(Field::message));
        }
    }
    reached
}

/// The messages of which a request needs something else than an answer has, or in which there is such a one.
fn differing(schemas: &Schemas) -> Vec<bool> {
    let own = schemas.messages().map(|message| {
        let is_object = message.shape == Shape::Object && !message.descriptor.is_map_entry();
        let differs = |field: &Field| Side::Request.requires(field) != Side::Answer.requires(field);
        is_object && message.fields.iter().any(differs)
    });
    let mut differing: Vec<bool> = own.collect();
    loop {
        let inner = |field: &Field| field.message().is_some_and(|id| differing[id]);
        let found: Vec<usize> = schemas
            .messages()
            .enumerate()
            .filter(|(id, message)| !differing[*id] && message.fields.iter().any(inner))
            .map(|(id, _)| id)
            .collect();
        if found.is_empty() {
            return differing;
        }
        found.into_iter().for_each(|id| differing[id] = true);
    }
}
