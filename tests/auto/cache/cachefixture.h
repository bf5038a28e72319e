#pragma once

#include "shared/clientfixture.h"
#include "shared/memorycache.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qdir.h>
#include <QtCore/qtemporarydir.h>

#include <memory>
#include <vector>

//! Tests of clients that keep what they see: a server, a folder for each function, and somebody else. With
//! OWN_CACHE defined, what is kept is in caches of the application's own, and not in files.
class CacheFixture : public QObject
{
    Q_OBJECT

protected Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_bob = makeClient(m_server, QStringLiteral("bob"));
        m_name = freshName();
    }
    void cleanup()
    {
        m_bob.reset();
        m_dir.reset();
        for (const auto &cache : m_caches)
            QCOMPARE(cache->misuse(), QByteArray());
        m_caches.clear();
        m_contents = std::make_shared<MemoryCache::Contents>();
    }

protected:
    [[nodiscard]] static Twilio::SyncValue number(int n) { return { { QStringLiteral("n"), n } }; }
    [[nodiscard]] static int numberOf(const QVariant &value)
    {
        return value.toMap().value(QStringLiteral("n")).toInt();
    }
    [[nodiscard]] static QList<int> numbers(const Twilio::SyncCollection &rows)
    {
        QList<int> all;
        for (int row = 0; row < rows.rowCount(); ++row)
            all << numberOf(rows.valueAt(row));
        return all;
    }
    template <typename Handle>
    [[nodiscard]] static bool isEstablished(const Handle &handle)
    {
        return handle.subscriptionState() == Twilio::Sync::SubscriptionState::Established;
    }

    //! Has \a client keep what it sees where those before it did.
    void keepIn(Twilio::SyncClient &client) const
    {
#ifdef OWN_CACHE
        client.setCache(ownCache());
#else
        client.setCachePath(m_dir->path());
#endif
    }
    //! Another one with the contents of those before it.
    [[nodiscard]] MemoryCache *ownCache() const
    {
        return m_caches.emplace_back(std::make_unique<MemoryCache>(m_contents)).get();
    }
    //! A client that keeps what it sees in the folder of this test; if not \a connects, it does not before it
    //! is told to.
    [[nodiscard]] std::unique_ptr<Twilio::SyncClient>
    cachedClient(bool connects = true, const QString &identity = QStringLiteral("alice")) const
    {
        auto client = std::make_unique<Twilio::SyncClient>();
        if (!connects)
            client->goOffline();
        setSubscriptionDelay(client.get(), std::chrono::milliseconds(1));
        client->setUrl(m_server.url());
        keepIn(*client);
        client->setToken(m_server.token(identity));
        return client;
    }
    [[nodiscard]] std::unique_ptr<Twilio::SyncClient>
    offlineClient(const QString &identity = QStringLiteral("alice")) const
    {
        return cachedClient(false, identity);
    }
    //! One that keeps its writes as well.
    [[nodiscard]] std::unique_ptr<Twilio::SyncClient> keepingClient(bool connects) const
    {
        auto client = cachedClient(connects);
        client->setPersistentWrites(true);
        return client;
    }
    template <typename Handle>
    [[nodiscard]] std::unique_ptr<Handle>
    handle(Twilio::SyncClient &client, const QString &name = {},
           Twilio::SyncClient::OpenMode mode = Twilio::SyncClient::OpenMode::OpenOrCreate) const
    {
        auto made = std::make_unique<Handle>();
        if constexpr (std::is_base_of_v<QAbstractItemModel, Handle>)
            (new ModelCheck(made.get()))->setParent(made.get());
        made->setClient(&client);
        made->setMode(mode);
        made->setUniqueName(name.isEmpty() ? m_name : name);
        return made;
    }
    //! A list of as many items as that.
    void makeList(int count) const
    {
        Twilio::SyncList *const other = valueOfCall(m_bob->list(m_name));
        QVERIFY(other);
        for (int i = 0; i < count; ++i)
            valueOfCall(other->push(number(i)));
    }
    //! The same, seen by a client that has gone since.
    void seeList(int count, int pageSize = 50) const
    {
        makeList(count);
        const auto client = cachedClient();
        const auto list = handle<Twilio::SyncList>(*client);
        list->setPageSize(pageSize);
        QTRY_VERIFY(isEstablished(*list));
        QVERIFY(!list->isFromCache());
        QTRY_COMPARE(list->rowCount(), std::min(count, pageSize));
    }
    //! The only file in the folder.
    [[nodiscard]] QString file() const
    {
        const QStringList names = QDir(m_dir->path()).entryList({ QStringLiteral("*.sqlite") });
        return names.size() == 1 ? m_dir->filePath(names.first()) : QString();
    }

    ServerFixture m_server;
    std::unique_ptr<QTemporaryDir> m_dir;
    std::shared_ptr<MemoryCache::Contents> m_contents = std::make_shared<MemoryCache::Contents>();
    mutable std::vector<std::unique_ptr<MemoryCache>> m_caches; // outlive their clients
    std::unique_ptr<Twilio::SyncClient> m_bob;
    QString m_name;
};
