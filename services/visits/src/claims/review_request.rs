//! A reviewer's decisions as they were sent.

use careway_contract::visits::v1::{ClaimLineDecision, claim_line_decision::Decision};
use careway_kernel::{Currency, Money, Violations};

use super::domain::review_rules::{LineDecision, adjusted, check};
use crate::{
    adjudication::{input::Review, quantity::Quantity, refusal::Refusal},
    service_lines::domain::{ServiceLine, requested::parse_price},
    texts::Statement,
};

/// The decisions, each of which fits its line; everything that is wrong with any of them by its path.
pub(crate) fn parse(
    sent: &[ClaimLineDecision],
    currency: Currency,
    lines: &[ServiceLine],
) -> Result<Vec<LineDecision>, Violations> {
    let mut v = Violations::default();
    let decisions = v.each("lines", sent, |v, decision| parse_one(v, decision, currency));
    let (decisions,) = v.all((decisions,))?;
    let mut v = Violations::default();
    for unfit in check(lines, &decisions) {
        v.add(&format!("lines[{}].{}", unfit.at, unfit.field), unfit.message);
    }
    v.finish()?;
    Ok(decisions)
}

fn parse_one(v: &mut Violations, sent: &ClaimLineDecision, currency: Currency) -> Option<LineDecision> {
    let position = v.field("line", u16::try_from(sent.line).map_err(|_| "must be the number of a line"));
    let text = v.optional("text", sent.text.as_str(), Statement::parse);
    let refusal = v.optional("reasonCode", sent.reason_code.as_str(), |it| Refusal::parse(it.trim()));
    let quantity = v.optional("quantity", sent.quantity.as_str(), Quantity::parse);
    let price = v.optional("unitPrice", sent.unit_price.as_str(), |text| {
        let price = parse_price(text).map_err(str::to_owned)?;
        Money::parse(currency.code(), &price).map(|it| it.minor).map_err(|error| error.to_string())
    });
    let (text, refusal, quantity, price) =
        (String::from(text?.unwrap_or_default()), refusal?, quantity?, price?);
    let bare = |v: &mut Violations| {
        v.check("quantity", quantity.is_none(), "must be left out unless the line is adjusted");
        v.check("unitPrice", price.is_none(), "must be left out unless the line is adjusted");
    };
    let review = match sent.decision() {
        Decision::Unspecified => v.present("decision", None),
        Decision::Accept => {
            bare(v);
            v.check("reasonCode", refusal.is_none(), "must be left out where the line is accepted");
            Some(Review::Accept)
        }
        Decision::Reject => {
            bare(v);
            v.present("reasonCode", refusal).map(|refusal| Review::Reject { refusal, text })
        }
        Decision::Adjust => {
            v.check("text", !text.is_empty(), "is required to adjust a line");
            // What an adjustment is refused for follows from what is reduced.
            let fits = match refusal {
                None => true,
                Some(Refusal::QuantityReduced) => quantity.is_some(),
                Some(Refusal::PriceReduced) => price.is_some(),
                Some(_) => false,
            };
            let (less, cheaper) = (Refusal::QuantityReduced.code(), Refusal::PriceReduced.code());
            v.check("reasonCode", fits, format!("must be {less} for a quantity or {cheaper} for a price"));
            v.field("", adjusted(quantity, price, text))
        }
    };
    Some(LineDecision { position: position?, review: review? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(decision: Decision) -> ClaimLineDecision {
        ClaimLineDecision { line: 1, decision: decision.into(), ..Default::default() }
    }

    fn wrong(sent: &[ClaimLineDecision]) -> Vec<String> {
        let mut v = Violations::default();
        v.each("lines", sent, |v, it| parse_one(v, it, Currency::Rwf));
        v.iter().map(|it| it.field.clone()).collect()
    }

    #[test]
    fn each_decision_says_what_it_needs_and_nothing_else() {
        let coded =
            |code: &str, decision| ClaimLineDecision { reason_code: code.to_owned(), ..sent(decision) };
        let less = |it: ClaimLineDecision| ClaimLineDecision {
            quantity: "1".to_owned(),
            text: "Less.".to_owned(),
            ..it
        };
        assert_eq!(wrong(&[sent(Decision::Accept), coded("MNEC-001", Decision::Reject)]), [""; 0]);
        assert_eq!(
            wrong(&[less(coded("MNEC-002", Decision::Adjust)), less(sent(Decision::Adjust))]),
            [""; 0]
        );
        assert_eq!(
            wrong(&[
                sent(Decision::Unspecified),
                sent(Decision::Reject),
                coded("MNEC-001", Decision::Accept),
                less(coded("PRCE-003", Decision::Adjust)),
                sent(Decision::Adjust),
                coded("NONE-001", Decision::Reject),
            ]),
            [
                "lines[0].decision",
                "lines[1].reasonCode",
                "lines[2].reasonCode",
                "lines[3].reasonCode",
                "lines[4].text",
                "lines[4]",
                "lines[5].reasonCode",
            ]
        );
    }
}
