//! A session with a carrier: PDUs written one after the other, answers found by their number, and the question whether the
//! other side still lives.
//!
//! It knows of each part whether it was written. What was not goes by another route; what was, and has no answer, may have
//! gone out. An answer that comes too late still settles its message.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::BytesMut;
use futures::{SinkExt, StreamExt};
use rusmpp::{
    Command, CommandId, CommandStatus, Pdu,
    pdus::{BindTransceiver, SubmitSm},
    tokio_codec::CommandCodec,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
    time::{Instant, timeout},
};
use tokio_util::{
    codec::{FramedRead, FramedWrite, LengthDelimitedCodec},
    sync::CancellationToken,
};

use super::{
    super::super::domain::sms::answer::Answer,
    arrivals::{Arrivals, PartOf, Response},
    frames::{Header, LONGEST_PDU, decoded},
};

/// So many answers may still come late.
const MOST_LATE: usize = 10_000;

pub(super) type Reader = FramedRead<Box<dyn AsyncRead + Send + Unpin>, LengthDelimitedCodec>;
type Writer = FramedWrite<Box<dyn AsyncWrite + Send + Unpin>, CommandCodec>;

/// A bound session.
pub(super) struct Session {
    writer: tokio::sync::Mutex<Writer>,
    pending: Mutex<Pending>,
    closed: CancellationToken,
    answer_within: Duration,
}

/// What is without an answer.
#[derive(Default)]
struct Pending {
    last: u32,
    waiting: HashMap<u32, oneshot::Sender<Response>>,
    late: HashMap<u32, PartOf>,
    /// The numbers of `late`, the oldest first.
    late_order: VecDeque<u32>,
}

/// How a bind ended without a session.
pub(super) enum NotBound {
    /// The carrier said no.
    Refused(u32),
    /// There was nobody, or not in time.
    Away(anyhow::Error),
}

impl Session {
    /// Binds on a new connection.
    pub(super) async fn bind<S>(
        stream: S,
        bind: BindTransceiver,
        answer_within: Duration,
    ) -> Result<(Self, Reader), NotBound>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (reader, writer) = tokio::io::split(stream);
        // A PDU's length counts its own four octets, which stay.
        let codec = LengthDelimitedCodec::builder().max_frame_length(LONGEST_PDU).num_skip(0).new_codec();
        let mut reader: Reader = FramedRead::new(Box::new(reader), codec);
        let mut writer: Writer = FramedWrite::new(Box::new(writer), CommandCodec::new());
        let asked = async {
            writer.send(Command::new(CommandStatus::EsmeRok, 1, bind)).await.map_err(anyhow::Error::new)?;
            while let Some(frame) = reader.next().await {
                let header = Header::of(&frame?);
                if header.sequence == 1 && header.id != CommandId::EnquireLink {
                    return Ok(header.status);
                }
            }
            Err(anyhow::anyhow!("the carrier ended the connection"))
        };
        match timeout(answer_within, asked).await {
            Ok(Ok(0)) => {}
            Ok(Ok(status)) => return Err(NotBound::Refused(status)),
            Ok(Err(error)) => return Err(NotBound::Away(error)),
            Err(_) => return Err(NotBound::Away(anyhow::anyhow!("the carrier did not answer the bind"))),
        }
        let session = Self {
            writer: tokio::sync::Mutex::new(writer),
            pending: Mutex::new(Pending { last: 1, ..Pending::default() }),
            closed: CancellationToken::new(),
            answer_within,
        };
        Ok((session, reader))
    }

    /// Writes a part and waits for its answer.
    pub(super) async fn submit(&self, part: PartOf, submit: SubmitSm) -> (Answer, Option<String>) {
        let (sequence, answered) = self.expect();
        let written = self.write(Command::new(CommandStatus::EsmeRok, sequence, submit)).await;
        match written {
            Written::Whole => {}
            Written::Nothing => {
                self.pending().waiting.remove(&sequence);
                return (Answer::NotWritten, None);
            }
            Written::Perhaps => return (Answer::Missing, None),
        }
        match timeout(self.answer_within, answered).await {
            Ok(Ok(response)) => (Answer::Smpp(response.status), response.carrier_id),
            // The session has ended.
            Ok(Err(_)) => (Answer::Missing, None),
            Err(_) => {
                self.pending().is_late(sequence, part);
                (Answer::Missing, None)
            }
        }
    }

    /// Answers a `deliver_sm`.
    pub(super) async fn answer(&self, sequence: u32, is_kept: bool) {
        let status = if is_kept { CommandStatus::EsmeRok } else { CommandStatus::EsmeRxTAppn };
        self.write(Command::new(status, sequence, rusmpp::pdus::DeliverSmResp::default())).await;
    }

    /// Says goodbye, and ends.
    pub(super) async fn unbind(&self) {
        let (sequence, answered) = self.expect();
        if matches!(
            self.write(Command::new(CommandStatus::EsmeRok, sequence, Pdu::Unbind)).await,
            Written::Whole
        ) {
            let _ = timeout(Duration::from_secs(2), answered).await;
        }
        self.close();
    }

    /// Ends at once: what has no answer gets none.
    pub(super) fn close(&self) {
        self.closed.cancel();
        self.pending().waiting.clear();
    }

    /// Reads until the session ends, passing on what arrives.
    pub(super) async fn read(&self, mut reader: Reader, enquire_every: Duration, arrivals: Arrivals) {
        let mut enquired: Option<(u32, Instant)> = None;
        let mut next_enquiry = Instant::now() + enquire_every;
        loop {
            let wake_at = enquired.map_or(next_enquiry, |(_, asked)| asked + self.answer_within);
            let frame = tokio::select! {
                () = self.closed.cancelled() => break,
                frame = reader.next() => frame,
                () = tokio::time::sleep_until(wake_at) => {
                    if enquired.is_some() {
                        tracing::warn!("the carrier does not say that it lives: the session ends");
                        break;
                    }
                    let (sequence, _) = self.expect();
                    self.pending().waiting.remove(&sequence);
                    enquired = Some((sequence, Instant::now()));
                    self.write(Command::new(CommandStatus::EsmeRok, sequence, Pdu::EnquireLink)).await;
                    continue;
                }
            };
            let Some(Ok(frame)) = frame else { break };
            // Whatever it says, it lives.
            enquired = None;
            next_enquiry = Instant::now() + enquire_every;
            if !self.take(frame, &arrivals).await {
                break;
            }
        }
        self.close();
    }

    /// Takes one PDU; false when it is the last.
    async fn take(&self, frame: BytesMut, arrivals: &Arrivals) -> bool {
        let header = Header::of(&frame);
        let respond = |pdu: Pdu| Command::new(CommandStatus::EsmeRok, header.sequence, pdu);
        match header.id {
            CommandId::SubmitSmResp | CommandId::GenericNack | CommandId::UnbindResp => {
                let carrier_id = match decoded(frame).as_ref().and_then(Command::pdu) {
                    Some(Pdu::SubmitSmResp(answer)) => Some(answer.message_id().as_str().to_owned()),
                    _ => None,
                };
                let response = Response { status: header.status, carrier_id };
                let late = self.pending().answer(header.sequence, response);
                if let Some((part, response)) = late {
                    arrivals.late(part, response);
                }
            }
            CommandId::EnquireLink => {
                self.write(respond(Pdu::EnquireLinkResp)).await;
            }
            CommandId::Unbind => {
                self.write(respond(Pdu::UnbindResp)).await;
                return false;
            }
            CommandId::DeliverSm => match decoded(frame).as_ref().and_then(Command::pdu) {
                Some(Pdu::DeliverSm(deliver)) if arrivals.deliver(header.sequence, deliver.clone()) => {}
                Some(Pdu::DeliverSm(_)) => self.answer(header.sequence, false).await,
                // Refused, it would come for ever.
                _ => self.answer(header.sequence, true).await,
            },
            CommandId::EnquireLinkResp => {}
            _ => {
                self.write(respond(Pdu::GenericNack)).await;
            }
        }
        true
    }

    /// A number for the next PDU, and where its answer comes.
    fn expect(&self) -> (u32, oneshot::Receiver<Response>) {
        let (answer, answered) = oneshot::channel();
        let mut pending = self.pending();
        // From 1 to 0x7FFFFFFF (SMPP 3.4, 5.1.4).
        pending.last = pending.last % 0x7FFF_FFFF + 1;
        let sequence = pending.last;
        pending.waiting.insert(sequence, answer);
        (sequence, answered)
    }

    async fn write(&self, command: Command) -> Written {
        let mut writer = self.writer.lock().await;
        if self.closed.is_cancelled() {
            return Written::Nothing;
        }
        // A carrier that takes nothing any more must not hold up whoever waits for this.
        match timeout(self.answer_within, writer.send(command)).await {
            Ok(Ok(())) => Written::Whole,
            _ => {
                self.close();
                Written::Perhaps
            }
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much of a PDU went out.
enum Written {
    Whole,
    Nothing,
    Perhaps,
}

impl Pending {
    /// Nobody waits any more for the answer of this part; it may still come.
    fn is_late(&mut self, sequence: u32, part: PartOf) {
        self.waiting.remove(&sequence);
        self.late.insert(sequence, part);
        self.late_order.push_back(sequence);
        if self.late_order.len() > MOST_LATE
            && let Some(oldest) = self.late_order.pop_front()
        {
            self.late.remove(&oldest);
        }
    }

    /// Passes an answer to whoever waits; gives it back when it is late.
    fn answer(&mut self, sequence: u32, response: Response) -> Option<(PartOf, Response)> {
        match self.waiting.remove(&sequence) {
            Some(waiting) => drop(waiting.send(response)),
            None => return self.late.remove(&sequence).map(|part| (part, response)),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use rusmpp::pdus::BindTransceiverResp;
    use tokio_util::codec::Framed;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_goodbye_is_answered_and_not_waited_for_in_vain() {
        for answers in [true, false] {
            let (near, far) = tokio::io::duplex(4096);
            let mut carrier = Framed::new(far, CommandCodec::new());
            let within = Duration::from_secs(30);
            let answered = async {
                let bind = carrier.next().await.unwrap().unwrap();
                let answer = BindTransceiverResp::default();
                let answer = Command::new(CommandStatus::EsmeRok, bind.sequence_number(), answer);
                carrier.send(answer).await.unwrap();
            };
            let (bound, ()) = tokio::join!(Session::bind(near, BindTransceiver::default(), within), answered);
            let Ok((session, reader)) = bound else { panic!("the carrier answers") };

            let (arrivals, _arrived) = Arrivals::channel();
            let asked = Instant::now();
            let heard = async {
                let goodbye = carrier.next().await.unwrap().unwrap();
                assert!(matches!(goodbye.pdu(), Some(Pdu::Unbind)));
                if answers {
                    let number = goodbye.sequence_number();
                    let answer = Command::new(CommandStatus::EsmeRok, number, Pdu::UnbindResp);
                    carrier.send(answer).await.unwrap();
                }
            };
            tokio::join!(session.unbind(), session.read(reader, within, arrivals), heard);
            let waited = asked.elapsed();
            assert_eq!(waited < Duration::from_secs(1), answers, "{waited:?}");
            assert!(waited < Duration::from_secs(3), "{waited:?}");
        }
    }
}
