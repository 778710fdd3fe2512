//! A payer's members: registered, found, changed, and who saw their data.

use std::collections::BTreeSet;

use careway_tests::{Answer, Network, Payer, Rest, TestPlatform, accepted, refused, today};
use chrono::Months;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_registered_as_a_registrar_writes_and_read_as_it_is_kept() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let uwase = json!({
        "memberNumber": "rssb-000451", "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12",
        "sex": "FEMALE", "nationalIds": [{"number": "1 1990 7 0012345 6 01"}], "phone": "0252 570 000",
        "mobile": "0788 123 456", "email": "Aline@Example.org", "language": "rw",
    });
    let create = || payer.officer.post("/v1/members", uwase.clone()).key("registrar-of-umurage-0001");

    let made = accepted(201, create()).await;
    let path = format!("/v1/members/{}", made.text("member.memberId"));
    assert_eq!(made.header("location"), Some(path.as_str()));
    assert_eq!(accepted(201, create()).await.body, made.body, "registered once");
    let read = accepted(200, payer.officer.get(&path)).await;
    assert_eq!(read.at("member"), made.at("member"));
    let kept = ["memberNumber", "phone", "mobile", "familyId"].map(|field| read.at("member")[field].clone());
    let expected = ["RSSB-000451", "+250252570000", "+250788123456", made.text("member.memberId")];
    assert_eq!(kept, expected.map(Value::from));
    assert_eq!(read.text("member.nationalIds.0.number"), "1199070012345601");
    assert_eq!(read.text("member.nationalIds.0.validFrom"), today(&platform).to_string());

    let again = |change: Value| {
        let mut body = uwase.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        payer.officer.post("/v1/members", body)
    };
    refused(409, "MEMBER_NUMBER_TAKEN", again(json!({"nationalIds": []}))).await;
    refused(409, "NATIONAL_ID_TAKEN", again(json!({"memberNumber": "RSSB-2"}))).await;
    let stranger = json!({"memberNumber": "RSSB-2", "principalMemberId": uuid::Uuid::now_v7()});
    refused(409, "PRINCIPAL_NOT_ELIGIBLE", again(stranger)).await;
    // Another payer's member of the same number and card is somebody else's business.
    let other = Payer::of(&platform).await;
    accepted(201, other.officer.post("/v1/members", uwase.clone())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_once_and_what_is_odd_is_a_warning() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let nothing = refused(400, "INVALID_REQUEST", payer.officer.post("/v1/members", json!({}))).await;
    assert_eq!(fields(&nothing), ["birthDate", "familyName", "givenNames", "memberNumber", "sex"]);
    let wrong = json!({
        "memberNumber": "x", "givenNames": " ", "familyName": "\u{202e}", "birthDate": "2999-01-01", "sex": "FEMALE",
        "mobile": "0252570000", "email": "aline", "nationalIds": [{"number": "1199070012345601"}, {"number": "12"}],
    });
    let told = refused(400, "INVALID_REQUEST", payer.officer.post("/v1/members", wrong)).await;
    let expected = ["birthDate", "email", "familyName", "memberNumber", "mobile", "nationalIds[1].number"];
    assert_eq!(fields(&told), expected);

    // A card that tells another year and another sex: possible, and for the registrar to look at.
    let odd = json!({
        "memberNumber": "RSSB-1", "givenNames": "Aline", "familyName": "Uwase", "birthDate": "1990-04-12",
        "sex": "FEMALE", "nationalIds": [{"number": "1198580012345601"}],
    });
    let made = accepted(201, payer.officer.post("/v1/members", odd)).await;
    let warned: Vec<_> = made.list("warnings").iter().map(|it| it["field"].as_str().unwrap()).collect();
    assert_eq!(warned, ["nationalIds[0].number"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_without_their_accents_and_pages_have_no_gap_and_no_double() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let people =
        [("Đặng", "Văn Ơn"), ("Dang", "Thị Hoa"), ("Nguyễn", "Văn An"), ("Trần", "Dân"), ("Élodie", "Ünal")];
    for (serial, (family_name, given_names)) in people.into_iter().enumerate() {
        register(&payer, &format!("VN-{serial}"), family_name, given_names).await;
    }
    let find = async |q: &str| {
        let found = accepted(200, payer.officer.get(&format!("/v1/members?q={q}"))).await;
        numbers(&found)
    };
    assert_eq!(find("dang").await, ["VN-1", "VN-0"]);
    assert_eq!(find("VAN%20DA").await, ["VN-0"], "words in any order, and their beginnings");
    assert_eq!(find("elodie").await, ["VN-4"]);
    assert_eq!(find("%C4%90%E1%BA%B7ng").await, ["VN-1", "VN-0"], "accents do not harm either");
    assert_eq!(find("vn-3").await, ["VN-3"]);
    assert_eq!(find("ang").await, Vec::<String>::new());

    for serial in 5..23 {
        register(&payer, &format!("VN-{serial}"), "Uwase", &format!("Aline {serial}")).await;
    }
    for (query, expected) in [("", 23_usize), ("q=uwase&", 18)] {
        let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let path = format!("/v1/members?{query}pageSize=4&pageToken={token}");
            let page = accepted(200, payer.officer.get(&path)).await;
            seen.extend(numbers(&page));
            pages += 1;
            token = page.text("nextPageToken").to_owned();
            if token.is_empty() {
                break;
            }
            // A token is of its own list, and nobody makes one up.
            let elsewhere = format!("/v1/members?q=other&pageToken={token}");
            refused(400, "INVALID_REQUEST", payer.officer.get(&elsewhere)).await;
        }
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len(), pages), (expected, expected, expected.div_ceil(4)));
    }
    for wrong in ["pageSize=-1", "pageToken=made-up"] {
        refused(400, "INVALID_REQUEST", payer.officer.get(&format!("/v1/members?{wrong}"))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_number_and_a_new_family_are_known_where_cover_is_made() {
    let platform = TestPlatform::start().await;
    let payer = Payer::of(&platform).await;
    let (parent, child) = (payer.member().await, payer.member().await);
    platform.settle().await;
    let path = format!("/v1/members/{}", child.id);
    let now = accepted(200, payer.officer.get(&path)).await;
    let change = json!({"memberNumber": "UM-NEW-1", "principalMemberId": parent.id});
    accepted(200, payer.officer.patch(&path, change).if_match(now.etag())).await;
    platform.settle().await;

    let today = today(&platform);
    let cover = |number: &str| {
        let coverage = json!({
            "memberNumber": number, "planId": payer.plan, "from": today, "to": today + Months::new(12),
        });
        payer.officer.post("/v1/coverages", coverage)
    };
    refused(422, "MEMBER_UNKNOWN", cover(&child.number)).await;
    let covered = accepted(201, cover("UM-NEW-1")).await;
    assert_eq!(
        (covered.text("coverage.memberId"), covered.text("coverage.familyId")),
        (&*child.id, &*parent.id)
    );
    // Nor does a list find the member by the number of before.
    let list = format!("member_number,plan_code,from,to\n{},STANDARD,{today},{today}\n", child.number);
    let taken = accepted(200, payer.officer.upload("/v1/coverages/import", "text/csv", list)).await;
    assert_eq!(*taken.at("rejected"), json!(1), "{}", taken.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_fields_given_change_and_a_contact_is_remembered() {
    let platform = TestPlatform::start().await;
    let Network { payer, .. } = Network::of(&platform).await;
    let member = payer.member().await;
    let path = format!("/v1/members/{}", member.id);
    let change = |body: Value| payer.officer.patch(&path, body);

    let read = accepted(200, payer.officer.get(&path)).await;
    refused(428, "PRECONDITION_REQUIRED", change(json!({"mobile": "0788999001"}))).await;
    let moved = json!({"mobile": "0788 999 001", "email": "aline@example.org"});
    let changed = accepted(200, change(moved).if_match(read.etag())).await;
    assert_eq!(
        (changed.text("member.mobile"), changed.text("member.familyName")),
        ("+250788999001", "Uwase")
    );
    refused(412, "STALE_VERSION", change(json!({"language": "fr"})).if_match(read.etag())).await;
    let removed = accepted(200, change(json!({"email": ""})).if_match(changed.etag())).await;
    assert!(removed.at("member.email").is_null());
    // The last name cannot be taken away; and what cannot change is told apart from what is not there.
    let nameless = change(json!({"familyName": "", "givenNames": ""}));
    let told = refused(400, "INVALID_REQUEST", nameless.if_match(removed.etag())).await;
    assert_eq!(fields(&told), ["familyName", "givenNames"]);
    refused(400, "INVALID_REQUEST", change(json!({"version": 7})).if_match(removed.etag())).await;

    let history = accepted(200, payer.officer.get(&format!("{path}/contact-changes"))).await;
    let told: Vec<_> = history.list("changes").iter().map(|it| (&it["kind"], &it["oldValue"])).collect();
    assert_eq!(told[0], (&json!("EMAIL"), &json!("aline@example.org")), "the latest first");
    assert_eq!(told.len(), 3);
    assert!(told.contains(&(&json!("MOBILE"), &json!(member.phone))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_replaced_card_still_finds_the_person_at_the_desk() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.covered_member(&platform).await;
    let path = format!("/v1/members/{}", member.id);
    let replacement = "1199070099999902";

    let read = accepted(200, payer.officer.get(&path)).await;
    let card = json!({"nationalIds": [{"number": replacement}]});
    let changed = accepted(200, payer.officer.patch(&path, card).if_match(read.etag())).await;
    let held: Vec<_> =
        changed.list("member.nationalIds").iter().map(|id| (&id["number"], &id["validTo"])).collect();
    assert_eq!(held[0], (&json!(member.national_id), &json!(today(&platform).to_string())));
    assert_eq!(held[1], (&json!(replacement), &Value::Null));

    for number in [&*member.national_id, replacement] {
        let found = accepted(200, payer.officer.get(&format!("/v1/members?q={number}"))).await;
        assert_eq!(numbers(&found), [&*member.number]);
        let started = accepted(201, desk.post("/v1/visits", json!({"nationalId": number}))).await;
        let verify = format!("/v1/visits/{}/verify", started.text("visit.visitId"));
        let code = platform.code_for(&member.phone).await;
        let verified = accepted(200, desk.post(&verify, json!({"code": code}))).await;
        assert_eq!(verified.text("member.memberId"), member.id);
        platform.advance(std::time::Duration::from_secs(61));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dependants_code_goes_to_the_principals_phone() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let principal = payer.member().await;
    let child = json!({
        "memberNumber": "UM-CHILD", "givenNames": "Ineza", "familyName": "Uwase", "birthDate": "2020-02-29",
        "sex": "FEMALE", "language": "en", "principalMemberId": principal.id,
    });
    let child = accepted(201, payer.officer.post("/v1/members", child)).await;
    assert_eq!(child.text("member.familyId"), principal.id);
    let today = today(&platform);
    let coverage = json!({
        "memberNumber": "UM-CHILD", "planId": payer.plan,
        "from": (today - Months::new(1)).to_string(), "to": (today + Months::new(11)).to_string(),
    });
    accepted(201, payer.officer.post("/v1/coverages", coverage)).await;
    let family = accepted(200, payer.officer.get(&format!("/v1/members/{}/dependants", principal.id))).await;
    assert_eq!(numbers(&family), ["UM-CHILD"]);

    let started = accepted(201, desk.post("/v1/visits", json!({"memberNumber": "UM-CHILD"}))).await;
    let code = platform.code_for(&principal.phone).await;
    let verify = format!("/v1/visits/{}/verify", started.text("visit.visitId"));
    let verified = accepted(200, desk.post(&verify, json!({"code": code}))).await;
    assert_eq!(verified.text("member.givenNames"), "Ineza");
    assert_eq!(verified.text("member.principalMemberId"), principal.id);

    // A family has one level: nobody depends on a dependant, and a principal with dependants on nobody.
    let grandchild = json!({
        "memberNumber": "UM-GRANDCHILD", "givenNames": "Gatete", "familyName": "Uwase", "birthDate": "2026-01-01",
        "sex": "MALE", "principalMemberId": child.text("member.memberId"),
    });
    refused(409, "PRINCIPAL_NOT_ELIGIBLE", payer.officer.post("/v1/members", grandchild)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_the_payers_and_every_look_is_remembered() {
    let platform = TestPlatform::start().await;
    let Network { payer, desk, .. } = Network::of(&platform).await;
    let member = payer.member().await;
    let path = format!("/v1/members/{}", member.id);
    let reviewer = payer.staff(&platform, &["MEDICAL_REVIEWER"]).await;

    accepted(200, reviewer.get(&path)).await;
    let denied = reviewer.patch(&path, json!({"language": "fr"})).if_match("\"v1\"");
    assert_eq!(refused(403, "PERMISSION_DENIED", denied).await.text("permission"), "members.write");
    refused(403, "PERMISSION_DENIED", reviewer.get(&format!("{path}/access-log"))).await;
    refused(403, "PERMISSION_DENIED", desk.get(&path)).await;
    refused(404, "NOT_FOUND", payer.officer.get(&format!("/v1/members/{}", uuid::Uuid::now_v7()))).await;

    let looks = log(&payer.officer, &path).await;
    assert_eq!(looks, ["member.read", "member.create"]);
    assert_eq!(log(&payer.officer, &path).await[0], "member.list-accesses", "and that the log was read");
}

/// The actions of a member's access log, the latest first, read two by two.
async fn log(officer: &Rest, member: &str) -> Vec<String> {
    let (mut actions, mut token) = (Vec::new(), String::new());
    let mut pages = 0;
    loop {
        let path = format!("{member}/access-log?pageSize=2&pageToken={token}");
        let page = accepted(200, officer.get(&path)).await;
        let read = page.list("accesses").iter().map(|it| it["action"].as_str().unwrap().to_owned());
        actions.extend(read);
        token = page.text("nextPageToken").to_owned();
        pages += 1;
        if token.is_empty() || pages == 10 {
            return actions;
        }
    }
}

async fn register(payer: &Payer, number: &str, family_name: &str, given_names: &str) {
    let member = json!({
        "memberNumber": number, "givenNames": given_names, "familyName": family_name,
        "birthDate": "1990-04-12", "sex": "OTHER",
    });
    accepted(201, payer.officer.post("/v1/members", member)).await;
}

fn numbers(page: &Answer) -> Vec<String> {
    page.list("members").iter().map(|it| it["memberNumber"].as_str().unwrap().to_owned()).collect()
}

/// The fields of a refusal, sorted.
fn fields(refusal: &Answer) -> Vec<String> {
    let field = |violation: &Value| violation["field"].as_str().unwrap_or_default().to_owned();
    refusal.list("violations").iter().map(field).collect::<BTreeSet<_>>().into_iter().collect()
}
