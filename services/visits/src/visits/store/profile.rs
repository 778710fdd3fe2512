//! What starts a visit, in one statement: the facility on the day of service, and the patient's covers with its payers.

use anyhow::Context;
use careway_kernel::{CountryCode, MemberId, MemberNumber, OrganizationId};
use careway_service::{Call, Database, Error, Result, scoped_query};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::coverages::{domain::Coverage, store::row::CoverageRow};

/// What is known of a facility when a visit starts there.
#[derive(Debug, Clone)]
pub(crate) struct FacilityProfile {
    pub(crate) name: String,
    pub(crate) country: CountryCode,
    /// The facility's own date.
    pub(crate) today: NaiveDate,
    /// The day of service.
    pub(crate) day: NaiveDate,
    /// The payers with a contract on that day, by name.
    pub(crate) payers: Vec<(OrganizationId, String)>,
    /// What those payers have of whoever may be meant, past and future covers too.
    pub(crate) coverages: Vec<Coverage>,
}

/// Who may be meant by what was said at the desk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates {
    /// Whoever has this number with a payer.
    pub(crate) number: Option<MemberNumber>,
    /// These, each of a payer of their own.
    pub(crate) members: Vec<MemberId>,
}

#[derive(FromRow)]
struct Row {
    name: String,
    country: String,
    today: NaiveDate,
    day: NaiveDate,
    payers: Vec<Uuid>,
    payer_names: Vec<String>,
    coverages: Json<Vec<CoverageRow>>,
}

/// A facility on the day of service (today there, unless given); none until identity told of it.
pub(crate) async fn find_profile(
    db: &Database,
    call: &Call,
    facility: OrganizationId,
    day: Option<NaiveDate>,
    candidates: &Candidates,
    now: DateTime<Utc>,
) -> Result<Option<FacilityProfile>> {
    let number = candidates.number.as_ref().map(|number| number.as_str().to_owned());
    let members: Vec<Uuid> = candidates.members.iter().map(|member| member.uuid()).collect();
    let asked = scoped_query!(
        "select organization_ref.name, organization_ref.country, here.today, here.day, contracted.payers, contracted.payer_names, coalesce((
             select json_agg(c.cover) from (
                 select to_json(c) as cover from candidate_coverage c
                 where c.payer_id = any (contracted.payers) and c.member_number = $7
                 union all
                 select to_json(c) from candidate_coverage c
                 where c.payer_id = any (contracted.payers) and c.member_id = any ($8)) c), '[]') as coverages
         from organization_ref
         cross join lateral (select ($6 at time zone organization_ref.time_zone)::date as today,
             coalesce($5, ($6 at time zone organization_ref.time_zone)::date) as day) here
         cross join lateral (
             select coalesce(array_agg(k.payer_id order by k.payer_id), '{}') as payers,
                 coalesce(array_agg(coalesce(p.name, '') order by k.payer_id), '{}') as payer_names
             from contract k left join organization_ref p on p.organization_id = k.payer_id
             where k.facility_id = organization_ref.organization_id and k.valid @> here.day) contracted
         where organization_ref.organization_id = $4"
    );
    let mut rows: Vec<Row> = db
        .query_as_caller(call, asked, |asked| {
            asked.bind(facility.uuid()).bind(day).bind(now).bind(number.clone()).bind(members.clone())
        })
        .await?;
    let Some(row) = rows.pop() else { return Ok(None) };
    let country = CountryCode::parse(&row.country)
        .with_context(|| format!("the country of organization {facility}"))
        .map_err(Error::internal)?;
    Ok(Some(FacilityProfile {
        name: row.name,
        country,
        today: row.today,
        day: row.day,
        payers: row.payers.into_iter().map(OrganizationId::from_uuid).zip(row.payer_names).collect(),
        coverages: row.coverages.0.into_iter().map(TryInto::try_into).collect::<Result<_>>()?,
    }))
}
