//! How the C library's allocator gives memory back.

/// Keeps the memory of a run flat: buffers of 128 KiB and more are given back once they are freed.
///
/// glibc raises this threshold to the largest block that was ever freed. Column buffers of batches then come
/// from heaps that fragment, so the peak varies by a factor of two and grows with the time of a run.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn keep_flat() {
    const THRESHOLD: libc::c_int = 128 << 10;
    // SAFETY: `mallopt` has no precondition but that no other thread changes options, and none has started.
    #[expect(unsafe_code, reason = "the C library has no other way to set this from within")]
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, THRESHOLD);
    }
}

/// Other allocators give large blocks back as they are.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn keep_flat() {}
