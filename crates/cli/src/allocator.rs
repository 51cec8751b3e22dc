//! Where memory comes from, and when it is given back.

/// Plans and batches are many small blocks, made and freed on several cores.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc.h, which the bindings do not name: milliseconds until free pages go back.
#[cfg(target_os = "linux")]
const PURGE_DELAY: libmimalloc_sys::mi_option_t = libmimalloc_sys::mi_option_use_numa_nodes - 1;

/// Keeps the memory of a query flat that holds its rows: pages are given back as soon as nothing is left in them.
///
/// Otherwise they are kept for 10 ms, and the peak depends on how many batches fall into that time. Detections and what
/// groups events hold few rows, and to give back each page would cost a fifth of their time. There are no huge pages
/// (the feature `no_thp`): of each the kernel would fill 2 MB.
#[cfg(target_os = "linux")]
pub(crate) fn keep_flat() {
    // SAFETY: options have no precondition, and this one is read whenever a page is given back.
    #[expect(unsafe_code, reason = "the allocator has no other way to set this from within")]
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, 0);
    }
}

/// Other systems have their own allocator.
#[cfg(not(target_os = "linux"))]
pub(crate) fn keep_flat() {}
