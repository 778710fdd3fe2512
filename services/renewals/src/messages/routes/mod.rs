//! Routes: by which carriers text messages go, in the order of preference in which the settings name them.
//!
//! One process holds all routes that have carriers (`lease.rs`), since these count the sessions of a customer.

mod folder;
mod gate;
mod http;
pub(crate) mod lease;
mod settings;
mod smpp;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use anyhow::{Context, bail};
use careway_kernel::{Clock, Money};
use futures::FutureExt;

pub(crate) use gate::Place;
pub(crate) use settings::{Authentication, RouteSettings};
pub(super) use smpp::text;

use super::domain::{
    message::Channel,
    sms::{
        answer::Answer,
        payload::{Payloads, TooLong, payloads},
    },
};
use crate::{App, config::Config};
use gate::Gate;

/// How long a carrier's answers are waited for at the end.
const DRAIN: std::time::Duration = std::time::Duration::from_secs(20);

/// Every route of this installation.
pub(crate) struct Routes {
    routes: Vec<Arc<Route>>,
    /// Whether this process holds those with carriers.
    held: AtomicBool,
}

/// One of them.
pub(crate) struct Route {
    pub(crate) settings: RouteSettings,
    pub(crate) gate: Gate,
    carrier: Carrier,
}

enum Carrier {
    Smpp(Box<smpp::Smpp>),
    Http(Box<http::Http>),
    Folder(folder::Carrier),
}

/// A part on its way to a carrier.
pub(crate) struct Part<'a> {
    pub(crate) message_id: uuid::Uuid,
    pub(crate) number: i16,
    /// E.164.
    pub(crate) to: &'a str,
    /// Of the whole message, for a carrier that splits by itself.
    pub(crate) text: &'a str,
    pub(crate) payloads: &'a Payloads,
}

/// What came back, with the carrier's id of what it accepted.
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) carrier_id: Option<String>,
}

impl Answered {
    /// Without an id.
    fn of(answer: Answer) -> Self {
        Self { answer, carrier_id: None }
    }
}

impl Routes {
    /// Reads the settings. A folder alone is for development.
    pub(crate) async fn open(config: &Config, clock: &Clock) -> anyhow::Result<Self> {
        let mut routes = Vec::new();
        if let Some(path) = &config.routes {
            for settings in settings::read(path).await.context("CAREWAY_RENEWALS_ROUTES")? {
                routes.push(Arc::new(Route::open(settings, clock).await?));
            }
        }
        if let (true, Some(path)) = (routes.is_empty(), &config.folder) {
            let settings = RouteSettings::of_folder(path);
            routes.push(Arc::new(Route::open(settings, clock).await.context("CAREWAY_RENEWALS_FOLDER")?));
        }
        if !config.development && !routes.is_empty() && !routes.iter().any(|route| route.has_carrier()) {
            bail!(
                "every SMS route is a folder, where the words of messages stand readable and reach nobody: name a carrier in \
                 CAREWAY_RENEWALS_ROUTES, or set CAREWAY_DEVELOPMENT=true where that is meant"
            );
        }
        if routes.is_empty() {
            tracing::warn!("no route takes SMS: messages wait, and are given up when they expire");
        }
        Ok(Self { routes, held: AtomicBool::new(false) })
    }

    /// By its name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<Route>> {
        self.routes.iter().find(|route| route.settings.name == name)
    }

    /// Those that take this number, the preferred first.
    pub(crate) fn for_number(&self, number: &str) -> impl Iterator<Item = &Arc<Route>> {
        self.routes.iter().filter(move |route| route.settings.takes_number(number))
    }

    /// What so many segments cost at the most: any route may have to take them. None where a route has no price, or one in
    /// another currency than the others.
    pub(crate) fn highest_cost(&self, segments: i64) -> Option<Money> {
        let costs = self.routes.iter().map(|route| route.settings.price?.of(segments));
        let costs: Vec<Money> = costs.collect::<Option<_>>()?;
        let highest = *costs.iter().max_by_key(|cost| cost.minor)?;
        costs.iter().all(|cost| cost.currency == highest.currency).then_some(highest)
    }

    /// Whether this process holds the routes with carriers: what it sees of them is so.
    pub(crate) fn is_held(&self) -> bool {
        self.held.load(Ordering::Relaxed)
    }

    fn set_held(&self, held: bool) {
        self.held.store(held, Ordering::Relaxed);
    }

    /// Whether any takes messages now.
    pub(crate) fn is_any_up(&self) -> bool {
        self.routes.iter().any(|route| route.gate.is_up())
    }

    /// Those that a carrier counts, by name.
    pub(crate) fn with_carriers(&self) -> Vec<String> {
        let counted = self.routes.iter().filter(|route| route.has_carrier());
        counted.map(|route| route.settings.name.clone()).collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.routes.iter()
    }
}

impl Route {
    async fn open(settings: RouteSettings, clock: &Clock) -> anyhow::Result<Self> {
        let name = settings.name.clone();
        let carrier = match (&settings.smpp, &settings.http, &settings.folder) {
            (Some(smpp), None, None) => Carrier::Smpp(Box::new(smpp::Smpp::open(smpp, &settings).await?)),
            (None, Some(http), None) => Carrier::Http(Box::new(http::Http::open(http).await?)),
            (None, None, Some(folder)) => {
                Carrier::Folder(folder::Carrier::open(&folder.path, clock.clone()).await?)
            }
            _ => bail!("the route {name} must be exactly one of smpp, http and folder"),
        };
        let gate = Gate::new(settings.window, settings.segments_per_second);
        if let Carrier::Folder(_) = carrier {
            gate.set_up(true);
        }
        Ok(Self { settings, gate, carrier })
    }

    /// The route takes messages from now on, or none any more.
    fn set_up(&self, is_up: bool) {
        self.gate.set_up(is_up);
        self.tell_up(is_up);
    }

    /// What operators see of it.
    fn tell_up(&self, is_up: bool) {
        metrics::gauge!("careway_route_up", "route" => self.settings.name.clone()).set(u8::from(is_up));
    }

    /// Whether it is more than a folder.
    pub(crate) fn has_carrier(&self) -> bool {
        !matches!(self.carrier, Carrier::Folder(_))
    }

    /// The parts as this carrier takes them. One that splits by itself is given the whole.
    pub(crate) fn payloads(&self, text: &str, reference: u16) -> Result<Payloads, TooLong> {
        let whole = payloads(text, self.settings.concatenation, reference)?;
        Ok(match self.carrier {
            Carrier::Smpp(_) => whole,
            Carrier::Http(_) | Carrier::Folder(_) => Payloads { short_messages: vec![Vec::new()], ..whole },
        })
    }

    /// Gives a part to the carrier, and waits for its answer.
    pub(crate) async fn submit(&self, part: &Part<'_>) -> Answered {
        match &self.carrier {
            Carrier::Smpp(smpp) => smpp.submit(part).await,
            Carrier::Http(http) => http.submit(&self.settings, part).await,
            Carrier::Folder(folder) => folder.submit(part).await,
        }
    }
}

/// Holds the sessions of every route, for as long as this process holds the routes.
pub(crate) async fn hold(app: &App) {
    let sessions: Vec<_> = app.routes.iter().map(|route| hold_one(app, route).boxed()).collect();
    futures::future::join_all(sessions).await;
}

async fn hold_one(app: &App, route: &Arc<Route>) {
    match &route.carrier {
        Carrier::Smpp(smpp) => smpp.hold(app, route).await,
        Carrier::Http(_) => {
            route.set_up(true);
            app.wakes.of(Channel::Sms).notify_one();
            std::future::pending().await
        }
        Carrier::Folder(_) => std::future::pending().await,
    }
}

/// Nothing more is given to the carriers, and what they have is waited for.
pub(crate) async fn drain(app: &App) {
    let routes = app.routes.iter().filter(|route| route.has_carrier());
    let idle: Vec<_> = routes
        .map(|route| {
            route.set_up(false);
            tokio::time::timeout(DRAIN, route.gate.idle()).boxed()
        })
        .collect();
    futures::future::join_all(idle).await;
}

/// Ends the sessions: another process may hold the routes now. They are read as long as this runs.
pub(crate) async fn release(app: &App) {
    let routes: Vec<_> = app.routes.iter().filter(|route| route.has_carrier()).collect();
    for route in &routes {
        route.set_up(false);
    }
    let goodbyes = routes.iter().filter_map(|route| match &route.carrier {
        Carrier::Smpp(smpp) => Some(smpp.release()),
        Carrier::Http(_) | Carrier::Folder(_) => None,
    });
    futures::future::join_all(goodbyes).await;
}
