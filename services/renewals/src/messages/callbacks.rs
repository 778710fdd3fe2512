//! What providers send by HTTP: whether it is theirs, and its fields.

use std::collections::HashMap;

use careway_contract::google::api::HttpBody;
use careway_service::{Call, Error, Result};
use futures::{Stream, StreamExt};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use tonic::Status;

use super::routes::{Authentication, RouteSettings};
use crate::App;

/// No receipt is longer.
const LONGEST: usize = 64 * 1024;
/// And none has more fields.
const MOST_FIELDS: usize = 100;

/// A request of a provider, which is known to be its own.
pub(super) struct Callback<'a> {
    pub(super) route: &'a RouteSettings,
    pub(super) authentication: &'a Authentication,
    fields: HashMap<String, String>,
}

impl Callback<'_> {
    /// A field's value; none when it is not there or empty.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// What the pieces of a request say: the route, the signature, and a piece of the body.
pub(super) type Piece = (String, String, Option<HttpBody>);

/// Reads a request whole, and whether it is the provider's. One that is not is told that there is no such route.
pub(super) async fn read<'a>(
    app: &'a App,
    call: &Call,
    mut pieces: impl Stream<Item = Result<Piece, Status>> + Unpin,
) -> Result<Callback<'a>> {
    let (mut route, mut signature, mut media_type, mut body) =
        (None, String::new(), String::new(), Vec::new());
    while let Some(piece) = pieces.next().await {
        let (named, signed, piece) = piece?;
        let piece = piece.unwrap_or_default();
        if route.is_none() {
            (signature, media_type) = (signed, piece.content_type);
            route = Some(named);
        }
        if body.len() + piece.data.len() > LONGEST {
            return Err(Error::violation("body", "must be at most 64 KiB"));
        }
        body.extend_from_slice(&piece.data);
    }
    if let Some(signed) = call.of_raw_body("careway-signature") {
        signature = signed.to_owned();
    }
    let route = route.unwrap_or_default();
    let (name, secret) = route.split_once('.').unwrap_or((&route, ""));
    let settings = app.routes.find(name).map(|route| &route.settings);
    let known = settings.and_then(|settings| Some((settings, settings.authentication.as_ref()?)));
    let (route, authentication) = known
        .filter(|(_, authentication)| is_genuine(call, authentication, secret, &signature, &body))
        .ok_or(Error::not_found("route"))?;
    let fields =
        fields(&media_type, &body).ok_or(Error::violation("body", "must be a JSON object or a form"))?;
    Ok(Callback { route, authentication, fields })
}

fn is_genuine(
    call: &Call,
    authentication: &Authentication,
    secret: &str,
    signature: &str,
    body: &[u8],
) -> bool {
    let known = authentication.secret.expose().as_bytes();
    if authentication.signed {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(known) else { return false };
        mac.update(body);
        return hex::decode(signature).is_ok_and(|signature| mac.verify_slice(&signature).is_ok());
    }
    let is_from_there = call.client_ip.is_some_and(|address| authentication.sources.contains(&address));
    is_from_there && bool::from(secret.as_bytes().ct_eq(known))
}

/// The fields of a JSON object, whose values are texts and numbers, or of a form.
fn fields(media_type: &str, body: &[u8]) -> Option<HashMap<String, String>> {
    if media_type.starts_with("application/x-www-form-urlencoded") {
        return Some(url::form_urlencoded::parse(body).into_owned().take(MOST_FIELDS).collect());
    }
    let Value::Object(object) = serde_json::from_slice(body).ok()? else { return None };
    let fields = object.into_iter().take(MOST_FIELDS).filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Number(number) => Some((name, number.to_string())),
        _ => None,
    });
    Some(fields.collect())
}
