//! git2's process-wide options: the one place with `unsafe`.
#![allow(unsafe_code, reason = "git2's process-wide options are `unsafe fn`: they must not race with other uses of libgit2")]

use std::sync::Once;

use git2::ConfigLevel;

use super::repo::git;

/// Sets what the whole process needs, once, before the first repository is opened.
///
/// Hashes are not recomputed on reading (git doesn't either; receive-pack verified what was pushed). With `trust_owner`, which only
/// hooks may ask, libgit2's check of who owns the repository is off: git has already agreed to it.
pub(super) fn set_once(trust_owner: bool) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        git2::opts::strict_hash_verification(false);
        // SAFETY: as below. Where objects are missing it is told by their absence, whatever the repository calls itself.
        let set = unsafe { git2::opts::set_extensions(&["partialclone"]) };
        debug_assert!(set.is_ok(), "libgit2 takes any name");
        if trust_owner {
            // SAFETY: `Once` and the call before any repository is opened mean that nothing else uses libgit2 yet.
            let set = unsafe { git2::opts::set_verify_owner_validation(false) };
            debug_assert!(set.is_ok(), "libgit2 knows this option");
        }
    });
}

/// Bytes of one mapped window of a pack.
const WINDOW: usize = 16 << 20;
/// Bytes of all mapped windows together.
const WINDOWS: usize = 96 << 20;
/// Bytes of commits and trees that are kept for being asked again.
const CACHE: isize = 48 << 20;

/// Bounds what libgit2 keeps of packs and objects, before the first repository is opened: by itself it maps gigabytes.
///
/// # Errors
/// libgit2 doesn't know the options.
pub fn bound() -> crate::error::Result<()> {
    // SAFETY: called at the start of a hook or an audit, before any repository is opened and before a second thread uses libgit2.
    unsafe {
        git2::opts::set_mwindow_size(WINDOW).map_err(git)?;
        git2::opts::set_mwindow_mapped_limit(WINDOWS).map_err(git)?;
        git2::opts::set_cache_max_size(CACHE).map_err(git)
    }
}

/// Leaves no configuration and no attributes but the repository's own and the machine's (`/etc`), whatever the environment says.
///
/// Where git runs as the pusher, a user's configuration is the pusher's. The check of the repository's owner needs those settings,
/// and was made before: by git, or when the repository was first opened.
pub(super) fn forget_users() -> Result<(), git2::Error> {
    // SAFETY: as below.
    unsafe { git2::opts::set_verify_owner_validation(false)? };
    for level in [ConfigLevel::Global, ConfigLevel::XDG] {
        // SAFETY: one thread opens repositories, this one, and it is called before the first is opened, or between two of them.
        unsafe { git2::opts::set_search_path(level, "")? };
    }
    // SAFETY: as above. The administrator's own file, and not the one that GIT_CONFIG_SYSTEM names.
    unsafe { git2::opts::set_search_path(ConfigLevel::System, "/etc") }
}
