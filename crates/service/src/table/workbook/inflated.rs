//! A part's bytes as they come out of the ZIP, counted: too many, or too many for what they were packed in, are refused.

use std::io::{self, BufRead, Read, Take};

use flate2::{Crc, read::DeflateDecoder};

use super::{Limits, NOT_SOUND, TableError};

/// Inflated to compressed; XML of real lists stays below 30.
const RATIO: u64 = 100;
/// Small parts may compress better than [`RATIO`]: they cannot do harm.
const SMALL: u64 = 1 << 20;
/// Bytes of one tag or one text between two tags, at most.
const MOST_OF_ONE: usize = 1 << 20;
const BUFFER: usize = 32 << 10;

/// Where a part lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) at: u64,
    pub(super) packed: u64,
    pub(super) deflated: bool,
    pub(super) crc: u32,
}

/// A part's bytes.
pub(super) struct Inflated<R> {
    source: Source<R>,
    part: Part,
    most: u64,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    /// Bytes that came out.
    size: u64,
    crc: Crc,
    /// Bytes that the tag or text that is being read may still have.
    left: usize,
}

enum Source<R> {
    Stored(Take<R>),
    Deflated(DeflateDecoder<Take<R>>),
}

impl<R: Read> Inflated<R> {
    /// Of a file that stands at the part's beginning.
    pub(super) fn new(file: R, part: Part, limits: Limits) -> Self {
        let packed = file.take(part.packed);
        let source = match part.deflated {
            true => Source::Deflated(DeflateDecoder::new(packed)),
            false => Source::Stored(packed),
        };
        let buffer = vec![0; BUFFER].into_boxed_slice();
        let most = limits.inflated_bytes;
        Self { source, part, most, buffer, at: 0, filled: 0, size: 0, crc: Crc::new(), left: MOST_OF_ONE }
    }

    /// Another tag or text begins.
    pub(super) fn begin_one(&mut self) {
        self.left = MOST_OF_ONE;
    }

    /// Goes to the end, keeping nothing.
    pub(super) fn pass_the_rest(&mut self) -> Result<(), TableError> {
        while self.filled > 0 {
            self.refill()?;
        }
        Ok(())
    }

    fn refill(&mut self) -> Result<(), TableError> {
        let read = match &mut self.source {
            Source::Stored(source) => source.read(&mut self.buffer),
            Source::Deflated(source) => source.read(&mut self.buffer),
        };
        let read = read.map_err(|_| NOT_SOUND)?;
        (self.at, self.filled) = (0, read);
        let bytes = &self.buffer[..read];
        self.crc.update(bytes);
        self.size += read as u64;
        if self.size > self.most {
            return Err(TableError::TooLarge(format!("{} MiB unpacked", self.most >> 20)));
        }
        if self.size > SMALL && self.size / self.part.packed.max(1) > RATIO {
            return Err(TableError::TooLarge(format!("{RATIO} times its size, unpacked")));
        }
        if memchr::memchr(0, bytes).is_some() {
            return Err(TableError::Unreadable("its texts are not UTF-8"));
        }
        if read == 0 && self.crc.sum() != self.part.crc {
            return Err(NOT_SOUND);
        }
        Ok(())
    }
}

impl<R: Read> BufRead for Inflated<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            let most = format!("{} KiB in one tag or text", MOST_OF_ONE >> 10);
            return Err(io::Error::other(TableError::TooLarge(most)));
        }
        if self.at == self.filled {
            self.refill().map_err(io::Error::other)?;
        }
        let end = self.filled.min(self.at + self.left);
        Ok(&self.buffer[self.at..end])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
        self.left -= amount;
    }
}

impl<R: Read> Read for Inflated<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut bytes = self.fill_buf()?;
        let read = bytes.read(to)?;
        self.consume(read);
        Ok(read)
    }
}
