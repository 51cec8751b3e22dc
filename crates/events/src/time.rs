//! Timestamps of logs → seconds since 1970 UTC.
