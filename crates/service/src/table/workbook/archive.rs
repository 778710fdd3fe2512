//! The parts of a workbook's ZIP: where each lies, found without believing how many there are said to be.

use std::{
    collections::HashMap,
    io::{BufReader, Read, Seek, SeekFrom},
};

use memchr::memmem;
use zip::{CompressionMethod, ZipArchive};

use super::{
    Limits, NOT_SOUND, TableError,
    inflated::{Inflated, Part},
};

/// Parts of a workbook, at most.
const ENTRIES: usize = 200;
/// Bytes that are looked at together.
const CHUNK: u64 = 256 << 10;
/// The longest record that is looked into, in bytes.
const RECORD: usize = 56;

/// A workbook's file and its parts.
pub(super) struct Archive<R> {
    file: R,
    parts: HashMap<String, Part>,
    limits: Limits,
}

impl<R: Read + Seek> Archive<R> {
    pub(super) fn open(mut file: R, limits: Limits) -> Result<Self, TableError> {
        check_directory(&mut file)?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|_| NOT_SOUND)?;
        let mut parts = HashMap::with_capacity(zip.len());
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(|_| NOT_SOUND)?;
            let name = normal(&entry.name().map_err(|_| NOT_SOUND)?);
            let deflated = match entry.compression() {
                CompressionMethod::Deflated => true,
                CompressionMethod::Stored => false,
                _ => continue,
            };
            if let Some(at) = entry.data_start().filter(|_| !entry.encrypted()) {
                parts
                    .insert(name, Part { at, packed: entry.compressed_size(), deflated, crc: entry.crc32() });
            }
        }
        let file = zip.into_inner().into_inner();
        Ok(Self { file, parts, limits })
    }

    /// A part's bytes; none if there is no such part.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Inflated<&mut R>>, TableError> {
        let Some(part) = self.parts.get(&normal(name)).copied() else { return Ok(None) };
        self.file.seek(SeekFrom::Start(part.at)).map_err(|_| NOT_SOUND)?;
        Ok(Some(Inflated::new(&mut self.file, part, self.limits)))
    }

    /// The same, of the last part that is needed.
    pub(super) fn into_part(mut self, name: &str) -> Result<Option<Inflated<R>>, TableError> {
        let Some(part) = self.parts.get(&normal(name)).copied() else { return Ok(None) };
        self.file.seek(SeekFrom::Start(part.at)).map_err(|_| NOT_SOUND)?;
        Ok(Some(Inflated::new(self.file, part, self.limits)))
    }
}

/// A part's name as it is looked up: some writers use backslashes and their own case.
fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// Counts the directory's entries, and what it claims to have, by their marks: the ZIP reader keeps every entry and makes
/// room for as many as are claimed.
fn check_directory(file: &mut (impl Read + Seek)) -> Result<(), TableError> {
    file.rewind().map_err(|_| NOT_SOUND)?;
    let (mut window, mut entries) = (Vec::new(), 0);
    loop {
        let read = file.by_ref().take(CHUNK).read_to_end(&mut window).map_err(|_| NOT_SOUND)?;
        // A record at the end of the window is looked at when all of it is there.
        let settled = if read == 0 { window.len() } else { window.len().saturating_sub(RECORD) };
        for at in memmem::find_iter(&window, b"PK").take_while(|at| *at < settled) {
            match &window[at + 2..] {
                [1, 2, ..] => entries += 1,
                [6, 6, rest @ ..] if claims_many(rest) => entries = usize::MAX,
                _ => {}
            }
            if entries > ENTRIES {
                return Err(TableError::TooLarge(format!("{ENTRIES} parts in a workbook")));
            }
        }
        if read == 0 {
            break;
        }
        window.drain(..settled);
    }
    file.rewind().map_err(|_| NOT_SOUND)
}

/// Whether a ZIP64 end record, of which this is the rest behind its mark, claims more entries than a workbook may have.
fn claims_many(rest: &[u8]) -> bool {
    let number = |at: usize| {
        let bytes = rest.get(at..at + 8).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
        bytes.map_or(0, u64::from_le_bytes)
    };
    // By chance four bytes may be such a mark, but hardly with a size behind it that such a record has.
    let (size, here, all) = (number(0), number(20), number(28));
    (44..1 << 32).contains(&size) && here.max(all) > ENTRIES as u64
}
