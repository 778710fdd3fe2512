//! Lines of care over the wire: read strictly, and shown as they were settled.

use careway_contract::visits::v1::{CareAmounts, CareLineInput, CareRefusal, CareTraceStep};
use careway_kernel::{Currency, HumanNumber, Money, Violations, parse_date};

use super::domain::requested::{LineRequest, MOST_DIAGNOSES, MOST_LINES, parse_code, parse_price};
use crate::adjudication::{
    amounts::Amounts, diagnosis::Diagnosis, quantity::Quantity, refusal::Refused, trace::TraceStep,
};

/// The letter that the numbers of pre-authorizations begin with.
const PREAUTHORIZATION: &str = "A";

/// Reads lines; everything that is wrong with any of them by its path.
pub(crate) fn parse(v: &mut Violations, lines: Vec<CareLineInput>) -> Option<Vec<LineRequest>> {
    v.check("lines", (1..=MOST_LINES).contains(&lines.len()), format!("must be 1 to {MOST_LINES}"));
    v.each("lines", lines.into_iter().take(MOST_LINES), |v, line| parse_line(v, &line))
}

/// Reads one line, within its path.
pub(crate) fn parse_line(v: &mut Violations, line: &CareLineInput) -> Option<LineRequest> {
    let code = v.required("code", line.code.as_str(), parse_code);
    let quantity = v.optional("quantity", line.quantity.as_str(), Quantity::parse);
    let unit_price = v.optional("unitPrice", line.unit_price.as_str(), parse_price);
    let currency = v.optional("currency", line.currency.as_str(), Currency::parse);
    let count = line.diagnoses.len();
    v.check("diagnoses", (1..=MOST_DIAGNOSES).contains(&count), format!("must be 1 to {MOST_DIAGNOSES}"));
    let diagnoses = line.diagnoses.iter().take(MOST_DIAGNOSES);
    let diagnoses = v.each("diagnoses", diagnoses, |v, it| v.field("", Diagnosis::parse(it.trim())));
    let date = v.optional("date", line.date.as_str(), parse_date);
    let preauthorization =
        v.optional("preauthorizationNumber", line.preauthorization_number.as_str(), |text| {
            HumanNumber::normalize(PREAUTHORIZATION, text)
        });
    Some(LineRequest {
        code: code?,
        quantity: quantity?.unwrap_or(Quantity::ONE),
        unit_price: unit_price?,
        currency: currency?,
        diagnoses: diagnoses?,
        date: date?,
        preauthorization: preauthorization?,
    })
}

/// Where the money goes.
pub(crate) fn amounts(currency: Currency, amounts: &Amounts) -> CareAmounts {
    let money = |minor| Money::new(currency, minor).amount();
    CareAmounts {
        submitted: money(amounts.submitted),
        write_off: money(amounts.write_off),
        not_covered: money(amounts.not_covered),
        deductible: money(amounts.deductible),
        copayment: money(amounts.copay),
        coinsurance: money(amounts.coinsurance),
        over_category: money(amounts.over_category),
        over_ceiling: money(amounts.over_ceiling),
        payer: money(amounts.payer),
        patient: money(amounts.patient()),
    }
}

/// One step of a line's adjudication.
pub(crate) fn trace_step(currency: Currency, trace_step: &TraceStep) -> CareTraceStep {
    let money = |minor| Money::new(currency, minor).amount();
    CareTraceStep {
        step: trace_step.stage.as_str().to_owned(),
        before: money(trace_step.before),
        taken: money(trace_step.taken),
        after: money(trace_step.after),
        because: trace_step.because.words(currency),
    }
}

/// Why a line, or a part of it, is not paid.
pub(crate) fn refusal(refused: &Refused) -> CareRefusal {
    CareRefusal {
        code: refused.refusal.code().to_owned(),
        group: refused.refusal.entry().group.as_str().to_owned(),
        text: refused.text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(code: &str, quantity: &str, diagnoses: &[&str]) -> CareLineInput {
        CareLineInput {
            code: code.to_owned(),
            quantity: quantity.to_owned(),
            diagnoses: diagnoses.iter().map(ToString::to_string).collect(),
            ..Default::default()
        }
    }

    fn wrong(lines: Vec<CareLineInput>) -> Vec<String> {
        let mut v = Violations::default();
        parse(&mut v, lines);
        v.iter().map(|it| it.field.clone()).collect()
    }

    #[test]
    fn a_line_is_one_of_a_code_unless_it_says_more() {
        let mut v = Violations::default();
        let lines = parse(&mut v, vec![input("cons-gp", "", &["j069", "Z00"])]).unwrap();
        assert!(v.is_empty());
        assert_eq!((lines[0].code.as_str(), lines[0].quantity), ("CONS-GP", Quantity::ONE));
        assert_eq!(lines[0].diagnoses[0].as_str(), "J06.9");
    }

    #[test]
    fn every_violation_is_named_by_its_path() {
        let bad = CareLineInput {
            unit_price: "-1".to_owned(),
            date: "2026-02-30".to_owned(),
            preauthorization_number: "A26".to_owned(),
            ..input("CONS+GP", "0", &["J06.9", "flu"])
        };
        assert_eq!(
            wrong(vec![input("CONS-GP", "1", &["J06.9"]), bad, input("X", "1", &[])]),
            [
                "lines[1].code",
                "lines[1].quantity",
                "lines[1].unitPrice",
                "lines[1].diagnoses[1]",
                "lines[1].date",
                "lines[1].preauthorizationNumber",
                "lines[2].diagnoses",
            ]
        );
    }

    #[test]
    fn lines_are_bounded() {
        assert_eq!(wrong(vec![]), ["lines"]);
        assert_eq!(wrong(vec![input("X", "1", &["J06.9"]); MOST_LINES + 1]), ["lines"]);
    }

    #[test]
    fn amounts_have_the_currencys_decimals() {
        let it = Amounts { submitted: 1250, copay: 250, payer: 1000, ..Default::default() };
        let shown = amounts(Currency::Ron, &it);
        assert_eq!(
            (shown.submitted.as_str(), shown.patient.as_str(), shown.write_off.as_str()),
            ("12.50", "2.50", "0.00")
        );
        assert_eq!(amounts(Currency::Rwf, &it).payer, "1000");
    }
}
