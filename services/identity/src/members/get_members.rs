//! Summaries of several members, for Careway's own services.

use careway_contract::identity::v1::{GetMembersRequest, GetMembersResponse};
use careway_kernel::{MemberId, Violations};
use careway_service::{Call, Error, Result};

use super::{store, view::summary};
use crate::App;

/// Members that may be asked for at once.
const MEMBERS: usize = 200;

pub(crate) async fn get_members(
    app: &App,
    call: &Call,
    request: GetMembersRequest,
) -> Result<GetMembersResponse> {
    if request.member_ids.len() > MEMBERS {
        return Err(Error::violation("memberIds", "must be at most 200"));
    }
    let mut violations = Violations::default();
    let ids = violations.each("memberIds", &request.member_ids, |violations, id| {
        violations.field("", MemberId::parse(id)).map(MemberId::uuid)
    });
    let (ids,) = violations.all((ids,))?;
    let members = store::summary::list_by_ids(&app.db, call, &ids).await?;
    Ok(GetMembersResponse { members: members.iter().map(summary).collect() })
}
