//! What is sent of a case is one thread in its reader's mail program, whatever that has of it and in whatever order it came:
//! found by References alone, as Jamie Zawinski's algorithm does (RFC 5256 has it as THREAD=REFERENCES).

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use careway_contract::{
    cases::v1::{
        AddCaseMessageRequest, CloseCaseRequest, FollowUpCaseRequest, GetNoticeRequest, SolveCaseRequest,
        get_notice_request::Kind, mail_outcome::Outcome, notice_service_client::NoticeServiceClient,
    },
    types::v1::MailHeaders,
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use uuid::Uuid;

use crate::test_inbox::TestInbox;

/// A mail in somebody's mailbox.
#[derive(Clone)]
struct Mail {
    id: String,
    /// The oldest first; the last is what it answers.
    references: Vec<String>,
    is_own: bool,
}

/// The threads that mails are shown in: the first mail of each, or the name of one that is not there.
fn threads(mails: &[Mail]) -> BTreeSet<&str> {
    let mut parents: HashMap<&str, Option<&str>> = HashMap::new();
    for mail in mails {
        parents.entry(&mail.id).or_default();
        let mut before: Option<&str> = None;
        for reference in mail.references.iter().map(String::as_str) {
            let has_parent = parents.entry(reference).or_default().is_some();
            if let Some(before) = before.filter(|before| !has_parent && !leads(&parents, before, reference)) {
                parents.insert(reference, Some(before));
            }
            before = Some(reference);
        }
        // The mail itself knows best, also that it answers nothing.
        let parent = before.filter(|before| !leads(&parents, before, &mail.id));
        parents.insert(&mail.id, parent);
    }
    mails.iter().map(|mail| first(&parents, &mail.id)).collect()
}

/// Whether a mail is the other, or below it.
fn leads(parents: &HashMap<&str, Option<&str>>, from: &str, to: &str) -> bool {
    from == to || parents.get(from).copied().flatten().is_some_and(|parent| leads(parents, parent, to))
}

fn first<'a>(parents: &HashMap<&'a str, Option<&'a str>>, of: &'a str) -> &'a str {
    parents.get(of).copied().flatten().map_or(of, |parent| first(parents, parent))
}

#[test]
fn the_algorithm_finds_threads() {
    let mail = |id: &str, references: &[&str]| Mail {
        id: id.to_owned(),
        references: references.iter().map(|it| (*it).to_owned()).collect(),
        is_own: false,
    };
    let two = [
        mail("a", &[]),
        mail("b", &["a"]),
        mail("c", &["x", "b"]),
        mail("d", &["y"]),
        mail("e", &["y", "d"]),
    ];
    assert_eq!(threads(&two), BTreeSet::from(["a", "y"]));
    let circle = [mail("a", &["b"]), mail("b", &["a"])];
    assert_eq!(threads(&circle).len(), 1);
}

/// Tanvir's mailbox, filled by what he writes and is sent.
struct Mailbox<'a> {
    inbox: &'a TestInbox,
    mails: Vec<Mail>,
    seen: BTreeSet<Uuid>,
}

impl Mailbox<'_> {
    /// What was sent to him since.
    async fn fetch(&mut self) -> Vec<MailHeaders> {
        let raised: Vec<Uuid> = sqlx::query_scalar(
            "select notice_id from case_notice where account_id = $1 and message_id is not null order by raised_at, notice_id",
        )
        .bind(self.inbox.world.account("tanvir").uuid())
        .fetch_all(&self.inbox.admin)
        .await
        .unwrap();
        let mut fetched = Vec::new();
        for notice in raised.into_iter().filter(|notice| self.seen.insert(*notice)).collect::<Vec<_>>() {
            let request = GetNoticeRequest { kind: Kind::CaseNotice.into(), id: notice.to_string() };
            let request = self.inbox.foundation.identity.request(request);
            let mut notices = NoticeServiceClient::new(self.inbox.upstream());
            let mail = notices.get_notice(request).await.unwrap().into_inner().mail.unwrap();
            assert_eq!(
                mail.references.last(),
                Some(&mail.in_reply_to),
                "a mail answers the last that it names"
            );
            let (id, references) = (mail.message_id.clone(), mail.references.clone());
            self.mails.push(Mail { id, references, is_own: false });
            fetched.push(mail);
        }
        fetched
    }

    /// He writes, as an answer to the newest in his mailbox; the case that his mail is in.
    async fn write(&mut self, number: usize, to: &str) -> String {
        let id = format!("<own-{number}@shondhan.example.org>");
        let answered = self.mails.last();
        let references: Vec<String> = answered
            .map(|answered| answered.references.iter().chain([&answered.id]).cloned().collect())
            .unwrap_or_default();
        let fields = match references.last() {
            Some(last) => format!("In-Reply-To: {last}\r\nReferences: {}\r\n", references.join("\r\n ")),
            None => String::new(),
        };
        let raw = format!(
            "Authentication-Results: mx.careway.example; dmarc=pass\r\nFrom: tanvir@shondhan.example.org\r\n\
             To: {to}\r\nMessage-ID: {id}\r\n{fields}Subject: The price\r\n\r\nWords {number}.\r\n"
        );
        let outcomes =
            self.inbox.deliver("tanvir@shondhan.example.org", &[to], raw.as_bytes()).await.unwrap();
        assert!(matches!(outcomes[0].outcome(), Outcome::NewCase | Outcome::Appended), "{:?}", outcomes[0]);
        self.mails.push(Mail { id, references, is_own: true });
        self.inbox.clock.advance(Duration::from_secs(600));
        outcomes[0].case_id.clone()
    }

    /// Grace answers.
    async fn hear(&mut self, case: &str) -> Vec<MailHeaders> {
        let request = AddCaseMessageRequest {
            case_id: case.to_owned(),
            body: "Words.".to_owned(),
            ..Default::default()
        };
        self.inbox.cases().add_case_message(self.inbox.by("grace", request)).await.unwrap();
        self.inbox.clock.advance(Duration::from_secs(600));
        self.fetch().await
    }

    fn is_one_thread(&self, what: &str) {
        let mut random = StdRng::seed_from_u64(20_261_128);
        type Kept = fn(usize, &Mail) -> bool;
        let kept: [(&str, Kept); 3] = [
            ("all", |_, _| true),
            ("what he was sent", |_, mail| !mail.is_own),
            ("what he did not delete", |at, _| at % 3 != 1),
        ];
        for (name, keeps) in kept {
            let mails = self.mails.iter().enumerate().filter(|(at, mail)| keeps(*at, mail));
            let mut mails: Vec<Mail> = mails.map(|(_, mail)| mail.clone()).collect();
            for _ in 0..20 {
                let found = threads(&mails);
                assert_eq!(found.len(), 1, "{what}, {name}: {found:?}");
                mails.shuffle(&mut random);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_of_a_case_and_its_follow_up_is_one_thread() {
    let inbox = TestInbox::start().await;
    let mut mailbox = Mailbox { inbox: &inbox, mails: Vec::new(), seen: BTreeSet::new() };
    // What the world's cases had sent before is of other threads.
    mailbox.fetch().await;
    mailbox.mails.clear();

    let case = mailbox.write(0, "support@careway.example").await;
    let received = mailbox.fetch().await;
    assert_eq!(received[0].in_reply_to, "<own-0@shondhan.example.org>", "the receipt answers his mail");
    let answer = mailbox.hear(&case).await.remove(0);
    assert_eq!(answer.in_reply_to, received[0].message_id, "and the answer what he was sent last");
    // Longer than what a mail names of it.
    for number in 1..14 {
        assert_eq!(mailbox.write(number, &answer.reply_to).await, case);
        let answer = mailbox.hear(&case).await.remove(0);
        assert_eq!(answer.in_reply_to, format!("<own-{number}@shondhan.example.org>"));
        assert!(answer.references.len() <= 11, "{:?}", answer.references);
    }
    mailbox.is_one_thread("the case");

    let message = "It is mended.".to_owned();
    let solve = SolveCaseRequest { case_id: case.clone(), message, ..Default::default() };
    inbox.cases().solve_case(inbox.by("grace", solve)).await.unwrap();
    mailbox.fetch().await;
    inbox
        .cases()
        .close_case(inbox.by("grace", CloseCaseRequest { case_id: case.clone(), ..Default::default() }))
        .await
        .unwrap();
    let follow_up = FollowUpCaseRequest {
        case_id: case,
        subject: "The price again".to_owned(),
        description: "It is as before.".to_owned(),
        ..Default::default()
    };
    let opened = inbox.cases().follow_up_case(inbox.by("tanvir", follow_up)).await.unwrap().into_inner();
    mailbox.hear(&opened.case.unwrap().case_id).await;
    mailbox.is_one_thread("the case and its follow-up");
    assert!(mailbox.mails.len() > 30, "{}", mailbox.mails.len());
}
