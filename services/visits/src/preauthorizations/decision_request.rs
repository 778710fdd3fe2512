//! A payer's decisions of lines: read, and held against what the lines ask for.

use careway_contract::visits::v1::{
    PreauthorizationLineDecision, preauthorization_line_decision::Decision as Wire,
};
use careway_kernel::{Currency, Money, Violations};
use uuid::Uuid;

use super::domain::Preauthorization;
use crate::{
    adjudication::{input::Review, quantity::Quantity, refusal::Refusal},
    service_lines::domain::{
        ServiceLine,
        requested::{MOST_LINES, parse_price},
    },
    texts::Note,
};

/// What is decided of one line, before the line is known.
#[derive(Debug, Clone)]
pub(crate) struct LineDecision {
    pub(crate) sequence: u16,
    pub(crate) days: Option<u16>,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Approve,
    Adjust { quantity: Option<Quantity>, price: Option<Price>, text: Note },
    Reject { refusal: Refusal, text: Note },
}

/// A decimal that is not negative: of one, or of all.
#[derive(Debug, Clone)]
enum Price {
    Unit(String),
    Whole(String),
}

/// Reads the decisions; everything that is wrong with any of them by its path.
pub(crate) fn parse(v: &mut Violations, lines: &[PreauthorizationLineDecision]) -> Option<Vec<LineDecision>> {
    v.check("lines", (1..=MOST_LINES).contains(&lines.len()), format!("must be 1 to {MOST_LINES}"));
    v.each("lines", lines.iter().take(MOST_LINES), decision)
}

fn decision(v: &mut Violations, line: &PreauthorizationLineDecision) -> Option<LineDecision> {
    let sequence = u16::try_from(line.sequence).ok().filter(|number| *number > 0);
    let sequence = v.field("sequence", sequence.ok_or("must be the number of a line"));
    let days = match line.days {
        0 => Some(None),
        days => {
            let days = u16::try_from(days).ok().filter(|days| *days <= 365);
            v.field("days", days.ok_or("must be 1 to 365")).map(Some)
        }
    };
    let what = match line.decision() {
        Wire::Unspecified => v.present("decision", None),
        Wire::Approve => Some(What::Approve),
        Wire::Adjust => adjustment(v, line),
        Wire::Reject => {
            let refusal = v.required("reasonCode", line.reason_code.as_str(), Refusal::parse);
            let text = v.required("text", line.text.as_str(), Note::parse);
            refusal.zip(text).map(|(refusal, text)| What::Reject { refusal, text })
        }
    };
    Some(LineDecision { sequence: sequence?, days: days?, what: what? })
}

fn adjustment(v: &mut Violations, line: &PreauthorizationLineDecision) -> Option<What> {
    let quantity = v.optional("approvedQuantity", line.approved_quantity.as_str(), Quantity::parse);
    let unit = v.optional("approvedUnitPrice", line.approved_unit_price.as_str(), parse_price);
    let whole = v.optional("approvedAmount", line.approved_amount.as_str(), parse_price);
    let text = v.required("text", line.text.as_str(), Note::parse);
    let (quantity, unit, whole) = (quantity?, unit?, whole?);
    v.check("approvedAmount", unit.is_none() || whole.is_none(), "must not be given beside a price of one");
    let something = quantity.is_some() || unit.is_some() || whole.is_some();
    v.check("decision", something, "must come with a quantity, a price or an amount");
    let price = unit.map(Price::Unit).or(whole.map(Price::Whole));
    Some(What::Adjust { quantity, price, text: text? })
}

/// The reviews of the lines that wait, by the lines' ids; or everything that does not fit the lines.
pub(crate) fn reviews(
    preauthorization: &Preauthorization,
    lines: &[ServiceLine],
    decisions: &[LineDecision],
    currency: Currency,
) -> Result<Vec<(Uuid, Review)>, Violations> {
    let mut v = Violations::default();
    for missing in
        preauthorization.pending().filter(|line| decisions.iter().all(|it| it.sequence != line.sequence))
    {
        v.add("lines", format!("must decide line {}", missing.sequence));
    }
    let mut seen = Vec::with_capacity(decisions.len());
    let reviews = v.each("lines", decisions, |v, decision| {
        let sequence = decision.sequence;
        let waits = preauthorization.pending().find(|line| line.sequence == sequence);
        let line = waits.and_then(|waits| lines.iter().find(|line| line.id == waits.id));
        let line = v.field("sequence", line.ok_or("must be a line that waits for a decision"))?;
        v.check("sequence", !seen.contains(&sequence), "must be decided once");
        seen.push(sequence);
        Some((line.id, review(v, decision, line, currency)?))
    });
    Ok(v.all((reviews,))?.0)
}

fn review(
    v: &mut Violations,
    decision: &LineDecision,
    line: &ServiceLine,
    currency: Currency,
) -> Option<Review> {
    match &decision.what {
        What::Approve => Some(Review::Accept),
        What::Reject { refusal, text } => Some(Review::Reject { refusal: *refusal, text: text.to_string() }),
        What::Adjust { quantity, price, text } => {
            let less = quantity.is_none_or(|quantity| quantity <= line.asked.quantity);
            v.check("approvedQuantity", less, "must not be more than is asked for");
            let unit_price = match price {
                None => None,
                Some(price) => {
                    Some(unit_price(v, price, quantity.unwrap_or(line.asked.quantity), line, currency)?)
                }
            };
            Some(Review::Adjust { quantity: *quantity, unit_price, reason: text.to_string() })
        }
    }
}

/// The price of one that is approved, in minor units. Of an amount for all, what it makes for each, rounded down.
fn unit_price(
    v: &mut Violations,
    price: &Price,
    quantity: Quantity,
    line: &ServiceLine,
    currency: Currency,
) -> Option<i64> {
    let (field, text) = match price {
        Price::Unit(text) => ("approvedUnitPrice", text),
        Price::Whole(text) => ("approvedAmount", text),
    };
    let minor = v.field(field, Money::parse(currency.code(), text))?.minor;
    let unit = match price {
        Price::Unit(_) => minor,
        Price::Whole(_) => {
            let each = i128::from(minor) * 1000 / i128::from(quantity.thousandths());
            i64::try_from(each).unwrap_or(i64::MAX)
        }
    };
    let asked = line.asked.unit_price.or(line.settled.as_ref().and_then(|settled| settled.tariff_price));
    v.check(field, asked.is_none_or(|asked| unit <= asked), "must not be more than is asked for");
    Some(unit)
}
