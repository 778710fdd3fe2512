//! What happens to documents by the clock alone: leavings are swept, and documents under an older key are moved to the
//! newest. Every replica runs it; none is in another's way.

use careway_kernel::Clock;
use careway_service::Result;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{
    DocumentStore,
    rows::DocumentRows,
    sweep::{Sweep, Swept},
};

/// Documents per transaction.
const BATCH: usize = 200;

impl DocumentStore {
    /// Looks for what is due until `shutdown`.
    pub async fn run_timers(self, rows: impl DocumentRows, clock: Clock, shutdown: CancellationToken) {
        let mut every = tokio::time::interval(self.settings.timer());
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                _ = every.tick() => {}
            }
            let swept = self.sweep(&rows, clock.now()).await.map(|sweep| self.tell(&sweep));
            for (timer, outcome) in [("rewrap", self.rewrap_all(&rows).await), ("sweep", swept)] {
                if let Err(error) = outcome {
                    tracing::warn!(timer, %error, "a timer of documents failed; it will try again");
                }
            }
        }
    }

    /// Wraps the keys of documents anew that are under an older key of the settings.
    ///
    /// # Errors
    /// The rows cannot be asked.
    pub async fn rewrap_all(&self, rows: &impl DocumentRows) -> Result<()> {
        while rows.rewrap(&self.keys, BATCH).await? == BATCH {}
        Ok(())
    }

    fn tell(&self, sweep: &Sweep) {
        let braked = matches!(sweep, Sweep::Braked(_));
        metrics::gauge!("careway_documents_sweep_braked", "service" => self.service).set(u8::from(braked));
        match sweep {
            Sweep::Braked(brake) => {
                let owner = self.objects.owner_path();
                tracing::error!(service = self.service, %brake, %owner, "documents are not swept");
            }
            Sweep::Done(swept) if *swept != Swept::default() => {
                tracing::warn!(service = self.service, ?swept, "documents were swept");
            }
            Sweep::Done(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::{Brake, DocumentArgs};

    #[derive(Parser)]
    struct Told {
        #[command(flatten)]
        documents: DocumentArgs,
    }

    #[test]
    fn a_braked_sweep_is_measured_until_one_goes_through() {
        let place = tempfile::tempdir().unwrap();
        let told = ["test", "--documents-keys=a-key-of-the-tests-that-is-long-enough", "--documents-place"];
        let told = told.map(Into::into).into_iter().chain([place.path().as_os_str().to_owned()]);
        let settings = Told::parse_from(told).documents.0;
        let store = DocumentStore::open(settings, "cases", Default::default()).unwrap();
        let recorder = PrometheusBuilder::new().build_recorder();
        for (sweep, expected) in [(Sweep::Braked(Brake::NoneNamed), 1), (Sweep::Done(Swept::default()), 0)] {
            metrics::with_local_recorder(&recorder, || store.tell(&sweep));
            let line = format!("careway_documents_sweep_braked{{service=\"cases\"}} {expected}");
            assert!(recorder.handle().render().contains(&line), "{}", recorder.handle().render());
        }
    }
}
