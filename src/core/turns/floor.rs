//! Who holds the floor. It passes to the other side when they say something of
//! their own while the holder is silent; a listening token does not take it.
//! From each transfer comes a response latency.

use crate::core::units::{Channel, SampleTime, Sides};

/// Constants. Lengths in 10 ms frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Speech of the other that takes the floor once the holder is silent.
    pub claim_frames: u64,
    /// The holder is taken to have stopped after this silence.
    pub silent_frames: u64,
    /// A remark that the holder does not follow up within this takes the floor
    /// however short it was; a claim this long silent is given up.
    pub turn_gap_frames: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { claim_frames: 50, silent_frames: 20, turn_gap_frames: 100 }
    }
}

/// The floor passed on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transfer {
    /// To whom.
    pub to: Channel,
    /// When the new holder began to speak.
    pub at: SampleTime,
    /// Floor-transfer offset, seconds: start of the new holder less the end of
    /// the old one; negative where they overlapped. None for the first speech
    /// of the call.
    pub offset: Option<f32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Claim {
    from: u64,
    speech: u64,
    last: u64,
}

/// Follows the floor.
#[derive(Clone, Debug)]
pub struct Floor {
    settings: Settings,
    holder: Option<Channel>,
    claims: Sides<Option<Claim>>,
    last: Sides<Option<u64>>,
}

impl Floor {
    /// Nobody has spoken yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, holder: None, claims: Sides::default(), last: Sides::default() }
    }

    /// Changes the constants from the next frame on.
    pub fn set(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Who holds the floor.
    pub const fn holder(&self) -> Option<Channel> {
        self.holder
    }

    /// What `side` seemed to say since `frame` was no speech.
    pub fn withdraw(&mut self, side: Channel, frame: u64) {
        self.claims[side] = None;
        if self.last[side].is_some_and(|last| frame <= last) {
            self.last[side] = None;
            self.holder = self.holder.filter(|holder| *holder != side);
        }
    }

    /// Takes the next frame.
    pub fn process(&mut self, frame: u64, speaks: Sides<bool>) -> Option<Transfer> {
        for side in Channel::BOTH {
            if speaks[side] {
                self.last[side] = Some(frame);
            }
            self.claim(frame, side, speaks[side]);
        }
        let claimant = Channel::BOTH.into_iter().find(|&side| self.may_take(frame, side))?;
        let claim = self.claims[claimant].take()?;
        let holder = self.holder.replace(claimant);
        let end = holder.and_then(|side| self.last[side]).map(|last| last + 1);
        Some(Transfer {
            to: claimant,
            at: SampleTime::from_frame(claim.from),
            offset: end.map(|end| (claim.from as f32 - end as f32) / 100.0),
        })
    }

    fn claim(&mut self, frame: u64, side: Channel, speaks: bool) {
        if self.holder == Some(side) {
            self.claims[side] = None;
        } else if speaks {
            let claim = self.claims[side].get_or_insert(Claim { from: frame, ..Claim::default() });
            claim.speech += 1;
            claim.last = frame;
        } else if let Some(claim) = self.claims[side] {
            let holder_spoke = self.holder.and_then(|h| self.last[h]).is_some_and(|last| claim.last < last);
            let gap = frame - claim.last;
            // A remark is over; if the holder went on it was a listening token.
            if holder_spoke && self.settings.silent_frames < gap || self.settings.turn_gap_frames < gap {
                self.claims[side] = None;
            }
        }
    }

    fn may_take(&self, frame: u64, side: Channel) -> bool {
        let Some(claim) = self.claims[side] else { return false };
        let silent = match self.holder.and_then(|h| self.last[h]) {
            Some(last) => frame - last,
            None => self.settings.turn_gap_frames,
        };
        let said_enough = self.settings.claim_frames <= claim.speech && self.settings.silent_frames <= silent;
        // A short "yes" that is not followed up is a turn of its own.
        let left_alone =
            10 <= claim.speech && self.settings.turn_gap_frames <= silent.min(frame - claim.from);
        said_enough || left_alone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One character is 100 ms.
    fn transfers(agent: &str, customer: &str) -> Vec<(Channel, u64, Option<f32>)> {
        let mut floor = Floor::new(Settings::default());
        let on = |s: &str, frame: usize| s.as_bytes().get(frame / 10) == Some(&b'#');
        (0..agent.len().max(customer.len()) * 10)
            .filter_map(|f| {
                let t = floor.process(f as u64, Sides { agent: on(agent, f), customer: on(customer, f) })?;
                Some((t.to, t.at.frame(), t.offset.map(|o| (o * 10.0).round() / 10.0)))
            })
            .collect()
    }

    #[test]
    fn a_reply_takes_the_floor_and_its_latency_is_the_gap() {
        let got = transfers("##########...............", "............############.");
        assert_eq!(got, [(Channel::Agent, 0, None), (Channel::Customer, 120, Some(0.2))]);
    }

    #[test]
    fn a_listening_token_does_not_take_the_floor() {
        let got = transfers("##########################", "..........###.............");
        assert_eq!(got, [(Channel::Agent, 0, None)]);
        let got = transfers("##########.....###########", "..........###.............");
        assert_eq!(got, [(Channel::Agent, 0, None)]);
    }

    #[test]
    fn a_short_answer_that_is_left_alone_takes_it() {
        let got = transfers("##########.....................", "...........###.................");
        assert_eq!(got, [(Channel::Agent, 0, None), (Channel::Customer, 110, Some(0.1))]);
    }

    #[test]
    fn an_early_start_has_a_negative_latency() {
        let got = transfers("##########...............", "........############.....");
        assert_eq!(got[1], (Channel::Customer, 80, Some(-0.2)));
    }

    #[test]
    fn talking_over_somebody_who_goes_on_takes_nothing() {
        let got = transfers("##############################", ".....##########...............");
        assert_eq!(got, [(Channel::Agent, 0, None)]);
    }
}
