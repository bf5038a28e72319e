#pragma once

#include <cstdint>
#include <random>

//! The one source of chance of a schedule: the same seed, the same schedule, on every machine.
class Random
{
public:
    explicit Random(std::uint64_t seed) : m_engine(seed) { }

    //! 0 to \a count - 1.
    int below(int count) { return int(m_engine() % std::uint64_t(count)); }
    int between(int first, int last) { return first + below(last - first + 1); }
    //! True in \a percent of 100 cases.
    bool chance(int percent) { return below(100) < percent; }
    template <typename Container>
    const auto &oneOf(const Container &container)
    {
        return container[typename Container::size_type(below(int(container.size())))];
    }

private:
    std::mt19937_64 m_engine;
};
