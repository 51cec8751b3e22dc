//! Tests of the writer, the noise, the sample logs and the benchmark set.

mod bench;
mod noise;
mod roundtrip;
mod seed;
mod shipped;
