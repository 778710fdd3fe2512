//! Cases started for a test, with the cases of the vectors' world in its database, and mail that comes in.

use std::{collections::HashMap, ops::Deref, path::PathBuf};

use careway_cases::{MIGRATOR, NAME};
use careway_contract::{
    cases::v1::{
        CaseMessage, DeliverMailRequest, DownloadOriginalMailRequest, ListCaseMessagesRequest, MailOutcome,
        case_service_client::CaseServiceClient, inbound_mail_service_client::InboundMailServiceClient,
    },
    google::api::HttpBody,
};
use careway_service::Upstream;
use careway_testing::{FaultProxy, Person, TestService, TestSetup, TokenSigner, database::SECRET, key};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio_stream::StreamExt;
use tonic::{Request, Status};
use uuid::Uuid;

use crate::test_world::World;

const PARTNER: &[&str] = &["cases.read", "cases.write"];
const LEAD: &[&str] = &["cases.read", "cases.write", "cases.handle", "cases.manage"];

pub(crate) struct TestInbox {
    service: TestService,
    signer: TokenSigner,
    pub(crate) world: World,
    pub(crate) socket: PathBuf,
    /// Where objects are.
    folder: PathBuf,
    /// By the vectors' keys: id and number.
    pub(crate) made: HashMap<String, (Uuid, String)>,
    /// References, by case and account.
    pub(crate) references: HashMap<(String, String), String>,
    /// Notices, by message and account.
    pub(crate) notices: HashMap<(String, String), Uuid>,
}

impl Deref for TestInbox {
    type Target = TestService;
    fn deref(&self) -> &TestService {
        &self.service
    }
}

impl Drop for TestInbox {
    fn drop(&mut self) {
        self.foundation.shutdown.cancel();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl TestInbox {
    /// With the vectors' world.
    pub(crate) async fn start() -> Self {
        let mut inbox = Self::empty(TestSetup::of(NAME, &MIGRATOR).await).await;
        inbox.fill().await;
        inbox
    }

    /// The same, behind a proxy before its database.
    pub(crate) async fn behind_a_proxy() -> (FaultProxy, Self) {
        // Timers ask the database, too: round trips are those of a delivery alone.
        let setup = TestSetup::of(NAME, &MIGRATOR).await.with("CAREWAY_CASES_TIMER_SECONDS", "3600");
        let (proxy, setup) = setup.behind_a_proxy().await;
        let mut inbox = Self::empty(setup).await;
        inbox.fill().await;
        (proxy, inbox)
    }

    /// Without any case.
    pub(crate) async fn empty(setup: TestSetup) -> Self {
        let socket = std::env::temp_dir().join(format!("careway-{}.lmtp", setup.prefix.replace('.', "")));
        let folder = std::env::temp_dir().join(format!("careway-documents-{}", setup.prefix));
        let setup = setup.with_all(&[
            ("CAREWAY_DOCUMENTS_KEYS", "the-first-key-of-documents-of-the-tests"),
            ("CAREWAY_DOCUMENTS_PLACE", &folder.to_string_lossy()),
            ("CAREWAY_DATABASE_CONNECTIONS", "4"),
            ("CAREWAY_CASES_AUTHSERV_ID", "mx.careway.example"),
            ("CAREWAY_CASES_LMTP_LISTEN", &format!("unix:{}", socket.display())),
        ]);
        let (signer, world) = (TokenSigner::new(&setup.clock), World::new(&setup.clock));
        let service = setup.start(world.beside(&signer), careway_cases::start).await;
        let (made, references, notices) = Default::default();
        Self { service, signer, world, socket, folder, made, references, notices }
    }

    /// Ends the service and starts it again with these settings beside the others.
    pub(crate) async fn restart(&mut self, settings: &[(&str, &str)]) {
        let beside = self.world.beside(&self.signer);
        self.service.restart(settings, beside, careway_cases::start).await;
    }

    pub(crate) fn upstream(&self) -> Upstream {
        self.service.service.upstream.clone()
    }

    pub(crate) fn cases(&self) -> CaseServiceClient<Upstream> {
        CaseServiceClient::new(self.upstream())
    }

    pub(crate) fn mail(&self) -> InboundMailServiceClient<Upstream> {
        InboundMailServiceClient::new(self.upstream())
    }

    /// Somebody's request with these permissions.
    pub(crate) fn request<M>(&self, person: &Person, permissions: &[&str], message: M) -> Request<M> {
        self.signer.request(person, permissions, &key(), message)
    }

    /// A request of one of the world's people.
    pub(crate) fn by<M>(&self, who: &str, message: M) -> Request<M> {
        let permissions = match who {
            "paul" => LEAD,
            "grace" => &LEAD[..3],
            _ => PARTNER,
        };
        self.request(&self.world.person(who), permissions, message)
    }

    /// Delivers a mail by REST's RPC.
    pub(crate) async fn deliver(
        &self,
        mail_from: &str,
        rcpt_to: &[&str],
        raw: &[u8],
    ) -> Result<Vec<MailOutcome>, Status> {
        let body = |data: &[u8]| Some(HttpBody { data: data.to_vec().into(), ..Default::default() });
        let rest = raw
            .chunks(64 * 1024)
            .skip(1)
            .map(|data| DeliverMailRequest { mail: body(data), ..Default::default() });
        let first = DeliverMailRequest {
            mail_from: mail_from.to_owned(),
            rcpt_to: rcpt_to.iter().map(|to| (*to).to_owned()).collect(),
            mail: body(&raw[..raw.len().min(64 * 1024)]),
        };
        let pieces: Vec<_> = std::iter::once(first).chain(rest).collect();
        let request =
            self.request(&self.world.person("grace"), &["mail.deliver"], tokio_stream::iter(pieces));
        Ok(self.mail().deliver_mail(request).await?.into_inner().outcomes)
    }

    /// The messages of a case, as somebody reads them.
    pub(crate) async fn messages(&self, who: &str, case: &str) -> Vec<CaseMessage> {
        let request =
            ListCaseMessagesRequest { case_id: case.to_owned(), page_size: 200, ..Default::default() };
        self.cases().list_case_messages(self.by(who, request)).await.unwrap().into_inner().messages
    }

    /// The mail that a message came by, as support downloads it.
    pub(crate) async fn original(&self, case: &str, message: &str) -> Result<Vec<u8>, Status> {
        let (case_id, message_id) = (case.to_owned(), message.to_owned());
        let request = self.by("grace", DownloadOriginalMailRequest { case_id, message_id });
        let mut pieces = self.mail().download_original_mail(request).await?.into_inner();
        let mut original = Vec::new();
        while let Some(piece) = pieces.next().await {
            original.extend(piece?.data);
        }
        Ok(original)
    }

    /// How many objects there are, but for those that a sweep has set aside.
    pub(crate) fn objects(&self) -> usize {
        let Ok(folders) = std::fs::read_dir(self.folder.join("cases")) else { return 0 };
        let folders = folders.map(|folder| folder.unwrap().path());
        let kept = folders.filter(|folder| folder.is_dir() && !folder.ends_with("swept"));
        kept.map(|folder| std::fs::read_dir(folder).unwrap().count()).sum()
    }

    /// Fills in the placeholders of a mail or an address.
    pub(crate) fn filled(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut filled, mut rest) = (Vec::new(), bytes);
        while let Some(begin) = rest.windows(2).position(|pair| pair == b"{{") {
            let end = begin + rest[begin..].windows(2).position(|pair| pair == b"}}").unwrap();
            filled.extend(&rest[..begin]);
            filled.extend(self.value(std::str::from_utf8(&rest[begin + 2..end]).unwrap()).bytes());
            rest = &rest[end + 2..];
        }
        filled.extend(rest);
        filled
    }

    pub(crate) fn filled_text(&self, text: &str) -> String {
        String::from_utf8(self.filled(text.as_bytes())).unwrap()
    }

    /// A case of the vectors.
    pub(crate) fn case(&self, key: &str) -> Uuid {
        self.made[key].0
    }

    /// Where a case stands.
    pub(crate) async fn state(&self, case: Uuid) -> String {
        let state = sqlx::query_scalar("select state from support_case where case_id = $1").bind(case);
        state.fetch_one(&self.admin).await.unwrap()
    }

    fn value(&self, placeholder: &str) -> String {
        let pair = |first: &str, second: &str| (first.to_owned(), second.to_owned());
        match placeholder.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["token", case, who] => self.references[&pair(case, who)].clone(),
            ["TOKEN", case, who] => self.references[&pair(case, who)].to_uppercase(),
            ["id", message, who] => signed("c", self.notices[&pair(message, who)]) + "@careway.example",
            ["badid", message, who] => {
                let id = signed("c", self.notices[&pair(message, who)]);
                let last = if id.ends_with('0') { '1' } else { '0' };
                format!("{}{last}@careway.example", &id[..id.len() - 1])
            }
            ["root", case] => signed("r", self.case(case)) + "@careway.example",
            ["number", case] => self.made[*case].1.clone(),
            ["bounce", message, who] => {
                format!("bounces+{}@careway.example", signed("b", self.notices[&pair(message, who)]))
            }
            ["mail", file] => {
                String::from_utf8_lossy(&self.filled(&crate::test_world::read(&format!("mails/{file}.eml"))))
                    .into_owned()
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A signed name as the service makes it.
fn signed(kind: &str, id: Uuid) -> String {
    let mut key = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    key.update(b"careway/case-mail/v1/");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.finalize().into_bytes()).unwrap();
    mac.update(kind.as_bytes());
    mac.update(id.as_bytes());
    format!("{kind}.{}.{}", id.simple(), hex::encode(&mac.finalize().into_bytes()[..10]))
}
