//! A carrier by SMPP 3.4 or 5: one session, bound again whenever it ends, with pauses.

mod arrivals;
mod frames;
mod pdus;
mod session;
mod tls;

pub(in super::super) use pdus::text;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use careway_kernel::Redacted;
use rusmpp::pdus::BindTransceiver;
use tokio::{net::TcpStream, sync::Semaphore, time::timeout};
use uuid::Uuid;

use self::{
    arrivals::{Arrival, Arrivals, Arrived, Response},
    pdus::Delivered,
    session::{NotBound, Session},
    tls::Tls,
};
use super::{
    super::{
        domain::{
            message::Channel,
            sms::answer::{Answer, BindVerdict, bind_pause, bind_verdict},
        },
        inbound, receipts,
    },
    Answered, Part, Route, RouteSettings, settings,
    settings::SmppSettings,
};
use crate::App;

/// So many receipts and messages of a session are kept at once.
const TOGETHER: usize = 16;
/// The first pause after a session that ended; each next one is twice as long.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The session of a route, while there is one.
pub(super) struct Smpp {
    settings: SmppSettings,
    password: Redacted,
    tls: Option<Tls>,
    route: RouteSettings,
    session: Mutex<Option<Arc<Session>>>,
}

impl Smpp {
    pub(super) async fn open(smpp: &SmppSettings, route: &RouteSettings) -> anyhow::Result<Self> {
        let password = settings::secret(&smpp.password_file).await.context("password_file")?;
        pdus::bind(smpp, password.expose())?;
        let tls = Tls::open(smpp).await?;
        let session = Mutex::new(None);
        Ok(Self { settings: smpp.clone(), password, tls, route: route.clone(), session })
    }

    /// Gives a part to the carrier, if there is a session.
    pub(super) async fn submit(&self, part: &Part<'_>) -> Answered {
        let Some(session) = self.session() else { return Answered::of(Answer::NotWritten) };
        match pdus::submit(&self.route, part) {
            Ok(submit) => {
                let (answer, carrier_id) = session.submit((part.message_id, part.number), submit).await;
                Answered { answer, carrier_id }
            }
            Err(error) => {
                tracing::warn!(%error, route = self.route.name, "a message makes no PDU");
                Answered::of(Answer::NotWritten)
            }
        }
    }

    /// Holds a session as long as this runs.
    pub(super) async fn hold(&self, app: &App, route: &Arc<Route>) {
        let mut refusals = 0;
        let mut pause = PAUSE;
        loop {
            let verdict = match self.connect().await {
                Ok((session, reader)) => {
                    let session = Arc::new(session);
                    self.set(Some(session.clone()));
                    route.set_up(true);
                    app.wakes.of(Channel::Sms).notify_one();
                    tracing::info!(route = self.route.name, "the route is up");
                    let enquire_every = Duration::from_secs(self.settings.enquire_every_seconds);
                    let (arrivals, arrived) = Arrivals::channel();
                    tokio::join!(
                        session.read(reader, enquire_every, arrivals),
                        Keeper::new(app, route, &session).take_all(arrived),
                    );
                    (refusals, pause) = (0, PAUSE);
                    BindVerdict::Bound
                }
                Err(NotBound::Refused(status)) => {
                    refusals += 1;
                    tracing::error!(
                        route = self.route.name,
                        status,
                        "the carrier refuses the bind: the route is down"
                    );
                    bind_verdict(status)
                }
                Err(NotBound::Away(error)) => {
                    tracing::warn!(%error, route = self.route.name, "the carrier cannot be reached");
                    BindVerdict::Bound
                }
            };
            route.set_up(false);
            self.set(None);
            let enquire_every = Duration::from_secs(self.settings.enquire_every_seconds);
            tokio::time::sleep(pause.max(bind_pause(verdict, refusals, enquire_every))).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Ends the session.
    pub(super) async fn release(&self) {
        if let Some(session) = self.session() {
            session.unbind().await;
        }
        self.set(None);
    }

    async fn connect(&self) -> Result<(Session, session::Reader), NotBound> {
        let within = Duration::from_secs(self.settings.answer_within_seconds);
        let bind = self.bind().map_err(NotBound::Away)?;
        let connected = timeout(within, TcpStream::connect(&self.settings.address)).await;
        let connected = connected.map_err(|_| NotBound::Away(anyhow::anyhow!("nobody answers")))?;
        let stream = connected.map_err(|error| NotBound::Away(error.into()))?;
        // A part is a small write that somebody waits for.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else { return Session::bind(stream, bind, within).await };
        let begun = timeout(within, tls.connect(stream)).await;
        let begun = begun.map_err(|_| NotBound::Away(anyhow::anyhow!("the carrier does not begin TLS")))?;
        Session::bind(begun.map_err(|error| NotBound::Away(error.into()))?, bind, within).await
    }

    fn bind(&self) -> anyhow::Result<BindTransceiver> {
        pdus::bind(&self.settings, self.password.expose())
    }

    fn session(&self) -> Option<Arc<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, session: Option<Arc<Session>>) {
        let old =
            std::mem::replace(&mut *self.session.lock().unwrap_or_else(PoisonError::into_inner), session);
        if let Some(old) = old {
            old.close();
        }
    }
}

/// Keeps what a carrier delivers, a few at a time, and answers once it is kept.
struct Keeper {
    app: App,
    route: Arc<Route>,
    session: Arc<Session>,
    together: Arc<Semaphore>,
}

impl Keeper {
    fn new(app: &App, route: &Arc<Route>, session: &Arc<Session>) -> Self {
        let together = Arc::new(Semaphore::new(TOGETHER));
        Self { app: app.clone(), route: route.clone(), session: session.clone(), together }
    }

    async fn take_all(self, mut arrived: Arrived) {
        while let Some(arrival) = arrived.next().await {
            self.take(arrival).await;
        }
    }

    async fn take(&self, arrival: Arrival) {
        let Ok(place) = self.together.clone().acquire_owned().await else { return };
        let (app, route, session) = (self.app.clone(), self.route.clone(), self.session.clone());
        self.app.foundation.background_tasks.spawn(async move {
            match arrival {
                Arrival::Delivered(sequence, deliver) => {
                    let kept = keep(&app, &route, pdus::read(&deliver)).await;
                    if let Err(error) = &kept {
                        tracing::warn!(%error, route = route.settings.name, "what a carrier delivers cannot be kept yet");
                    }
                    session.answer(sequence, kept.is_ok()).await;
                }
                Arrival::Late(part, response) => settle(&app, &route, part, response).await,
            }
            drop(place);
        });
    }
}

async fn keep(app: &App, route: &Route, delivered: Delivered) -> careway_service::Result<()> {
    match delivered {
        Delivered::Receipt { text, parameters } => {
            receipts::take(app, &route.settings, &text, &parameters).await
        }
        Delivered::Message { from, text } => inbound::take(app, &route.settings, &from, &text).await,
    }
}

async fn settle(app: &App, route: &Route, part: (Uuid, i16), response: Response) {
    let answered = Answered { answer: Answer::Smpp(response.status), carrier_id: response.carrier_id };
    if let Err(error) = receipts::settle_late(app, &route.settings, part, answered).await {
        tracing::warn!(%error, route = route.settings.name, "a late answer cannot be kept");
    }
}
