//! What a process may do in its own user namespace.

use rustix::io::Result;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, configure_capability_in_ambient_set,
    remove_capability_from_bounding_set, set_capabilities,
};

/// To mount and to unmount.
const MOUNT: CapabilitySet = CapabilitySet::SYS_ADMIN;

/// The next program of this process may mount, whoever it runs as.
pub(super) fn hand_on_mounting() -> Result<()> {
    let sets = capabilities(None)?;
    set_capabilities(None, CapabilitySets { inheritable: sets.inheritable | MOUNT, ..sets })?;
    configure_capability_in_ambient_set(MOUNT, true)
}

/// No later program of this process may take away what was laid over the work tree.
pub(super) fn forbid_mounting() -> Result<()> {
    clear_ambient_capability_set()?;
    remove_capability_from_bounding_set(MOUNT)?;
    let sets = capabilities(None)?;
    set_capabilities(None, CapabilitySets { inheritable: CapabilitySet::empty(), ..sets })
}

/// This process may do nothing any more that others may not.
pub(super) fn give_up_all() -> Result<()> {
    let none = CapabilitySet::empty();
    clear_ambient_capability_set()?;
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })
}
