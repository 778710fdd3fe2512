//! What comes from a carrier and is not an answer that somebody waits for. Whoever reads the session never waits for whoever
//! keeps it: answers would come too late.

use tokio::sync::mpsc;
use uuid::Uuid;

/// So much of what a carrier delivers may wait; what comes beyond that, it is asked to send again.
const MOST: usize = 256;

/// Which part a PDU carries.
pub(super) type PartOf = (Uuid, i16);

/// The answer to a `submit_sm`.
pub(super) struct Response {
    pub(super) status: u32,
    pub(super) carrier_id: Option<String>,
}

/// One thing that came.
pub(super) enum Arrival {
    /// A `deliver_sm` and its number, to be answered.
    Delivered(u32, Box<rusmpp::pdus::DeliverSm>),
    Late(PartOf, Response),
}

/// Where the reader puts what comes.
pub(super) struct Arrivals {
    delivered: mpsc::Sender<Arrival>,
    /// No more than there are parts without an answer.
    late: mpsc::UnboundedSender<Arrival>,
}

/// Where it is taken from.
pub(super) struct Arrived {
    delivered: mpsc::Receiver<Arrival>,
    late: mpsc::UnboundedReceiver<Arrival>,
}

impl Arrivals {
    pub(super) fn channel() -> (Self, Arrived) {
        let (delivered, taken) = mpsc::channel(MOST);
        let (late, late_taken) = mpsc::unbounded_channel();
        (Self { delivered, late }, Arrived { delivered: taken, late: late_taken })
    }

    /// Whether there was room for what the carrier delivers.
    pub(super) fn deliver(&self, sequence: u32, deliver: rusmpp::pdus::DeliverSm) -> bool {
        self.delivered.try_send(Arrival::Delivered(sequence, Box::new(deliver))).is_ok()
    }

    pub(super) fn late(&self, part: PartOf, response: Response) {
        // Whoever would take it is gone with the process.
        let _ = self.late.send(Arrival::Late(part, response));
    }
}

impl Arrived {
    /// The next; none once the session has ended and all is taken.
    pub(super) async fn next(&mut self) -> Option<Arrival> {
        tokio::select! {
            Some(late) = self.late.recv() => Some(late),
            Some(delivered) = self.delivered.recv() => Some(delivered),
            else => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_late_answer_is_heard_though_nothing_that_is_delivered_is_taken() {
        let (arrivals, mut arrived) = Arrivals::channel();
        let delivered = (0..1000).filter(|sequence| arrivals.deliver(*sequence, Default::default())).count();
        assert_eq!(delivered, MOST, "the carrier is asked to send the others again");
        arrivals.late((Uuid::nil(), 1), Response { status: 0, carrier_id: None });
        drop(arrivals);
        let mut taken = 0;
        let mut late = 0;
        while let Some(arrival) = arrived.next().await {
            match arrival {
                Arrival::Delivered(..) => taken += 1,
                Arrival::Late(..) => late += 1,
            }
        }
        assert_eq!((taken, late), (MOST, 1));
    }
}
