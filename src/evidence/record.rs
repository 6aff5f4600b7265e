//! The in-toto statement of a run.
