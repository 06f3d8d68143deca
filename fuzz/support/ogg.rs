//! Makes the check sums of Ogg pages right again after a mutation.

/// Length of a page's header before its table of segments.
const HEADER: usize = 27;

/// Where its check sum stands.
const SUM: std::ops::Range<usize> = 22..26;

/// Sets the sum of every page that is whole.
pub fn repair(data: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = find(&data[at..]) {
        at += found;
        match page_length(&data[at..]) {
            Some(length) => {
                let page = &mut data[at..at + length];
                page[SUM].fill(0);
                let sum = sum(page).to_le_bytes();
                page[SUM].copy_from_slice(&sum);
                at += length;
            }
            None => at += 4,
        }
    }
}

fn find(data: &[u8]) -> Option<usize> {
    data.windows(4).position(|window| window == b"OggS")
}

/// The whole length of the page that begins here, if all of it is there.
fn page_length(data: &[u8]) -> Option<usize> {
    let segments = usize::from(*data.get(HEADER - 1)?);
    let table = data.get(HEADER..HEADER + segments)?;
    let length = HEADER + segments + table.iter().map(|&segment| usize::from(segment)).sum::<usize>();
    (length <= data.len()).then_some(length)
}

/// CRC-32 as Ogg has it: not reflected, from zero.
fn sum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte) << 24, |sum, _| {
            (sum << 1) ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    })
}
