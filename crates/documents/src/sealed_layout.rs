//! How a sealed document lies in its object: where each chunk stands, and which of them a part of the content needs.

use std::ops::Range;

/// Bytes of content in a chunk; the last has what is left, and never nothing.
pub(crate) const CHUNK: u64 = 64 << 10;
/// What sealing adds to a chunk.
pub(crate) const TAG: u64 = 16;

/// The chunks of a document of this size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    size: u64,
}

/// A part of the content in terms of chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The first chunk that is needed.
    pub(crate) first: u64,
    /// Where the chunks stand in the object.
    pub(crate) sealed: Range<u64>,
    /// Content of the first chunk that comes before the part.
    pub(crate) skip: u64,
    /// How long the part is.
    pub(crate) length: u64,
}

impl Layout {
    /// Of a document of this many bytes.
    pub(crate) const fn of(size: u64) -> Self {
        Self { size }
    }

    /// How many chunks there are.
    pub(crate) const fn chunks(self) -> u64 {
        self.size.div_ceil(CHUNK)
    }

    /// How large the object is.
    pub(crate) const fn sealed_size(self) -> u64 {
        self.size + self.chunks() * TAG
    }

    /// How large a sealed chunk is.
    pub(crate) fn sealed_chunk(self, index: u64) -> u64 {
        let before = index * CHUNK;
        self.size.saturating_sub(before).min(CHUNK) + TAG
    }

    /// What a part of the content needs; the part is within the document and not empty.
    pub(crate) fn part(self, of: Range<u64>) -> Part {
        let (first, last) = (of.start / CHUNK, (of.end - 1) / CHUNK);
        let start = first * (CHUNK + TAG);
        let end = ((last + 1) * (CHUNK + TAG)).min(self.sealed_size());
        Part { first, sealed: start..end, skip: of.start - first * CHUNK, length: of.end - of.start }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_at_the_edges() {
        for (size, chunks) in [(1, 1), (CHUNK - 1, 1), (CHUNK, 1), (CHUNK + 1, 2), (3 * CHUNK, 3)] {
            let layout = Layout::of(size);
            assert_eq!((layout.chunks(), layout.sealed_size()), (chunks, size + chunks * TAG));
            let all: u64 = (0..chunks).map(|index| layout.sealed_chunk(index)).sum();
            assert_eq!(all, layout.sealed_size());
        }
    }

    proptest! {
        #[test]
        fn a_part_is_in_the_chunks_it_names(size in 1..8 * CHUNK, from in any::<u64>(), to in any::<u64>()) {
            let start = from % size;
            let end = start + 1 + to % (size - start);
            let layout = Layout::of(size);
            let part = layout.part(start..end);
            let needed: Vec<u64> = (0..layout.chunks())
                .filter(|index| index * CHUNK < end && (index + 1) * CHUNK > start)
                .collect();
            prop_assert_eq!(part.first, needed[0]);
            prop_assert_eq!(part.first * CHUNK + part.skip, start);
            prop_assert_eq!(part.length, end - start);
            let sealed: u64 = needed.iter().map(|index| layout.sealed_chunk(*index)).sum();
            prop_assert_eq!(part.sealed.end - part.sealed.start, sealed);
            prop_assert_eq!(part.sealed.start, (0..part.first).map(|index| layout.sealed_chunk(index)).sum::<u64>());
        }
    }
}
