#include "TwilioSync/store/itemstore.h"

#include "TwilioSync/store/itemnodes.h"

namespace Twilio {

//! The way from the root to where a key is, or belongs.
struct ItemStore::Place
{
    struct Step
    {
        Branch *branch;
        int child;
    };
    // A split leaves at least 31: enough for any memory. Only the first are set, one a level.
    std::array<Step, 10> steps;
    int height = 0;
    Leaf *leaf = nullptr;
    Leaf::Spot spot;

    [[nodiscard]] qsizetype rank() const
    {
        qsizetype before = spot.at;
        for (int level = 0; level < height; ++level)
            before += steps[std::size_t(level)].branch->countBefore(steps[std::size_t(level)].child);
        return before;
    }
    //! True if nothing comes after it.
    [[nodiscard]] bool isEnd() const
    {
        return spot.at == leaf->size
                && std::all_of(steps.begin(), steps.begin() + height,
                               [](const Step &step) { return step.child + 1 == step.branch->size; });
    }
};

ItemStore::ItemStore(ItemStore &&other) noexcept
    : m_root(std::exchange(other.m_root, nullptr))
    , m_height(std::exchange(other.m_height, 0))
    , m_size(std::exchange(other.m_size, 0))
    , m_bytes(std::exchange(other.m_bytes, 0))
{ }

ItemStore &ItemStore::operator=(ItemStore &&other) noexcept
{
    std::swap(m_root, other.m_root);
    std::swap(m_height, other.m_height);
    std::swap(m_size, other.m_size);
    std::swap(m_bytes, other.m_bytes);
    return *this;
}

ItemStore::~ItemStore() { destroy(m_root, m_height); }

void ItemStore::destroy(Node *node, int height)
{
    if (height == 0) {
        delete static_cast<Leaf *>(node);
        return;
    }
    auto *branch = static_cast<Branch *>(node);
    for (std::size_t i = 0; i < branch->size; ++i)
        destroy(branch->children[i], height - 1);
    delete branch;
}

void ItemStore::clear()
{
    const ItemStore old = std::move(*this);
    *this = ItemStore();
}

const ItemPtr &ItemStore::firstItem(const Node *node, int height)
{
    for (; height > 0; --height)
        node = static_cast<const Branch *>(node)->children[0];
    return static_cast<const Leaf *>(node)->item(0);
}

ItemStore::Place ItemStore::locate(ItemKeyView key) const
{
    Place place;
    place.height = m_height;
    Node *node = m_root;
    int guess = -1;
    for (int height = m_height; height > 0; --height) {
        auto *branch = static_cast<Branch *>(node);
        const int child = branch->childFor(key, height - 1);
        place.steps[std::size_t(m_height - height)] = { branch, child };
        node = branch->children[std::size_t(child)];
        if (height == 1)
            guess = branch->placeWithin(child, key);
    }
    place.leaf = static_cast<Leaf *>(node);
    place.leaf->prefetch(guess);
    place.spot = place.leaf->locate(key, guess);
    return place;
}

ItemStore::Found ItemStore::look(ItemKeyView key) const
{
    if (!m_root)
        return {};
    const Place place = locate(key);
    return { place.rank(), place.spot.found ? place.leaf->item(place.spot.at) : ItemPtr() };
}

ItemPtr ItemStore::find(ItemKeyView key) const
{
    if (!m_root)
        return {};
    const Place place = locate(key);
    return place.spot.found ? place.leaf->item(place.spot.at) : ItemPtr();
}

qsizetype ItemStore::lowerBound(ItemKeyView key) const { return m_root ? locate(key).rank() : 0; }

qsizetype ItemStore::upperBound(ItemKeyView key) const
{
    if (!m_root)
        return 0;
    const Place place = locate(key);
    return place.rank() + (place.spot.found ? 1 : 0);
}

qsizetype ItemStore::below(const Cut &cut) const
{
    if (cut.isEnd())
        return cut.isTop() ? size() : 0;
    return cut.isAbove(cut.key()) ? upperBound(cut.key()) : lowerBound(cut.key());
}

qsizetype ItemStore::rank(ItemKeyView key) const
{
    if (!m_root)
        return -1;
    const Place place = locate(key);
    return place.spot.found ? place.rank() : -1;
}

const ItemPtr &ItemStore::at(qsizetype rank) const
{
    Q_ASSERT(rank >= 0 && rank < m_size);
    const Node *node = m_root;
    for (int height = m_height; height > 0; --height) {
        const auto *branch = static_cast<const Branch *>(node);
        node = branch->children[std::size_t(branch->childAt(rank))];
    }
    return static_cast<const Leaf *>(node)->item(int(rank));
}

ItemPtr ItemStore::replace(qsizetype rank, ItemPtr item)
{
    auto &place = const_cast<ItemPtr &>(at(rank));
    Q_ASSERT(compareKeys(keyOf(*place), keyOf(*item)) == std::strong_ordering::equal);
    m_bytes += item->size() - place->size();
    return std::exchange(place, std::move(item));
}

void ItemStore::count(const Place &place, int change)
{
    for (int level = 0; level < place.height; ++level) {
        const auto &step = place.steps[std::size_t(level)];
        step.branch->count(step.child, change);
    }
}

ItemPtr ItemStore::put(ItemPtr item)
{
    if (!m_root)
        m_root = new Leaf;
    Place place = locate(keyOf(*item));
    Leaf *leaf = place.leaf;
    int at = place.spot.at;
    m_bytes += item->size();
    if (place.spot.found) {
        ItemPtr &there = leaf->items[std::size_t(at)];
        m_bytes -= there->size();
        return std::exchange(there, std::move(item));
    }

    ++m_size;
    if (leaf->size < Leaf::capacity) {
        leaf->insert(at, std::move(item));
        count(place, 1);
        return {};
    }
    // Appending, as pages come in order, leaves room for the few that come late; anything else splits in the
    // middle.
    Leaf *right = leaf->split(place.isEnd() ? Leaf::capacity * 7 / 8 : Leaf::capacity / 2);
    if (at > leaf->size)
        right->insert(at - leaf->size, std::move(item));
    else
        leaf->insert(at, std::move(item));
    count(place, 1);
    link(place, place.height, right);
    return {};
}

void ItemStore::link(Place &place, int level, Node *right)
{
    const int height = place.height - level;
    const ItemPtr &first = firstItem(right, height);
    const auto countOf = [height](const Node *node) {
        return quint32(height == 0 ? node->size : static_cast<const Branch *>(node)->countBefore(node->size));
    };
    const quint32 moved = countOf(right);
    if (level == 0) {
        auto *root = new Branch;
        root->insert(0, m_root, quint32(m_size) - moved, {}, height);
        root->insert(1, right, moved, first, height);
        m_root = root;
        ++m_height;
        return;
    }
    Place::Step &step = place.steps[std::size_t(level) - 1];
    Branch *branch = step.branch;
    int at = step.child + 1;
    branch->count(step.child, -int(moved));
    if (branch->size < Branch::capacity) {
        branch->insert(at, right, moved, first, height);
        return;
    }
    const bool isEnd = at == branch->size;
    Branch *next = branch->split(isEnd ? Branch::capacity * 7 / 8 : Branch::capacity / 2, height);
    if (at > branch->size)
        next->insert(at - branch->size, right, moved, first, height);
    else
        branch->insert(at, right, moved, first, height);
    link(place, level - 1, next);
}

ItemPtr ItemStore::take(ItemKeyView key)
{
    if (!m_root)
        return {};
    Place place = locate(key);
    if (!place.spot.found)
        return {};
    ItemPtr item = place.leaf->erase(place.spot.at);
    count(place, -1);
    --m_size;
    m_bytes -= item->size();
    if (place.leaf->size == 0)
        unlink(place, place.height);
    else if (place.leaf->size < Leaf::capacity / 4)
        joinNext(place);
    return item;
}

void ItemStore::unlink(Place &place, int level)
{
    if (level == 0) {
        destroy(std::exchange(m_root, nullptr), std::exchange(m_height, 0));
        return;
    }
    const Place::Step &step = place.steps[std::size_t(level) - 1];
    destroy(step.branch->children[std::size_t(step.child)], place.height - level);
    step.branch->erase(step.child);
    if (step.branch->size == 0) {
        unlink(place, level - 1);
        return;
    }
    while (m_height > 0 && m_root->size == 1) {
        auto *root = static_cast<Branch *>(m_root);
        m_root = root->children[0];
        --m_height;
        delete root;
    }
}

void ItemStore::joinNext(const Place &place)
{
    if (place.height == 0)
        return;
    const Place::Step &step = place.steps[std::size_t(place.height) - 1];
    const int next = step.child + 1;
    if (next >= step.branch->size)
        return;
    auto *right = static_cast<Leaf *>(step.branch->children[std::size_t(next)]);
    if (place.leaf->size + right->size > Leaf::capacity / 2)
        return;
    place.leaf->append(*right);
    step.branch->count(step.child, int(step.branch->counts[std::size_t(next)]));
    Place emptied = place;
    emptied.steps[std::size_t(place.height) - 1].child = next;
    unlink(emptied, place.height);
}

} // namespace Twilio
