//! How messages are cut for the wire.

use prost::Message;
use std::marker::PhantomData;
use tonic::codec::{BufferSettings, Codec};
use tonic_prost::{ProstDecoder, ProstEncoder};

/// Bytes of the largest frame that HTTP/2 clients take unless they say otherwise (RFC 9113, section 6.5.2).
const FRAME: usize = 16 << 10;

/// A piece is sent once it is so full that the next small event would not fit into its frame. A client that finds the
/// events of a frame whole moves nothing behind the last one.
const FULL: usize = FRAME - (1 << 10);

/// `tonic`'s codec, with pieces that fit a frame.
#[derive(Clone, Copy, Debug)]
pub struct InFrames<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for InFrames<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for InFrames<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = ProstDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::new(BufferSettings::new(FRAME, FULL))
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstDecoder::new(BufferSettings::default())
    }
}
