//! Pages of participants, in Vietnamese order.

use careway_kernel::{OrganizationId, ParticipantId};
use careway_service::Result;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::{
    super::domain::{
        Participant,
        filter::{ContactFault, ParticipantFilter, ParticipantOrder},
        search::Search,
    },
    row::{Row, columns},
};
use crate::{agencies::domain::Party, contact_keys::ContactKeys};

/// Which page of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) order: ParticipantOrder,
    /// The participant that the page before ended with.
    pub(crate) after: Option<ParticipantId>,
    pub(crate) limit: i64,
}

/// A page of those that the filter lets through.
pub(crate) async fn list_participants(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    filter: &ParticipantFilter,
    page: &Page,
) -> Result<Vec<Participant>> {
    let mut statement = QueryBuilder::new(columns!("where true"));
    push_filter(&mut statement, keys, filter);
    let key = match page.order {
        ParticipantOrder::LastDay => "last_day",
        ParticipantOrder::FamilyName => r#"full_name collate "vi-x-icu""#,
        ParticipantOrder::GivenName => r#"given_name_first collate "vi-x-icu""#,
        ParticipantOrder::Household => "household",
    };
    if let Some(after) = page.after {
        statement.push(" and (p.").push(key).push(", p.participant_id) > (select b.").push(key);
        statement.push(", b.participant_id from participant b where b.participant_id = ");
        statement.push_bind(after.uuid()).push(")");
    }
    statement.push(" order by p.").push(key).push(", p.participant_id limit ").push_bind(page.limit);
    let rows: Vec<Row> = statement.build_query_as().fetch_all(conn).await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

/// How many the filter lets through.
pub(crate) async fn get_count(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    filter: &ParticipantFilter,
) -> Result<usize> {
    let mut statement = QueryBuilder::new("select count(*) from participant p where true");
    push_filter(&mut statement, keys, filter);
    let count: i64 = statement.build_query_scalar().fetch_one(conn).await?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The conditions of a filter on `participant p`, each with an `and` before it.
pub(crate) fn push_filter(
    statement: &mut QueryBuilder<Postgres>,
    keys: &ContactKeys,
    filter: &ParticipantFilter,
) {
    match filter.party {
        Party::Agency(id) => statement.push(" and p.agency_id = ").push_bind(id.uuid()),
        Party::Authority(id) => statement.push(" and p.authority_id = ").push_bind(id.uuid()),
    };
    if let Some(agency) = filter.agency.map(OrganizationId::uuid) {
        statement.push(" and p.agency_id = ").push_bind(agency);
    }
    if let Some(household) = &filter.household {
        statement.push(" and p.household = ").push_bind(household.clone());
    }
    if let Some(from) = filter.last_day_from {
        statement.push(" and p.last_day >= ").push_bind(from);
    }
    if let Some(to) = filter.last_day_to {
        statement.push(" and p.last_day <= ").push_bind(to);
    }
    if let Some(result) = filter.result {
        statement.push(" and p.result = ").push_bind(result.as_str());
    }
    if let Some(fault) = filter.contact {
        statement.push(match fault {
            ContactFault::None => " and p.phone is null and p.mobile is null and p.email is null",
            ContactFault::Landline => " and p.sms_contact = 'LANDLINE'",
            ContactFault::Suspect => " and (p.sms_contact = 'SUSPECT' or p.email_suspect)",
            ContactFault::Differs => " and p.contact_differs",
        });
    }
    push_search(statement, keys, &filter.search);
}

fn push_search(statement: &mut QueryBuilder<Postgres>, keys: &ContactKeys, search: &Search) {
    match search {
        Search::All => {}
        Search::Words(words) => {
            // What has no letters and no digits is in no name.
            if words.is_empty() {
                statement.push(" and false");
            }
            for forms in words {
                statement
                    .push(" and exists (select from unnest(p.name_words) own, unnest(")
                    .push_bind(forms.clone())
                    .push("::text[]) form where starts_with(own, form))");
            }
        }
        Search::Code(code) => {
            let hashed: Vec<Vec<u8>> = code.hashed.iter().map(|text| keys.index(text).to_vec()).collect();
            statement.push(" and (p.card_code = ").push_bind(code.card_code.clone());
            statement
                .push(" or p.bhxh_number like ")
                .push_bind(code.number.as_ref().map(|it| format!("{it}%")));
            for column in ["phone_index", "mobile_index", "email_index", "citizen_id_index"] {
                statement.push(" or p.").push(column).push(" = any(").push_bind(hashed.clone()).push(")");
            }
            statement.push(")");
        }
    }
}
