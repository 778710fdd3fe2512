//! Members as identity registers them: whom no event told of yet, and when somebody was born.

use std::collections::{HashMap, HashSet};

use careway_contract::identity::v1::{
    MatchMembersRequest, MemberMatch, PayerMemberNumbers, match_members_request::Identifiers,
};
use careway_kernel::{FamilyId, MemberId, MemberNumber, OrganizationId, parse_date};
use careway_service::{Call, Error, Result, table::Report};
use chrono::NaiveDate;

use super::{
    domain::{BEFORE_BIRTH, ListedCoverage, ends_before_birth, may_end_before_birth},
    store::{self, member::MemberRef},
};
use crate::App;

/// Members that identity is asked for, or that are kept, at once.
const AT_ONCE: usize = 500;

/// A member as identity knows them.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    pub(crate) member: MemberRef,
    pub(crate) birth_date: NaiveDate,
}

/// Those of the numbers that the payer has given to somebody.
pub(crate) async fn registered(
    app: &App,
    payer: OrganizationId,
    numbers: &[MemberNumber],
) -> Result<HashMap<MemberNumber, Registered>> {
    let mut known = HashMap::new();
    for numbers in numbers.chunks(AT_ONCE) {
        let numbers = numbers.iter().map(|number| number.as_str().to_owned()).collect();
        let asked = PayerMemberNumbers { payer_id: payer.to_string(), numbers };
        let asked = MatchMembersRequest { identifiers: Some(Identifiers::MemberNumbers(asked)) };
        let asked = app.context.identity.request(asked);
        for told in app.context.challenges().match_members(asked).await?.into_inner().members {
            let registered = read(payer, &told)?;
            known.insert(registered.member.number.clone(), registered);
        }
    }
    Ok(known)
}

fn read(payer: OrganizationId, told: &MemberMatch) -> Result<Registered> {
    Ok(Registered {
        member: MemberRef {
            id: MemberId::parse(&told.member_id).map_err(Error::internal)?,
            payer,
            number: MemberNumber::parse(&told.member_number).map_err(Error::internal)?,
            family: FamilyId::parse(&told.family_id).map_err(Error::internal)?,
        },
        birth_date: parse_date(&told.birth_date).map_err(Error::internal)?,
    })
}

/// What identity knows of the members of a list that comes right after theirs, or speaks of days that are over.
pub(crate) struct Registry {
    /// No event told of them yet.
    new: HashSet<MemberNumber>,
    known: HashMap<MemberNumber, Registered>,
}

impl Registry {
    pub(crate) async fn ask(
        app: &App,
        call: &Call,
        payer: OrganizationId,
        listed: &[ListedCoverage],
    ) -> Result<Self> {
        let numbers = listed.iter().map(|it| it.number.as_str().to_owned()).collect();
        let new: HashSet<_> =
            store::member::list_unknown_numbers(&app.db, call, payer, numbers).await?.into_iter().collect();
        let over = listed.iter().filter(|it| may_end_before_birth(it.to, app.clock.now()));
        let asked: HashSet<_> = over.map(|it| &it.number).chain(&new).cloned().collect();
        let known = registered(app, payer, &Vec::from_iter(asked)).await?;
        Ok(Self { new, known })
    }

    /// The rows but for those that cover nobody yet.
    pub(crate) fn born(&self, listed: Vec<ListedCoverage>, report: &mut Report) -> Vec<ListedCoverage> {
        let born = |it: &ListedCoverage| {
            self.known.get(&it.number).is_none_or(|known| !ends_before_birth(it.to, known.birth_date))
        };
        let (born, unborn): (Vec<_>, Vec<_>) = listed.into_iter().partition(born);
        for listed in unborn {
            report.reject_row(listed.row, "to", "BEFORE_BIRTH", BEFORE_BIRTH);
        }
        born
    }

    /// Saves those that no event told of, in transactions of their own: they stand as their events will have them stand.
    pub(crate) async fn save(&self, app: &App, call: &Call) -> Result<()> {
        let known = self.new.iter().filter_map(|number| self.known.get(number));
        let members: Vec<_> = known.map(|it| it.member.clone()).collect();
        for members in members.chunks(AT_ONCE) {
            let mut tx = app.db.begin_unkeyed(call).await?;
            store::member::upsert_members(&mut tx, members, None).await?;
            tx.finish().await?;
        }
        Ok(())
    }
}
