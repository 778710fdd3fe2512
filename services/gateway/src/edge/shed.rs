//! When too much is under way, some requests are refused at once, reads before commands, rather than all being slow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use careway_transcoding::Problem;
use http::Method;

/// Counts what is under way.
#[derive(Clone)]
pub(crate) struct Shed {
    under_way: Arc<AtomicUsize>,
    commands: usize,
    reads: usize,
}

impl Shed {
    pub(crate) fn new(concurrency: usize) -> Self {
        Self { under_way: Arc::default(), commands: concurrency, reads: concurrency * 4 / 5 }
    }

    fn enter(&self, method: &Method) -> Option<Place> {
        let limit = if method == Method::GET { self.reads } else { self.commands };
        let before = self.under_way.fetch_add(1, Ordering::Relaxed);
        let place = Place(self.under_way.clone());
        (before < limit).then_some(place)
    }
}

struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) async fn shed(State(shed): State<Shed>, request: Request, next: Next) -> Response {
    let Some(_place) = shed.enter(request.method()) else {
        metrics::counter!("careway_requests_shed_total").increment(1);
        return Problem::overloaded(Duration::from_secs(1)).into_response();
    };
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_shed_before_commands_and_places_come_back() {
        let shed = Shed::new(5);
        let held: Vec<_> = (0..4).map(|_| shed.enter(&Method::GET).unwrap()).collect();
        assert!(shed.enter(&Method::GET).is_none());
        let command = shed.enter(&Method::POST);
        assert!(command.is_some());
        assert!(shed.enter(&Method::POST).is_none());
        drop((held, command));
        assert!(shed.enter(&Method::GET).is_some());
    }
}
