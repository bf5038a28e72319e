#include "TwilioSync/transport/websocketframe.h"

#include <QtTest/qtest.h>

using namespace Twilio;

class tst_WebSocketFrame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytes();
    void lengths_data();
    void lengths();
};

// RFC 6455, 5.7: a masked "Hello", but for the type of the message.
void tst_WebSocketFrame::bytes()
{
    quint32 mask;
    std::memcpy(&mask, "\x37\xfa\x21\x3d", sizeof mask);
    QByteArray frame("before");
    appendWebSocketFrame(frame, "Hello", mask);
    QCOMPARE(frame, QByteArray("before\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"));
}

void tst_WebSocketFrame::lengths_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("empty") << qsizetype(0) << QByteArray("\x82\x80", 2);
    QTest::newRow("longest in one byte") << qsizetype(125) << QByteArray("\x82\xfd");
    QTest::newRow("shortest in two bytes") << qsizetype(126) << QByteArray("\x82\xfe\x00\x7e", 4);
    QTest::newRow("longest in two bytes") << qsizetype(65'535) << QByteArray("\x82\xfe\xff\xff");
    QTest::newRow("shortest in eight bytes")
            << qsizetype(65'536) << QByteArray("\x82\xff\x00\x00\x00\x00\x00\x01\x00\x00", 10);
}

void tst_WebSocketFrame::lengths()
{
    QFETCH(qsizetype, size);
    QFETCH(QByteArray, head);
    const QByteArray key("abcd");
    quint32 mask;
    std::memcpy(&mask, key.constData(), sizeof mask);
    QByteArray message(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i)
        message[i] = char(i * 7);
    QByteArray frame;
    appendWebSocketFrame(frame, message, mask);
    QCOMPARE(frame.first(head.size()), head);
    QCOMPARE(frame.sliced(head.size(), key.size()), key);
    QByteArray unmasked = frame.sliced(head.size() + key.size());
    for (qsizetype i = 0; i < unmasked.size(); ++i)
        unmasked[i] = char(unmasked[i] ^ key[i % 4]);
    QCOMPARE(unmasked, message);
}

QTEST_APPLESS_MAIN(tst_WebSocketFrame)
#include "tst_websocketframe.moc"
