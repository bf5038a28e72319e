#pragma once

#include "datafixture.h"
#include "server/storage/sqlitestorage.h"

#include <QtCore/qtemporarydir.h>
#include <QtTest/qtest.h>

// Servers on one file, one after another. To drop one without a word is what kill -9 does, less the kill.
class StorageFixture : public QObject
{
    Q_OBJECT

protected:
    // A server on m_file; the clock stands where it stood.
    std::unique_ptr<DataFixture> start()
    {
        auto storage = Twilio::Server::SqliteStorage::open(m_file);
        if (const auto *error = Twilio::errorOf(storage))
            qFatal("%s", qPrintable(error->message()));
        auto server = std::make_unique<DataFixture>();
        m_storage = static_cast<Twilio::Server::SqliteStorage *>(std::get<0>(storage).get());
        server->data->setStorage(std::get<0>(std::move(storage)));
        return server;
    }
    static void commit(DataFixture &server) { QVERIFY(server.commit()); }
    // Everything a client can see of an object, the replay of its log included.
    static QByteArray picture(DataFixture &server, const QByteArray &path)
    {
        QByteArrayList parts { server.call("GET", path).body, server.call("GET", path + "/Items").body,
                               server.call("GET", path + "/Context").body };
        if (const auto object = server.data->find(DataFixture::sidOf(path))) {
            for (const auto &event : server.replayed(*object))
                parts << event.type + ' ' + event.json;
        }
        return parts.join('\n');
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_file;
    //! Of the server that was started last.
    Twilio::Server::SqliteStorage *m_storage = nullptr;

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_file = m_dir->filePath(QStringLiteral("data.sqlite"));
    }
};
