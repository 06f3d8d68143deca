//! `evenkeel config init`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::cli::analyze::output::{print, say};
use crate::app::exit::{Failure, Status};
use crate::app::write;
use crate::config::{DEFAULTS, Places};

/// Write a configuration with every key explained.
///
/// All values in it are commented out, so that it changes nothing by itself, and
/// better values of later versions reach you.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  evenkeel config init                      for you
  evenkeel config init --output -           to look at it only
  sudo evenkeel config init --output /etc/evenkeel/config.toml")]
pub(super) struct InitArgs {
    /// Write it here instead of where your configuration belongs; `-` prints it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Overwrite a file that is already there
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &InitArgs) -> Result<Status, Failure> {
    if args.output.as_deref() == Some(Path::new("-")) {
        print(DEFAULTS)?;
        return Ok(Status::Done);
    }
    let path = args.output.clone().or_else(users).ok_or_else(homeless)?;
    put(&path, args.force).map_err(|error| refused(&path, &error))?;
    say(&format!("written: {}", path.display()));
    say("hint: take away the `#` before a key to change it, then run `evenkeel config check`");
    Ok(Status::Done)
}

fn users() -> Option<PathBuf> {
    let environment: Vec<_> = std::env::vars_os().collect();
    Places::standard(&environment).user
}

fn put(path: &Path, force: bool) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    if force { write::replace(path, fill) } else { write::create(path, fill) }
}

fn fill(file: &mut File) -> io::Result<()> {
    file.write_all(DEFAULTS.as_bytes())?;
    readable(file)
}

/// Nothing in it is private, and the file of a machine is for all its users.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> io::Result<()> {
    Ok(())
}

fn homeless() -> Failure {
    Failure::new(Status::Usage, "no home directory is known").hint("say where to write it: `--output FILE`")
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    let told = |what: &str| Failure::new(Status::CannotWrite, format!("{}: {what}", path.display()));
    match error.kind() {
        io::ErrorKind::AlreadyExists => told("already there")
            .hint("keep it, name another file with `--output`, or overwrite it with `--force`"),
        _ => told(&error.to_string()).hint("check the folder, its permissions and the space on its disk"),
    }
}
