//! What stops a sweep: signs that not the objects are too many, but the rows too few.
//!
//! A database restored to yesterday, one that is empty, one that shows the sweep less than it has, or another
//! installation's: to each of them documents look as if no row named them.

/// However few objects there are, a crash may leave so many.
const FEW: usize = 10;
/// However many objects there are, crashes do not leave so many.
const MANY: usize = 100;

/// Why a sweep touched nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Brake {
    /// The place says that another database's rows name the objects.
    #[error("the objects belong to database {owner}, and this is database {database}")]
    AnotherOwner {
        /// As the place says.
        owner: String,
        /// The one of the rows.
        database: String,
    },
    /// The place does not say whose the objects are, and has some.
    #[error("nothing says whose the objects are; this is database {database}")]
    NoOwner {
        /// The one of the rows.
        database: String,
    },
    /// Not one object has a row.
    #[error("no row names any of the objects")]
    NoneNamed,
    /// So many objects without a row are no leavings.
    #[error("{unnamed} objects have no row, and a sweep takes {most} at most")]
    TooMany {
        /// Objects without a row.
        unnamed: usize,
        /// As many as would have been set aside.
        most: usize,
    },
}

/// What was found in the place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// All documents' objects.
    pub(crate) objects: usize,
    /// The old ones that rows name.
    pub(crate) named: usize,
    /// The old ones that no row names.
    pub(crate) unnamed: usize,
    /// Those that were set aside long ago, and that no row names still.
    pub(crate) expired: usize,
}

impl Counts {
    /// Whether the objects without a row are what crashes leave: one in a hundred, or as many as the settings say.
    pub(crate) fn check(self, told: Option<usize>) -> Result<(), Brake> {
        let Self { objects, named, unnamed, expired } = self;
        let most = told.unwrap_or_else(|| (objects / 100).clamp(FEW, MANY));
        if named == 0 && unnamed + expired > 0 {
            Err(Brake::NoneNamed)
        } else if unnamed > most {
            Err(Brake::TooMany { unnamed, most })
        } else {
            Ok(())
        }
    }
}

/// Ids of more objects than this are never needed.
pub(crate) fn most_ever(told: Option<usize>) -> usize {
    told.unwrap_or(MANY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(objects: usize, named: usize, unnamed: usize, told: Option<usize>) -> Result<(), Brake> {
        Counts { objects, named, unnamed, expired: 0 }.check(told)
    }

    #[test]
    fn leavings_are_few_among_many() {
        let too_many = |unnamed, most| Err(Brake::TooMany { unnamed, most });
        for (objects, unnamed, expected) in [
            (20, 10, Ok(())),
            (20, 11, too_many(11, 10)),
            (5_000, 50, Ok(())),
            (5_000, 51, too_many(51, 50)),
            (1_000_000, 100, Ok(())),
            (1_000_000, 101, too_many(101, 100)),
        ] {
            assert_eq!(check(objects, objects - unnamed, unnamed, None), expected, "{unnamed} of {objects}");
        }
        assert_eq!(check(5_000, 4_000, 900, Some(1_000)), Ok(()));
        assert_eq!(check(5_000, 4_000, 1_000, Some(999)), too_many(1_000, 999));
    }

    #[test]
    fn rows_that_name_nothing_are_not_believed() {
        assert_eq!(check(1, 0, 1, None), Err(Brake::NoneNamed));
        assert_eq!(check(5_000, 0, 5_000, Some(10_000)), Err(Brake::NoneNamed), "whatever the settings say");
        let expired = Counts { expired: 3, ..Counts::default() };
        assert_eq!(expired.check(None), Err(Brake::NoneNamed));
        assert_eq!(Counts::default().check(None), Ok(()));
    }
}
