//! List coverages, newest first.

use careway_contract::visits::v1::{ListCoveragesRequest, ListCoveragesResponse};
use careway_kernel::{CoverageId, MemberId, MemberNumber, PlanId, Violations};
use careway_service::{AuditEntry, Call, Paging, Result};

use super::{
    store::{self, CoverageFilter},
    view,
};
use crate::App;

pub(crate) async fn list_coverages(
    app: &App,
    call: &Call,
    request: ListCoveragesRequest,
) -> Result<ListCoveragesResponse> {
    let payer = call.caller.organization()?;
    let mut v = Violations::default();
    let member = v.optional("memberId", request.member_id.as_str(), MemberId::parse);
    let member_number = v.optional("memberNumber", request.member_number.as_str(), MemberNumber::parse);
    let plan = v.optional("planId", request.plan_id.as_str(), PlanId::parse);
    let filter = ListCoveragesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListCoverages", payer.uuid(), &filter, wanted);
    let (member, member_number, plan, paging) = v.all((member, member_number, plan, paging))?;

    let before = paging.after_id()?.map(CoverageId::from_uuid);
    let filter = CoverageFilter { payer, member, member_number, plan, before, limit: paging.limit() };
    let coverages = {
        let mut reader = app.db.read(call).await?;
        store::list_coverages(&mut reader, &filter).await?
    };
    let (coverages, next_page_token) = paging.cut(coverages, |it| *it.id.uuid().as_bytes());
    let seen = coverages.iter().map(|it| it.member).collect::<std::collections::BTreeSet<_>>();
    futures::future::try_join_all(seen.into_iter().map(|member| {
        app.audit
            .read(call, AuditEntry { action: "coverage.list", member: Some(member), ..Default::default() })
    }))
    .await?;
    Ok(ListCoveragesResponse { coverages: coverages.iter().map(view::coverage).collect(), next_page_token })
}
