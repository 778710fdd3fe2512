//! Requests as editors send them: a file of requests with names, variables, and the status that each is answered with.
//!
//! The form is that of the REST Client of VS Code, as far as these files use it: `@name = value`, `###` before each request,
//! `# @name` and the status in comments above it, `{{variable}}`, `{{name.response.body.$.path}}`, `{{$guid}}`.

use std::collections::HashMap;

use anyhow::{Context, bail, ensure};
use reqwest::{
    Client, Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use serde_json::Value;
use uuid::Uuid;

/// Sends every request of a file in its order, and compares each answer's status with the one that is written there.
///
/// # Errors
/// The first that is answered otherwise, or cannot be read.
pub async fn send_all(file: &str, given: &[(&str, &str)]) -> anyhow::Result<usize> {
    let http = Client::builder().no_proxy().build()?;
    let (head, requests) = file.split_once("###").context("a request")?;
    let variables = head.lines().filter_map(|line| line.strip_prefix('@')?.split_once(" = "));
    let mut told = Told { variables: variables.map(owned).collect(), answers: HashMap::new() };
    told.variables.extend(given.iter().copied().map(owned));
    let mut sent = 0;
    for written in requests.split("\n###") {
        let request = Written::read(written)?;
        let title = request.title;
        let answer = request.send(&http, &mut told).await.with_context(|| title.to_owned())?;
        if let Some(name) = request.name {
            told.answers.insert(name.to_owned(), answer);
        }
        sent += 1;
    }
    Ok(sent)
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What variables stand for.
struct Told {
    variables: HashMap<String, String>,
    /// Bodies, by their requests' names.
    answers: HashMap<String, Value>,
}

impl Told {
    /// The text with its variables filled in.
    fn fill(&self, text: &str) -> anyhow::Result<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").context("a variable without its end")?;
            filled.push_str(before);
            filled.push_str(&self.value(name)?);
            rest = after;
        }
        Ok(filled + rest)
    }

    fn value(&self, name: &str) -> anyhow::Result<String> {
        if name == "$guid" {
            return Ok(Uuid::now_v7().to_string());
        }
        if let Some((request, path)) = name.split_once(".response.body.$.") {
            let answer = self.answers.get(request).with_context(|| format!("no request {request}"))?;
            let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            let value = answer.pointer(&pointer).with_context(|| format!("no {path} in {answer}"))?;
            return Ok(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        self.variables.get(name).cloned().with_context(|| format!("no variable {name}"))
    }
}

/// A request as it stands in the file.
struct Written<'a> {
    title: &'a str,
    name: Option<&'a str>,
    status: u16,
    method: Method,
    address: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
}

impl<'a> Written<'a> {
    fn read(text: &'a str) -> anyhow::Result<Self> {
        let (title, mut rest) = text.split_once('\n').context("a request after its title")?;
        let title = title.trim();
        let (mut name, mut status) = (None, None);
        while let Some(comment) = rest.strip_prefix("# ") {
            let (line, after) = comment.split_once('\n').context("a request after its comments")?;
            match line.strip_prefix("@name ") {
                Some(given) => name = Some(given),
                None => status = line.parse().ok().or(status),
            }
            rest = after;
        }
        let (head, body) = rest.split_once("\n\n").unwrap_or((rest, ""));
        let mut lines = head.lines();
        let (method, address) =
            lines.next().and_then(|line| line.split_once(' ')).context("a method and an address")?;
        let headers =
            lines.map(|line| line.split_once(": ").context("a header")).collect::<Result<_, _>>()?;
        let status = status.with_context(|| format!("{title}: no status"))?;
        Ok(Self { title, name, status, method: method.parse()?, address, headers, body: body.trim_end() })
    }

    async fn send(&self, http: &Client, told: &mut Told) -> anyhow::Result<Value> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(name.parse::<HeaderName>()?, told.fill(value)?.parse::<HeaderValue>()?);
        }
        let request = http.request(self.method.clone(), told.fill(self.address)?).headers(headers);
        let answer = request.body(told.fill(self.body)?).send().await?;
        let (status, body) = (answer.status().as_u16(), answer.text().await?);
        ensure!(status == self.status, "{status} in place of {}: {body}", self.status);
        match body.as_str() {
            "" => Ok(Value::Null),
            body => serde_json::from_str(body).or_else(|error| bail!("{error} in {body}")),
        }
    }
}
