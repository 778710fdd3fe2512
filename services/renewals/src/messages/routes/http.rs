//! A provider that takes messages by HTTP: a JSON object each, with the names of fields that the provider has.

use std::time::Duration;

use anyhow::Context;
use careway_kernel::Redacted;
use reqwest::{Client, Response, header, redirect};
use serde_json::{Value, json};

use super::{
    super::domain::sms::answer::{Answer, HttpAnswer},
    Answered, Part, RouteSettings, settings,
    settings::HttpSettings,
};

/// What says nothing of whether the provider has it.
const GATEWAY_TIMEOUT: u16 = 504;

/// No answer of a provider is longer.
const LONGEST_ANSWER: usize = 64 * 1024;

pub(super) struct Http {
    settings: HttpSettings,
    authorization: Option<Redacted>,
    client: Client,
}

impl Http {
    pub(super) async fn open(http: &HttpSettings) -> anyhow::Result<Self> {
        let authorization = match &http.authorization_file {
            Some(path) => Some(settings::secret(path).await.context("authorization_file")?),
            None => None,
        };
        let client = Client::builder()
            .timeout(Duration::from_secs(http.answer_within_seconds))
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self { settings: http.clone(), authorization, client })
    }

    /// Gives a message to the provider, and reads what it says of it.
    pub(super) async fn submit(&self, route: &RouteSettings, part: &Part<'_>) -> Answered {
        let fields = &self.settings.fields;
        let message = json!({
            &fields.client_id: part.message_id.to_string(),
            &fields.sender: route.sender,
            &fields.to: part.to,
            &fields.text: part.text,
        });
        let mut request = self.client.post(self.settings.url.clone()).json(&message);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization.expose());
        }
        match request.send().await {
            Ok(response) => self.read(response).await,
            Err(error) if error.is_connect() || error.is_builder() => Answered::of(Answer::NotWritten),
            // The request may have been read whole. A provider that takes our id may be asked again.
            Err(_) => Answered::of(self.answer(GATEWAY_TIMEOUT, None, false)),
        }
    }

    async fn read(&self, response: Response) -> Answered {
        let status = response.status().as_u16();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        let Some(body) = whole(response).await else {
            // It accepted or refused, and nobody knows which. A refusal by status needs no words.
            let status = if (200..300).contains(&status) { GATEWAY_TIMEOUT } else { status };
            return Answered::of(self.answer(status, retry_after.map(Duration::from_secs), false));
        };
        let id = match serde_json::from_slice::<Value>(&body)
            .ok()
            .map(|mut body| body[&self.settings.fields.id].take())
        {
            Some(Value::String(id)) if !id.is_empty() => Some(id),
            Some(Value::Number(id)) => Some(id.to_string()),
            _ => None,
        };
        let answer = self.answer(status, retry_after.map(Duration::from_secs), id.is_some());
        Answered { answer, carrier_id: id }
    }

    fn answer(&self, status: u16, retry_after: Option<Duration>, has_id: bool) -> Answer {
        let takes_client_id = self.settings.takes_client_id;
        Answer::Http(HttpAnswer { status, retry_after, has_id, takes_client_id })
    }
}

/// The body; none when it breaks off, or is longer than any answer.
async fn whole(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.ok()? {
        body.extend_from_slice(&piece);
        if body.len() > LONGEST_ANSWER {
            return None;
        }
    }
    Some(body)
}
