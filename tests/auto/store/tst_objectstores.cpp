#include "TwilioSync/store/documentstore.h"
#include "TwilioSync/store/streamstore.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

class DocumentLog final : public DocumentObserver
{
    Q_DISABLE_COPY_MOVE(DocumentLog)

public:
    explicit DocumentLog(DocumentStore &store) : m_store(store) { store.observers.add(this); }
    ~DocumentLog() { m_store.observers.remove(this); }
    void contentsChanged(const QByteArray &now, const QByteArray &before, bool isLocal) override
    {
        // All of the state is there when it is told.
        QCOMPARE(now, m_store.contents());
        lines.append(u"%1>%2 r%3@%4%5"_s
                             .arg(QString::fromUtf8(before), QString::fromUtf8(now),
                                  QString::fromUtf8(m_store.root.revision))
                             .arg(m_store.root.lastEventId)
                             .arg(isLocal ? u" local"_s : QString()));
    }

    QStringList lines;

private:
    DocumentStore &m_store;
};

class StreamLog final : public StreamObserver
{
public:
    void messageArrived(const QByteArray &sid, const SyncValue &, bool isLocal) override
    {
        lines.append(QString::fromUtf8(sid) + (isLocal ? u" local"_s : QString()));
    }

    QStringList lines;
};

Protocol::RootResource stateOf(std::optional<qint64> id, const QByteArray &data)
{
    Protocol::RootResource state;
    state.sid = "ET1";
    state.lastEventId = id;
    state.revision = QByteArray::number(id.value_or(0));
    state.data = data;
    return state;
}

} // namespace

//! What is true of documents and streams.
class tst_ObjectStores : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void documentStates_data();
    void documentStates();
    void expiryIsNoChangeOfContents();
    void documentThatIsReadAgain();
    void messages_data();
    void messages();
    void oldMessagesAreForgotten();
};

void tst_ObjectStores::documentStates_data()
{
    QTest::addColumn<QString>("steps"); // "e2": event 2; w an answer to our own write, r a read; ? has no id
    QTest::addColumn<QString>("log");
    QTest::addColumn<qint64>("cursor");
    QTest::newRow("in order") << u"e2 e3"_s << u"[1]>[2] r2@2; [2]>[3] r3@3"_s << qint64(3);
    QTest::newRow("replayed") << u"e2 e2 e1"_s << u"[1]>[2] r2@2"_s << qint64(2);
    QTest::newRow("older event") << u"e3 e2"_s << u"[1]>[3] r3@3"_s << qint64(3);
    QTest::newRow("event without an id") << u"e? e2"_s << u"[1]>[2] r2@2"_s << qint64(2);
    QTest::newRow("own answer, then its echo") << u"w2 e2"_s << u"[1]>[2] r2@2 local"_s << qint64(2);
    QTest::newRow("echo, then the own answer") << u"e2 w2"_s << u"[1]>[2] r2@2"_s << qint64(2);
    QTest::newRow("own answer overtaken") << u"e3 w2 e2"_s << u"[1]>[3] r3@3"_s << qint64(3);
    QTest::newRow("read that is old") << u"e2 r1"_s << u"[1]>[2] r2@2"_s << qint64(2);
    QTest::newRow("read that is new, then its event") << u"r4 e4 e3"_s << u"[1]>[4] r4@4"_s << qint64(4);
}

void tst_ObjectStores::documentStates()
{
    QFETCH(QString, steps);
    QFETCH(QString, log);
    QFETCH(qint64, cursor);
    DocumentStore store;
    const DocumentLog seen(store);
    QVERIFY(store.apply(stateOf(1, "[1]"), false)); // the first one is no change
    for (const QString &step : steps.split(u' ')) {
        const QByteArray id = step.mid(1).toUtf8();
        const std::optional<qint64> eventId = id == "?" ? std::nullopt : std::optional(id.toLongLong());
        const QByteArray data = '[' + id + ']';
        const bool isNews = store.isNews(eventId);
        if (step.front() == u'e') {
            Protocol::Event event;
            event.id = eventId;
            event.revision = id;
            event.data = data;
            QCOMPARE(store.apply(store.stateOf(event), false), isNews);
        } else {
            QCOMPARE(store.apply(stateOf(eventId, data), step.front() == u'w'), isNews);
        }
    }
    QCOMPARE(seen.lines.join(u"; "_s), log);
    QCOMPARE(store.root.lastEventId, cursor);
    QCOMPARE(store.root.sid, QByteArray("ET1"));
}

void tst_ObjectStores::expiryIsNoChangeOfContents()
{
    DocumentStore store;
    const DocumentLog seen(store);
    store.apply(stateOf(1, "[1]"), false);
    Protocol::RootResource state = stateOf(2, {});
    state.hasExpires = true;
    state.expires = 5000;
    QVERIFY(store.apply(state, false));
    QCOMPARE(store.root.expires, 5000);
    QCOMPARE(store.contents(), QByteArray("[1]"));
    QVERIFY(seen.lines.isEmpty());
    state = stateOf(3, "[1]"); // written anew with the same value: an update all the same
    QVERIFY(store.apply(state, false));
    QCOMPARE(seen.lines.join(u"; "_s), u"[1]>[1] r3@3"_s);
    QCOMPARE(store.root.expires, 5000);
}

void tst_ObjectStores::documentThatIsReadAgain()
{
    DocumentStore store;
    const DocumentLog seen(store);
    store.apply(stateOf(7, "[7]"), false);
    store.clear();
    QVERIFY(store.contents().isEmpty());
    QVERIFY(store.apply(stateOf(3, {}), false)); // whatever its event: it is the first
    QCOMPARE(store.contents(), QByteArray("{}"));
    QCOMPARE(store.root.lastEventId, 3);
    QVERIFY(seen.lines.isEmpty());
}

void tst_ObjectStores::messages_data()
{
    QTest::addColumn<QString>("steps"); // "m1": message 1 comes; w1: the answer to publishing it
    QTest::addColumn<QString>("log");
    QTest::newRow("in order") << u"m1 m2"_s << u"1; 2"_s;
    QTest::newRow("delivered twice") << u"m1 m2 m1"_s << u"1; 2"_s;
    QTest::newRow("own answer, then its echo") << u"w1 m1"_s << u"1 local"_s;
    QTest::newRow("echo, then the own answer") << u"m1 w1"_s << u"1"_s;
}

void tst_ObjectStores::messages()
{
    QFETCH(QString, steps);
    QFETCH(QString, log);
    StreamStore store;
    StreamLog seen;
    store.observers.add(&seen);
    for (const QString &step : steps.split(u' '))
        store.receive(step.mid(1).toUtf8(), SyncValue(), step.front() == u'w');
    QCOMPARE(seen.lines.join(u"; "_s), log);
    QCOMPARE(store.messageCount(), seen.lines.size());
}

void tst_ObjectStores::oldMessagesAreForgotten()
{
    StreamStore store;
    for (std::size_t i = 0; i <= StreamStore::messagesRemembered; ++i)
        QVERIFY(store.receive(QByteArray::number(qulonglong(i)), SyncValue(), false));
    QVERIFY(!store.receive("1", SyncValue(), false));
    QVERIFY(store.receive("0", SyncValue(), false));
}

QTEST_APPLESS_MAIN(tst_ObjectStores)
#include "tst_objectstores.moc"
