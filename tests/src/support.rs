//! What a journey about cases needs: two partners, and the people of support.

use careway_standalone::seed::acts::{self, Person};
use serde_json::{Value, json};

use crate::{Answer, Request, Rest, TestPlatform, accepted};

const PASSWORD: &str = "umuganda ku wa gatandatu";

/// Partners and support, signed in.
pub struct Support {
    /// The organization of the first partner.
    pub partner: String,
    /// Its editors.
    pub tanvir: Rest,
    /// The other one.
    pub farhana: Rest,
    /// Its reader.
    pub nusrat: Rest,
    /// An editor of another partner.
    pub linh: Rest,
    /// An agent of support.
    pub grace: Rest,
    /// A lead of support.
    pub paul: Rest,
}

impl Support {
    /// On a platform that has nobody but its operator.
    ///
    /// # Panics
    /// When somebody cannot be let in.
    pub async fn of(platform: &TestPlatform) -> Self {
        let operator = platform.operator().await;
        let partner = registered(&operator, "Shondhan Appointments", "BD", "Asia/Dhaka").await;
        let other = registered(&operator, "Lotus Booking", "VN", "Asia/Ho_Chi_Minh").await;
        let first = hired(platform, &operator, Some(&partner), "farhana", "ADMINISTRATOR").await;
        let support = Self {
            tanvir: hired(platform, &first, None, "tanvir", "EDITOR").await,
            nusrat: hired(platform, &first, None, "nusrat", "READER").await,
            linh: hired(platform, &operator, Some(&other), "linh", "ADMINISTRATOR").await,
            grace: hired(platform, &operator, None, "grace", "SUPPORT_AGENT").await,
            paul: hired(platform, &operator, None, "paul", "SUPPORT_LEAD").await,
            farhana: first,
            partner,
        };
        platform.settle().await;
        support
    }

    /// Where somebody of a partner or of support gets mail, and what they write from.
    pub fn address(name: &str) -> String {
        let domain = match name {
            "grace" | "paul" => "careway.example",
            "linh" => "lotus.example",
            _ => "shondhan.example",
        };
        format!("{name}@{domain}")
    }

    /// The account of somebody who signed in.
    ///
    /// # Panics
    /// When identity does not know them.
    pub async fn account(&self, by: &Rest) -> String {
        accepted(200, by.get("/v1/me")).await.text("account.accountId").to_owned()
    }

    /// What opens a case; `more` goes into it.
    pub fn opening(&self, by: &Rest, more: &Value) -> Request {
        let mut case = json!({
            "kind": "COMPLAINT", "topic": "appointments", "formVersion": 1, "subject": "Wrong price of an ultrasound",
            "description": "The page says 40 taka, the tariff 35.", "answers": {"problem": "OTHER"},
        });
        let given = more.as_object().into_iter().flatten();
        given.for_each(|(name, value)| case[name] = value.clone());
        by.post("/v1/cases", case)
    }

    /// Opens a case of the first partner.
    ///
    /// # Panics
    /// When it is not opened.
    pub async fn open(&self, more: &Value) -> Answer {
        accepted(201, self.opening(&self.tanvir, more)).await
    }
}

async fn registered(operator: &Rest, name: &str, country: &str, time_zone: &str) -> String {
    let code = format!("{country}-PARTNER-1");
    let organization = json!({
        "kind": "PARTNER", "name": name, "country": country, "timeZone": time_zone, "locale": "en",
        "codes": [{"kind": "MERCHANT", "value": code}],
    });
    acts::register(operator, organization, &code).await.expect("a partner is registered")
}

async fn hired(
    platform: &TestPlatform,
    inviter: &Rest,
    organization: Option<&str>,
    name: &str,
    role: &str,
) -> Rest {
    let person = Person {
        name: format!("{name} of support's tests"),
        email: Support::address(name),
        roles: vec![role.to_owned()],
    };
    let hired = acts::hire(inviter, organization, platform.inbox(), &person, PASSWORD).await;
    let credentials = hired.expect("a person follows the invitation");
    platform.rest().sign_in(&credentials).await.expect("a hired person signs in")
}
