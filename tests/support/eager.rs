//! Settings for many nudges in one call: cool-downs at their least, and no limit to the number.

/// As they are given to `--set`.
pub(crate) const EAGER: [&str; 10] = [
    "nudge.global_gap_s=5",
    "nudge.urgent_gap_s=1",
    "nudge.kind_gap_s=10",
    "nudge.late_gap_s=5",
    "nudge.budget=30",
    "nudge.free=30",
    "nudge.warm_up_interrupting_s=0",
    "nudge.warm_up_s=0",
    "nudge.dead_air_s=3",
    "nudge.dead_air_again_s=5",
];
