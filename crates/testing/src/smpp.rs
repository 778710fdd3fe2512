//! A carrier by SMPP that counts what it is given: a real peer for whoever sends text messages. It answers as it is told,
//! reports on what it took, and passes on what people write.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use futures::{SinkExt, StreamExt};
use rusmpp::{
    Command, CommandStatus, Pdu,
    pdus::{BindTransceiverResp, DeliverSm, SubmitSm, SubmitSmResp},
    tokio_codec::CommandCodec,
    types::{COctetString, OctetString},
    values::{DataCoding, EsmClass, Npi, Ton},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
};
use tokio_util::{codec::Framed, sync::CancellationToken};

use crate::calls::PATIENCE;

/// A part that was submitted.
#[derive(Clone)]
pub struct SubmittedPart {
    /// When.
    pub at: Instant,
    /// The sender that people see.
    pub from: String,
    /// The number, without `+`.
    pub to: String,
    /// Whether it begins with a header, among other things.
    pub esm_class: u8,
    /// The alphabet.
    pub data_coding: u8,
    /// Header and text.
    pub octets: Vec<u8>,
    /// Whether a receipt is wanted.
    pub wants_receipt: bool,
    /// By which it is reported on.
    pub carrier_id: String,
}

impl SubmittedPart {
    /// Reference, number of parts, and which one, of a message in parts.
    #[must_use]
    pub fn header(&self) -> Option<(u16, u8, u8)> {
        match *self.octets.as_slice() {
            [5, 0, 3, reference, total, number, ..] if self.esm_class & 0x40 != 0 => {
                Some((reference.into(), total, number))
            }
            [6, 8, 4, high, low, total, number, ..] if self.esm_class & 0x40 != 0 => {
                Some((u16::from_be_bytes([high, low]), total, number))
            }
            _ => None,
        }
    }

    /// The text without the header.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        let length = self.header().map_or(0, |_| usize::from(self.octets[0]) + 1);
        &self.octets[length..]
    }
}

/// How a submission is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Taken, under an id.
    Accept,
    /// With this `command_status`.
    Status(u32),
    /// Taken, and never said.
    Silence,
    /// Taken, and said once the test lets it: [`SmppPeer::release`].
    Held,
    /// Taken; then the connection is lost.
    HangUp,
}

/// The carrier, on a port of its own until it is dropped.
pub struct SmppPeer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

struct State {
    submitted: Vec<SubmittedPart>,
    followers: Vec<mpsc::UnboundedSender<SubmittedPart>>,
    next_replies: VecDeque<Reply>,
    reply: Reply,
    /// The answers that are held, each with the session in which it is said.
    held: Vec<(mpsc::UnboundedSender<Command>, Command)>,
    next_bind_statuses: VecDeque<u32>,
    bind_status: u32,
    binds: Vec<Instant>,
    most_bound: usize,
    sessions: HashMap<usize, Bound>,
    keeps: bool,
    last_id: u64,
    /// Of the PDUs that it sends on its own.
    last_sequence: u32,
}

/// A session that is bound.
#[derive(Clone)]
struct Bound {
    says: mpsc::UnboundedSender<Command>,
    cut: CancellationToken,
}

impl SmppPeer {
    /// Starts on a free port of the loopback.
    ///
    /// # Panics
    /// When the loopback has no port left.
    pub async fn start() -> Self {
        Self::serve(TcpListener::bind("127.0.0.1:0").await.expect("a free port on the loopback"))
    }

    /// Starts by TLS, under a certificate that nobody but itself vouches for; gives it as PEM.
    ///
    /// # Panics
    /// When the loopback has no port left.
    pub async fn start_tls() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on the loopback");
        let named = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::try_from(named.signing_key.serialize_der()).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the versions of the provider")
            .with_no_client_auth()
            .with_single_cert(vec![named.cert.der().clone()], key)
            .expect("a certificate and its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        (Self::serve_by(listener, Some(acceptor)), named.cert.pem())
    }

    /// Serves on this port.
    ///
    /// # Panics
    /// When the listener is bound to nothing.
    #[must_use]
    pub fn serve(listener: TcpListener) -> Self {
        Self::serve_by(listener, None)
    }

    fn serve_by(listener: TcpListener, tls: Option<TlsAcceptor>) -> Self {
        let address = listener.local_addr().expect("a bound listener has an address");
        let state = State {
            submitted: Vec::new(),
            followers: Vec::new(),
            next_replies: VecDeque::new(),
            reply: Reply::Accept,
            held: Vec::new(),
            next_bind_statuses: VecDeque::new(),
            bind_status: 0,
            binds: Vec::new(),
            most_bound: 0,
            sessions: HashMap::new(),
            keeps: true,
            // Another run gives other ids.
            last_id: u64::from(started()) << 24,
            last_sequence: 0,
        };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: watch::Sender::new(()) });
        let accepted = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let (shared, tls) = (accepted.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => session(stream, shared).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                session(stream, shared).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, shared, task }
    }

    /// Where to connect.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// What was submitted, in that order.
    #[must_use]
    pub fn submitted(&self) -> Vec<SubmittedPart> {
        self.shared.state().submitted.clone()
    }

    /// Waits for so many parts.
    ///
    /// # Panics
    /// When they do not come.
    pub async fn wait_for(&self, parts: usize) -> Vec<SubmittedPart> {
        self.until(&format!("{parts} parts"), |state| state.submitted.len() >= parts).await;
        self.submitted()
    }

    /// Waits until so many sessions are bound.
    ///
    /// # Panics
    /// When they never are.
    pub async fn wait_for_sessions(&self, sessions: usize) {
        self.until(&format!("{sessions} sessions"), |state| state.sessions.len() == sessions).await;
    }

    async fn until(&self, what: &str, so: impl Fn(&State) -> bool) {
        let mut changed = self.shared.changed.subscribe();
        let waited = async {
            while !so(&self.shared.state()) {
                let _ = changed.changed().await;
            }
        };
        tokio::time::timeout(PATIENCE, waited).await.unwrap_or_else(|_| panic!("no {what}"));
    }

    /// Every part from now on, as it comes. They are not kept any more.
    #[must_use]
    pub fn follow(&self) -> mpsc::UnboundedReceiver<SubmittedPart> {
        let (follower, followed) = mpsc::unbounded_channel();
        let mut state = self.shared.state();
        state.keeps = false;
        state.followers.push(follower);
        followed
    }

    /// Answers like this from now on.
    pub fn reply(&self, reply: Reply) {
        self.shared.state().reply = reply;
    }

    /// Answers the next submissions like this, one after the other.
    pub fn reply_next(&self, replies: &[Reply]) {
        self.shared.state().next_replies.extend(replies);
    }

    /// Says every answer that is held.
    pub fn release(&self) {
        for (says, taken) in self.shared.state().held.drain(..) {
            // Of a session that has ended, nobody hears more.
            let _ = says.send(taken);
        }
    }

    /// Answers binds with this status from now on.
    pub fn answer_binds(&self, status: u32) {
        self.shared.state().bind_status = status;
    }

    /// Answers the next binds with these statuses, one after the other.
    pub fn answer_next_binds(&self, statuses: &[u32]) {
        self.shared.state().next_bind_statuses.extend(statuses);
    }

    /// How many binds there were, and how many sessions at once.
    #[must_use]
    pub fn binds(&self) -> (usize, usize) {
        let state = self.shared.state();
        (state.binds.len(), state.most_bound)
    }

    /// When each bind came.
    #[must_use]
    pub fn binds_at(&self) -> Vec<Instant> {
        self.shared.state().binds.clone()
    }

    /// Ends every session at once.
    pub fn cut(&self) {
        for session in self.shared.state().sessions.values() {
            session.cut.cancel();
        }
    }

    /// Reports on a part, to some session; false when none is bound.
    pub fn report(&self, carrier_id: &str, state: &str) -> bool {
        let text = format!("id:{carrier_id} sub:001 dlvrd:001 stat:{state} err:000 text:");
        self.deliver("", &text, 0b0000_0100)
    }

    /// Passes on what somebody writes, in letters of ASCII.
    pub fn write(&self, from: &str, text: &str) -> bool {
        self.deliver(from, text, 0)
    }

    fn deliver(&self, from: &str, text: &str, esm_class: u8) -> bool {
        let from = COctetString::from_vec([from.as_bytes(), &[0]].concat()).expect("a number");
        let deliver = DeliverSm::builder()
            .source_addr_ton(Ton::International)
            .source_addr_npi(Npi::Isdn)
            .source_addr(from)
            .esm_class(EsmClass::from(esm_class))
            .data_coding(DataCoding::from(0))
            .short_message(OctetString::from_slice(text.as_bytes()).expect("a short text"))
            .build();
        let mut state = self.shared.state();
        state.last_sequence += 1;
        let sequence = state.last_sequence;
        let Some(session) = state.sessions.values().next() else { return false };
        session.says.send(Command::new(CommandStatus::EsmeRok, sequence, deliver)).is_ok()
    }
}

impl Drop for SmppPeer {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a part; answers how it is to be answered, and the PDU that says that it was taken.
    fn take(
        &self,
        submit: &SubmitSm,
        sequence: u32,
        says: &mpsc::UnboundedSender<Command>,
    ) -> (Reply, Command) {
        let mut state = self.state();
        let reply = state.next_replies.pop_front().unwrap_or(state.reply);
        // As many carriers do: ids in capitals, with zeros before.
        state.last_id += 1;
        let carrier_id = format!("{:016X}", state.last_id);
        let part = SubmittedPart {
            at: Instant::now(),
            from: submit.source_addr.as_str().to_owned(),
            to: submit.destination_addr.as_str().to_owned(),
            esm_class: submit.esm_class.into(),
            data_coding: submit.data_coding.into(),
            octets: submit.short_message().as_ref().to_vec(),
            wants_receipt: u8::from(submit.registered_delivery) & 0b11 == 1,
            carrier_id: carrier_id.clone(),
        };
        let id = COctetString::from_vec([carrier_id.as_bytes(), &[0]].concat()).expect("an id");
        let taken = Command::new(CommandStatus::EsmeRok, sequence, SubmitSmResp::new(id, Vec::new()));
        // Whoever sees the part may release its answer.
        if reply == Reply::Held {
            state.held.push((says.clone(), taken.clone()));
        }
        // What is refused was not taken.
        if !matches!(reply, Reply::Status(_)) {
            state.followers.retain(|follower| follower.send(part.clone()).is_ok());
            if state.keeps {
                state.submitted.push(part);
            }
        }
        drop(state);
        self.changed.send_replace(());
        (reply, taken)
    }
}

/// Seconds since a while ago.
fn started() -> u32 {
    let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u32::try_from(since.as_secs() % 0xFFFF_FFFF).unwrap_or_default()
}

async fn session(stream: impl AsyncRead + AsyncWrite + Unpin, shared: Arc<Shared>) {
    let mut framed = Framed::new(stream, CommandCodec::new());
    let (says, mut said) = mpsc::unbounded_channel::<Command>();
    let cut = CancellationToken::new();
    let mut bound = None;
    loop {
        let command = tokio::select! {
            () = cut.cancelled() => break,
            Some(command) = said.recv() => {
                if framed.send(command).await.is_err() {
                    break;
                }
                continue;
            }
            command = framed.next() => command,
        };
        let Some(Ok(command)) = command else { break };
        let sequence = command.sequence_number();
        let answer = |status: u32, pdu: Pdu| Command::new(CommandStatus::from(status), sequence, pdu);
        match command.pdu() {
            Some(Pdu::BindTransceiver(_)) => {
                let mut state = shared.state();
                let status = state.next_bind_statuses.pop_front().unwrap_or(state.bind_status);
                state.binds.push(Instant::now());
                if status == 0 {
                    let id = state.binds.len();
                    state.sessions.insert(id, Bound { says: says.clone(), cut: cut.clone() });
                    state.most_bound = state.most_bound.max(state.sessions.len());
                    bound = Some(id);
                }
                drop(state);
                let _ = says.send(answer(status, BindTransceiverResp::default().into()));
                shared.changed.send_replace(());
            }
            Some(Pdu::SubmitSm(submit)) => {
                let (reply, taken) = shared.take(submit, sequence, &says);
                match reply {
                    Reply::Accept => drop(says.send(taken)),
                    Reply::Status(status) => {
                        drop(says.send(answer(status, SubmitSmResp::default().into())));
                    }
                    Reply::Silence | Reply::Held => {}
                    Reply::HangUp => break,
                }
            }
            Some(Pdu::EnquireLink) => drop(says.send(answer(0, Pdu::EnquireLinkResp))),
            Some(Pdu::Unbind) => {
                let _ = framed.send(answer(0, Pdu::UnbindResp)).await;
                break;
            }
            _ => {}
        }
    }
    if let Some(id) = bound {
        shared.state().sessions.remove(&id);
        shared.changed.send_replace(());
    }
}
