//! Renewals and a channel's system, faked: renewals takes mails and says which message each became; the system is well.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use careway_contract::renewals::v1::{
    ReportBounceRequest, ReportBounceResponse, SendRequest, SendResponse,
    notification_service_server::{NotificationService, NotificationServiceServer},
};
use careway_kernel::{Clock, MessageId};
use careway_service::Foundation;
use careway_testing::{TokenSigner, upstream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tonic::{Request, Response, Status, async_trait, service::Routes};

#[derive(Clone)]
pub(crate) struct FakeRenewals {
    clock: Clock,
    next: Arc<Mutex<Option<MessageId>>>,
    sent: Arc<Mutex<Vec<SendRequest>>>,
    /// Whether the next mail is refused, for good.
    refuses: Arc<AtomicBool>,
    /// The mails that are, by their keys.
    refused: Arc<Mutex<BTreeSet<String>>>,
}

impl FakeRenewals {
    pub(crate) fn new(clock: &Clock) -> Self {
        Self {
            clock: clock.clone(),
            next: Arc::default(),
            sent: Arc::default(),
            refuses: Arc::default(),
            refused: Arc::default(),
        }
    }

    /// The next mail is one that renewals never takes.
    pub(crate) fn refuse_the_next(&self) {
        self.refuses.store(true, Ordering::SeqCst);
    }

    /// How many mails are refused.
    pub(crate) fn refused(&self) -> usize {
        self.refused.lock().unwrap().len()
    }

    /// Stands in for renewals beside a service, and for identity with the signer's key.
    pub(crate) fn beside(&self, signer: &TokenSigner) -> impl Fn(&Foundation) + use<> {
        let renewals = Routes::new(NotificationServiceServer::new(self.clone()));
        let identity = Routes::new(signer.keys());
        move |foundation| {
            foundation.registry.provide("renewals", upstream(renewals.clone()));
            foundation.registry.provide("identity", upstream(identity.clone()));
        }
    }

    /// What the next mail will be called.
    pub(crate) fn expect(&self) -> MessageId {
        *self.next.lock().unwrap().insert(MessageId::new(&self.clock))
    }

    /// The mails in this template.
    pub(crate) fn mails(&self, template: &str) -> Vec<SendRequest> {
        let sent = self.sent.lock().unwrap();
        sent.iter().filter(|mail| mail.template == template).cloned().collect()
    }
}

#[async_trait]
impl NotificationService for FakeRenewals {
    async fn send(&self, request: Request<SendRequest>) -> Result<Response<SendResponse>, Status> {
        let key = &request.get_ref().dedupe_key;
        if self.refuses.swap(false, Ordering::SeqCst) {
            self.refused.lock().unwrap().insert(key.clone());
        }
        if self.refused.lock().unwrap().contains(key) {
            return Err(Status::invalid_argument("nobody has this address"));
        }
        let message = self.next.lock().unwrap().take().unwrap_or_else(|| MessageId::new(&self.clock));
        self.sent.lock().unwrap().push(request.into_inner());
        Ok(Response::new(SendResponse { message_id: message.to_string() }))
    }

    async fn report_bounce(
        &self,
        _: Request<ReportBounceRequest>,
    ) -> Result<Response<ReportBounceResponse>, Status> {
        Err(Status::unimplemented("channels takes no bounces"))
    }
}

/// A channel's system, which is well or not.
#[derive(Clone)]
pub(crate) struct ChannelSystem {
    pub(crate) url: String,
    pub(crate) well: Arc<AtomicBool>,
}

impl ChannelSystem {
    /// One that is well.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/health", listener.local_addr().unwrap());
        let well = Arc::new(AtomicBool::new(true));
        let system = Self { url, well: well.clone() };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 2048];
                let _ = stream.read(&mut request).await;
                let status = if well.load(Ordering::SeqCst) { "204 No Content" } else { "503 Not Well" };
                let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        system
    }
}
