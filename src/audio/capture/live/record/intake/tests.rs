use pulseaudio::protocol::{Descriptor, DescriptorFlags, RecordStreamMovedParams};

use super::*;
use crate::audio::capture::tap::{Found, Pause, Reader, pair};

const NUMBERS: Numbers = Numbers { channel: 3, source: 7, begin: 900, version: pulse::MAX_VERSION };
const MONO: Sound = Sound { format: SampleFormat::S16Le, channels: 1, rate: 16_000 };
const MS: u64 = Nanos::MILLISECOND;
/// The time of day when the monotonic clock stood at 0.
const EPOCH: Duration = Duration::from_secs(1_700_000_000);

fn at(ms: u64) -> Moment {
    Moment { monotonic: Nanos(ms * MS), wall: EPOCH + Duration::from_millis(ms) }
}

fn marked(channel: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap();
    let head = Descriptor { length, channel, offset: 0, flags: DescriptorFlags::empty() };
    let mut whole = Vec::new();
    pulse::write_descriptor(&mut whole, &head).unwrap();
    whole.extend_from_slice(body);
    whole
}

/// So many samples of this value.
fn sound(samples: usize, value: i16) -> Vec<u8> {
    marked(NUMBERS.channel, &value.to_le_bytes().repeat(samples))
}

fn told(command: &Command) -> Vec<u8> {
    let mut whole = Vec::new();
    pulse::write_command_message(&mut whole, u32::MAX, command, NUMBERS.version).unwrap();
    whole
}

/// The answer to the question `number`, given at `ms`: the device holds `age_ms` of
/// sound and the server `held` bytes.
fn timing(number: u32, ms: u64, age_ms: u64, held: i64) -> Vec<u8> {
    let answer = RecordLatency {
        sink_usec: 0,
        source_usec: age_ms * 1_000,
        playing: true,
        local_time: UNIX_EPOCH,
        remote_time: UNIX_EPOCH + EPOCH + Duration::from_millis(ms),
        write_offset: 50_000 + held,
        read_offset: 50_000,
    };
    let mut whole = vec![0; 512];
    let length = pulse::encode_reply_message(&mut whole[..], number, &answer, NUMBERS.version).unwrap();
    whole.truncate(length);
    whole
}

struct Stream {
    intake: Intake,
    tap: Tap,
    reader: Reader,
}

impl Stream {
    fn of(sound: Sound) -> Self {
        let (mut tap, reader) = pair(sound.rate, 0, Pause::default());
        tap.expect(sound.channels, sound.rate);
        Self { intake: Intake::new(sound, NUMBERS, 4_096), tap, reader }
    }

    fn new() -> Self {
        Self::of(MONO)
    }

    fn take(&mut self, ms: u64, bytes: &[u8]) -> Result<(), Over> {
        self.intake.room()[..bytes.len()].copy_from_slice(bytes);
        self.intake.take(bytes.len(), at(ms), &mut self.tap)
    }

    /// Whether something is asked, and under which number.
    fn asks(&mut self, ms: u64) -> Option<u32> {
        let question = self.intake.question(at(ms))?;
        let (number, command) =
            Command::read_tag_prefixed(&mut &question[pulse::DESCRIPTOR_SIZE..], NUMBERS.version).unwrap();
        assert!(matches!(command, Command::GetRecordLatency(params) if params.channel == NUMBERS.channel));
        Some(number)
    }

    /// When what came was captured, ms, and its samples.
    fn heard(&mut self) -> Vec<(f64, Vec<f32>)> {
        let mut heard = Vec::new();
        self.reader.drain(|found| {
            if let Found::Sound(piece, _) = found {
                heard.push((piece.at.0 as f64 / MS as f64, piece.samples.to_vec()));
            }
        });
        heard
    }

    fn begins(&mut self) -> Vec<f64> {
        self.heard().into_iter().map(|(at, _)| at).collect()
    }
}

#[test]
fn sound_is_dated_by_the_servers_clock() {
    let mut stream = Stream::new();
    assert_eq!(stream.asks(1_000), None, "there is nothing to be dated");
    stream.take(1_000, &sound(160, 1)).unwrap();
    // Nothing better is known of the first one than when it came.
    assert_eq!(stream.begins(), [990.0]);
    let number = stream.asks(1_000).unwrap();
    assert_eq!(stream.asks(1_001), None, "one question at a time");
    // Read 6 ms late: what counts is when it was said. 5 ms are in the device, and 10 in
    // the server.
    stream.take(1_007, &timing(number, 1_001, 5, 320)).unwrap();
    stream.take(1_009, &sound(160, 1)).unwrap();
    stream.take(1_030, &sound(320, 1)).unwrap();
    assert_eq!(stream.begins(), [986.0, 996.0]);
    assert_eq!(stream.asks(1_050), None, "not always");
    stream.take(1_100, &told(&changed(9))).unwrap();
    assert_eq!(stream.asks(1_100), None, "only when sound has just come");
    stream.take(1_101, &sound(160, 1)).unwrap();
    let number = stream.asks(1_101).unwrap();
    // Later on the device holds less of it.
    stream.take(1_101, &timing(number, 1_101, 2, 0)).unwrap();
    stream.take(1_111, &sound(160, 1)).unwrap();
    assert_eq!(stream.begins()[1], 1_099.0);
}

#[test]
fn what_was_lost_is_asked_for_at_once() {
    let mut stream = Stream::new();
    stream.take(1_000, &sound(160, 1)).unwrap();
    let number = stream.asks(1_000).unwrap();
    stream.take(1_000, &timing(number, 1_000, 0, 0)).unwrap();
    for ms in [1_010, 1_020, 1_030] {
        stream.take(ms, &sound(160, 1)).unwrap();
        assert_eq!(stream.asks(ms), None);
    }
    // 20 ms are missing before this.
    stream.take(1_060, &sound(160, 1)).unwrap();
    let number = stream.asks(1_060).unwrap();
    stream.take(1_060, &timing(number, 1_060, 0, 0)).unwrap();
    stream.take(1_070, &sound(160, 1)).unwrap();
    assert_eq!(stream.begins(), [990.0, 1_000.0, 1_010.0, 1_020.0, 1_030.0, 1_060.0]);
    assert_eq!(stream.asks(1_071), None);
}

/// One that is dated by its arrival, 10 ms each, all known of the clock at 1000 ms.
fn dated() -> Stream {
    let mut stream = Stream::new();
    stream.take(1_000, &sound(160, 1)).unwrap();
    let number = stream.asks(1_000).unwrap();
    stream.take(1_000, &timing(number, 1_000, 0, 0)).unwrap();
    stream.take(1_010, &sound(160, 1)).unwrap();
    stream.begins();
    stream
}

#[test]
fn behind_a_hole_sound_is_dated_by_its_arrival() {
    let mut stream = dated();
    for ms in [1_520, 1_530] {
        stream.take(ms, &sound(160, 1)).unwrap();
    }
    assert_eq!(stream.begins(), [1_510.0, 1_520.0]);
    assert!(stream.asks(1_530).is_some());
}

#[test]
fn what_piled_up_before_us_is_no_hole() {
    let mut stream = dated();
    // The thread stood still for half a second.
    let all: Vec<u8> = std::iter::repeat_with(|| sound(160, 1)).take(11).flatten().collect();
    stream.take(1_520, &all).unwrap();
    let begins: Vec<f64> = (0..11).map(|k| f64::from(1_010 + 10 * k)).collect();
    assert_eq!(stream.begins(), begins);
}

#[test]
fn r32_a_time_of_day_that_was_set_dates_nothing() {
    for shift in [-3_600_000i64, 3_600_000] {
        let mut stream = Stream::new();
        stream.take(2_000, &sound(160, 1)).unwrap();
        let number = stream.asks(2_000).unwrap();
        // Two hours on, as both clocks were when it was said.
        let wrong = timing(number, 7_200_000, 5, 0);
        let set = Moment {
            monotonic: Nanos(2_003 * MS),
            wall: EPOCH + Duration::from_millis(7_200_000u64.saturating_add_signed(shift)),
        };
        stream.intake.room()[..wrong.len()].copy_from_slice(&wrong);
        stream.intake.take(wrong.len(), set, &mut stream.tap).unwrap();
        stream.take(2_010, &sound(160, 1)).unwrap();
        assert_eq!(stream.begins(), [1_990.0, 1_995.0], "{shift}");
    }
}

#[test]
fn a_source_that_stands_still_dates_nothing() {
    let mut stream = Stream::new();
    stream.take(1_000, &sound(160, 1)).unwrap();
    let number = stream.asks(1_000).unwrap();
    let mut whole = vec![0; 512];
    let answer = RecordLatency {
        sink_usec: 0,
        source_usec: 900_000,
        playing: false,
        local_time: UNIX_EPOCH,
        remote_time: UNIX_EPOCH + EPOCH + Duration::from_secs(1),
        write_offset: 0,
        read_offset: 0,
    };
    let length = pulse::encode_reply_message(&mut whole[..], number, &answer, NUMBERS.version).unwrap();
    stream.take(1_000, &whole[..length]).unwrap();
    stream.take(1_010, &sound(160, 1)).unwrap();
    assert_eq!(stream.begins(), [990.0, 1_000.0]);
}

#[test]
fn a_message_may_come_in_any_pieces() {
    let all = [sound(40, 100), told(&changed(9)), sound(3, 200), sound(1, 300)].concat();
    for size in 1..all.len() {
        let mut stream = Stream::new();
        for piece in all.chunks(size) {
            stream.take(1_000, piece).unwrap();
        }
        let samples: Vec<f32> = stream.heard().into_iter().flat_map(|(_, samples)| samples).collect();
        let expected = [vec![100.0; 40], vec![200.0; 3], vec![300.0]].concat();
        assert_eq!(samples, expected.iter().map(|s| s / 32_768.0).collect::<Vec<f32>>(), "{size}");
    }
}

fn changed(source: u32) -> Command {
    event(source, SubscriptionEventType::Changed)
}

fn event(source: u32, event_type: SubscriptionEventType) -> Command {
    let event_facility = SubscriptionEventFacility::Source;
    Command::SubscribeEvent(SubscriptionEvent { event_facility, event_type, index: Some(source) })
}

#[test]
fn r01_from_the_word_that_the_device_is_gone_nothing_is_kept() {
    let moved = |stream_index| {
        Command::RecordStreamMoved(RecordStreamMovedParams {
            stream_index,
            device_index: 1,
            device_name: c"other".to_owned(),
            device_suspended: false,
            buffer_attr: pulse::stream::BufferAttr::default(),
            configured_source_latency: 0,
        })
    };
    let ends = [
        Command::RecordStreamKilled(NUMBERS.channel),
        moved(NUMBERS.channel),
        event(NUMBERS.source, SubscriptionEventType::Removed),
    ];
    for end in ends {
        let mut stream = Stream::new();
        stream.take(1_000, &sound(16, 1)).unwrap();
        let rest = [told(&end), sound(16, 2)].concat();
        assert_eq!(stream.take(1_001, &rest), Err(Over::Gone), "{end:?}");
        assert_eq!(stream.heard().len(), 1, "{end:?}");
    }
    let other = [
        Command::RecordStreamKilled(NUMBERS.channel + 1),
        moved(NUMBERS.channel + 1),
        event(NUMBERS.source + 1, SubscriptionEventType::Removed),
        changed(NUMBERS.source),
    ];
    for other in other {
        let mut stream = Stream::new();
        stream.take(1_000, &[told(&other), sound(16, 2)].concat()).unwrap();
        assert_eq!(stream.heard().len(), 1, "{other:?}");
    }
}

#[test]
fn a_stream_that_the_server_does_not_know_any_more_is_over() {
    let mut stream = Stream::new();
    stream.take(1_000, &sound(16, 1)).unwrap();
    let number = stream.asks(1_000).unwrap();
    // The level was refused: a pity, and no more.
    stream.take(1_001, &denied(number + 1)).unwrap();
    assert_eq!(stream.take(1_002, &denied(number)), Err(Over::Gone));
    // Its beginning was refused, or PipeWire gave it up.
    for number in [NUMBERS.begin, u32::MAX] {
        assert_eq!(Stream::new().take(1_000, &denied(number)), Err(Over::Gone));
    }
}

fn denied(number: u32) -> Vec<u8> {
    fields(&[CommandTag::Error as u32, number, pulse::PulseError::NoEntity as u32])
}

/// A message of numbers alone.
fn fields(fields: &[u32]) -> Vec<u8> {
    let body: Vec<u8> = fields.iter().flat_map(|field| [&b"L"[..], &field.to_be_bytes()].concat()).collect();
    marked(u32::MAX, &body)
}

#[test]
fn what_is_not_the_protocol_ends_it() {
    let mut long = Descriptor { length: 1 << 20, channel: 3, offset: 0, flags: DescriptorFlags::empty() };
    let head = |descriptor: &Descriptor| {
        let mut head = Vec::new();
        pulse::write_descriptor(&mut head, descriptor).unwrap();
        head
    };
    let too_long = head(&long);
    long.length = u32::MAX;
    let wrong = [
        too_long,
        head(&long),
        marked(NUMBERS.channel + 1, &[0; 32]),
        // One and a half samples.
        marked(NUMBERS.channel, &[0; 3]),
        marked(u32::MAX, b"not a command"),
    ];
    for wrong in wrong {
        assert_eq!(Stream::new().take(1_000, &wrong), Err(Over::Malformed), "{wrong:?}");
    }
}

#[test]
fn every_format_is_scaled_to_one() {
    let of = |format, bytes: &[u8]| {
        let mut stream = Stream::of(Sound { format, ..MONO });
        stream.take(1_000, &marked(NUMBERS.channel, bytes)).unwrap();
        stream.heard().remove(0).1
    };
    assert_eq!(of(SampleFormat::U8, &[0, 128, 192]), [-1.0, 0.0, 0.5]);
    assert_eq!(of(SampleFormat::S16Le, &[0, 0x80, 0, 0x40]), [-1.0, 0.5]);
    assert_eq!(of(SampleFormat::S24Le, &[0, 0, 0x80, 0, 0, 0x40]), [-1.0, 0.5]);
    // The fourth byte means nothing.
    assert_eq!(of(SampleFormat::S24In32Le, &[0, 0, 0x80, 0x55, 0, 0, 0x40, 0xff]), [-1.0, 0.5]);
    assert_eq!(of(SampleFormat::S32Le, &[0, 0, 0, 0x80, 0, 0, 0, 0x40]), [-1.0, 0.5]);
    assert_eq!(of(SampleFormat::Float32Le, &0.25f32.to_le_bytes()), [0.25]);
    let mut stereo = Stream::of(Sound { channels: 2, ..MONO });
    stereo.take(1_000, &sound(4, 0x4000)).unwrap();
    assert_eq!(stereo.heard(), [(1_000.0 - 0.125, vec![0.5, 0.5])]);
}

#[test]
fn the_streams_thread_allocates_nothing() {
    let mut stream = Stream::new();
    // Names and the like in an event are not even looked at.
    let event = fields(&[CommandTag::RecordStreamEvent as u32, u32::MAX, NUMBERS.channel]);
    let block = [told(&changed(NUMBERS.source)), event, sound(160, 5)].concat();
    let answers: Vec<Vec<u8>> = (1..=50).map(|n| timing(n, 1_000 + u64::from(n) * 100, 5, 0)).collect();
    let mut asked = 0;
    let Stream { intake, tap, .. } = &mut stream;
    let mut feed = |bytes: &[u8], ms| {
        intake.room()[..bytes.len()].copy_from_slice(bytes);
        assert!(intake.take(bytes.len(), at(ms), tap).is_ok());
        intake.question(at(ms)).is_some()
    };
    let count = allocation_counter::measure(|| {
        for (n, answer) in answers.iter().enumerate() {
            let ms = 1_000 + n as u64 * 100;
            for k in 0..10 {
                asked += usize::from(feed(&block, ms + k * 10));
            }
            feed(answer, ms + 99);
        }
    });
    assert_eq!((count.count_total, asked), (0, 50));
}
