#include "server/net/token.h"

#include <QtCore/qmessageauthenticationcode.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio::Server;

class tst_Token : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsMadeIsAccepted();
    void serviceCalledDefaultIsTheDefaultInstance();
    void whatIsWrongHasItsCode_data();
    void whatIsWrongHasItsCode();
    void strongerHashesAreAccepted_data();
    void strongerHashesAreAccepted();

private:
    static constexpr qint64 now = 1'700'000'000'000;
    static inline const QByteArray secret = "a secret";

    static QByteArray encoded(const QByteArray &json)
    {
        return json.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    }
    static QString signedToken(const QByteArray &header, const QByteArray &payload,
                               QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256)
    {
        const QByteArray text = encoded(header) + '.' + encoded(payload);
        return QString::fromLatin1(text + '.'
                                   + encoded(QMessageAuthenticationCode::hash(text, secret, hash)));
    }
    static inline const QByteArray grants =
            R"("grants":{"identity":"zoë","data_sync":{"service_sid":"ISx"}})";
};

void tst_Token::whatIsMadeIsAccepted()
{
    TokenClaims claims;
    claims.identity = u"zoë"_s;
    claims.serviceSid = u"IS12"_s;
    claims.expiresAtMs = now + 5000;
    const auto checked = checkToken(makeToken(claims, secret, now), secret, now);
    QVERIFY(std::holds_alternative<TokenClaims>(checked));
    QCOMPARE(std::get<TokenClaims>(checked), claims);
    QVERIFY2(makeToken(claims, secret, now) != makeToken(claims, secret, now), "two of one second differ");
}

void tst_Token::serviceCalledDefaultIsTheDefaultInstance()
{
    TokenClaims claims;
    claims.identity = u"zoë"_s;
    claims.serviceSid = u"default"_s;
    claims.expiresAtMs = now + 5000;
    const auto checked = checkToken(makeToken(claims, secret, now), secret, now);
    QVERIFY(std::holds_alternative<TokenClaims>(checked));
    QCOMPARE(std::get<TokenClaims>(checked).serviceSid, QLatin1StringView(defaultServiceSid));
}

void tst_Token::whatIsWrongHasItsCode_data()
{
    QTest::addColumn<QString>("token");
    QTest::addColumn<int>("code");
    const QByteArray header = R"({"typ":"JWT","alg":"HS256"})";
    const auto payload = [](const QByteArray &times) { return QByteArray("{" + times + grants + "}"); };
    const QByteArray later = "\"exp\":1700000100,";

    QTest::newRow("empty") << QString() << 20101;
    QTest::newRow("not a JWT") << u"INVALID_TOKEN"_s << 20101;
    QTest::newRow("two parts") << u"e30.e30"_s << 20101;
    QTest::newRow("four parts") << signedToken(header, payload(later)) + u".x"_s << 20101;
    QTest::newRow("not base64") << u"!!.!!.!!"_s << 20101;
    QTest::newRow("payload not an object") << signedToken(header, "[]") << 20101;
    QTest::newRow("unsigned") << signedToken(R"({"alg":"none"})", payload(later)) << 20101;
    QTest::newRow("another algorithm") << signedToken(R"({"alg":"RS256"})", payload(later)) << 20101;
    QTest::newRow("no algorithm") << signedToken("{}", payload(later)) << 20101;
    QTest::newRow("signature of other bytes")
            << signedToken(header, payload(later)).chopped(4) + u"AAAA"_s << 20107;
    QTest::newRow("no signature") << signedToken(header, payload(later)).section(u'.', 0, 1) + u'.' << 20107;
    QTest::newRow("expired now") << signedToken(header, payload("\"exp\":1700000000,")) << 20104;
    QTest::newRow("expired long ago") << signedToken(header, payload("\"exp\":-1e300,")) << 20104;
    QTest::newRow("no expiry") << signedToken(header, payload({})) << 20104;
    QTest::newRow("expiry a string") << signedToken(header, payload("\"exp\":\"1900000000\",")) << 20104;
    QTest::newRow("not yet valid") << signedToken(header, payload(later + "\"nbf\":1700000050,")) << 20105;
    QTest::newRow("not yet valid, then expired")
            << signedToken(header, payload("\"exp\":1600000000,\"nbf\":1700000050,")) << 20105;
    QTest::newRow("nbf a string") << signedToken(header, payload(later + "\"nbf\":\"x\",")) << 20101;
    QTest::newRow("no grants") << signedToken(header, "{\"exp\":1700000100}") << 20106;
    QTest::newRow("no identity") << signedToken(
            header, "{\"exp\":1700000100,\"grants\":{\"data_sync\":{\"service_sid\":\"IS\"}}}")
                                 << 20106;
    QTest::newRow("no service") << signedToken(header, "{\"exp\":1700000100,\"grants\":{\"identity\":\"a\"}}")
                                << 20106;
}

void tst_Token::whatIsWrongHasItsCode()
{
    QFETCH(QString, token);
    QFETCH(int, code);
    const auto checked = checkToken(token, secret, now);
    QVERIFY(std::holds_alternative<TokenRefusal>(checked));
    QCOMPARE(std::get<TokenRefusal>(checked).errorCode, code);
    QVERIFY(!std::get<TokenRefusal>(checked).description.isEmpty());
}

void tst_Token::strongerHashesAreAccepted_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("hash");
    QTest::newRow("HS256") << QByteArray("HS256") << int(QCryptographicHash::Sha256);
    QTest::newRow("HS384") << QByteArray("HS384") << int(QCryptographicHash::Sha384);
    QTest::newRow("HS512") << QByteArray("HS512") << int(QCryptographicHash::Sha512);
}

void tst_Token::strongerHashesAreAccepted()
{
    QFETCH(QByteArray, name);
    QFETCH(int, hash);
    const QString token =
            signedToken("{\"alg\":\"" + name + "\"}", "{\"sub\":\"ACq\",\"exp\":1e300," + grants + "}",
                        QCryptographicHash::Algorithm(hash));
    const auto checked = checkToken(token, secret, now);
    QVERIFY(std::holds_alternative<TokenClaims>(checked));
    QCOMPARE(std::get<TokenClaims>(checked).identity, u"zoë"_s);
    QCOMPARE(std::get<TokenClaims>(checked).accountSid, u"ACq"_s);
}

QTEST_GUILESS_MAIN(tst_Token)
#include "tst_token.moc"
