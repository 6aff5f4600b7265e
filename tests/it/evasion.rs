//! What somebody in a hurry, or in bad faith, would try: each way past the guard that was ever thought of is a test.

mod ambiguous;
mod ci;
mod conflicts;
mod counts;
mod doors;
mod kinds;
mod landings;
mod links;
mod merges;
mod moved_lines;
mod paths;
mod refs;
mod roots;
mod trust;

use super::scene;
use super::support::*;

/// A repository under `STRICT_POLICY` with a middleware directory.
fn guarded() -> Repo {
    scene::under(STRICT_POLICY)
}
