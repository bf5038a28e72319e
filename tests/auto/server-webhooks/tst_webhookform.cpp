#include "datafixture.h"
#include "server/webhooks/webhookform.h"
#include "server/webhooks/webhooktarget.h"

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// What each event says, and how it is signed.
class tst_WebhookForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyEventHasItsFields();
    void expiryIsTheSystems();
    void formsAreEncoded();
    void signatureIsTwilios();
    void onlyLoopbackIsATarget_data();
    void onlyLoopbackIsATarget();

private:
    static QByteArray lines(const HttpFields &fields)
    {
        QByteArrayList all;
        for (const auto &[name, value] : fields)
            all << name + '=' + value;
        return all.join('\n');
    }
};

void tst_WebhookForm::everyEventHasItsFields()
{
    DataFixture server;
    server.caller.endpoint = "EP1";
    QByteArrayList said;
    const auto tell = [&](const Change &change) {
        const auto fields = webhookFields(change);
        said << (fields ? lines(*fields) : QByteArray("nothing"));
    };
    QObject::connect(server.data.get(), &SyncData::created, server.data.get(), tell);
    QObject::connect(server.data.get(), &SyncData::changed, server.data.get(), tell);
    const auto expect = [&](const QByteArray &type, const QByteArray &rest) {
        const QByteArray first = "AccountSid=AC00000000000000000000000000000001\nEventType=" + type
                + "\nIdentity=alice\nServiceSid=IS00000000000000000000000000000001\nEndpointId=EP1\n";
        QCOMPARE(said.isEmpty() ? QByteArray() : said.takeFirst(), first + rest);
        QCOMPARE(said, QByteArrayList());
    };

    const QByteArray document = server.create("Documents", R"({"unique_name":"d ü","data":{"a":1}})");
    QByteArray sid = DataFixture::sidOf(document);
    expect("document_created",
           "DocumentSid=" + sid + "\nDocumentUniqueName=d ü\nDocumentRevision=0\nDocumentData={\"a\":1}");
    server.call("POST", document, R"({"data":{"a":2}})");
    expect("document_updated",
           "DocumentSid=" + sid + "\nDocumentUniqueName=d ü\nDocumentRevision=1\nDocumentData={\"a\":2}");
    server.call("DELETE", document);
    expect("document_removed", "DocumentSid=" + sid + "\nDocumentUniqueName=d ü\nDocumentRevision=2");

    const QByteArray list = server.create("Lists"); // without a name
    sid = DataFixture::sidOf(list);
    expect("list_created", "ListSid=" + sid + "\nListRevision=0");
    server.call("POST", list + "/Items", R"({"data":{"b":1}})");
    expect("list_item_added",
           "ListSid=" + sid + "\nListRevision=1\nEventId=0\nItemIndex=0\nItemRevision=0\nItemData={\"b\":1}");
    server.call("POST", list + "/Items/0", R"({"data":{"b":2}})");
    expect("list_item_updated",
           "ListSid=" + sid + "\nListRevision=2\nEventId=1\nItemIndex=0\nItemRevision=1\nItemData={\"b\":2}");
    server.call("DELETE", list + "/Items/0");
    expect("list_item_removed",
           "ListSid=" + sid + "\nListRevision=3\nEventId=2\nItemIndex=0\nItemRevision=2");
    server.call("POST", list + "/Context", R"({"data":{"c":1}})");
    QCOMPARE(said, QByteArrayList { "nothing" }); // Twilio documents no event
    said.clear();
    server.call("DELETE", list);
    expect("list_removed", "ListSid=" + sid + "\nListRevision=5");

    const QByteArray map = server.create("Maps", R"({"unique_name":"m"})");
    sid = DataFixture::sidOf(map);
    expect("map_created", "MapSid=" + sid + "\nMapUniqueName=m\nMapRevision=0");
    server.call("POST", map + "/Items", R"({"key":"k=&","data":{"b":1}})");
    expect("map_item_added",
           "MapSid=" + sid
                   + "\nMapUniqueName=m\nMapRevision=1\nEventId=0\nItemKey=k=&\nItemRevision=0\n"
                     "ItemData={\"b\":1}");
    server.call("POST", map + "/Items/k%3D%26", R"({"data":{"b":2}})");
    expect("map_item_updated",
           "MapSid=" + sid
                   + "\nMapUniqueName=m\nMapRevision=2\nEventId=1\nItemKey=k=&\nItemRevision=1\n"
                     "ItemData={\"b\":2}");
    server.call("DELETE", map + "/Items/k%3D%26");
    expect("map_item_removed",
           "MapSid=" + sid + "\nMapUniqueName=m\nMapRevision=3\nEventId=2\nItemKey=k=&\nItemRevision=2");
    server.call("DELETE", map);
    expect("map_removed", "MapSid=" + sid + "\nMapUniqueName=m\nMapRevision=4");

    const QByteArray stream = server.create("Streams", R"({"unique_name":"s"})");
    sid = DataFixture::sidOf(stream);
    expect("stream_created", "StreamSid=" + sid + "\nStreamUniqueName=s");
    const auto published = server.call("POST", stream + "/Messages", R"({"data":{"m":1}})");
    expect("stream_message_published",
           "StreamSid=" + sid + "\nStreamUniqueName=s\nMessageSid="
                   + DataFixture::json(published)[u"sid"].toString().toLatin1() + "\nMessageData={\"m\":1}");
    server.call("DELETE", stream);
    expect("stream_removed", "StreamSid=" + sid + "\nStreamUniqueName=s");
}

void tst_WebhookForm::expiryIsTheSystems()
{
    DataFixture server;
    HttpFields fields;
    const QByteArray document = server.create("Documents", R"({"ttl":1})");
    QObject::connect(server.data.get(), &SyncData::changed, server.data.get(),
                     [&](const Change &change) { fields = *webhookFields(change); });
    server.now += 1000;
    QCOMPARE(server.call("GET", document).status, 404);
    QCOMPARE(lines(fields),
             "AccountSid=" + QByteArray(defaultAccountSid)
                     + "\nEventType=document_removed\nIdentity=system\n"
                       "ServiceSid=IS00000000000000000000000000000001\nDocumentSid="
                     + DataFixture::sidOf(document) + "\nDocumentRevision=1");
}

void tst_WebhookForm::formsAreEncoded()
{
    const HttpFields fields { { "A", "a b+c&d=e%f~*\r\n" }, { "B", "" }, { "C", "zażółć 🎉" } };
    QCOMPARE(encodedForm(fields),
             QByteArray("A=a+b%2Bc%26d%3De%25f%7E*%0D%0A&B=&"
                        "C=za%C5%BC%C3%B3%C5%82%C4%87+%F0%9F%8E%89"));
    QCOMPARE(parseFormFields(encodedForm(fields)), std::optional(fields));
}

// The example of Twilio's helper libraries.
void tst_WebhookForm::signatureIsTwilios()
{
    const HttpFields fields { { "To", "+18005551212" },
                              { "CallSid", "CA1234567890ABCDE" },
                              { "From", "+14158675309" },
                              { "Digits", "1234" },
                              { "Caller", "+14158675309" } };
    QCOMPARE(webhookSignature("https://mycompany.com/myapp.php?foo=1&bar=2", fields, "12345"),
             QByteArray("RSOYDt4T1cUTdK1PDd93/VVr8B8="));
}

void tst_WebhookForm::onlyLoopbackIsATarget_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("isAllowed");
    for (const char *const url :
         { "http://localhost:3000/x", "https://127.0.0.1", "http://[::1]:1/", "http://api.localhost/",
           "http://hooks.example.org:8/", "http://10.0.0.7/" })
        QTest::newRow(url) << QString::fromLatin1(url) << true;
    for (const char *const url :
         { "", "x", "/x", "http://", "http:///x", "ws://localhost/", "file:///etc/passwd",
           "http://example.org/", "http://localhost.example.org/", "http://10.0.0.8/",
           "http://localhost@example.org/", "http://example.org#@localhost/", "http://a:b@localhost/",
           "http://localhost:99999/", "http://0.0.0.0/", "http://169.254.169.254/",
           "http://hooks.example.org.evil.org/" })
        QTest::newRow(url) << QString::fromLatin1(url) << false;
}

void tst_WebhookForm::onlyLoopbackIsATarget()
{
    QFETCH(QString, url);
    QFETCH(bool, isAllowed);
    const auto refusal = refusalOfWebhooksTo(url, { u"Hooks.example.org"_s, u"10.0.0.7"_s });
    QCOMPARE(!refusal, isAllowed);
}

QTEST_GUILESS_MAIN(tst_WebhookForm)
#include "tst_webhookform.moc"
