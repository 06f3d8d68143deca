//! Opens a compressed container: finds its sound track, makes the decoder, and
//! reads from the header where the sound begins and ends.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_AAC, CODEC_ID_ADPCM_IMA_WAV, CODEC_ID_ADPCM_MS, CODEC_ID_ALAC, CODEC_ID_FLAC, CODEC_ID_MP3,
    CODEC_ID_OPUS, CODEC_ID_VORBIS,
};
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::{Error, Result as LibraryResult};
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::default::formats::{FlacReader, IsoMp4Reader, MpaReader, OggReader, WavReader};
use symphonia::default::get_codecs;

use super::expected::{Expected, check_rate};
use super::facts::Facts;
use super::mp4::{self, Edit, Movie};
use super::packets::{Opened, Packets};
use super::padding::Padding;
use super::recording::Bytes;
use super::sniff::{Container, Found};
use super::tap::{Tap, Watch};
use crate::audio::error::ErrorKind;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic on this thread is about to be caught here, as damage in a
/// recording. A panic hook that prints asks this first and stays silent.
pub fn panic_is_handled() -> bool {
    GUARDED.get()
}

/// Runs a piece of the decoder library and takes a panic for what it is: damage
/// in the file that the library did not foresee (its own errors come as errors).
/// Spoiled Vorbis headers and MP4 fragments do reach its assertions. The last
/// resort, and it needs panics that unwind. What panicked must not be used again.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work)).ok();
    GUARDED.set(before);
    result
}

/// Opens the sound track of a compressed file of `length` bytes.
///
/// # Errors
/// Everything a file can be refused for by its header.
pub(super) fn open(
    file: &str,
    found: Found,
    mut bytes: Box<dyn Bytes>,
    length: u64,
    expected: Expected,
) -> Result<Packets, ErrorKind> {
    let mp4 = found.container == Container::Mp4;
    let movie = if mp4 { mp4::movie(&mut *bytes, length)? } else { Movie::default() };
    // Only MP4 needs to jump about. The others are read from front to back, so
    // that no length is guessed from the file's size and taken for a promise.
    let tap = Tap::new(bytes, found.start, length, mp4)?;
    let watch = tap.watch();
    let stream = MediaSourceStream::new(Box::new(tap), Default::default());
    let Some(Ok(format)) = guarded(|| reader(found.container, stream)) else {
        watch.check()?;
        return Err(ErrorKind::Damaged { what: "its header cannot be read" });
    };
    let track = format.default_track(TrackType::Audio).cloned().ok_or_else(|| no_track(&movie))?;
    let params = audio_params(&track).cloned().ok_or_else(|| no_track(&movie))?;
    // Decoders refuse more channels than they know for reasons of their own.
    params.channels.as_ref().map_or(Ok(()), |it| expected.check_channels(it.count()))?;
    let decoder = decoder(&params).map_err(|error| no_decoder(&error, &params))?;
    let facts = facts(file, found.container, &*decoder, &track);
    expected.check_channels(facts.channels)?;
    check_rate(facts.rate_hz)?;
    let sound = Sound { container: found.container, format, decoder, track, params, facts };
    Ok(Packets::new(sound.opened(movie.edit, watch)))
}

fn reader(container: Container, stream: MediaSourceStream<'static>) -> LibraryResult<Box<dyn FormatReader>> {
    let options = FormatOptions::default();
    Ok(match container {
        Container::Wav => Box::new(WavReader::try_new(stream, options)?),
        Container::Flac => Box::new(FlacReader::try_new(stream, options)?),
        Container::Mp3 => Box::new(MpaReader::try_new(stream, options)?),
        Container::Ogg => Box::new(OggReader::try_new(stream, options)?),
        Container::Mp4 => Box::new(IsoMp4Reader::try_new(stream, options)?),
    })
}

fn audio_params(track: &Track) -> Option<&AudioCodecParameters> {
    track.codec_params.as_ref().and_then(|params| params.audio())
}

/// A decoder that trims nothing, but for Vorbis, whose first packet only primes it.
pub(super) fn decoder(params: &AudioCodecParameters) -> LibraryResult<Box<dyn AudioDecoder>> {
    let options = AudioDecoderOptions::default().gapless(params.codec == CODEC_ID_VORBIS);
    let made = guarded(|| match params.codec {
        CODEC_ID_OPUS => opus_decoder(params, &options),
        _ => get_codecs().make_audio_decoder(params, &options),
    });
    made.unwrap_or(Err(Error::DecodeError("the decoder panicked over its header")))
}

#[cfg(feature = "opus")]
fn opus_decoder(
    params: &AudioCodecParameters,
    options: &AudioDecoderOptions,
) -> LibraryResult<Box<dyn AudioDecoder>> {
    use symphonia::core::codecs::registry::RegisterableAudioDecoder as _;
    // Where it sees the header it drops the lead-in itself, but only as much of it
    // as fits the first packet.
    let plain = AudioCodecParameters { extra_data: None, ..params.clone() };
    symphonia_adapter_libopus::OpusDecoder::try_registry_new(&plain, options)
}

#[cfg(not(feature = "opus"))]
fn opus_decoder(_: &AudioCodecParameters, _: &AudioDecoderOptions) -> LibraryResult<Box<dyn AudioDecoder>> {
    Err(Error::Unsupported("built without Opus"))
}

/// Frames to add to every stamp of a track: Opus counts its lead-in as sound.
pub(super) fn lead(track: &Track, params: &AudioCodecParameters) -> i64 {
    if params.codec == CODEC_ID_OPUS { -i64::from(track.delay.unwrap_or(0)) } else { 0 }
}

fn facts(file: &str, container: Container, decoder: &dyn AudioDecoder, track: &Track) -> Facts {
    let params = decoder.codec_params();
    let container = match container {
        Container::Wav => "WAV",
        Container::Flac => "FLAC",
        Container::Mp3 => "MP3",
        Container::Ogg => "Ogg",
        Container::Mp4 => "M4A",
    };
    let seconds = track.duration.zip(track.time_base).map(|(duration, base)| {
        duration.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get())
    });
    Facts {
        file: file.to_owned(),
        container,
        codec: codec_name(params.codec),
        rate_hz: params.sample_rate.unwrap_or(0),
        bits: params.bits_per_sample.filter(|_| params.codec == CODEC_ID_FLAC),
        channels: params.channels.as_ref().map_or(0, |channels| channels.count()),
        seconds,
    }
}

fn codec_name(codec: AudioCodecId) -> &'static str {
    match codec {
        CODEC_ID_FLAC => "FLAC",
        CODEC_ID_MP3 => "MP3",
        CODEC_ID_VORBIS => "Vorbis",
        CODEC_ID_OPUS => "Opus",
        CODEC_ID_AAC => "AAC",
        CODEC_ID_ALAC => "Apple Lossless",
        CODEC_ID_ADPCM_MS => "Microsoft ADPCM",
        CODEC_ID_ADPCM_IMA_WAV => "IMA ADPCM",
        _ => "another codec's",
    }
}

fn no_track(movie: &Movie) -> ErrorKind {
    match movie.codec {
        None => ErrorKind::NoAudioTrack,
        Some(letters) => ErrorKind::UnsupportedCodec {
            codec: match &letters {
                b"samr" => "AMR".to_owned(),
                b"sawb" => "AMR-WB".to_owned(),
                b"alac" => "Apple Lossless".to_owned(),
                b"ac-3" => "AC-3".to_owned(),
                other => other.escape_ascii().to_string(),
            },
        },
    }
}

fn no_decoder(error: &Error, params: &AudioCodecParameters) -> ErrorKind {
    let codec = match params.codec {
        CODEC_ID_OPUS if !cfg!(feature = "opus") => return ErrorKind::OpusNotBuilt,
        // The library knows only the low-complexity profile.
        CODEC_ID_AAC => "HE-AAC or another special kind of AAC",
        codec => codec_name(codec),
    };
    match error {
        Error::Unsupported(_) => ErrorKind::UnsupportedCodec { codec: codec.to_owned() },
        _ => ErrorKind::Damaged { what: "the header of its codec cannot be read" },
    }
}

/// A sound track that can be decoded.
struct Sound {
    container: Container,
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: Track,
    params: AudioCodecParameters,
    facts: Facts,
}

impl Sound {
    /// Works out where the sound begins and ends.
    fn opened(self, edit: Option<Edit>, watch: Watch) -> Opened {
        let Self { container, format, decoder, track, params, mut facts } = self;
        let rate = f64::from(facts.rate_hz);
        let frames = |seconds: f64| (seconds * rate).round();
        let lead = edit.map_or_else(|| lead(&track, &params), |edit| frames(edit.shift) as i64);
        let edited = edit.and_then(|edit| edit.length).map(|length| frames(length) as u64);
        // What MP4 tells of its packets has the lead-in in it.
        let told = facts.seconds.map(|it| (frames(it) as u64).saturating_add_signed(lead.min(0)));
        let counted = track.num_frames.filter(|_| edit.is_none());
        // A streamed MP4 says zero.
        let promised = edited.or(counted).or(told).filter(|&promised| 0 < promised);
        let padding = match (edited, counted) {
            (Some(end), _) => Padding::edited(end),
            (None, Some(end)) if track.padding.is_some() => Padding::counted(end),
            (None, _) => Padding::none(),
        };
        facts.seconds = promised.map(|promised| promised as f64 / rate);
        let has_length = matches!(container, Container::Flac | Container::Mp4);
        Opened {
            format,
            decoder,
            params,
            track: track.id,
            ticks: track.time_base,
            lead,
            padding,
            promised,
            open_length: has_length && promised.is_none(),
            all_sound: container == Container::Flac,
            watch,
            facts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_inside_is_damage_and_a_hook_can_tell() {
        assert!(!panic_is_handled());
        assert_eq!(guarded(panic_is_handled), Some(true));
        assert_eq!(guarded(|| -> u8 { panic!("as the library would") }), None);
        assert!(!panic_is_handled());
    }

    #[test]
    fn a_codec_without_a_decoder_is_named() {
        let mut params = AudioCodecParameters::new();
        params.for_codec(CODEC_ID_ALAC);
        let error = decoder(&params).err().unwrap();
        let ErrorKind::UnsupportedCodec { codec } = no_decoder(&error, &params) else { panic!() };
        assert_eq!(codec, "Apple Lossless");
    }

    #[test]
    fn a_sound_track_the_library_does_not_know_is_named_by_its_letters() {
        let named = |letters: &[u8; 4]| {
            let movie = Movie { codec: Some(*letters), edit: None };
            let ErrorKind::UnsupportedCodec { codec } = no_track(&movie) else { panic!() };
            codec
        };
        assert_eq!([named(b"samr"), named(b"abcd")], ["AMR", "abcd"]);
        assert!(matches!(no_track(&Movie::default()), ErrorKind::NoAudioTrack));
    }
}
