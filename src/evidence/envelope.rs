//! The DSSE envelope.
