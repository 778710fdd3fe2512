//! The contacts members had before.

use careway_kernel::{MemberId, OrganizationId};
use careway_service::{Error, Result};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    data_keys::{DataKeys, Place},
    members::domain::{ContactChange, ContactKind},
};

const TABLE: &str = "member_contact_change";

/// A contact change with its circumstances.
pub(crate) struct Remembered {
    pub(crate) id: Uuid,
    pub(crate) change: ContactChange,
    pub(crate) at: DateTime<Utc>,
    pub(crate) by: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    change_id: Uuid,
    kind: String,
    old_value: Option<Vec<u8>>,
    new_value: Option<Vec<u8>>,
    changed_at: DateTime<Utc>,
    changed_by: String,
}

/// Remembers changes of one payer's members.
pub(crate) async fn insert_contact_changes(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    payer: OrganizationId,
    changes: &[(MemberId, &ContactChange)],
    at: DateTime<Utc>,
    by: &str,
) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = changes.iter().map(|_| careway_kernel::id_at(at)).collect();
    let members: Vec<Uuid> = changes.iter().map(|(member, _)| member.uuid()).collect();
    let kinds: Vec<&str> = changes.iter().map(|(_, change)| change.kind.as_str()).collect();
    let seal = |column, value: fn(&ContactChange) -> &Option<String>| -> Vec<Option<Vec<u8>>> {
        let sealed = ids.iter().zip(changes).map(|(id, (_, change))| {
            value(change).as_deref().map(|text| data_keys.seal(Place::new(TABLE, column, *id), text))
        });
        sealed.collect()
    };
    sqlx::query(
        "insert into member_contact_change (change_id, member_id, payer_id, kind, old_value, new_value, changed_at, \
         changed_by) select change_id, member_id, $1, kind, old_value, new_value, $7, $8 \
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[]) \
         as u (change_id, member_id, kind, old_value, new_value)",
    )
    .bind(payer.uuid())
    .bind(&ids)
    .bind(&members)
    .bind(&kinds)
    .bind(seal("old_value", |change| &change.old))
    .bind(seal("new_value", |change| &change.new))
    .bind(at)
    .bind(by)
    .execute(conn)
    .await?;
    Ok(())
}

/// A member's changes, the latest first, after `after`.
pub(crate) async fn list_contact_changes(
    conn: &mut PgConnection,
    data_keys: &DataKeys,
    member: MemberId,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Remembered>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select change_id, kind, old_value, new_value, changed_at, changed_by from member_contact_change \
         where member_id = $1 and ($2::uuid is null or change_id < $2) order by change_id desc limit $3",
    )
    .bind(member.uuid())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.remembered(data_keys).map_err(Error::from)).collect()
}

impl Row {
    fn remembered(self, data_keys: &DataKeys) -> anyhow::Result<Remembered> {
        let id = self.change_id;
        let open = |column, sealed: Option<Vec<u8>>| {
            sealed.map(|sealed| data_keys.open(Place::new(TABLE, column, id), &sealed)).transpose()
        };
        let kind =
            ContactKind::find(&self.kind).ok_or_else(|| anyhow::anyhow!("an unknown kind of contact"))?;
        Ok(Remembered {
            id,
            change: ContactChange {
                kind,
                old: open("old_value", self.old_value)?,
                new: open("new_value", self.new_value)?,
            },
            at: self.changed_at,
            by: self.changed_by,
        })
    }
}
