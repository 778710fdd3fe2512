//! The texts that a workbook says once and shows wherever a cell names their number.
//!
//! However many they are, memory holds little of them: the texts lie one behind another, in memory while they are few and in
//! a temporary file beyond that, in blocks that are read back when one of their texts is asked for.

use std::io::{self, Read, Seek, SeekFrom, Write};

use quick_xml::events::Event;
use tempfile::SpooledTempFile;

use super::{NOT_SOUND, TableError, Xml, escapes::unescaped, xml::add_text};

/// Bytes of texts that are kept in memory.
const IN_MEMORY: usize = 4 << 20;
/// A block ends with the text that makes it as long.
const BLOCK: u64 = 4 << 10;
/// Blocks that are kept as they were read back.
const BLOCKS: usize = 64;
/// Characters of a cell, at most: what a spreadsheet allows.
pub(super) const MOST_OF_TEXT: usize = 32_767;

/// The texts.
pub(super) struct Texts {
    store: SpooledTempFile,
    /// Of each block, the number of its first text and where it begins.
    starts: Vec<(u32, u64)>,
    count: u32,
    size: u64,
    blocks: Vec<Option<Block>>,
}

/// A block as it was read back: its texts, and where each of them ends.
struct Block {
    at: usize,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Texts {
    /// None.
    pub(super) fn new() -> Self {
        let blocks = (0..BLOCKS).map(|_| None).collect();
        let store = SpooledTempFile::new(IN_MEMORY);
        Self { store, starts: Vec::new(), count: 0, size: 0, blocks }
    }

    pub(super) fn read(mut xml: Xml<impl Read>) -> Result<Self, TableError> {
        let (mut texts, mut text) = (Self::new(), String::new());
        let mut block = Vec::new();
        // Within a text, and within how the sounds of its signs are written.
        let (mut said, mut sounds) = (false, false);
        loop {
            match xml.next_event()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "si" => text.clear(),
                    "t" => said = true,
                    "rPh" => sounds = true,
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "si" => texts.push(&mut block, &unescaped(&text))?,
                    "t" => said = false,
                    "rPh" => sounds = false,
                    _ => {}
                },
                Event::Eof => break,
                event if said && !sounds => {
                    add_text(&mut text, &event)?;
                    check_length(&text)?;
                }
                _ => {}
            }
        }
        texts.flush(&mut block).map_err(|_| NOT_KEPT)?;
        Ok(texts)
    }

    fn push(&mut self, block: &mut Vec<u8>, text: &str) -> Result<(), TableError> {
        if block.is_empty() {
            self.starts.push((self.count, self.size));
        }
        let length = u32::try_from(text.len()).map_err(|_| NOT_SOUND)?;
        block.extend_from_slice(&length.to_le_bytes());
        block.extend_from_slice(text.as_bytes());
        self.count = self.count.checked_add(1).ok_or(NOT_SOUND)?;
        if block.len() as u64 >= BLOCK {
            self.flush(block).map_err(|_| NOT_KEPT)?;
        }
        Ok(())
    }

    fn flush(&mut self, block: &mut Vec<u8>) -> io::Result<()> {
        self.store.write_all(block)?;
        self.size += block.len() as u64;
        block.clear();
        Ok(())
    }

    /// The text of this number; none if there are not so many.
    pub(super) fn get(&mut self, number: u32) -> Result<Option<&str>, TableError> {
        if number >= self.count {
            return Ok(None);
        }
        let at = self.starts.partition_point(|(first, _)| *first <= number) - 1;
        let place = at % BLOCKS;
        if self.blocks[place].as_ref().is_none_or(|block| block.at != at) {
            self.blocks[place] = Some(self.read_back(at).map_err(|_| NOT_KEPT)?);
        }
        let first = self.starts[at].0;
        let block = self.blocks[place].as_ref().ok_or(NOT_KEPT)?;
        block.text((number - first) as usize).map(Some).ok_or(NOT_KEPT)
    }

    fn read_back(&mut self, at: usize) -> io::Result<Block> {
        let start = self.starts[at].1;
        let end = self.starts.get(at + 1).map_or(self.size, |(_, start)| *start);
        let mut bytes = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
        self.store.seek(SeekFrom::Start(start))?;
        self.store.read_exact(&mut bytes)?;
        Ok(Block { at, ends: ends(&bytes), bytes })
    }
}

impl Block {
    fn text(&self, at: usize) -> Option<&str> {
        let start = if at == 0 { 0 } else { *self.ends.get(at - 1)? } + size_of::<u32>();
        std::str::from_utf8(self.bytes.get(start..*self.ends.get(at)?)?).ok()
    }
}

/// Where each text of a block ends.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (Vec::new(), 0);
    while let Some((length, _)) = bytes.get(at..).and_then(|rest| rest.split_first_chunk::<4>()) {
        at += size_of::<u32>() + u32::from_le_bytes(*length) as usize;
        ends.push(at);
    }
    ends
}

/// Refuses a text longer than a spreadsheet allows.
pub(super) fn check_length(text: &str) -> Result<(), TableError> {
    if text.len() > MOST_OF_TEXT && text.chars().count() > MOST_OF_TEXT {
        return Err(TableError::TooLarge(format!("{MOST_OF_TEXT} characters in a cell")));
    }
    Ok(())
}

const NOT_KEPT: TableError = TableError::Unreadable("its texts could not be kept");
