// Preloaded into the service: its wall clock goes wrong by the nanoseconds that stand in the file
// CHAOS_CLOCK_FILE; monotonic clocks go on as they are.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr std::int64_t billion = 1'000'000'000;

std::int64_t shift()
{
    static const auto *const shared = [] {
        static constexpr std::atomic<std::int64_t> none = 0;
        const char *const path = std::getenv("CHAOS_CLOCK_FILE");
        const int file = path ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
        if (file < 0)
            return &none;
        const void *const memory = ::mmap(nullptr, sizeof(none), PROT_READ, MAP_SHARED, file, 0);
        ::close(file);
        return memory == MAP_FAILED ? &none : static_cast<const std::atomic<std::int64_t> *>(memory);
    }();
    return shared->load(std::memory_order_relaxed);
}

int realTime(clockid_t clock, timespec *time)
{
    static const auto real =
            reinterpret_cast<int (*)(clockid_t, timespec *)>(::dlsym(RTLD_NEXT, "clock_gettime"));
    return real(clock, time);
}

std::int64_t shiftedNow()
{
    timespec time {};
    realTime(CLOCK_REALTIME, &time);
    return time.tv_sec * billion + time.tv_nsec + shift();
}

} // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec *time) noexcept
{
    if (clock != CLOCK_REALTIME)
        return realTime(clock, time);
    const std::int64_t now = shiftedNow();
    *time = { now / billion, now % billion };
    return 0;
}

int gettimeofday(timeval *time, void *) noexcept
{
    const std::int64_t now = shiftedNow();
    *time = { now / billion, now % billion / 1000 };
    return 0;
}

std::time_t time(std::time_t *out) noexcept
{
    const std::time_t now = shiftedNow() / billion;
    if (out)
        *out = now;
    return now;
}
}
