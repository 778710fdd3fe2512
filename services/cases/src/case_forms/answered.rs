//! What opening a case asks of its topic's form: whether the answers fit the version that stands.

use careway_kernel::{Redacted, Violations};
use careway_service::{Error, Result};
use serde_json::{Map, Value};

use super::domain::{FormOutdated, answers, schema::Schema};

/// The version of a form that stands now.
#[derive(Debug, Clone)]
pub(crate) struct CurrentForm {
    version: i32,
    schema: Schema,
}

impl CurrentForm {
    /// The form as it is kept.
    pub(crate) fn new(version: i32, schema: Map<String, Value>) -> Self {
        Self { version, schema: Schema::kept(schema) }
    }

    /// Refuses answers to another version, and names everything that is wrong with the others as `answers.<path>` and
    /// `unknown`. The answers are the text of a JSON object.
    pub(crate) fn check(&self, answered: i32, given: Option<&Redacted>, unknown: &[String]) -> Result<()> {
        FormOutdated::check(answered, self.version)?;
        let given: Map<String, Value> = match given {
            Some(given) => serde_json::from_str(given.expose()).map_err(Error::internal)?,
            None => Map::new(),
        };
        let mut v = Violations::default();
        answers::check(&mut v, &self.schema, &given, unknown)?;
        Ok(v.finish()?)
    }
}
