//! Live capture: the microphone and what the headset plays, as two streams that
//! are never mixed. The callback copies, stamps and counts, and nothing else.

/// Which library talks to the sound system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Host {
    /// PulseAudio's protocol where a server answers (PipeWire speaks it too).
    #[default]
    Auto,
    /// PulseAudio's protocol.
    PulseAudio,
    /// PipeWire's own.
    PipeWire,
    /// ALSA, whose devices are opened by their explicit name only.
    Alsa,
}

/// When the sound is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// While there is a call, and when one seems to begin.
    #[default]
    Call,
    /// All the time.
    Always,
}

/// Settings of capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Which library.
    pub host: Host,
    /// When the sound is open.
    pub when: When,
    /// The agent's microphone: `default`, an id, or a name with `*`.
    pub microphone: String,
    /// The headset whose output is heard: `default`, an id, or a name with `*`.
    pub headset: String,
}

impl Default for Settings {
    fn default() -> Self {
        let default = || "default".to_owned();
        Self { host: Host::Auto, when: When::Call, microphone: default(), headset: default() }
    }
}
