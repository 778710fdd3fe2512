//! Amend a pre-authorization: lines are added, changed and cancelled, and only what is new is decided.

use careway_contract::visits::v1::{AmendPreauthorizationRequest, AmendPreauthorizationResponse};
use careway_kernel::{ServiceLineId, Violations};
use careway_service::{Call, Keyed, Result};

use super::{
    domain::{Preauthorization, State, line::Amendment, transitions::may_ask},
    events,
    request_parts::{id, line, planned},
    settle::{self, PreauthorizationDraft},
    store::facts::Amending,
    view,
};
use crate::{
    App, documents,
    seal::Column,
    service_lines::domain::{
        ServiceLine,
        requested::{CurrencyDiffers, LineRequest, MOST_LINES, RequestedLine, in_currency},
    },
    texts::Justification,
};

/// Lines as they are written; those of `change` first, then those of `add`.
struct AmendmentInput {
    change: Vec<u16>,
    cancel: Vec<u16>,
    asked: Vec<LineRequest>,
}

pub(crate) async fn amend_preauthorization(
    app: &App,
    call: &Call,
    request: AmendPreauthorizationRequest,
) -> Keyed<AmendPreauthorizationResponse> {
    let (facility, id) = (call.caller.facility()?, id(&request.preauthorization_id)?);
    let mut v = Violations::default();
    let input = parse(&mut v, &request);
    let documents = documents::citations::parse(&mut v, &request.document_ids);
    let justification = v.optional("justification", request.justification.as_str(), Justification::parse);
    let (input, documents, justification) = v.all((input, documents, justification))?;

    let mut tx = app.db.begin(call).await?;
    let now = tx.now();
    let touched = [input.change.as_slice(), &input.cancel].concat();
    let amending = Amending { touched: &touched, asked: &input.asked };
    let (mut case, it) = PreauthorizationDraft::lock(app, &mut tx, id, facility, amending).await?;
    call.check_version(it.version)?;
    may_ask(&case.care.facts.visit, now, app.context.settings.grace())?;
    let in_use = case.in_use();
    let lines = within(&it, &case, &input)?;
    let amendment = replace(app, &mut case, &input, lines);
    let mut it = it.amend(now, &amendment, &in_use)?;
    if let Some(text) = justification {
        it.sealed_justification =
            app.context.keys.seal(Column::Justification, id, text.as_str().as_bytes())?;
    }
    let more = documents.iter().filter(|document| !it.documents.contains(document)).copied();
    it.documents.extend(more.collect::<Vec<_>>());
    if it.state == State::Submitted {
        it = case.settle(it, now)?;
    }
    case.save(app, &mut tx, &mut it).await?;
    if it.state != State::Draft {
        settle::cite(&mut tx, &it, &documents).await?;
        events::amended(&mut tx, &it);
        events::concluded(&mut tx, &it);
    }
    events::note(&mut tx, call, "preauthorization.amend", &it);
    tx.commit(AmendPreauthorizationResponse {
        lines: view::lines(&it, &case.lines, &case.taken),
        preauthorization: Some(view::preauthorization(&it)),
    })
    .await
}

fn parse(v: &mut Violations, request: &AmendPreauthorizationRequest) -> Option<AmendmentInput> {
    let several = request.add.len() + request.change.len() + request.cancel.len();
    v.check("", (1..=MOST_LINES).contains(&several), format!("must amend 1 to {MOST_LINES} lines"));
    let changed = v.each("change", request.change.iter().take(MOST_LINES), |v, changed| {
        let sequence = number(v, "sequence", changed.sequence);
        let asked = v.present("line", changed.line.as_ref());
        let asked = asked.and_then(|asked| v.within("line", |v| line(v, asked)));
        sequence.zip(asked)
    });
    let add = v.each("add", request.add.iter().take(MOST_LINES), line);
    let cancel = request.cancel.iter().take(MOST_LINES);
    let cancel = v.each("cancel", cancel, |v, sequence| number(v, "", *sequence));
    let (changed, add, cancel) = (changed?, add?, cancel?);
    let (change, mut asked): (Vec<u16>, Vec<LineRequest>) = changed.into_iter().unzip();
    asked.extend(add);
    let mut once: Vec<u16> = change.iter().chain(&cancel).copied().collect();
    once.sort_unstable();
    let twice = once.windows(2).any(|pair| pair[0] == pair[1]);
    v.check("", !twice, "must name each line once");
    Some(AmendmentInput { change, cancel, asked })
}

fn number(v: &mut Violations, field: &str, sequence: i32) -> Option<u16> {
    let number = u16::try_from(sequence).ok().filter(|number| *number > 0);
    v.field(field, number.ok_or("must be the number of a line"))
}

/// The new lines in their visit, or everything that does not fit what is there.
fn within(
    preauthorization: &Preauthorization,
    case: &PreauthorizationDraft,
    input: &AmendmentInput,
) -> Result<Vec<RequestedLine>> {
    let last = preauthorization.lines.iter().map(|line| usize::from(line.sequence)).max().unwrap_or_default();
    in_currency(&input.asked, case.care.plan.currency).map_err(|refusal| CurrencyDiffers {
        line: number_of(refusal.line, &input.change, last),
        ..refusal
    })?;
    let mut v = Violations::default();
    let unknown = |sequence: &u16| preauthorization.lines.iter().all(|line| line.sequence != *sequence);
    for (at, _) in input.change.iter().enumerate().filter(|(_, sequence)| unknown(sequence)) {
        v.add(&format!("change[{at}].sequence"), "must be a line of this pre-authorization");
    }
    for (at, _) in input.cancel.iter().enumerate().filter(|(_, sequence)| unknown(sequence)) {
        v.add(&format!("cancel[{at}]"), "must be a line of this pre-authorization");
    }
    let added = input.asked.len() - input.change.len();
    v.check("add", last + added <= MOST_LINES, format!("must not make more than {MOST_LINES} lines"));
    let (change, add) = input.asked.split_at(input.change.len());
    let change =
        v.each("change", change, |v, asked| v.within("line", |v| planned(v, &case.care, asked.clone())));
    let add = v.each("add", add, |v, asked| planned(v, &case.care, asked.clone()));
    let (change, add) = v.all((change, add))?;
    Ok([change, add].concat())
}

/// The number that an asked line has or gets: those that are changed come first, those that are added go on after the last.
fn number_of(place: usize, change: &[u16], last: usize) -> usize {
    match change.get(place - 1) {
        Some(sequence) => usize::from(*sequence),
        None => last + place - change.len(),
    }
}

/// New rows of care for what is changed and added; what is changed or cancelled no longer counts.
fn replace(
    app: &App,
    case: &mut PreauthorizationDraft,
    input: &AmendmentInput,
    requested: Vec<RequestedLine>,
) -> Amendment {
    let mut amendment = Amendment { cancel: input.cancel.clone(), ..Amendment::default() };
    let mut last = case.lines.iter().map(|line| line.position).max().unwrap_or_default();
    let mut numbers = input.change.iter();
    for requested in requested {
        let id = ServiceLineId::new(&app.clock).uuid();
        let position = match numbers.next() {
            Some(sequence) => {
                case.replace(*sequence, id);
                amendment.change.push((*sequence, id));
                *sequence
            }
            None => {
                last += 1;
                amendment.add.push(id);
                last
            }
        };
        case.lines.push(ServiceLine::new(id, position, requested));
    }
    amendment
}

#[cfg(test)]
mod tests {
    use super::number_of;

    #[test]
    fn a_refusal_names_a_line_by_its_number_and_not_by_its_place_in_the_request() {
        let numbers = (1..=4).map(|place| number_of(place, &[5, 2], 7));
        assert_eq!(numbers.collect::<Vec<_>>(), [5, 2, 8, 9]);
    }
}
