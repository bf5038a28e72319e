#include "TwilioSync/api/syncmapentry.h"

#include "shared/twoclients.h"

using namespace Twilio;
using namespace Qt::StringLiterals;
using Status = Sync::Status;

class tst_SyncMapEntry : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void followsTheItem();
    void stateIsRightInEachSlot();
    void failsAndReadsAgain();
    void survivesTheMap();
    void callsNeedAMap();

private:
    static int levelOf(const SyncMapEntry &entry)
    {
        return entry.value().toMap().value(u"level"_s, -1).toInt();
    }
    static SyncValue level(int n) { return { { u"level"_s, n } }; }
};

void tst_SyncMapEntry::followsTheItem()
{
    SyncMap *const theirs = established(m_bob->map());
    QVERIFY(theirs);
    SyncMap map;
    const ModelCheck check(&map);
    SyncMapEntry entry;
    entry.setKey(u"volume"_s);
    entry.setMap(&map);
    QCOMPARE(entry.status(), Status::Null);
    map.setClient(m_alice.get());
    map.setSid(theirs->sid());
    QTRY_COMPARE(entry.status(), Status::Ready);
    QVERIFY(!entry.exists() && !entry.value().isValid());
    QTRY_COMPARE(map.subscriptionState(), Sync::SubscriptionState::Established);
    valueOfCall(theirs->set(u"volume"_s, level(3)));
    QTRY_COMPARE(levelOf(entry), 3);
    QVERIFY(entry.exists());
    QCOMPARE(valueOfCall(entry.update(level(4))).value(), QVariantMap({ { u"level"_s, 4 } }));
    QTRY_COMPARE(levelOf(entry), 4);
    QCOMPARE(textOfError(errorOfCall(entry.remove())), QString());
    QTRY_VERIFY(!entry.exists());
    QCOMPARE(entry.status(), Status::Ready);
    map.close();
}

void tst_SyncMapEntry::stateIsRightInEachSlot()
{
    SyncMap *const map = established(m_alice->map());
    QVERIFY(map);
    SyncMapEntry entry;
    entry.setKey(u"volume"_s);
    entry.setMap(map);
    QTRY_COMPARE(entry.status(), Status::Ready);
    QStringList log;
    const auto note = [&](const QString &what) {
        log.append(u"%1: %2 %3"_s.arg(what).arg(levelOf(entry)).arg(entry.exists()));
    };
    connect(&entry, &SyncMapEntry::valueChanged, this, [&] { note(u"value"_s); });
    connect(&entry, &SyncMapEntry::existsChanged, this, [&] { note(u"exists"_s); });
    valueOfCall(entry.set(level(1)));
    QTRY_COMPARE(log, QStringList({ u"value: 1 1"_s, u"exists: 1 1"_s }));
    log.clear();
    QCOMPARE(textOfError(errorOfCall(entry.remove())), QString());
    QTRY_COMPARE(log, QStringList({ u"value: -1 0"_s, u"exists: -1 0"_s }));
}

void tst_SyncMapEntry::failsAndReadsAgain()
{
    if (!m_server.isEmbedded())
        QSKIP("needs a server that fails as it is told");
    QTest::failOnWarning(QRegularExpression(u"nothing"_s));
    SyncMap *const theirs = established(m_bob->map());
    QVERIFY(theirs);
    for (const QString &key : { u"a"_s, u"volume"_s })
        valueOfCall(theirs->set(key, level(5)));
    SyncMap map;
    const ModelCheck check(&map);
    map.setPageSize(1);
    map.setClient(m_alice.get());
    map.setSid(theirs->sid());
    QTRY_COMPARE(map.subscriptionState(), Sync::SubscriptionState::Established);
    QTRY_COMPARE(map.rowCount(), 1);
    Server::AnswerFault fault;
    fault.answer.status = 500;
    fault.target.method = "GET";
    m_server.injector().faults().add(fault);
    SyncMapEntry entry;
    entry.setKey(u"volume"_s);
    entry.setMap(&map);
    QCOMPARE(entry.status(), Status::Opening);
    QTRY_COMPARE(entry.status(), Status::Failed);
    QCOMPARE(entry.error().status(), 500);
    QVERIFY(errorOfCall(m_alice->shutdown()).isNull());
    m_alice->setToken(m_server.token(u"alice"_s));
    QTRY_COMPARE(entry.status(), Status::Ready);
    QCOMPARE(levelOf(entry), 5);
    QVERIFY(entry.error().isNull());
    map.close();
}

void tst_SyncMapEntry::survivesTheMap()
{
    SyncMapEntry entry;
    entry.setKey(u"volume"_s);
    {
        SyncMap map;
        const ModelCheck check(&map);
        entry.setMap(&map);
        map.setClient(m_alice.get());
        map.setUniqueName(freshName());
        QTRY_COMPARE(entry.status(), Status::Ready);
        valueOfCall(entry.set(level(1)));
        QTRY_VERIFY(entry.exists());
    }
    QCOMPARE(entry.map(), nullptr);
    QCOMPARE(entry.status(), Status::Null);
    QVERIFY(!entry.exists());
}

void tst_SyncMapEntry::callsNeedAMap()
{
    SyncMapEntry entry;
    QCOMPARE(errorOfCall(entry.set(level(1))).message(), u"entry: no map has been set"_s);
    QCOMPARE(errorOfCall(entry.update(level(1))).message(), u"entry: no map has been set"_s);
    QCOMPARE(errorOfCall(entry.remove()).message(), u"entry: no map has been set"_s);
}

QTEST_GUILESS_MAIN(tst_SyncMapEntry)
#include "tst_syncmapentry.moc"
