//! Where a workbook keeps what is read of it: its first sheet that can be seen, its texts, its styles.

use std::{
    collections::HashMap,
    io::{Read, Seek},
};

use quick_xml::events::Event;

use super::{Archive, NOT_SOUND, TableError, Xml, xml::attribute};

/// Relations of one part, at most.
const MOST_RELATIONS: usize = 2_000;

/// What is read of a workbook, and how it counts its days.
pub(super) struct Layout {
    pub(super) sheet: String,
    pub(super) styles: String,
    pub(super) texts: String,
    pub(super) from_1904: bool,
}

/// A part that another one names.
struct Relation {
    kind: String,
    target: String,
}

impl Layout {
    pub(super) fn read(archive: &mut Archive<impl Read + Seek>) -> Result<Self, TableError> {
        let of_package = relations(archive, "")?;
        let book = of_package.values().find(|relation| relation.is("officeDocument")).ok_or(NOT_SOUND)?;
        let book = book.target.clone();
        let relations = relations(archive, &book)?;
        // Writers that leave the relation out use the usual names.
        let folder = book.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let part = |kind: &str, usual: &str| {
            let known = relations.values().find(|relation| relation.is(kind));
            known.map_or_else(|| format!("{folder}{usual}"), |relation| relation.target.clone())
        };
        let (styles, texts) = (part("styles", "styles.xml"), part("sharedStrings", "sharedStrings.xml"));
        let (sheet, from_1904) = first_visible(archive, &book, &relations)?;
        Ok(Self { sheet, styles, texts, from_1904 })
    }
}

/// The part of the first sheet that can be seen, and whether days are counted from 1904.
fn first_visible(
    archive: &mut Archive<impl Read + Seek>,
    book: &str,
    relations: &HashMap<String, Relation>,
) -> Result<(String, bool), TableError> {
    let mut xml = Xml::new(archive.part(book)?.ok_or(NOT_SOUND)?);
    let mut from_1904 = false;
    loop {
        match xml.next_event()? {
            Event::Start(tag) if tag.local_name().as_ref() == "workbookPr" => {
                from_1904 = matches!(attribute(&tag, "date1904")?.as_deref(), Some("1" | "true"));
            }
            Event::Start(tag) if tag.local_name().as_ref() == "sheet" => {
                let hidden = matches!(attribute(&tag, "state")?.as_deref(), Some("hidden" | "veryHidden"));
                let relation = attribute(&tag, "id")?.and_then(|id| relations.get(&*id));
                // A sheet that is a chart or a macro has no rows.
                if let Some(sheet) = relation.filter(|relation| !hidden && relation.is("worksheet")) {
                    return Ok((sheet.target.clone(), from_1904));
                }
            }
            Event::Eof => return Err(TableError::Unreadable("it has no sheet that can be seen")),
            _ => {}
        }
    }
}

/// What a part names, by the name it gives it; the package itself is the part without a name.
fn relations(
    archive: &mut Archive<impl Read + Seek>,
    of: &str,
) -> Result<HashMap<String, Relation>, TableError> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let path = format!("{folder}/_rels/{file}.rels");
    let mut xml = Xml::new(archive.part(&path)?.ok_or(NOT_SOUND)?);
    let mut relations = HashMap::new();
    loop {
        match xml.next_event()? {
            Event::Start(tag) if tag.local_name().as_ref() == "Relationship" => {
                let of_it = |name| Ok(attribute(&tag, name)?.map(String::from));
                if let (Some(id), Some(kind), Some(target)) = (of_it("Id")?, of_it("Type")?, of_it("Target")?)
                {
                    relations.insert(id, Relation { kind, target: resolved(folder, &target) });
                }
                if relations.len() > MOST_RELATIONS {
                    return Err(TableError::TooLarge(format!("{MOST_RELATIONS} relations in a workbook")));
                }
            }
            Event::Eof => return Ok(relations),
            _ => {}
        }
    }
}

/// A target within a folder, or from the root when it begins with a slash.
fn resolved(folder: &str, target: &str) -> String {
    let from = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = from.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

impl Relation {
    /// Whether it is of this kind, in the transitional or the strict form of the standard.
    fn is(&self, kind: &str) -> bool {
        self.kind.rsplit('/').next() == Some(kind)
    }
}
