//! What a run leaves for whoever attests it, which need not be the one who ran it.

use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::evidence::FilesOf;
use crate::policy::Suite;
use crate::runner::{Run, regular};
use crate::text::escape;

/// Puts the log, the JUnit file (where there is one that could be read) and the exit status into `directory`, which is made: `SUITE.log`,
/// `SUITE.xml`, `SUITE.status`; of a run with the base's files `SUITE.base.log` and so on. A run that was killed has the status 124.
///
/// # Errors
/// A file can't be written.
pub(super) fn keep(directory: &Path, suite: &Suite, of: FilesOf, export: &Path, run: &Run, log: &Path) -> Result<()> {
    let shown = escape(directory.as_os_str().as_bytes());
    let failed = |e: std::io::Error| Error::from(e).context(format!("could not keep what the run left in `{shown}`"));
    std::fs::create_dir_all(directory).map_err(failed)?;
    let with = match of {
        FilesOf::Tree => "",
        FilesOf::Base => ".base",
    };
    let place = |end: &str| directory.join(format!("{}{with}.{end}", suite.name.value));
    std::fs::copy(log, place("log")).map_err(failed)?;
    std::fs::write(place("status"), format!("{}\n", run.exit_status.unwrap_or(124))).map_err(failed)?;
    // What could be read is a regular file inside the export: no link leads out of it.
    if let (Some(path), Some(_)) = (&suite.junit, &run.report) {
        let from = export.join(std::ffi::OsStr::from_bytes(path.as_bytes()));
        std::io::copy(&mut regular::open(&from, u64::MAX).map_err(failed)?, &mut File::create(place("xml")).map_err(failed)?)
            .map_err(failed)?;
    }
    Ok(())
}
