//! stub
use super::Done; use crate::{cli::ExplainArgs,context::Context,error::Result};
/// stub
pub fn run(_:&Context,_:&ExplainArgs)->Result<Done>{ Ok(Done::default()) }
