//! What objects are called. Each service's are under its own name:
//!
//! ```text
//! visits/owner                    the database whose rows name them
//! visits/5f/<id ending in 5f>     a document
//! visits/swept/2026-11-28/<id>    an object that no row named on that day
//! ```

use careway_kernel::DocumentId;
use chrono::NaiveDate;
use object_store::path::Path;

const OWNER: &str = "owner";
const SWEPT: &str = "swept";

/// The names of one service's objects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names(pub(crate) &'static str);

/// An object by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Document(DocumentId),
    /// Set aside by a sweep on that day.
    Swept(NaiveDate, DocumentId),
}

impl Name {
    /// Which document's it is.
    pub(crate) const fn document(self) -> DocumentId {
        match self {
            Self::Document(id) | Self::Swept(_, id) => id,
        }
    }
}

impl Names {
    /// Before all of them.
    pub(crate) fn prefix(self) -> Path {
        Path::from(self.0)
    }

    /// Of the object that names the database whose rows name the others.
    pub(crate) fn owner(self) -> Path {
        Path::from_iter([self.0, OWNER])
    }

    /// Of an object.
    pub(crate) fn path(self, name: Name) -> Path {
        match name {
            Name::Document(id) => self.prefix().parts().chain(without_prefix(id).parts()).collect(),
            Name::Swept(day, id) => Path::from_iter([self.0, SWEPT, &day.to_string(), &id.to_string()]),
        }
    }

    /// Reads [`Names::path`]. None for what is not ours.
    pub(crate) fn read(self, path: &Path) -> Option<Name> {
        let id = DocumentId::parse(path.filename()?).ok()?;
        let swept = || Some(Name::Swept(path.parts().nth(2)?.as_ref().parse().ok()?, id));
        [Some(Name::Document(id)), swept()].into_iter().flatten().find(|name| self.path(*name) == *path)
    }
}

/// Spread over folders, so that none grows too large to list. Documents of the time when a place was one service's are
/// called so, and read under that name.
pub(crate) fn without_prefix(id: DocumentId) -> Path {
    let id = id.to_string();
    Path::from_iter([&id[34..], &id])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written_and_no_other() {
        let id = DocumentId::from_uuid(Uuid::from_u128(0x5f));
        let (visits, cases) = (Names("visits"), Names("cases"));
        let day = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        for (name, path) in [
            (Name::Document(id), format!("visits/5f/{id}")),
            (Name::Swept(day, id), format!("visits/swept/2026-11-28/{id}")),
        ] {
            assert_eq!(visits.path(name).as_ref(), path);
            assert_eq!(visits.read(&visits.path(name)), Some(name));
            assert_eq!(cases.read(&visits.path(name)), None);
        }
        for other in [
            without_prefix(id),
            visits.owner(),
            Path::from(format!("visits/5e/{id}")),
            Path::from(format!("visits/swept/yesterday/{id}")),
            Path::from(format!("visits/5f/{id}.txt")),
        ] {
            assert_eq!(visits.read(&other), None, "{other}");
        }
    }
}
