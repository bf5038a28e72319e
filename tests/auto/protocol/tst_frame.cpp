#include "TwilioSync/protocol/frame.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Twilio::Protocol;

class tst_Frame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splits_data();
    void splits();
    void rejects_data();
    void rejects();
    void encodes_data();
    void encodes();
    void everyPrefixOfAFrameIsRefusedOrWhole();
};

void tst_Frame::splits_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<qint64>("payloadSize"); // -1 = not in the header
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("payload");

    const QByteArray ping = "{\"method\":\"ping\",\"id\":\"TM0001\"}";
    QTest::newRow("protocol.md 3, byte-exact example") << "TWILSOCK V3.0 31\r\n" + ping + "\r\n"
                                                       << qint64(-1) << ping << QByteArray();
    QTest::newRow("no CRLF behind the header")
            << "TWILSOCK V3.0 31\r\n" + ping << qint64(-1) << ping << QByteArray();
    QTest::newRow("payload, no trailing CRLF") << QByteArray("TWILSOCK V3.0 2\r\n{}\r\nabc") << qint64(3)
                                               << QByteArray("{}") << QByteArray("abc");
    QTest::newRow("payload, trailing CRLF, size given") << QByteArray("TWILSOCK V3.0 2\r\n{}\r\nabc\r\n")
                                                        << qint64(3) << QByteArray("{}") << QByteArray("abc");
    QTest::newRow("payload, trailing CRLF, no size") << QByteArray("TWILSOCK V3.0 2\r\n{}\r\nabc\r\n")
                                                     << qint64(-1) << QByteArray("{}") << QByteArray("abc");
    QTest::newRow("payload, no CRLF, no size") << QByteArray("TWILSOCK V3.0 2\r\n{}\r\nabc") << qint64(-1)
                                               << QByteArray("{}") << QByteArray("abc");
    QTest::newRow("CRLF inside the payload") << QByteArray("TWILSOCK V3.0 2\r\n{}\r\na\r\nb") << qint64(4)
                                             << QByteArray("{}") << QByteArray("a\r\nb");
    QTest::newRow("size 0 with bytes behind")
            << QByteArray("TWILSOCK V3.0 2\r\n{}\r\nabc") << qint64(0) << QByteArray("{}") << QByteArray();
    QTest::newRow("lengths count bytes")
            << QByteArray("TWILSOCK V3.0 10\r\n{\"a\":\"\xc3\xa9\"}\r\n\xe2\x82\xac") << qint64(3)
            << QByteArray("{\"a\":\"\xc3\xa9\"}") << QByteArray("\xe2\x82\xac");
    QTest::newRow("empty header") << QByteArray("TWILSOCK V3.0 0\r\n\r\n") << qint64(-1) << QByteArray()
                                  << QByteArray();
}

void tst_Frame::splits()
{
    QFETCH(QByteArray, message);
    QFETCH(qint64, payloadSize);
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, payload);
    const auto parts = splitFrame(message);
    QVERIFY2(!errorOf(parts), errorOf(parts) ? qPrintable(errorOf(parts)->message()) : "");
    QCOMPARE(std::get<FrameParts>(parts).header.toByteArray(), header);
    const auto bytes = framePayload(std::get<FrameParts>(parts).rest,
                                    payloadSize < 0 ? std::nullopt : std::optional(payloadSize));
    QVERIFY(!errorOf(bytes));
    QCOMPARE(std::get<QByteArrayView>(bytes).toByteArray(), payload);
}

void tst_Frame::rejects_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("reason");
    const QString magic = QStringLiteral("malformed frame: does not start with \"TWILSOCK V3.0 \"");
    const QString length = QStringLiteral("malformed frame: the header length is not a decimal number");
    const QString tooLong = QStringLiteral("malformed frame: the header is longer than the frame");
    QTest::newRow("empty") << QByteArray() << magic;
    QTest::newRow("other version") << QByteArray("TWILSOCK V3.1 2\r\n{}\r\n") << magic;
    QTest::newRow("two spaces") << QByteArray("TWILSOCK V3.0  2\r\n{}\r\n") << length;
    QTest::newRow("no length") << QByteArray("TWILSOCK V3.0 \r\n{}\r\n") << length;
    QTest::newRow("negative length") << QByteArray("TWILSOCK V3.0 -2\r\n{}\r\n") << length;
    QTest::newRow("plus sign") << QByteArray("TWILSOCK V3.0 +2\r\n{}\r\n") << length;
    QTest::newRow("hexadecimal") << QByteArray("TWILSOCK V3.0 0x2\r\n{}\r\n") << length;
    QTest::newRow("space behind") << QByteArray("TWILSOCK V3.0 2 \r\n{}\r\n") << length;
    QTest::newRow("ten digits") << QByteArray("TWILSOCK V3.0 0000000002\r\n{}\r\n") << length;
    QTest::newRow("LF only") << QByteArray("TWILSOCK V3.0 2\n{}\n") << length;
    QTest::newRow("no line end") << QByteArray("TWILSOCK V3.0 2") << length;
    QTest::newRow("header one byte short") << QByteArray("TWILSOCK V3.0 3\r\n{}") << tooLong;
    QTest::newRow("largest length") << QByteArray("TWILSOCK V3.0 999999999\r\n{}") << tooLong;
    QTest::newRow("length too small") << QByteArray("TWILSOCK V3.0 1\r\n{}\r\n")
                                      << QStringLiteral("malformed frame: no CRLF behind the header");
}

void tst_Frame::rejects()
{
    QFETCH(QByteArray, message);
    QFETCH(QString, reason);
    const auto parts = splitFrame(message);
    QVERIFY(errorOf(parts));
    QCOMPARE(errorOf(parts)->message(), reason);
    QCOMPARE(errorOf(framePayload("abc", 4))->message(),
             QStringLiteral("malformed frame: payload_size is larger than the frame"));
    QCOMPARE(errorOf(framePayload("abc", -1))->message(),
             QStringLiteral("malformed frame: payload_size is negative"));
}

void tst_Frame::encodes_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("frame");
    QTest::newRow("no payload")
            << QByteArray("{\"method\":\"ping\"}") << QByteArray()
            << QByteArray("TWILSOCK V3.0 34\r\n{\"method\":\"ping\",\"payload_size\":0}\r\n");
    QTest::newRow("payload") << QByteArray("{\"id\":\"\xc3\xa9\"}") << QByteArray("{\"a\":1}")
                             << QByteArray("TWILSOCK V3.0 "
                                           "62\r\n{\"id\":\"\xc3\xa9\",\"payload_type\":\"application/"
                                           "json\",\"payload_size\":7}\r\n{\"a\":1}");
    QTest::newRow("empty header") << QByteArray("{}") << QByteArray()
                                  << QByteArray("TWILSOCK V3.0 18\r\n{\"payload_size\":0}\r\n");
}

void tst_Frame::encodes()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, frame);
    QCOMPARE(encodeFrame(header, payload), frame);
    const auto parts = splitFrame(frame);
    QVERIFY(!errorOf(parts));
    QCOMPARE(std::get<FrameParts>(parts).rest.toByteArray(), payload);
}

void tst_Frame::everyPrefixOfAFrameIsRefusedOrWhole()
{
    const QByteArray frame = encodeFrame("{\"method\":\"message\"}", "{\"a\":1}");
    for (qsizetype size = 0; size < frame.size(); ++size) {
        const auto parts = splitFrame(QByteArrayView(frame).first(size));
        if (!errorOf(parts))
            QVERIFY(errorOf(framePayload(std::get<FrameParts>(parts).rest, 7)));
    }
}

QTEST_GUILESS_MAIN(tst_Frame)
#include "tst_frame.moc"
