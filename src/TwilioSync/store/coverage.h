#pragma once

#include "TwilioSync/store/cut.h"

#include <map>

namespace Twilio {

/*!
    \brief What is known of a collection: the ranges of keys of which every item there is has been read, and
   is kept up to date by events since.

    Items outside of them may be known, too, but there may be more.
*/
class Coverage
{
public:
    //! All between \a from and \a to is known now.
    void add(const Cut &from, const Cut &to);
    //! All between \a from and \a to is no longer.
    void remove(const Cut &from, const Cut &to);
    void clear() { m_ranges.clear(); }
    void add(const Coverage &other)
    {
        for (const auto &[from, to] : other.m_ranges)
            add(from, to);
    }
    //! What of it is between \a from and \a to.
    [[nodiscard]] Coverage between(const Cut &from, const Cut &to) const
    {
        Coverage part = *this;
        part.remove(Cut::bottom(), from);
        part.remove(to, Cut::top());
        return part;
    }

    [[nodiscard]] bool isEmpty() const { return m_ranges.empty(); }
    //! True if all of the collection is known.
    [[nodiscard]] bool isComplete() const { return upTo(Cut::bottom()).isTop(); }
    //! True if it is known whether there is an item under \a key.
    [[nodiscard]] bool contains(ItemKeyView key) const { return upTo(Cut::before(key)) > Cut::before(key); }
    //! How far up everything is known from \a from on; \a from itself if nothing is.
    [[nodiscard]] Cut upTo(const Cut &from) const;
    //! Where each range begins and ends; none touches another.
    [[nodiscard]] const std::map<Cut, Cut> &ranges() const { return m_ranges; }
    //! How far down everything is known from \a from on; \a from itself if nothing is.
    [[nodiscard]] Cut downTo(const Cut &from) const;

private:
    std::map<Cut, Cut> m_ranges;
};

} // namespace Twilio
