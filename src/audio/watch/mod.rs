//! Calls as the sound server shows them: which program holds the microphone and
//! the headset.
