//! What the clinic has: doctors and rooms with their hours, and examinations with what each needs and costs.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{super::Rest, text};

const ZONE: &str = "Europe/Bucharest";
const WEEKDAYS: &[&str] = &["MON", "TUE", "WED", "THU", "FRI"];
const ALL_BUT_SUNDAY: &[&str] = &["MON", "TUE", "WED", "THU", "FRI", "SAT"];
const ALL_DAYS: &[&str] = &["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

/// A doctor or a room.
struct Resource {
    kind: &'static str,
    name: &'static str,
    days: &'static [&'static str],
    hours: (&'static str, &'static str),
    /// Not booked later than so many minutes before.
    notice: i32,
}

const MARIN: &str = "Dr. Elena Marin";
const STOICA: &str = "Dr. Andrei Stoica";
const POP: &str = "Dr. Ruxandra Pop";
const ULTRASOUND: &str = "Cabinet de ecografie";
/// Somebody is there at night, too.
const ON_DUTY: &str = "Camera de gardă";

const RESOURCES: [Resource; 5] = [
    Resource { kind: "PRACTITIONER", name: MARIN, days: WEEKDAYS, hours: ("08:00", "14:00"), notice: 120 },
    Resource {
        kind: "PRACTITIONER",
        name: STOICA,
        days: &["MON", "WED", "FRI"],
        hours: ("12:00", "20:00"),
        notice: 120,
    },
    Resource {
        kind: "PRACTITIONER",
        name: POP,
        days: &["TUE", "THU", "SAT"],
        hours: ("09:00", "17:00"),
        notice: 120,
    },
    Resource { kind: "ROOM", name: ULTRASOUND, days: ALL_BUT_SUNDAY, hours: ("08:00", "20:00"), notice: 0 },
    Resource { kind: "ROOM", name: ON_DUTY, days: ALL_DAYS, hours: ("00:00", "24:00"), notice: 0 },
];

/// An examination.
pub(super) struct Examination {
    /// The clinic's own code.
    pub(super) code: &'static str,
    name: &'static str,
    minutes: i32,
    /// One of each.
    needs: &'static [&'static [&'static str]],
    confirmed_by_provider: bool,
    /// Channels cancel until so many minutes before.
    cancellation_minutes: i32,
    /// In lei.
    price: &'static str,
    /// What the call centre calls it.
    pub(super) code_of_channel: &'static str,
}

/// The last one is new: the call centre is only told of it.
pub(super) const EXAMINATIONS: [Examination; 6] = [
    Examination {
        code: "CONS-CARD",
        name: "Consult cardiologic",
        minutes: 30,
        needs: &[&[MARIN]],
        confirmed_by_provider: false,
        cancellation_minutes: 120,
        price: "250.00",
        code_of_channel: "GA-11",
    },
    Examination {
        code: "ECO-ABD",
        name: "Ecografie abdominală",
        minutes: 30,
        needs: &[&[STOICA, POP], &[ULTRASOUND]],
        confirmed_by_provider: false,
        cancellation_minutes: 120,
        price: "180.00",
        code_of_channel: "GA-17",
    },
    Examination {
        code: "ECO-CORD",
        name: "Ecocardiografie",
        minutes: 45,
        needs: &[&[MARIN], &[ULTRASOUND]],
        confirmed_by_provider: true,
        cancellation_minutes: 1440,
        price: "320.00",
        code_of_channel: "GA-18",
    },
    Examination {
        code: "CONS-MI",
        name: "Consult de medicină internă",
        minutes: 20,
        needs: &[&[STOICA, POP]],
        confirmed_by_provider: false,
        cancellation_minutes: 120,
        price: "200.00",
        code_of_channel: "GA-12",
    },
    Examination {
        code: "GARDA",
        name: "Consult de gardă",
        minutes: 5,
        needs: &[&[ON_DUTY]],
        confirmed_by_provider: false,
        cancellation_minutes: 0,
        price: "150.00",
        code_of_channel: "GA-01",
    },
    Examination {
        code: "ECO-TIR",
        name: "Ecografie tiroidiană",
        minutes: 20,
        needs: &[&[POP], &[ULTRASOUND]],
        confirmed_by_provider: false,
        cancellation_minutes: 120,
        price: "160.00",
        code_of_channel: "GA-19",
    },
];

/// The clinic: its administrator, and the ids of its examinations by their codes.
pub(super) struct Clinic {
    pub(super) rest: Rest,
    ids: HashMap<&'static str, String>,
}

impl Clinic {
    /// With whatever is missing of it made.
    pub(super) async fn furnish(rest: Rest) -> anyhow::Result<Self> {
        let known = rest.get("/v1/resources").await?.ok()?;
        let mut resources = HashMap::new();
        for resource in &RESOURCES {
            let found = known.list("resources").iter().find(|it| it["name"] == resource.name);
            let id = match found {
                Some(found) => text(found, "resourceId").to_owned(),
                None => resource.add(&rest).await?,
            };
            resource.set_hours(&rest, &id).await?;
            resources.insert(resource.name, id);
        }
        let known = rest.get("/v1/services").await?.ok()?;
        let mut ids = HashMap::new();
        for examination in &EXAMINATIONS {
            let found = known.list("services").iter().find(|it| it["code"] == examination.code);
            let id = match found {
                Some(found) => text(found, "serviceId").to_owned(),
                None => {
                    let made = rest.post("/v1/services", examination.described(&resources)).await?.ok()?;
                    made.text("service.serviceId").to_owned()
                }
            };
            ids.insert(examination.code, id);
        }
        let clinic = Self { rest, ids };
        clinic.price(None).await?;
        Ok(clinic)
    }

    /// The id of an examination.
    pub(super) fn id(&self, code: &str) -> &str {
        self.ids.get(code).map(String::as_str).unwrap_or_default()
    }

    /// The ids of all that are sold from the beginning.
    pub(super) fn sold(&self) -> Vec<&str> {
        let [sold @ .., _new] = &EXAMINATIONS;
        sold.iter().map(|examination| self.id(examination.code)).collect()
    }

    /// Sets every price of a channel's list, or of the clinic's own, that is not set.
    pub(super) async fn price(&self, channel: Option<&str>) -> anyhow::Result<()> {
        for examination in &EXAMINATIONS {
            let id = self.id(examination.code);
            let known = self.rest.get(&format!("/v1/services/{id}/prices")).await?.ok()?;
            let list = channel.unwrap_or_default();
            if known.list("prices").iter().any(|price| text(price, "channelId") == list) {
                continue;
            }
            let mut edit = json!({"serviceIds": [id], "currency": "RON", "set": examination.price});
            if let Some(channel) = channel {
                edit["channelId"] = channel.into();
            }
            self.rest.post("/v1/prices/bulk-edit", edit).await?.ok()?;
        }
        Ok(())
    }
}

impl Resource {
    async fn add(&self, rest: &Rest) -> anyhow::Result<String> {
        let resource = json!({"kind": self.kind, "name": self.name});
        let made = rest.post("/v1/resources", resource).await?.ok()?;
        Ok(made.text("resource.resourceId").to_owned())
    }

    /// Sets the calendar, unless it was set.
    async fn set_hours(&self, rest: &Rest, id: &str) -> anyhow::Result<()> {
        let path = format!("/v1/resources/{id}/calendar");
        let present = rest.get(&path).await?.ok()?;
        if present.at("calendar.version").as_i64().unwrap_or(0) > 0 {
            return Ok(());
        }
        let (from, to) = self.hours;
        let day = |day: &&str| json!({"day": day, "hours": [{"from": from, "to": to}]});
        let weekly: Vec<Value> = self.days.iter().map(day).collect();
        let calendar = json!({"zone": ZONE, "weekly": weekly, "noticeMinutes": self.notice});
        rest.put(&path, json!({"calendar": calendar})).if_match(present.etag()).await?.ok()?;
        Ok(())
    }
}

impl Examination {
    /// What it is added with. `resources` are ids by name.
    fn described(&self, resources: &HashMap<&str, String>) -> Value {
        let group = |names: &&[&str]| {
            let ids: Vec<_> = names.iter().filter_map(|name| resources.get(name)).collect();
            json!({"resourceIds": ids})
        };
        json!({
            "code": self.code, "name": self.name, "durationMinutes": self.minutes,
            "needs": self.needs.iter().map(group).collect::<Vec<_>>(),
            "confirmedByProvider": self.confirmed_by_provider, "cancellationMinutes": self.cancellation_minutes,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn whatever_an_examination_needs_is_there() {
        let names: HashSet<_> = RESOURCES.iter().map(|resource| resource.name).collect();
        let needed = EXAMINATIONS.iter().flat_map(|examination| examination.needs.concat());
        assert_eq!(needed.collect::<HashSet<_>>(), names, "and everything is needed");
        let codes: HashSet<_> = EXAMINATIONS.iter().map(|examination| examination.code).collect();
        assert_eq!(codes.len(), EXAMINATIONS.len());
    }
}
