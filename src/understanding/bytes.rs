//! Numbers out of bytes, little-endian, from the front. Whatever ends too soon reads as nothing.

/// Bytes still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'b>(pub &'b [u8]);

impl<'b> Reader<'b> {
    pub fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        let (read, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(read)
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.bytes(1)?.first().copied()
    }

    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.bytes(4)?.try_into().ok()?)).ok()
    }

    pub fn hash(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.bytes(8)?.try_into().ok()?))
    }

    pub fn real(&mut self) -> Option<f32> {
        Some(f32::from_le_bytes(self.bytes(4)?.try_into().ok()?))
    }

    pub fn reals(&mut self, count: usize) -> Option<Vec<f32>> {
        (0..count).map(|_| self.real()).collect()
    }

    /// A short text, after its length.
    pub fn text(&mut self) -> Option<&'b str> {
        let length = usize::from(self.byte()?);
        std::str::from_utf8(self.bytes(length)?).ok()
    }
}
