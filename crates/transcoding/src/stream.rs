//! Server streams as server-sent events or as NDJSON, by what the client accepts.

use std::{convert::Infallible, io::Write, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use bytes::Bytes;
use futures::stream;

use crate::{
    Problem,
    call::Opened,
    frames::Messages,
    headers::trace_id,
    print,
    schema::Schemas,
    wire::{self, Wire},
};

/// Proxies close what is silent for longer.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

struct Events {
    messages: Messages,
    schemas: Arc<Schemas>,
    output: usize,
    format: Format,
    sent: u64,
    trace_id: Option<Box<str>>,
    ended: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Format {
    EventStream,
    Lines,
}

/// The stream's messages, each as soon as it comes; what goes wrong on the way is the last event.
pub(crate) fn events(opened: Opened, schemas: Arc<Schemas>, output: usize, parts: &Parts) -> Response {
    let accept = parts.headers.get_all(header::ACCEPT);
    let wanted = accept.iter().any(|it| it.to_str().is_ok_and(|it| it.contains("text/event-stream")));
    let format = if wanted { Format::EventStream } else { Format::Lines };
    let events = Events {
        messages: opened.messages,
        schemas,
        output,
        format,
        sent: 0,
        trace_id: trace_id(parts),
        ended: false,
    };
    let body = stream::unfold(events, |mut events| async {
        events.next().await.map(|chunk| (Ok::<_, Infallible>(chunk), events))
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    let media_type = match format {
        Format::EventStream => "text/event-stream",
        Format::Lines => "application/x-ndjson",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Events {
    async fn next(&mut self) -> Option<Bytes> {
        if self.ended {
            return None;
        }
        let message = match self.format {
            Format::Lines => self.messages.next().await,
            Format::EventStream => match tokio::time::timeout(KEEP_ALIVE, self.messages.next()).await {
                Ok(message) => message,
                Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
            },
        };
        let printed = match message {
            Ok(None) => return None,
            Ok(Some(message)) => self.printed(&message),
            Err(status) => Err(Problem::from_status(&status)),
        };
        Some(match printed {
            Ok((json, id)) => self.event(&json, id),
            Err(problem) => {
                self.ended = true;
                let problem = problem.traced(self.trace_id.take());
                self.problem(&problem.to_json())
            }
        })
    }

    /// A message as JSON, and its id: what it says itself, else how many there were.
    fn printed(&mut self, message: &[u8]) -> Result<(Vec<u8>, String), Problem> {
        self.sent += 1;
        let output = self.schemas.message(self.output);
        let id = match output.event_id().map(|index| wire::find(message, &[output.fields[index].number])) {
            // A line break would end the field.
            Some(Ok(Some(Wire::Bytes(id)))) => String::from_utf8_lossy(id).replace(['\r', '\n', '\0'], ""),
            _ => self.sent.to_string(),
        };
        Ok((print::print(&self.schemas, self.output, message)?, id))
    }

    fn event(&self, json: &[u8], id: String) -> Bytes {
        match self.format {
            Format::Lines => [json, b"\n"].concat().into(),
            Format::EventStream => {
                let name = self.schemas.message(self.output).descriptor.name();
                let mut event = Vec::with_capacity(json.len() + 64);
                write!(event, "id: {id}\nevent: {name}\ndata: ").expect("a Vec takes all");
                event.extend_from_slice(json);
                event.extend_from_slice(b"\n\n");
                event.into()
            }
        }
    }

    fn problem(&self, json: &[u8]) -> Bytes {
        match self.format {
            Format::Lines => [b"{\"problem\":", json, b"}\n"].concat().into(),
            Format::EventStream => [b"event: problem\ndata: ", json, b"\n\n"].concat().into(),
        }
    }
}
