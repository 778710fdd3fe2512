//! The benefit statement as a small table, before and after.

use anyhow::{Context, ensure};
use careway_standalone::seed::Answer;
use serde_json::Value;

use super::{
    people::{Patient, People},
    steps::Steps,
    words::{money, text},
};

/// What the patient is entitled to, before anything is done.
pub(super) async fn tell(steps: &mut Steps, people: &People, patient: &Patient) -> anyhow::Result<Answer> {
    steps.step("What is the patient entitled to?");
    let benefits = steps.get(&people.desk.rest, &path(patient), 200).await?;
    show(steps, &benefits)?;
    Ok(benefits)
}

/// What the payer's share of a claim took away since then.
pub(super) async fn tell_again(
    steps: &mut Steps,
    people: &People,
    patient: &Patient,
    (before, paid): (&Answer, i64),
) -> anyhow::Result<()> {
    steps.step("What is left of the family's year?");
    let after = steps.get(&people.desk.rest, &path(patient), 200).await?;
    let left = |of: &Answer| -> anyhow::Result<i64> {
        let left = of.text("statement.ceilings.0.limit.left.amount.amount");
        left.parse().with_context(|| format!("the ceiling should say what is left of it, not {left:?}"))
    };
    let ceiling = &after.at("statement.ceilings.0");
    let taken = left(before)? - left(&after)?;
    ensure!(taken == paid, "the payer pays {paid}, but {taken} were taken from the ceiling");
    steps.means(format!(
        "{}: {} left of {}, less by exactly what the payer pays",
        text(&ceiling["name"]),
        measure(&ceiling["limit"]["left"]),
        measure(&ceiling["limit"]["limit"]),
    ));
    Ok(())
}

fn path(patient: &Patient) -> String {
    format!("{}/benefits?language=en", patient.visit)
}

/// Prints what is covered, what is left of it, and what the patient pays.
fn show(steps: &Steps, answer: &Answer) -> anyhow::Result<()> {
    ensure!(answer.at("statement.inForce") == true, "the statement should be of a cover in force");
    ensure!(!answer.list("statement.benefits").is_empty(), "the statement should have benefits");
    steps.means(format!("{}, for what the patient is here for:", answer.text("statement.planName")));
    let benefits = answer.list("statement.benefits");
    let rows = benefits.iter().flat_map(rows).collect();
    steps.shows(["BENEFIT", "LEFT", "OF", "THE PATIENT PAYS", "ASK FIRST"], rows);
    for ceiling in answer.list("statement.ceilings") {
        let (name, limit) = (text(&ceiling["name"]), &ceiling["limit"]);
        steps.means(format!("{name}: {} left of {}", measure(&limit["left"]), measure(&limit["limit"])));
    }
    for benefit in benefits {
        for condition in benefit["conditions"].as_array().into_iter().flatten() {
            steps.means(format!("{}: {}", text(&benefit["name"]), text(condition)));
        }
    }
    Ok(())
}

/// A row per limit; the first carries what is said of the benefit as a whole.
fn rows(benefit: &Value) -> Vec<[String; 5]> {
    let no_limits = Vec::new();
    let limits = benefit["limits"].as_array().unwrap_or(&no_limits);
    let mut rows: Vec<_> = limits
        .iter()
        .map(|limit| {
            let of = format!("{} {}", measure(&limit["limit"]), period(limit));
            [String::new(), measure(&limit["left"]), of, String::new(), String::new()]
        })
        .collect();
    if rows.is_empty() {
        rows.push(Default::default());
    }
    rows[0][0] = text(&benefit["name"]);
    rows[0][3] = share(&benefit["patientShare"]);
    rows[0][4] = preauthorization(&benefit["preauthorization"]);
    rows
}

fn share(share: &Value) -> String {
    let copayment = share.get("copayment").map(money);
    let percent = text(&share["coinsurancePercent"]);
    let coinsurance = (!percent.is_empty() && percent != "0").then(|| format!("{percent} %"));
    let parts: Vec<_> = copayment.into_iter().chain(coinsurance).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" + ") }
}

fn preauthorization(need: &Value) -> String {
    match need["needed"].as_str() {
        Some("ALWAYS") => "always".to_owned(),
        Some("ABOVE") => format!("above {}", money(&need["above"])),
        _ => "no".to_owned(),
    }
}

fn measure(measure: &Value) -> String {
    match measure.get("amount") {
        Some(amount) => money(amount),
        None => format!("{} times", measure["count"]),
    }
}

fn period(limit: &Value) -> String {
    let period = match limit["period"].as_str() {
        Some("VISIT") => "a visit",
        Some("DAY") => "a day",
        Some("MONTH") => "a month",
        Some("POLICY_YEAR") => "a year",
        _ => "in a lifetime",
    };
    if limit["scope"] == "FAMILY" { format!("{period}, the family") } else { period.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_benefit_takes_a_row_per_limit() {
        let benefit = json!({
            "name": "Consultation",
            "limits": [
                {"period": "VISIT", "scope": "MEMBER", "limit": {"count": 2}, "left": {"count": 1}},
                {"period": "POLICY_YEAR", "scope": "FAMILY", "limit": {"amount": {"currency": "RWF", "amount": "1000"}},
                 "left": {"amount": {"currency": "RWF", "amount": "0"}}},
            ],
            "patientShare": {"copayment": {"currency": "RWF", "amount": "500"}, "coinsurancePercent": "10"},
            "preauthorization": {"needed": "NEVER"},
        });
        let rows = rows(&benefit);
        assert_eq!(rows[0], ["Consultation", "1 times", "2 times a visit", "500 RWF + 10 %", "no"]);
        assert_eq!(rows[1], ["", "0 RWF", "1 000 RWF a year, the family", "", ""]);
    }
}
