//! What is said to what is not text.

use super::Speaker;
use crate::dialogue::input::Media;
use crate::knowledge::Phrase;

impl Speaker<'_> {
    pub(super) fn media(&mut self, media: Media) {
        self.phrase(match media {
            Media::Photo | Media::Video | Media::Sticker => Phrase::MediaPhoto,
            Media::Voice => Phrase::MediaVoice,
            Media::File | Media::Location | Media::Contact | Media::Other => Phrase::MediaOther,
        });
        self.put_again();
    }
}
