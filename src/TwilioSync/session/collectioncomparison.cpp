#include "TwilioSync/session/collectionentity.h"

#include <algorithm>

// A list or map whose events cannot be had: what is known of it is read again, page by page.
namespace Twilio {

void CollectionEntity::compareWith(const Protocol::RootResource &state)
{
    flush();
    m_store->whenSettled([self = self(), state, store = m_storeNumber] {
        if (store == self->m_storeNumber && !self->root().removed)
            self->m_store->restart(state);
        self->compareStretches(self->knownStretches(), store);
    });
}

// What coverage says, and what is known besides.
std::vector<CollectionEntity::Stretch> CollectionEntity::knownStretches() const
{
    std::vector<Stretch> stretches;
    for (const auto &[from, to] : m_store->coverage.ranges())
        stretches.push_back({ from, to });
    for (qsizetype rank = 0; rank < m_store->items().size(); ++rank) {
        const ItemKeyView key = keyOf(*m_store->items().at(rank));
        if (!m_store->coverage.contains(key))
            stretches.push_back({ Cut::before(key), Cut::after(key) });
    }
    std::sort(stretches.begin(), stretches.end(),
              [](const Stretch &a, const Stretch &b) { return a.from > b.from; });
    return stretches;
}

void CollectionEntity::compareStretches(std::vector<Stretch> left, int store)
{
    if (left.empty() || store != m_storeNumber) {
        endComparison();
        return;
    }
    const Cut from = left.back().from;
    PageRequest request;
    request.excludesFrom = from.side() == Cut::Side::After;
    request.size = PageRequest::largest;
    if (!from.isBottom())
        request.from = from.key();
    readPage(request, [self = self(), left = std::move(left), store](const SyncResult<Page> &read) mutable {
        if (const auto *error = errorOf(read)) {
            self->repeatComparison(*error);
            return;
        }
        const Page &page = std::get<Page>(read);
        const Cut reached = page.hasNext && page.last ? Cut::after(*page.last) : Cut::top();
        QSet<ItemKey> there;
        for (const ItemPtr &item : page.items)
            there.insert(ownedKey(keyOf(*item)));
        if (store == self->m_storeNumber)
            self->m_store->removeMissing(there, left.back().from, reached);
        while (!left.empty() && left.back().to <= reached)
            left.pop_back();
        if (!left.empty())
            left.back().from = std::max(left.back().from, reached);
        self->compareStretches(std::move(left), store);
    });
}

} // namespace Twilio
