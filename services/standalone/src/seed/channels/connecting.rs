//! The steps of a connection, from the contract to the call centre. What an interrupted run began is gone on with from where
//! it stands.

use anyhow::Context;
use chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use super::{
    super::{Answer, ChannelSystem, until},
    Channel,
    clinic::{Clinic, EXAMINATIONS, Examination},
    joint_test::{self, Tried},
    text,
};

/// Where a connection comes by, in this order.
const WAY: [&str; 7] = ["DRAFT", "INTENT_DECLARED", "ACTIVATED", "CONSENTED", "SET_UP", "TESTING", "LIVE"];

/// A connection on its way.
pub(super) struct Connecting<'a> {
    pub(super) clinic: &'a Clinic,
    pub(super) channel: &'a Channel,
    /// `/v1/connections/{connection_id}`.
    pub(super) path: String,
}

impl<'a> Connecting<'a> {
    /// The clinic's connection with that channel, a draft if it is new.
    pub(super) async fn begin(clinic: &'a Clinic, channel: &'a Channel) -> anyhow::Result<Self> {
        let known = clinic.rest.get("/v1/connections").await?.ok()?;
        let found = known.list("connections").iter().find(|it| it["channelId"] == channel.id.as_str());
        let id = match found {
            Some(found) => text(found, "connectionId").to_owned(),
            None => {
                let begun =
                    clinic.rest.post("/v1/connections", json!({"channelId": channel.id})).await?.ok()?;
                begun.text("connection.connectionId").to_owned()
            }
        };
        Ok(Self { clinic, channel, path: format!("/v1/connections/{id}") })
    }

    /// Goes all the way to the clinic's consent.
    pub(super) async fn prepare(&self, today: NaiveDate) -> anyhow::Result<()> {
        let clinic = &self.clinic.rest;
        self.contract(today).await?;
        self.clinic.price(Some(&self.channel.id)).await?;
        if self.is_before("ACTIVATED").await? {
            let ticks = json!({"serviceIds": self.clinic.sold()});
            clinic.put(&format!("{}/services", self.path), ticks).await?.ok()?;
        }
        if self.is_before("INTENT_DECLARED").await? {
            clinic.post(&format!("{}/declare-intent", self.path), json!({})).await?.ok()?;
        }
        if self.is_before("ACTIVATED").await? {
            until("an intent to be delivered", async || {
                Ok((self.read().await?.text("connection.intent") == "ACCEPTED").then_some(()))
            })
            .await?;
            clinic.post(&format!("{}/activate", self.path), json!({})).await?.ok()?;
        }
        if self.is_before("CONSENTED").await? {
            clinic.post(&format!("{}/accept-consent", self.path), self.consent().await?).await?.ok()?;
        }
        Ok(())
    }

    fn tried(&self) -> Tried<'_> {
        Tried {
            editor: &self.channel.editor,
            person: self.channel.editor_name.clone(),
            connection: &self.path,
            service: self.clinic.id("CONS-CARD"),
        }
    }

    /// Sets the channel's side up and begins a joint test, in which not everything is seen yet.
    pub(super) async fn begin_test(&self) -> anyhow::Result<()> {
        let connection = self.read().await?;
        let steps = connection.list("connection.jointTest.steps").iter();
        if steps.filter(|step| step["green"] == true).any(|step| step["step"] == "HOLD") {
            return self.disable_endpoints().await;
        }
        let system = ChannelSystem::start().await?;
        system.endpoint(&self.channel.administrator).await?;
        self.set_up().await?;
        joint_test::begin(&self.tried()).await?;
        self.disable_endpoints().await
    }

    /// Sets the channel's side up, plays a whole joint test, has both sign it, and takes the connection live.
    pub(super) async fn go_live(&self) -> anyhow::Result<()> {
        if self.is_before("LIVE").await? {
            let system = ChannelSystem::start().await?;
            system.endpoint(&self.channel.administrator).await?;
            self.set_up().await?;
            let sign = joint_test::play(&self.tried()).await?;
            for side in [&self.clinic.rest, &self.channel.editor] {
                side.post(&sign, json!({})).await?.ok()?;
            }
            let go_live = format!("{}/go-live", self.path);
            self.channel.administrator.post(&go_live, json!({})).await?.ok()?;
        }
        self.disable_endpoints().await
    }

    /// The connection as it is.
    pub(super) async fn read(&self) -> anyhow::Result<Answer> {
        self.clinic.rest.get(&self.path).await?.ok()
    }

    async fn is_before(&self, state: &str) -> anyhow::Result<bool> {
        let connection = self.read().await?;
        let place = |of: &str| WAY.iter().position(|it| *it == of);
        // What is nowhere on the way has been all of it.
        Ok(place(connection.text("connection.state")).is_some_and(|at| Some(at) < place(state)))
    }

    /// The clinic records a contract, and the channel confirms it.
    async fn contract(&self, today: NaiveDate) -> anyhow::Result<()> {
        let clinic = &self.clinic.rest;
        let known = clinic.get("/v1/channel-contracts").await?.ok()?;
        let found =
            known.list("channelContracts").iter().find(|it| it["channelId"] == self.channel.id.as_str());
        let contract = match found {
            Some(found) => found.clone(),
            None => {
                let contract = json!({
                    "partnerId": self.channel.id, "number": format!("CS-{}", today.format("%Y-%m")),
                    "from": (today - Days::new(30)).to_string(), "currency": "RON",
                });
                let made = clinic.post("/v1/channel-contracts", contract).await?.ok()?;
                made.at("channelContract").clone()
            }
        };
        if contract["state"] == "PROPOSED" {
            let confirm = format!("/v1/channel-contracts/{}/confirm", text(&contract, "contractId"));
            self.channel.administrator.post(&confirm, json!({})).await?.ok()?;
        }
        Ok(())
    }

    /// The declaration in force, as the clinic accepts it.
    async fn consent(&self) -> anyhow::Result<Value> {
        let published = self.clinic.rest.get("/v1/consents").await?.ok()?;
        let own = published.list("consents.0.texts").iter().find(|it| it["language"] == "ro");
        let own = own.context("no declaration in Romanian")?;
        Ok(json!({
            "consentVersion": published.at("consents.0.consentVersion"), "textHash": own["textHash"],
        }))
    }

    /// Whether the channel's system is well is asked of the platform itself: it is there as long as the network is.
    async fn set_up(&self) -> anyhow::Result<()> {
        if !self.is_before("SET_UP").await? {
            return Ok(());
        }
        let code = |it: &Examination| (self.clinic.id(it.code).to_owned(), Value::from(it.code_of_channel));
        let [sold @ .., _new] = &EXAMINATIONS;
        let codes: Map<String, Value> = sold.iter().map(code).collect();
        let editor = &self.channel.editor;
        let set_up = json!({
            "healthUrl": format!("{}/livez", editor.base()), "codes": codes,
            "contacts": {
                "technical": self.channel.onboarding, "emergency": "+40 21 555 0100",
                "operations": self.channel.onboarding,
            },
        });
        editor.post(&format!("{}/set-up", self.path), set_up).await?.ok()?;
        Ok(())
    }

    /// Nobody listens at the channel's endpoints any more: what happens from now on is held for them.
    async fn disable_endpoints(&self) -> anyhow::Result<()> {
        let administrator = &self.channel.administrator;
        let known = administrator.get("/v1/webhook-endpoints").await?.ok()?;
        for endpoint in known.list("webhookEndpoints").iter().filter(|it| it["state"] == "ENABLED") {
            let disable = format!("/v1/webhook-endpoints/{}/disable", text(endpoint, "endpointId"));
            administrator.post(&disable, json!({})).await?.ok()?;
        }
        Ok(())
    }
}
