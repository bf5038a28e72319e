#include "bench/support/allocations.h"

#include <atomic>
#include <cstddef>

// glibc's own, under the names that stay when malloc() is replaced; memory of both is freed alike.
extern "C" void *__libc_malloc(std::size_t);
extern "C" void *__libc_calloc(std::size_t, std::size_t);
extern "C" void *__libc_realloc(void *, std::size_t);
extern "C" void *__libc_memalign(std::size_t, std::size_t);

namespace {

std::atomic<bool> g_counting = false;
std::atomic<std::size_t> g_large = 0;
std::atomic<qint64> g_count = 0;
std::atomic<qint64> g_bytes = 0;
std::atomic<qint64> g_largeCount = 0;

void note(std::size_t size)
{
    if (!g_counting.load(std::memory_order_relaxed))
        return;
    g_count.fetch_add(1, std::memory_order_relaxed);
    g_bytes.fetch_add(qint64(size), std::memory_order_relaxed);
    if (size >= g_large.load(std::memory_order_relaxed))
        g_largeCount.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

extern "C" void *malloc(std::size_t size)
{
    note(size);
    return __libc_malloc(size);
}

extern "C" void *calloc(std::size_t count, std::size_t size)
{
    note(count * size);
    return __libc_calloc(count, size);
}

extern "C" void *realloc(void *memory, std::size_t size)
{
    note(size);
    return __libc_realloc(memory, size);
}

extern "C" void *aligned_alloc(std::size_t alignment, std::size_t size)
{
    note(size);
    return __libc_memalign(alignment, size);
}

namespace Bench {

AllocationCount::AllocationCount(qsizetype size)
{
    g_large = std::size_t(size);
    g_count = g_bytes = g_largeCount = 0;
    resume();
}

AllocationCount::~AllocationCount() { pause(); }

Allocations AllocationCount::result() const { return { g_count, g_bytes, g_largeCount }; }

void AllocationCount::pause() { g_counting = false; }

void AllocationCount::resume() { g_counting = true; }

} // namespace Bench
