//! `evenkeel config path`.

use clap::Args;
use serde_json::json;

use crate::app::cli::analyze::output::print;
use crate::app::cli::config::options::ConfigOptions;
use crate::app::exit::{Failure, Status};
use crate::config::{Layer, Source};

/// List where the configuration is looked for; later places win.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel config path
  $EDITOR \"$(evenkeel config path --json | jq -r '.files[] | select(.layer == \"user\").path')\"")]
pub(super) struct PathArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    config: ConfigOptions,
}

pub(super) fn run(args: &PathArgs) -> Result<Status, Failure> {
    let sources = args.config.sources();
    let (files, variables) = (sources.files(), sources.variables());
    let text = if args.json { as_json(&files, &variables) } else { as_table(&files, &variables) };
    print(&text)?;
    Ok(Status::Done)
}

fn as_json(files: &[Source], variables: &[String]) -> String {
    let file = |source: &Source| {
        json!({
            "layer": source.layer.name(),
            "path": source.path.to_string_lossy(),
            "exists": source.path.exists(),
        })
    };
    let files: Vec<_> = files.iter().map(file).collect();
    format!("{:#}\n", json!({ "files": files, "variables": variables }))
}

/// In the order of the layers, the policy last.
fn as_table(files: &[Source], variables: &[String]) -> String {
    let file = |source: &Source| {
        let there = if source.path.exists() { "" } else { "  (not there)" };
        (source.layer, format!("{}{there}", source.path.display()))
    };
    let variable = |name: &String| (Layer::Environment, name.clone());
    let mut rows: Vec<_> = files.iter().map(file).chain(variables.iter().map(variable)).collect();
    rows.sort_by_key(|(layer, _)| *layer);
    rows.iter().map(|(layer, place)| format!("{:<11}  {place}\n", layer.name())).collect()
}
