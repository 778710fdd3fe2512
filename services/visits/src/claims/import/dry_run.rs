//! Try a list of claims: every row is answered as if the list were taken, and nothing stays of it.
//!
//! Claims of a family draw on one another's balances, so what bears on one another is tried together, one claim after the
//! other, in a transaction that is rolled back. Whatever else goes on waits for no more than one family's claims.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::Hash,
};

use careway_service::{Call, Result};
use uuid::Uuid;

use super::{Fresh, List, Looked, report::Outcome, store};

/// What claims may have in common that lets one bear on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Common<'a> {
    /// A visit.
    Visit(Uuid),
    /// A member, or a family.
    Holder(Uuid),
    /// A reference is one claim's.
    Reference(&'a str),
}

/// What became of each claim, in their order, if the list were taken now.
pub(crate) async fn try_all(list: &List<'_>, looked: Vec<Looked<'_>>) -> Result<Vec<Outcome>> {
    let (mut outcomes, mut fresh) = (BTreeMap::new(), Vec::new());
    for (at, looked) in looked.into_iter().enumerate() {
        match looked {
            Looked::Answered(outcome) => drop(outcomes.insert(at, outcome)),
            Looked::Fresh(claim) => fresh.push((at, claim)),
        }
    }
    let visits: Vec<Uuid> = fresh.iter().map(|(_, claim)| claim.visit.visit_id).collect();
    let holders: HashMap<Uuid, [Uuid; 2]> = {
        let mut reader = list.app.db.read(&Call::system("claims.trial")).await?;
        store::list_holders(&mut reader, &visits).await?.into_iter().collect()
    };
    let commons: Vec<Vec<Common<'_>>> = fresh.iter().map(|(_, claim)| commons(claim, &holders)).collect();
    for group in together(&commons) {
        let claims: Vec<&Fresh<'_>> = group.iter().map(|at| &fresh[*at].1).collect();
        let tried = try_group(list, &claims).await?;
        outcomes.extend(group.iter().map(|at| fresh[*at].0).zip(tried));
    }
    Ok(outcomes.into_values().collect())
}

fn commons<'a>(claim: &Fresh<'a>, holders: &HashMap<Uuid, [Uuid; 2]>) -> Vec<Common<'a>> {
    let visit = claim.visit.visit_id;
    let holders = holders.get(&visit).into_iter().flatten().map(|id| Common::Holder(*id));
    let own = [Common::Visit(visit), Common::Reference(&claim.listed.reference)];
    own.into_iter().chain(holders).collect()
}

/// One claim after the other, each with what those before have left; then all of it is undone.
async fn try_group(list: &List<'_>, claims: &[&Fresh<'_>]) -> Result<Vec<Outcome>> {
    let mut tx = list.app.db.begin_unkeyed(&list.call).await?;
    let visits: Vec<Uuid> = claims.iter().map(|claim| claim.visit.visit_id).collect();
    store::lock_visits(&mut tx, &visits).await?;
    let (mut made, mut outcomes) = (HashSet::new(), Vec::with_capacity(claims.len()));
    for claim in claims {
        store::set_savepoint(&mut tx).await?;
        outcomes.push(match list.write(&mut tx, claim).await {
            Ok(written) => {
                store::release_savepoint(&mut tx).await?;
                made.insert(written.id);
                Outcome::Tried(written.state)
            }
            Err(error) => {
                store::rollback_to_savepoint(&mut tx).await?;
                list.refused(&mut tx, claim, error, &made).await?
            }
        });
    }
    Ok(outcomes)
}

/// Those that have something in common, also by others between them: each once, in their order.
fn together<T: Hash + Eq>(commons: &[Vec<T>]) -> Vec<Vec<usize>> {
    // Each leads to an earlier one of its group, the first to itself.
    let mut earlier: Vec<usize> = (0..commons.len()).collect();
    let first = |earlier: &[usize], mut at: usize| {
        while earlier[at] != at {
            at = earlier[at];
        }
        at
    };
    let mut seen: HashMap<&T, usize> = HashMap::new();
    for (at, commons) in commons.iter().enumerate() {
        for common in commons {
            let other = *seen.entry(common).or_insert(at);
            let (one, other) = (first(&earlier, at), first(&earlier, other));
            earlier[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..commons.len() {
        groups.entry(first(&earlier, at)).or_default().push(at);
    }
    groups.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bears_on_one_another_is_tried_together_in_its_order() {
        let commons = [vec!["A", "x"], vec!["B", "y"], vec!["C", "z"], vec!["D", "y", "x"], vec!["C"]];
        assert_eq!(together(&commons), [vec![0, 1, 3], vec![2, 4]]);
        assert!(together::<u8>(&[]).is_empty());
    }

    #[test]
    fn five_thousand_claims_that_share_nothing_or_everything_are_soon_sorted() {
        let apart: Vec<Vec<usize>> = (0..5_000).map(|at| vec![at]).collect();
        assert_eq!(together(&apart).len(), 5_000);
        // Each has something in common with the next alone.
        let chained: Vec<Vec<usize>> = (0..5_000).map(|at| vec![at, at + 1]).collect();
        assert_eq!(together(&chained), [(0..5_000).collect::<Vec<_>>()]);
    }
}
