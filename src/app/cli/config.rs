//! shim
use crate::app::exit::{Failure, Status};
use crate::audio::StereoSide;
use clap::Args;
#[derive(Debug, Args)]
pub struct ConfigArgs {}
pub(super) fn run(_: &ConfigArgs) -> Result<Status, Failure> {
    Ok(Status::Done)
}
#[derive(Debug, Args, Clone)]
pub(crate) struct ConfigOptions {}
pub(crate) struct Cfg;
impl ConfigOptions {
    pub(crate) fn load(&self) -> Result<Cfg, Failure> {
        Ok(Cfg)
    }
}
impl Cfg {
    pub(crate) fn settings(&self) -> crate::core::pipeline::Settings {
        Default::default()
    }
    pub(crate) fn hash(&self) -> String {
        "0123456789ab".into()
    }
    pub(crate) fn agent_channel(&self) -> StereoSide {
        StereoSide::Left
    }
    pub(crate) fn score_name(&self) -> &str {
        "Calmness"
    }
}
