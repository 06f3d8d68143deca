//! Reading recorded calls: every format gives the right sound on the right side
//! at the right time, every unusable file is refused with a way out, and damage
//! neither shifts the clock nor reaches a number.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failing test panics")]

use std::fs;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use evenkeel::audio::{CallAudio, Chunk, Class, ErrorKind, Inputs, Note, Recording, Source, StereoSide};
use evenkeel::core::units::Channel;

#[path = "reading/support.rs"]
mod support;

use support::*;

// ---- formats ------------------------------------------------------------------------

const COMPRESSED: [&str; 8] = [
    "tones.flac",
    "tones.mp3",
    "tones_8k.mp3",
    "tones.ogg",
    "tones.m4a",
    "tones_16k.m4a",
    "tones_mulaw.wav",
    "tones_alaw.wav",
];

#[test]
fn every_compressed_format_gives_each_tone_on_its_side_at_its_time() {
    for name in COMPRESSED {
        let heard = read(fixture(name));
        check_tones(&heard, name);
        assert_eq!(heard.agent.len(), 16_000, "{name}: lead-in and padding are trimmed");
        assert_eq!(heard.notes, [], "{name}");
    }
}

#[test]
fn adpcm_in_wav_is_read_too() {
    check_tones(&read(fixture("tones_adpcm.wav")), "ADPCM");
}

#[cfg(feature = "opus")]
#[test]
fn opus_is_read_and_its_lead_in_trimmed() {
    let heard = read(fixture("tones.opus"));
    check_tones(&heard, "Opus");
    assert_eq!((heard.agent.len(), heard.notes), (16_000, vec![]));
}

#[cfg(not(feature = "opus"))]
#[test]
fn opus_in_a_build_without_it_is_refused_with_both_ways_out() {
    let error = refused(fixture("tones.opus"));
    assert!(matches!(error.kind(), ErrorKind::OpusNotBuilt));
    assert!(error.hint().contains("ffmpeg -i") && error.hint().contains("`opus`"));
}

#[test]
fn wav_samples_of_every_kind_give_the_same_tones() {
    let kinds: [(&str, Stored); 6] = [
        ("8 bit", (1, 8, |x| vec![(x * 127.0 + 128.0).round() as u8])),
        ("16 bit", I16),
        ("24 bit", (1, 24, |x| ((x * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec())),
        ("32 bit", (1, 32, |x| ((x * 2_147_483_647.0) as i32).to_le_bytes().to_vec())),
        ("32-bit float", F32),
        ("64-bit float", (3, 64, |x| x.to_le_bytes().to_vec())),
    ];
    for (name, stored) in kinds {
        let heard = read(wav(stored, 16_000, &tones(16_000, 1.0)));
        check_tones(&heard, name);
        assert_eq!(heard.notes, [], "{name}");
    }
}

#[test]
fn every_usual_rate_keeps_tones_and_time() {
    for rate in [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000] {
        let heard = read(wav(I16, rate, &tones(rate, 1.0)));
        check_tones(&heard, &format!("{rate} Hz"));
        assert_eq!(heard.agent.len(), 16_000, "{rate} Hz");
    }
}

#[test]
fn sixteen_kilohertz_float_passes_bit_for_bit() {
    let frames = tones(16_000, 2.3);
    let heard = read(wav(F32, 16_000, &frames));
    let agent: Vec<f32> = frames.iter().map(|frame| frame[0] as f32).collect();
    assert_eq!(heard.agent, agent);
}

#[test]
fn content_decides_and_the_name_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.mp3");
    fs::write(&path, fixture("tones.flac")).unwrap();
    let call = CallAudio::open(&Inputs::Stereo { path, agent: StereoSide::Left }).unwrap();
    assert_eq!(call.facts()[0].codec, "FLAC");
    check_tones(&hear(call).unwrap(), "FLAC by another name");
}

#[test]
fn the_agent_may_be_on_the_right() {
    let recording = Recording::from_bytes("call.flac", fixture("tones.flac"));
    let heard = hear(CallAudio::stereo(recording, StereoSide::Right).unwrap()).unwrap();
    check_tone(&heard.agent, 1_000.0, 440.0, 0.25, 0.5, "agent");
    check_tone(&heard.customer, 440.0, 1_000.0, 0.5, 0.2, "customer");
}

#[test]
fn two_mono_files_may_differ_in_format_and_rate() {
    let right: Vec<f64> = tones(44_100, 1.0).iter().map(|frame| frame[1]).collect();
    for name in ["one.mp3", "one.ogg", "one.m4a"] {
        let heard = read_pair(fixture(name), mono_wav(44_100, &right));
        check_tones(&heard, name);
        assert_eq!(heard.notes, [], "{name}");
    }
}

#[test]
fn facts_tell_what_the_header_says() {
    let call = open(wav(I16, 8_000, &tones(8_000, 1.0))).unwrap();
    let facts = &call.facts()[0];
    assert_eq!((facts.container, facts.codec, facts.bits), ("WAV", "PCM", Some(16)));
    assert_eq!((facts.rate_hz, facts.channels, facts.seconds), (8_000, 2, Some(1.0)));
    let lines: Vec<String> = ["tones.ogg", "tones.m4a", "tones.mp3"]
        .into_iter()
        .map(|name| open(fixture(name)).unwrap().facts()[0].to_string())
        .collect();
    assert_eq!(
        lines,
        [
            "call.wav: Ogg, Vorbis, 2 channels, 44100 Hz",
            "call.wav: M4A, AAC, 2 channels, 44100 Hz, 1.0 s",
            "call.wav: MP3, 2 channels, 44100 Hz, 1.0 s",
        ]
    );
}

#[test]
fn any_source_is_read_through_the_same_trait() {
    let mut source: Box<dyn Source> = Box::new(open(fixture("tones.flac")).unwrap());
    let mut chunk = Chunk::default();
    assert!(source.next(&mut chunk).unwrap());
    assert!(!source.next(&mut chunk).unwrap() && chunk.is_empty());
    assert!(!source.next(&mut chunk).unwrap(), "it stays at the end");
}

// ---- damage -------------------------------------------------------------------------

#[test]
fn a_header_that_promises_more_gives_what_is_there() {
    let mut file = wav(I16, 16_000, &tones(16_000, 1.0));
    file.truncate(44 + 4 * 10_000 + 3);
    let heard = read(file);
    assert_eq!(heard.agent.len(), 10_000);
    let [Note::Truncated { promised_s, found_s, .. }, Note::PartialSample { bytes: 3, .. }] =
        &heard.notes[..]
    else {
        panic!("{:?}", heard.notes);
    };
    assert_eq!((*promised_s, *found_s), (1.0, 0.625));
}

#[test]
fn an_open_length_is_read_to_the_end() {
    for length in [u32::MAX, 0, 0x7fff_f000] {
        let mut file = wav(I16, 16_000, &tones(16_000, 1.0));
        file[4..8].copy_from_slice(&length.saturating_add(36).to_le_bytes());
        file[40..44].copy_from_slice(&length.to_le_bytes());
        let heard = read(file);
        check_tones(&heard, "open length");
        assert!(matches!(heard.notes[..], [Note::NoLength { found_s: 1.0, .. }]), "{length:#x}");
    }
}

#[test]
fn sound_behind_the_promised_length_is_read_too() {
    let mut file = wav(I16, 16_000, &tones(16_000, 3.0));
    file[40..44].copy_from_slice(&64_000u32.to_le_bytes());
    let heard = read(file);
    assert_eq!(heard.agent.len(), 48_000);
    assert!(matches!(heard.notes[..], [Note::Longer { promised_s: 1.0, found_s: 3.0, .. }]));
}

#[test]
fn what_follows_the_samples_is_not_sound() {
    let mut file = wav(I16, 16_000, &tones(16_000, 1.0));
    file.extend(b"LIST\0\0\x02\0");
    file.extend([0x20; 0x20000]);
    assert_eq!(read(file).agent.len(), 16_000);
}

#[test]
fn damaged_samples_become_silence_and_are_counted_on_their_side() {
    let mut frames = tones(16_000, 1.0);
    for (index, value) in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 8.5, -1e30].into_iter().enumerate() {
        frames[8_000 + index][0] = value;
    }
    frames[9_000][1] = f64::NAN;
    frames[9_001][1] = 7.9;
    let heard = read(wav(F32, 16_000, &frames));
    assert_eq!(heard.agent[8_000..8_005], [0.0; 5]);
    assert_eq!(heard.customer[9_000..9_002], [0.0, 7.9]);
    let file = || "call.wav".to_owned();
    assert_eq!(
        heard.notes,
        [
            Note::DamagedSamples { file: file(), side: Channel::Agent, samples: 5 },
            Note::DamagedSamples { file: file(), side: Channel::Customer, samples: 1 },
        ]
    );
}

#[test]
fn the_shorter_side_is_lost_from_its_end_on() {
    let agent: Vec<f64> = tones(16_000, 2.5).iter().map(|frame| frame[0]).collect();
    let customer: Vec<f64> = tones(8_000, 1.0).iter().map(|frame| frame[1]).collect();
    let heard = read_pair(mono_wav(16_000, &agent), mono_wav(8_000, &customer));
    assert_eq!(heard.agent.len(), 40_000);
    assert_eq!((lost(&heard.agent_lost), lost(&heard.customer_lost)), (0.0, 1.5));
    assert!(!heard.customer_lost[15_999] && heard.customer_lost[16_000]);
    let sentence = heard.notes[0].to_string();
    for part in ["agent.wav 2.50 s", "customer.wav 1.00 s"] {
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[test]
fn compressed_files_that_were_cut_give_their_beginning_and_say_so() {
    for name in ["tones.flac", "tones.mp3", "tones.ogg"] {
        let mut file = fixture(name);
        file.truncate(file.len() * 8 / 10);
        let heard = read(file);
        let seconds = heard.agent.len() as f64 / RATE;
        assert!((0.3..0.9).contains(&seconds), "{name}: {seconds} s");
        let said = matches!(heard.notes[..], [Note::Truncated { .. }] | [Note::NoEndMark { .. }]);
        assert!(said, "{name}: {:?}", heard.notes);
    }
}

#[test]
fn an_m4a_file_without_its_index_is_refused_as_unfinished() {
    let mut file = fixture("tones.m4a");
    file.truncate(file.len() * 8 / 10);
    let error = refused(file);
    assert!(matches!(error.kind(), ErrorKind::Damaged { .. }));
    assert!(error.to_string().contains("did not finish"), "{error}");
}

/// Spoils some bytes in the middle and expects the end to stay where it was.
fn check_damage_keeps_time(name: &str, at: usize) -> Heard {
    let mut file = fixture(name);
    file[at..at + 40].fill(0xa5);
    let heard = read(file);
    assert_eq!(heard.agent.len(), 16_000, "{name}");
    check_tone(&heard.customer, 1_000.0, 440.0, 0.25, 0.5, name);
    heard
}

#[test]
fn a_damaged_flac_frame_is_lost_time_in_its_place() {
    let heard = check_damage_keeps_time("tones.flac", 9_800);
    let gone = lost(&heard.agent_lost);
    assert!((0.05..0.3).contains(&gone), "{gone} s lost");
    assert_eq!(gone, lost(&heard.customer_lost));
    assert!(matches!(heard.notes[..], [Note::Gaps { gaps: 1, .. }]), "{:?}", heard.notes);
}

#[test]
fn a_damaged_mp3_frame_does_not_shift_what_follows() {
    let heard = check_damage_keeps_time("tones_8k.mp3", 2_000);
    assert!(lost(&heard.agent_lost) < 0.3, "{:?}", heard.notes);
}

#[test]
fn a_lost_ogg_page_does_not_shift_the_end() {
    let mut file = fixture("tones.ogg");
    let pages: Vec<usize> = (0..file.len() - 4).filter(|&at| &file[at..at + 4] == b"OggS").collect();
    file.drain(pages[3]..pages[4]);
    let heard = read(file);
    assert_eq!(heard.agent.len(), 16_000);
    assert!((0.1..0.3).contains(&lost(&heard.agent_lost)), "{:?}", heard.notes);
}

#[test]
fn joined_ogg_files_are_one_recording() {
    let heard = read([fixture("tones.ogg"), fixture("tones.ogg")].concat());
    assert_eq!(heard.agent.len(), 32_000);
    check_tone(&heard.customer[16_000..], 1_000.0, 440.0, 0.25, 0.5, "second part");
}

#[test]
fn bytes_in_a_flac_file_that_are_no_sound_are_counted_and_said() {
    let heard = read([fixture("tones.flac"), vec![0x55; 300_000]].concat());
    assert!((0.9..1.01).contains(&(heard.agent.len() as f64 / RATE)));
    let skipped = |note: &Note| matches!(note, Note::Skipped { bytes: 200_000.., .. });
    assert!(heard.notes.iter().any(skipped), "{:?}", heard.notes);
}

#[test]
fn joined_mp3_files_lose_nothing_to_the_first_ones_count() {
    let heard = read([fixture("tones.mp3"), fixture("tones.mp3")].concat());
    assert!(31_900 < heard.agent.len(), "{} samples", heard.agent.len());
    assert!(matches!(heard.notes[..], [Note::Longer { .. }]), "{:?}", heard.notes);
}

/// Bytes that come a few at a time.
struct Trickle(Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(7);
        self.0.read(&mut buffer[..wanted])
    }
}

impl Seek for Trickle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn how_the_bytes_arrive_does_not_change_a_bit() {
    let mut files: Vec<Vec<u8>> = COMPRESSED.iter().map(|name| fixture(name)).collect();
    files.push(wav(I16, 44_100, &tones(44_100, 1.0)));
    for bytes in files {
        let trickle = Recording::new("call", Trickle(Cursor::new(bytes.clone())));
        let slowly = hear(CallAudio::stereo(trickle, StereoSide::Left).unwrap()).unwrap();
        let at_once = read(bytes);
        assert_eq!((slowly.agent, slowly.customer), (at_once.agent, at_once.customer));
    }
}

/// Bytes that break off with a read error.
struct Breaks(Cursor<Vec<u8>>, u64);

impl Read for Breaks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.1.saturating_sub(self.0.position())).unwrap();
        if left == 0 {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the share went away"));
        }
        let wanted = buffer.len().min(left);
        self.0.read(&mut buffer[..wanted])
    }
}

impl Seek for Breaks {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_read_error_in_the_middle_is_an_error_and_never_an_end() {
    let mut files: Vec<(&str, Vec<u8>)> =
        ["tones.flac", "tones.mp3", "tones.ogg", "tones.m4a"].map(|name| (name, fixture(name))).to_vec();
    files.push(("WAV", wav(I16, 16_000, &tones(16_000, 2.0))));
    for (name, bytes) in files {
        let half = bytes.len() as u64 * 6 / 10;
        let recording = Recording::new("call", Breaks(Cursor::new(bytes), half));
        let error = CallAudio::stereo(recording, StereoSide::Left).and_then(hear).err().unwrap();
        assert!(matches!(error.kind(), ErrorKind::Io(_)), "{name}: {error}");
        assert_eq!(error.class(), Class::MissingInput);
        assert!(error.to_string().contains("the share went away"), "{error}");
    }
}

// ---- refusals -----------------------------------------------------------------------

#[track_caller]
fn check_refusal(bytes: Vec<u8>, is_kind: fn(&ErrorKind) -> bool, sentence: &str, remedy: &str) {
    let error = refused(bytes);
    assert!(is_kind(error.kind()), "{error:?}");
    assert_eq!(error.class(), Class::BadData, "{error}");
    let said = error.to_string();
    assert!(said.starts_with("call.wav: ") && said.contains(sentence), "{said}");
    assert!(error.hint().contains(remedy), "{}", error.hint());
}

#[test]
fn files_that_are_no_call_are_refused_with_what_they_are_and_a_way_out() {
    use ErrorKind as K;
    let text = b"This is not a sound file.\n".to_vec();
    check_refusal(text, |k| matches!(k, K::NotAudio { .. }), "\"This is not a so\"", "WAV, FLAC, MP3");
    check_refusal(vec![], |k| matches!(k, K::Empty), "0 bytes", "again");
    let matroska = b"\x1a\x45\xdf\xa3\x93\x42\x82\x88".to_vec();
    check_refusal(matroska, |k| matches!(k, K::UnsupportedFormat { .. }), "Matroska", "ffmpeg -i 'call.wav'");
    let speex = fixture("speex.ogg");
    check_refusal(speex, |k| matches!(k, K::UnsupportedCodec { .. }), "Speex", "ffmpeg -i 'call.wav'");
    let gsm = wav_header((0x31, 0, |_| vec![]), 8_000, 2, 100);
    check_refusal(gsm, |k| matches!(k, K::UnsupportedCodec { .. }), "GSM 6.10", "ffmpeg -i 'call.wav'");
    let damaged = b"fLaC\0\0\0\x22nothing of use".to_vec();
    check_refusal(damaged, |k| matches!(k, K::Damaged { .. }), "damaged", "again");
}

#[test]
fn calls_of_the_wrong_shape_are_refused_with_what_they_are_and_a_way_out() {
    use ErrorKind as K;
    let mono = mono_wav(16_000, &[0.0; 100]);
    check_refusal(mono, |k| matches!(k, K::Mono), "mono", "--agent FILE and --customer FILE");
    for name in ["one.mp3", "one.ogg", "one.m4a"] {
        check_refusal(fixture(name), |k| matches!(k, K::Mono), "mono", "stereo");
    }
    let many = wav_header(I16, 16_000, 6, 1_200);
    check_refusal(many, |k| matches!(k, K::TooManyChannels { channels: 6, .. }), "6 channels", "stereo");
    for rate in [4_000, 192_000] {
        let file = wav(I16, rate, &[[0.0; 2]; 100]);
        check_refusal(file, |k| matches!(k, K::RateOutOfRange { .. }), "8000 to 96000 Hz", "-ar 16000");
    }
    for nothing in [wav(I16, 16_000, &[]), wav_header(I16, 16_000, 2, 4_000)] {
        let is = |k: &K| matches!(k, K::NoSamples | K::Damaged { .. });
        check_refusal(nothing, is, "call.wav", "again");
    }
}

#[test]
fn a_stereo_file_for_one_side_is_refused_by_side() {
    let stereo = || Recording::from_bytes("both.wav", wav(I16, 16_000, &tones(16_000, 0.1)));
    let mono = || Recording::from_bytes("one.wav", mono_wav(16_000, &[0.1; 100]));
    for (agent, customer, expected) in
        [(stereo(), mono(), Channel::Agent), (mono(), stereo(), Channel::Customer)]
    {
        let error = CallAudio::pair(agent, customer).err().unwrap();
        let ErrorKind::StereoForOneSide { side } = error.kind() else { panic!("{error}") };
        assert_eq!((*side, error.file()), (expected, "both.wav"));
        assert!(error.hint().contains("alone"), "{}", error.hint());
    }
}

// ---- anything at all ----------------------------------------------------------------

#[test]
fn files_that_break_the_decoder_library_break_nothing_here() {
    for name in ["setup_header.ogg", "offset.m4a", "fragment.m4a"] {
        let error = refused(fixture(&format!("spoiled/{name}")));
        assert!(matches!(error.kind(), ErrorKind::Damaged { .. }), "{name}: {error}");
    }
    let heard = read(fixture("spoiled/floor.ogg"));
    assert!(matches!(heard.notes[..], [Note::Undecodable { packets: 11, .. }]), "{:?}", heard.notes);
    assert!((0.2..0.4).contains(&lost(&heard.agent_lost)));
}

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

fn spoil(file: &mut Vec<u8>, dice: &mut Dice) {
    for _ in 0..=dice.below(4) {
        // Every other time in the header, where it hurts most.
        let reach = if dice.below(2) == 0 { file.len().min(300) } else { file.len() };
        let at = dice.below(reach);
        let run = dice.below(64).min(file.len() - at);
        match dice.below(6) {
            0 | 1 => file.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
            2 => file[at..at + run.min(4)].fill([0, 0x7f, 0x80, 0xff][dice.below(4)]),
            3 => file[at..at + run].iter_mut().for_each(|byte| *byte = dice.below(256) as u8),
            4 => file.truncate(at),
            _ => drop(file.drain(at..at + run)),
        }
    }
}

#[test]
fn spoiled_files_never_panic_and_never_give_anything_but_numbers() {
    let mut files: Vec<Vec<u8>> = COMPRESSED.iter().map(|name| fixture(name)).collect();
    files.extend(["tones.opus", "tones_adpcm.wav"].map(fixture));
    files.push(wav(F32, 16_000, &tones(16_000, 0.2)));
    let mut dice = Dice(1);
    let mut read = 0;
    for round in 0..5_000 {
        let mut file = files[round % files.len()].clone();
        spoil(&mut file, &mut dice);
        // Either it is refused, or all that `hear` asks of every chunk holds.
        read += usize::from(open(file).and_then(hear).is_ok());
    }
    assert!(1_500 < read, "only {read} could be read: nothing was tried");
}
