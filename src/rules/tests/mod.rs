//! Tests of the rules, pure: facts in, outcomes out.

mod areas;
mod asked;
mod catalogue;
mod evidence;
mod limits;
mod names;
mod people;
mod properties;
mod quoting;
mod refs;
mod safe_paths;
mod scopes;
mod suite_change;
mod waivers;
