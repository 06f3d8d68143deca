//! A store of a test's own.

use std::path::Path;
use std::time::Duration;

use evenkeel::core::pipeline::{Past, Settings};
use evenkeel::store::{
    self, CallUid, Command, Devices, NewCall, Orphan, Reader, Trigger, Wall, Writer, open,
};

/// Longer than any wait that is not a failure.
pub(crate) const LONG: Duration = Duration::from_secs(60);

pub(crate) struct Story {
    folder: tempfile::TempDir,
    settings: store::Settings,
    writer: Option<Writer>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self::with(store::Settings::default())
    }

    pub(crate) fn with(settings: store::Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut story = Self { folder, settings, writer: None };
        story.reopen();
        story
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn state(&self) -> std::path::PathBuf {
        self.folder.path().join("state")
    }

    /// Ends the writer and begins anew, as the next start does.
    pub(crate) fn reopen(&mut self) -> Vec<Orphan> {
        self.writer = None;
        let opened = open(self.data(), &self.state(), Wall::now()).unwrap();
        self.writer = Some(Writer::spawn(opened.database, self.settings).unwrap());
        opened.orphans
    }

    pub(crate) fn writer(&self) -> &Writer {
        self.writer.as_ref().unwrap()
    }

    pub(crate) fn send(&self, command: Command) {
        assert!(self.writer().send(command));
    }

    pub(crate) fn flush(&self) {
        assert!(self.writer().flush(LONG), "{:?}", self.writer().state());
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(self.data()).unwrap()
    }
}

pub(crate) fn new_call() -> NewCall {
    NewCall {
        uid: CallUid::generate(),
        began: Wall::now(),
        agent: "ann".into(),
        devices: Devices { microphone: "headset_mic".into(), headset: "headset".into() },
        profile: "baresip".into(),
        trigger: Trigger::Streams,
        program: Some("baresip".into()),
        customer: None,
        note: None,
        external_id: None,
        config_hash: "0123".into(),
        settings: Settings::default(),
        past: Past::default(),
        version: crate::VERSION.into(),
    }
}
