//! Settings of the core, and what earlier calls left behind.

use crate::core::activity::{self, echo, gate, liveness};
use crate::core::measures::{baseline, customer, level, talk};
use crate::core::nudges::{conditions, pacing, policy, spoken};
use crate::core::pipeline::{FastSettings, Past, Settings, WorthSettings};
use crate::core::score::{self, Ramp};
use crate::core::turns::{floor, overlap, spurts};
use crate::store::codec::bits::{Code, Damaged, Input};
use crate::store::codec::by_kind;

record!(Settings {
    activity,
    liveness,
    spurts,
    overlap,
    worth,
    floor,
    talk,
    level,
    fast,
    baseline,
    customer,
    nudges,
    score,
});
record!(Past { normal, strictness as by_kind } since 3 { background = None });
record!(gate::Background { floor, edge, score });

record!(activity::Settings { gate, echo });
record!(gate::Settings {
    voice_score,
    enter_db,
    leave_db,
    depth_enter_db,
    depth_leave_db,
    near_db,
    evidence,
    hang,
    back,
    score_slope_db,
    score_bonus_db,
    score_malus_db,
    score_depth_db,
});
record!(echo::Settings { raw_below_db, sleep_below_db, sleep_after, over_residue_db });
record!(liveness::Settings { dead, zeros_while_talk, zeros, silent });
record!(spurts::Settings { bridge, shortest });
record!(overlap::Settings {
    min_onset,
    grace,
    chunk_gap,
    turn_gap,
    min_running,
    min_held,
    min_overlap,
    min_utterance,
    utterance_gap,
    utterance_gap_free,
    yield_after,
    tail,
    pause_max,
    pause_held,
    resume_max,
    pause_overlap,
});
record!(WorthSettings {
    near_starter_db,
    near_holder_db,
    least_cancelled_db,
    coupling_limit_db,
    least_snr_db,
    converged_frames,
    token_frames,
});
record!(floor::Settings { claim_frames, silent_frames, turn_gap_frames });
record!(talk::Settings { monologue_gap, remark, silence });
record!(level::Settings {
    raised_db,
    min_frames,
    leave_db,
    leave_frames,
    tilt_db,
    pitch_st,
    tilt_against_db,
    gain_share,
    gain_share_leak,
});
record!(FastSettings { enter, leave });
record!(baseline::Settings { usable_frames, firm_frames, young_strictness });
record!(customer::Settings { pitch_st, pitch_leave_st, pace_ratio, pace_leave_ratio, interruptions_per_min });
record!(policy::Settings {
    conditions,
    pacing,
    warm_up,
    warm_up_interrupting,
    show,
    micro_pause,
    patience,
    quiet,
    off as by_kind,
});
record!(conditions::Settings {
    interruption,
    raised_db,
    fast_ratio,
    fast_ratio_lasting,
    fast_for,
    fast_leave,
    monologue,
    rushed_s,
    rushed_of_six,
    rushed_intensity,
    after_spike,
    dead_air,
    dead_air_again,
    recovered_after,
    well_held,
    listening_after,
    listening_tokens,
} since 2 {
    spoken = spoken::Settings { on: false, ..spoken::Settings::default() },
});
record!(spoken::Settings {
    on,
    phrase_fresh,
    card_fresh,
    difficult,
    empathy_after,
    next_step_after,
    words_last,
    manner_after,
    taking_over_after,
});
record!(pacing::Settings {
    global_gap,
    urgent_gap,
    urgent_by,
    kind_gap,
    positive_gap,
    budget,
    free,
    late_gap,
    positive_budget,
});
record!(score::Settings { ramps, monologue_good, monologue_bad, rushed, min_coverage, min_speech, min_call });
record!(Ramp { weight, good, bad });
