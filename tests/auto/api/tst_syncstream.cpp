#include "TwilioSync/api/syncstream.h"

#include "shared/clientfixture.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

class tst_SyncStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void defect19_messagesArriveOnceEverywhere();
    void refusedMessageRejects();
    void defect20_removalReportsOnce();

private:
    SyncStream *open(SyncClient &client, const QString &name) const
    {
        SyncStream *const stream = valueOfCall(client.stream(name));
        if (stream)
            waitFor([&] { return stream->subscriptionState() == Sync::SubscriptionState::Established; });
        return stream;
    }

    ServerFixture m_server;
};

void tst_SyncStream::defect19_messagesArriveOnceEverywhere()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncStream *const stream = open(*alice, freshName());
    SyncStream *const other = open(*bob, stream->sid());
    QVERIFY(stream->sid().startsWith(u"TO"_s));
    QSignalSpy here(stream, &SyncStream::messagePublished);
    QSignalSpy there(other, &SyncStream::messagePublished);
    const SyncStreamMessage message = valueOfCall(stream->publishMessage({ { u"x"_s, 1 } }));
    QVERIFY(message.sid().startsWith(u"TZ"_s));
    QCOMPARE(message.value(), QVariantMap({ { u"x"_s, 1 } }));
    valueOfCall(other->publishMessage({ { u"x"_s, 2 } }));
    QTRY_COMPARE(here.size(), 2);
    QTRY_COMPARE(there.size(), 2);
    QCOMPARE(here.at(0).at(1).toBool(), true);
    QCOMPARE(here.at(1).at(1).toBool(), false);
    QCOMPARE(there.at(0).at(0).value<SyncStreamMessage>().sid(), message.sid());
    QCOMPARE(there.at(1).at(1).toBool(), true);
}

void tst_SyncStream::refusedMessageRejects()
{
    const auto alice = makeClient(m_server);
    SyncStream *const stream = open(*alice, freshName());
    QCOMPARE(errorOfCall(stream->publishMessage(SyncValue::fromJson("\"x\""))).message(),
             u"value: expected a JSON object, got a string"_s);
    QCOMPARE(errorOfCall(stream->publishMessage({ { u"x"_s, QString(5000, u'x') } })).code(), 54006);
    QVERIFY(errorOfCall(stream->setTtl(3600)).isNull());
    QVERIFY(stream->dateExpires().isValid());
}

void tst_SyncStream::defect20_removalReportsOnce()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncStream *const stream = open(*alice, freshName());
    SyncStream *const other = open(*bob, stream->sid());
    QSignalSpy removed(stream, &SyncStream::removed);
    QSignalSpy removedThere(other, &SyncStream::removed);
    QVERIFY(errorOfCall(stream->removeStream()).isNull());
    QTRY_COMPARE(removedThere.size(), 1);
    QCOMPARE(removed, QList<QVariantList>({ { true } }));
    QCOMPARE(textOfError(errorOfCall(stream->publishMessage({}))),
             u"The Stream has been removed (404, 54250)"_s);
}

QTEST_GUILESS_MAIN(tst_SyncStream)
#include "tst_syncstream.moc"
