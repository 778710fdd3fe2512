//! The explanation of benefits: what a member is told of a decided claim, in the member's language and without a
//! diagnosis.

use careway_contract::visits::v1::{self as proto};
use careway_kernel::{Currency, Language, Money};

use super::{
    domain::{
        Claim,
        phrases::{filled, phrase},
    },
    view,
};
use crate::{
    adjudication::{
        amounts::Amounts,
        refusal::Refused,
        trace::{Because, TraceStep},
    },
    service_lines::{self, domain::ServiceLine},
};

/// What is explained.
pub(crate) struct Explained<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) facility_name: String,
    /// Each with the name of what was given.
    pub(crate) lines: &'a [(ServiceLine, String)],
}

pub(crate) fn explanation(explained: &Explained<'_>, language: Language) -> proto::ClaimExplanation {
    let Explained { claim, facility_name, lines } = explained;
    let amounts = claim.amounts.unwrap_or_default();
    proto::ClaimExplanation {
        language: language.as_str().to_owned(),
        title: phrase(language, "title"),
        claim_number: claim.number.clone(),
        facility_name: facility_name.clone(),
        service_date: claim.visit.service_date.to_string(),
        state: view::state(claim.state).into(),
        state_text: phrase(language, &format!("state.{}", claim.state.as_str())),
        currency: claim.currency.code().to_owned(),
        summary: summary(&amounts, claim.currency, language),
        amounts: Some(service_lines::view::amounts(claim.currency, &amounts)),
        lines: lines.iter().map(|(line, name)| self::line(line, name, claim.currency, language)).collect(),
    }
}

fn line(
    service_line: &ServiceLine,
    name: &str,
    currency: Currency,
    language: Language,
) -> proto::ClaimExplanationLine {
    let settled = service_line.settled.as_ref();
    let amounts = settled.map(|it| it.amounts).unwrap_or_default();
    let refusals = settled.map(|it| it.refusals.as_slice()).unwrap_or_default();
    let trace = settled.map(|it| it.trace.as_slice()).unwrap_or_default();
    proto::ClaimExplanationLine {
        line: service_line.position.into(),
        code: service_line.asked.code.clone(),
        name: name.to_owned(),
        quantity: service_line.asked.quantity.to_string(),
        date: service_line.asked.date.to_string(),
        summary: summary(&amounts, currency, language),
        amounts: Some(service_lines::view::amounts(currency, &amounts)),
        refusals: refusals.iter().map(|it| refusal(it, language)).collect(),
        trace: trace.iter().map(|it| step(it, currency, language)).collect(),
    }
}

/// What was charged and who pays it, then each part of the patient's, as far as there is any.
fn summary(amounts: &Amounts, currency: Currency, language: Language) -> Vec<String> {
    let always = [
        ("part.submitted", amounts.submitted),
        ("part.payer", amounts.payer),
        ("part.patient", amounts.patient()),
    ];
    let parts = [
        ("part.not_covered", amounts.not_covered),
        ("part.deductible", amounts.deductible),
        ("part.copay", amounts.copay),
        ("part.coinsurance", amounts.coinsurance),
        ("part.over_category", amounts.over_category),
        ("part.over_ceiling", amounts.over_ceiling),
        ("part.write_off", amounts.write_off),
    ];
    let some = parts.into_iter().filter(|(_, minor)| *minor > 0);
    let said = |(key, minor): (&str, i64)| {
        filled(language, key, &[("amount", &Money::new(currency, minor).to_string())])
    };
    always.into_iter().chain(some).map(said).collect()
}

/// The group in the member's language; then the catalogue's words, which are English, to whoever reads that, and a
/// reviewer's own words to everybody.
fn refusal(refused: &Refused, language: Language) -> proto::CareRefusal {
    let shown = service_lines::view::refusal(refused);
    let group = phrase(language, &format!("group.{}", shown.group));
    let more = if language == Language::En { Some(shown.text.as_str()) } else { refused.note() };
    let text = [Some(group.as_str()), more].into_iter().flatten().collect::<Vec<_>>().join(" ");
    proto::CareRefusal { text, ..shown }
}

fn step(step: &TraceStep, currency: Currency, language: Language) -> proto::CareTraceStep {
    let money = |minor: i64| Money::new(currency, minor).to_string();
    let because = match &step.because {
        Because::Price { quantity, unit_price } => filled(
            language,
            "rule.price",
            &[("quantity", &quantity.to_string()), ("amount", &money(*unit_price))],
        ),
        Because::Tariff { unit_price } => filled(language, "rule.tariff", &[("amount", &money(*unit_price))]),
        Because::Review { unit_price } => filled(language, "rule.review", &[("amount", &money(*unit_price))]),
        Because::Refused { refusal } => {
            phrase(language, &format!("group.{}", refusal.entry().group.as_str()))
        }
        Because::Account(bound) => {
            let shown = |value| bound.shown(value, currency);
            filled(language, "rule.account", &[("most", &shown(bound.most)), ("left", &shown(bound.left))])
        }
        Because::Copayment { amount } => filled(language, "rule.copayment", &[("amount", &money(*amount))]),
        Because::Coinsurance { percent } => {
            filled(language, "rule.coinsurance", &[("percent", &percent.to_string())])
        }
        Because::Nothing => phrase(language, "rule.nothing"),
    };
    proto::CareTraceStep { because, ..service_lines::view::trace_step(currency, step) }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Percent;

    use super::*;
    use crate::adjudication::{amounts::Share, refusal::Refusal, trace::Stage};

    #[test]
    fn money_is_told_in_the_members_language_and_parts_of_nothing_are_left_out() {
        let amounts = Amounts {
            submitted: 12_000,
            copay: 1_000,
            coinsurance: 900,
            payer: 8_100,
            write_off: 2_000,
            ..Amounts::default()
        };
        let said = summary(&amounts, Currency::Rwf, Language::Fr);
        assert_eq!(
            said[..3],
            [
                "L'établissement a facturé RWF 12,000.",
                "Votre assureur paie RWF 8,100.",
                "Vous payez RWF 1,900.",
            ]
        );
        assert_eq!(said.len(), 6);
    }

    #[test]
    fn a_rule_is_told_in_the_members_language() {
        let percent = Percent::parse("10").unwrap();
        let taken = TraceStep {
            stage: Stage::Coinsurance,
            before: 9_000,
            taken: 900,
            after: 8_100,
            share: Some(Share::Coinsurance),
            because: Because::Coinsurance { percent },
        };
        let shown = step(&taken, Currency::Rwf, Language::Vi);
        assert_eq!((shown.because.as_str(), shown.taken.as_str()), ("Phần của bạn: 10 %", "900"));
    }

    #[test]
    fn a_refusal_keeps_its_code_and_is_told_in_the_members_language_first() {
        let told = |it: &Refused, language| {
            let shown = refusal(it, language);
            assert_eq!(shown.code, it.refusal.code());
            shown.text
        };
        let refused = Refused::new(Refusal::NoApproval);
        assert_eq!(told(&refused, Language::Ro), "Trebuia cerut mai întâi acordul asigurătorului.");
        let noted = Refused::new(Refusal::NotNecessary).with("note", "Pas au dossier.");
        assert_eq!(
            told(&noted, Language::Fr),
            "Le médecin-conseil ne l'a pas jugé nécessaire. Pas au dossier."
        );
        let english = told(&noted, Language::En);
        assert!(english.starts_with("The reviewer did not find it called for. "), "{english}");
        assert!(english.ends_with(" Pas au dossier."), "{english}");
    }
}
