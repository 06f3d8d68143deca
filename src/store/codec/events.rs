//! Events. The number of a variant is for ever: new ones come last.

use crate::core::event::{
    Behaviour, Change, Class, Cleared, CueHit, Decision, Detector, Event, Evidence, Judged, Kind, Normal,
    Order, Outcome, Overlap, Quantity, Reading, Reason, Reliability, Rise, Second, Standing, State, Variant,
};
use crate::store::codec::bits::{Code, Damaged, Input};

choice!(Event {
    0 = SpeechStarted { who, at, decided },
    1 = SpeechEnded { who, from, at, decided },
    2 = SpeechWithdrawn { who, from, to },
    3 = Interrupts { by, at, decided },
    4 = Overlapped(judged),
    5 = Reclassed { at, by, was, class, overlap },
    6 = FloorPassed { to, at, offset, by_interruption, decided },
    7 = Monologue { who, from, to },
    8 = Silence { from, to },
    9 = VoiceRaised { at, decided, rise },
    10 = VoiceLowered { from, to, peak, spoken, decided },
    11 = PaceRose { at, ratio },
    12 = PaceFell { from, to, peak },
    13 = Customer { at, change },
    14 = Channel { who, state, since, decided },
    15 = Baseline { at, standing, normal },
    16 = Second(second),
    17 = Reading(reading),
    18 = Decision(decision),
    19 = Cleared { kind, at, how },
    20 = Ordered { at, order },
    21 = Applied { at },
    22 = Ended { at },
    23 = Cue(hit),
    24 = Listened { who, from, to, spoken },
    25 = Unheard { who, from, to, spoken },
});

record!(CueHit { at, until, who, detector });
record!(Judged { overlap, announced, reliability });
record!(Overlap { at, end, until, by, class, overlap, held, confirmed });
record!(Rise { level, newest, tilt, pitch, floor });
record!(Normal { level, tilt, pitch, pace });
record!(Change { behaviour, active, amount });
record!(Second { at, pace, pace_ratio, level, spoken, spoken_fast });
record!(Reading {
    at,
    of,
    speaks,
    agent_pause,
    silence,
    monologue,
    rise,
    raised,
    pace,
    intensity,
    standing,
    strictness,
    channels,
    overlaps_reliable,
    suspended,
});
record!(Decision { at, kind, variant, began, outcome, evidence, standing });
record!(Evidence { quantity, value, limit });

choice!(Detector {
    0 = Empathy, 1 = Paraphrase, 2 = OpenQuestion, 3 = AgreementTrap, 4 = PolicyWall, 5 = SoothingTrap, 6 = Apology,
    7 = ApologyRamble, 8 = NextStep, 9 = Boundary, 10 = Ownership, 11 = Escalation, 12 = Abuse,
});
choice!(State {
    0 = Unknown, 1 = Live, 2 = Silent, 3 = Zeros, 4 = Dead, 5 = Leaking, 6 = SameAudio,
});
choice!(Standing { 0 = None, 1 = Young, 2 = Provisional, 3 = Earned });
choice!(Behaviour { 0 = HigherPitch, 1 = Faster, 2 = Interrupting });
choice!(Class {
    0 = CutOff, 1 = TalkOver, 2 = PauseBargeIn, 3 = Backchannel, 4 = EarlyStart, 5 = SimultaneousStart,
});
choice!(Reliability {
    0 = Reliable, 1 = Leaking, 2 = SameAudio, 3 = EchoRemains, 4 = Babble, 5 = Unknown,
});
choice!(Kind {
    0 = Capture, 1 = Interrupting, 2 = RaisedVoice, 3 = FastPace,
    4 = Monologue, 5 = RushedReply, 6 = DeadAir, 7 = Positive,
    8 = Incident, 9 = Phrase, 10 = Apology, 11 = Card, 12 = Tip,
});
choice!(Reason {
    0 = Channel, 1 = NotConverged, 2 = TooEarly, 3 = Quiet, 4 = Snoozed, 5 = SwitchedOff, 6 = Suspended,
    7 = NoBaseline, 8 = KindCooldown, 9 = GlobalCooldown, 10 = Budget, 11 = Outranked, 12 = Over,
    13 = Late, 14 = OnceACall,
});
choice!(Outcome { 0 = Shown, 1 = Suppressed(reason) });
choice!(Quantity {
    0 = Overlap, 1 = Rise, 2 = PaceRatio, 3 = Monologue, 4 = RushedReplies, 5 = ReplyOffset,
    6 = SinceChange, 7 = Silence, 8 = Intensity, 9 = ListeningTokens, 10 = Calm, 11 = ChannelDown,
    12 = PhraseAge, 13 = Lasting, 14 = CallAge,
});
choice!(Variant {
    0 = Plain, 1 = NoSound(who), 2 = UseHeadset, 3 = SameAudio, 4 = Recovered, 5 = WellHeld,
    6 = BoundarySet, 7 = Abuse, 8 = Escalation, 9 = Agreeing, 10 = Policy, 11 = Soothing, 12 = Abrupt,
    13 = Demanding, 14 = TakingOver, 15 = Empathy, 16 = NextStep,
});
choice!(Cleared { 0 = Recovered, 1 = Passed, 2 = TimedOut, 3 = Dismissed });
choice!(Order {
    0 = Snooze(span), 1 = Quiet(on), 2 = Off(kind), 3 = Wrong(kind), 4 = Dismiss, 5 = Hold(on), 6 = Mute(on),
    7 = Device(who),
});
