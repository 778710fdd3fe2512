//! Peers that are not ours, from PyPI: a carrier and a customer by smpplib, a mail server by aiosmtpd.

use std::{collections::HashMap, path::PathBuf, process::Stdio, time::Duration};

use careway_contract::{
    renewals::v1::{SendRequest, send_request},
    types::v1::{MailHeaders, mail_headers},
};
use careway_renewals::{RULES, sms_text};
use careway_testing::{SmppPeer, eventually};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use crate::test_renewals::{TestRenewals, code_message, mail, smpp_route};

/// A script that says what it sees, a line of JSON each.
struct Foreign {
    _process: Child,
    says: Lines<BufReader<ChildStdout>>,
}

impl Foreign {
    fn start(script: &str, arguments: &[&str]) -> Self {
        let tools =
            std::env::var_os("CAREWAY_TEST_TOOLS").expect("run `cargo dev test`: it installs the peers");
        let mut process = Command::new(PathBuf::from(tools).join("python"))
            .args(["-c", script])
            .args(arguments)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let says = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { _process: process, says }
    }

    async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(60), self.says.next_line());
        let line = line.await.expect("the peer says something").unwrap().expect("the peer is still there");
        serde_json::from_str(&line).unwrap()
    }

    async fn address(&mut self) -> String {
        format!("127.0.0.1:{}", self.next().await["port"])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_is_not_ours_takes_our_parts_and_its_receipts_are_understood() {
    let mut carrier = Foreign::start(include_str!("foreign_carrier.py"), &[]);
    let routes = smpp_route("foreign", &carrier.address().await, "", "");
    let renewals = TestRenewals::start_with_routes(&routes).await;
    // In Vietnamese, so that it goes in UCS-2 and in parts.
    let request = SendRequest { language: "vi".to_owned(), ..code_message("foreign") };
    let sent = renewals.send(request).await.unwrap();
    renewals.becomes(&sent.message_id, "DELIVERED").await;
    let parts = renewals.count("select count(*) from message_part").await;
    assert!(parts > 1);
    let mut text = String::new();
    for number in 1..=parts {
        let part = carrier.next().await;
        assert_eq!((&part["from"], &part["to"]), (&json!("NETCO"), &json!("250788123456")));
        assert_eq!((&part["coding"], &part["esm_class"]), (&json!(8), &json!(0x40)));
        let octets = hex::decode(part["octets"].as_str().unwrap()).unwrap();
        assert_eq!(octets[..3], [5, 0, 3], "a header of three octets");
        assert_eq!([i64::from(octets[4]), i64::from(octets[5])], [parts, number]);
        text += &sms_text(8, &octets[6..]);
    }
    assert!(text.contains("492039") && text.contains('ã'), "{text}");
    renewals.foundation.shutdown.cancel();
    assert_eq!(carrier.next().await, json!({ "unbound": true }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_that_is_not_ours_is_served_by_the_carrier_of_development() {
    let peer = SmppPeer::start().await;
    let (_, port) =
        peer.address().rsplit_once(':').map(|(host, port)| (host.to_owned(), port.to_owned())).unwrap();
    let mut customer = Foreign::start(include_str!("foreign_customer.py"), &[&port]);
    let answers = customer.next().await["answers"].clone();
    let parts = peer.submitted();
    let ids: Vec<_> = parts.iter().map(|part| part.carrier_id.as_str()).collect();
    assert_eq!(answers, json!(ids));
    assert_eq!(
        parts[0].header().map(|(_, total, number)| (usize::from(total), number)),
        Some((parts.len(), 1))
    );
    let text: String = parts.iter().map(|part| sms_text(part.data_coding, part.text())).collect();
    assert_eq!(text, "Xin chào, ".repeat(20));
    for id in ids {
        assert!(peer.report(id, "DELIVRD"));
    }
    let receipts = customer.next().await["receipts"].clone();
    assert_eq!(receipts.as_array().unwrap().len(), parts.len());
    assert!(receipts[0].as_str().unwrap().contains("stat:DELIVRD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_not_ours_reads_our_mails_without_a_fault() {
    let mut server = Foreign::start(include_str!("foreign_mailbox.py"), &[]);
    let url = format!("smtp://{}", server.address().await);
    let renewals = TestRenewals::start(Some(&url)).await;
    let sent = renewals.send(mail("foreign", "Phòng khám Ubuzima & <Co>")).await.unwrap();
    let read = server.next().await;
    eventually("it is accepted", async || {
        renewals.column(&sent.message_id, "state").await.as_deref() == Some("ACCEPTED")
    })
    .await;
    assert_eq!(read["defects"], json!([]));
    assert_eq!(read["to"], json!(["desk@ubuzima.example"]));
    assert_eq!(read["headers"]["message-id"], json!(format!("<{}@careway.example>", sent.message_id)));
    assert_eq!(read["headers"]["auto-submitted"], "auto-generated");
    assert!(read["headers"]["subject"].as_str().unwrap().contains("Phòng khám Ubuzima & <Co>"));
    assert!(read["text"].as_str().unwrap().contains("Phòng khám Ubuzima & <Co>"));
    assert!(read["html"].as_str().unwrap().contains("Phòng khám Ubuzima &amp; &lt;Co&gt;"));
}

/// A mail as cases has it sent: what the notice says, and every field.
fn case_mail(template: &str, language: &str, number: usize) -> SendRequest {
    let mut values: HashMap<_, _> = [
        ("number", "S26-0000017-90"),
        ("subject", "Giá siêu âm sai, আলট্রাসাউন্ডের দাম ভুল"),
        ("marker", "[[ cwr-abcdefghijklmnopqrstuvwxyz ]]"),
        ("link", "https://careway.example/portal/cases#S26-0000017-90"),
    ]
    .into();
    if template.starts_with("staff") {
        values.insert("organization", "Phòng khám Ubuzima & <Co>");
    }
    let has_words = ["closed", "reminder", "may_only_read", "assigned", "due_soon", "overdue"];
    if !has_words.iter().any(|without| template.ends_with(without)) {
        values.insert("words", "Dear Linh,\n.\n..which room? আমার স্লট নেই = কলা\n-- \nGrace");
    }
    if template == "staff_mail_held" {
        values.clear();
    }
    let id =
        |at: usize| format!("<c.0198c0de5a5e7b1f8a512f6f0f9b{at:04x}.00112233445566778899@careway.example>");
    SendRequest {
        channel: send_request::Channel::Email.into(),
        to: "linh@lotus.example.com".to_owned(),
        template: template.to_owned(),
        language: language.to_owned(),
        values: values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        dedupe_key: format!("{template}-{language}"),
        mail: Some(MailHeaders {
            from: "support@careway.example".to_owned(),
            from_name: "Nguyễn Thùy Linh (Lotus), \"Support\"".to_owned(),
            reply_to: "support+cwr-abcdefghijklmnopqrstuvwxyz@careway.example".to_owned(),
            envelope_sender: Some("bounces+b.1@careway.example".to_owned()),
            message_id: id(number),
            in_reply_to: id(9),
            references: (0..10)
                .map(id)
                .chain(["<CAB+long=id.of_others@mail.example.org>".to_owned()])
                .collect(),
            auto_submitted: mail_headers::AutoSubmitted::AutoGenerated.into(),
            ..Default::default()
        }),
        ..SendRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_about_a_case_is_read_by_others_in_every_language() {
    let mut server = Foreign::start(include_str!("foreign_mailbox.py"), &[]);
    let url = format!("smtp://{}", server.address().await);
    let renewals = TestRenewals::start(Some(&url)).await;
    let templates =
        RULES.iter().filter(|rule| rule.event == "cases.CaseNoticeRaised").map(|rule| rule.template);
    let templates: Vec<_> = templates.collect();
    assert_eq!(templates.len(), 17);
    for (number, (template, language)) in templates
        .iter()
        .flat_map(|template| ["bn", "en", "fr", "ro", "rw", "vi"].map(|language| (*template, language)))
        .enumerate()
    {
        let request = case_mail(template, language, 100 + number);
        let (fields, values) = (request.mail.clone().unwrap(), request.values.clone());
        renewals.send(request).await.unwrap();
        let read = server.next().await;
        let what = format!("{template} in {language}: {read}");
        assert_eq!((&read["defects"], &read["kept"]), (&json!([]), &json!(true)), "{what}");
        assert_eq!(read["parts"], json!(["multipart/alternative", "text/plain", "text/html"]), "{what}");
        assert!(read["longest"].as_u64().unwrap() <= 998, "{what}");
        let named = |name: &str| read["headers"][name].as_str().unwrap_or_default();
        assert_eq!(named("message-id"), fields.message_id, "{what}");
        assert_eq!(named("references").split_whitespace().collect::<Vec<_>>(), fields.references, "{what}");
        assert_eq!(named("in-reply-to"), fields.in_reply_to, "{what}");
        assert_eq!(named("reply-to"), fields.reply_to, "{what}");
        assert_eq!(
            named("from"),
            "\"Nguyễn Thùy Linh (Lotus), \\\"Support\\\"\" <support@careway.example>",
            "{what}"
        );
        assert_eq!(
            (named("auto-submitted"), named("x-auto-response-suppress")),
            ("auto-generated", "All"),
            "{what}"
        );
        assert_eq!(
            (&read["from"], &read["to"]),
            (&json!("bounces+b.1@careway.example"), &json!(["linh@lotus.example.com"]))
        );
        let text = read["text"].as_str().unwrap().replace("\r\n", "\n");
        if let Some(subject) = values.get("subject") {
            assert_eq!(named("subject"), format!("[S26-0000017-90] {subject}"), "{what}");
            assert!(text.starts_with(&format!("{}\n", values["marker"])), "{what}");
            assert!(text.contains(&values["link"]), "{what}");
        }
        if let Some(words) = values.get("words") {
            assert!(text.contains(words.as_str()), "{what}");
            assert!(read["html"].as_str().unwrap().contains("আমার স্লট নেই"), "{what}");
        }
    }
}
