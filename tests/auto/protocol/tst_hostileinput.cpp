#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/notification.h"
#include "TwilioSync/protocol/restresources.h"
#include "TwilioSync/protocol/servermessage.h"

#include <QtTest/qtest.h>

#include <array>
#include <functional>
#include <utility>
#include <vector>

using namespace Twilio;
using namespace Twilio::Protocol;
using namespace Qt::StringLiterals;

namespace {

//! Reads a text; true if it is what the parser is for.
using Parse = std::function<bool(QByteArrayView)>;

bool readsNotification(QByteArrayView text)
{
    NotificationParser parser;
    const auto result = parser.parse(text);
    if (errorOf(result))
        return false;
    const Notification &notification = *std::get<const Notification *>(result);
    for (const Event &event : notification.events) {
        const bool isWhole = notification.type == EventType::Unknown || !event.sid.isEmpty();
        if (!isWhole || event.id.value_or(0) < 0 || event.index.value_or(0) < 0)
            qFatal("an event that is none: %s", text.toByteArray().constData());
    }
    return true;
}

bool readsServerMessage(QByteArrayView header)
{
    const QByteArray frame = assembleFrame({ header }, R"({"backoff_policy":{"reconnect_min_ms":5}})");
    const auto parsed = parseServerMessage(frame);
    const auto *message = std::get_if<ServerMessage>(&parsed);
    if (!message)
        return false;
    (void)parseStatus(message->status);
    (void)parseRestReply(*message);
    (void)parseBackoffPolicy(message->payload);
    return true;
}

bool readsReply(QByteArrayView body)
{
    return errorOfReply({ 400, body.toByteArray(), {} }).code() == 54'006;
}

struct Sample
{
    const char *name;
    Parse parse;
    QByteArray text;
};

const std::vector<Sample> &samples()
{
    static const std::vector<Sample> all {
        { "list events", readsNotification,
          R"({"event_type":"list_item_added","event_protocol_version":4,"correlation_id":7,"events":[{"id":1,"list_sid":"ES1","list_revision":"1","item_index":0,"item_revision":"0","item_data":{"a":[1,{"b":"\u00e9"}]},"date_created":"2024-05-06T07:12:00.000Z","date_expires":null},{"id":2,"list_sid":"ES1","item_index":"1","item_data":{}}]})" },
        { "map event", readsNotification,
          R"({"event_type":"map_item_updated","event":{"id":18,"map_sid":"MP1","map_revision":"13","item_key":"la\"mp","item_revision":"12","item_data":{"on":false},"date_created":"2024-05-06T07:12:00.000Z","date_expires":"2024-05-07T07:12:00.000Z"}})" },
        { "document event", readsNotification,
          R"({"event_type":"document_updated","event":{"id":4,"document_sid":"ET1","document_revision":"4","document_data":{"t":"l"},"date_created":"2024-05-06T07:20:00.000Z"}})" },
        { "message", readsNotification,
          R"({"event_type":"stream_message_published","events":[{"stream_sid":"TO1","message_sid":"TZ1","message_data":{"x":1}}]})" },
        { "outcome", readsNotification,
          R"({"event_type":"subscription_failed","correlation_id":7,"events":[{"object_sid":"ET1","object_type":"document","replay_status":"interrupted","last_event_id":3,"error":{"status":404,"code":54100,"message":"gone"}}]})" },
        { "reply header", readsServerMessage,
          R"({"method":"reply","id":"TM1","status":{"code":200,"status":"OK","errorCode":1,"description":"d"},"http_status":{"code":200,"status":"OK"},"http_headers":{"a":"b","c":["d",1]},"continuation_token":"c","capabilities":["x"],"account_descriptor":{"account_sid":"AC1","instance_sids":{"data_sync":"IS1"}}})" },
        { "notification header", readsServerMessage,
          R"({"method":"notification","id":"TM1","message_type":"twilio.sync.event","client_update_type":"t","payload_size":3})" },
        { "object", [](QByteArrayView text) { return !errorOf(parseRootResource(text)); },
          R"({"sid":"ES1","unique_name":"n","url":"u","revision":"1","last_event_id":3,"date_created":"2024-05-06T07:12:00.000Z","date_updated":"2024-05-06T07:12:00.000Z","date_expires":null,"data":{"a":1},"links":{"items":"i"}})" },
        { "item", [](QByteArrayView text) { return !errorOf(parseItemResource(text)); },
          R"({"index":3,"key":"k","revision":"1","last_event_id":3,"date_created":"2024-05-06T07:12:00.000Z","date_expires":null,"data":{"a":1}})" },
        { "page", [](QByteArrayView text) { return !errorOf(parsePageResource(text)); },
          R"({"items":[{"index":3,"revision":"1","last_event_id":3,"data":{}},{"index":4,"revision":"1","last_event_id":3,"data":{}}],"meta":{"next_token":"t","previous_token":null,"page_size":50}})" },
        { "terms", [](QByteArrayView text) { return !errorOf(parseSubscriptionTerms(text)); },
          R"({"estimated_delivery_in_ms":1,"max_batch_size":100,"ttl_in_s":-1})" },
        { "message sid", [](QByteArrayView text) { return !errorOf(parseMessageSid(text)); },
          R"({"sid":"TZ1"})" },
        { "error", readsReply, R"({"code":54006,"message":"too large","status":400})" },
    };
    return all;
}

//! Where each value of \a json is, within \a text.
void findValues(QByteArrayView text, QByteArrayView json,
                std::vector<std::pair<qsizetype, qsizetype>> &places)
{
    std::vector<JsonSlice> values;
    if (const auto object = JsonObjectView::parse(json)) {
        for (const auto &[name, value] : object->members())
            values.push_back(value);
    } else if (const auto array = parseJsonArray(json)) {
        values = *array;
    }
    for (const JsonSlice &value : values) {
        places.push_back({ value.text().data() - text.data(), value.text().size() });
        findValues(text, value.text(), places);
    }
}

std::vector<QByteArray> tokens()
{
    std::vector<QByteArray> all;
    for (const char *token : { "nope",
                               "n",
                               "nul",
                               "nullx",
                               "t",
                               "tru",
                               "falsey",
                               "-",
                               "+1",
                               "01",
                               "1e",
                               "1.5",
                               "3",
                               "-3",
                               "{}",
                               "[]",
                               "null",
                               "true",
                               "\"\"",
                               "\"x\"",
                               "\"\\q\"",
                               "\"\\ud800\"",
                               "\"\\u00\"",
                               "\"\xff\"",
                               "[1,]",
                               "{\"a\"}",
                               "{\"a\":}",
                               "[",
                               "{",
                               "]",
                               "}",
                               ",",
                               ":",
                               "\"",
                               "\\",
                               "",
                               "9223372036854775807",
                               "-9223372036854775808",
                               "9223372036854775808",
                               "99999999999999999999",
                               "1e999",
                               "undefined" })
        all.push_back(token);
    constexpr int deep = 3000;
    all.push_back(QByteArray(deep, '['));
    all.push_back(QByteArray(deep, '[') + QByteArray(deep, ']'));
    QByteArray objects;
    for (int i = 0; i < deep; ++i)
        objects += "{\"a\":";
    all.push_back(objects + '1' + QByteArray(deep, '}'));
    return all;
}

} // namespace

//! Whatever the service sends: an answer or an error, no exception and no crash.
class tst_HostileInput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutAtEveryByte_data() { addSamples(); }
    void cutAtEveryByte();
    void otherBytesInEveryPlace_data() { addSamples(); }
    void otherBytesInEveryPlace();
    void otherValuesForEveryMember_data() { addSamples(); }
    void otherValuesForEveryMember();

private:
    static void addSamples()
    {
        QTest::addColumn<int>("number");
        for (int i = 0; i < int(samples().size()); ++i)
            QTest::newRow(samples()[std::size_t(i)].name) << i;
    }
};

void tst_HostileInput::cutAtEveryByte()
{
    QFETCH(int, number);
    const Sample &sample = samples()[std::size_t(number)];
    QVERIFY(sample.parse(sample.text));
    for (qsizetype size = 0; size < sample.text.size(); ++size) {
        // A copy: what reads on behind it is found by the address sanitizer.
        const QByteArray cut(sample.text.constData(), size);
        QVERIFY2(!sample.parse(cut), cut);
    }
}

void tst_HostileInput::otherBytesInEveryPlace()
{
    QFETCH(int, number);
    const Sample &sample = samples()[std::size_t(number)];
    int accepted = 0;
    for (qsizetype at = 0; at < sample.text.size(); ++at) {
        for (const char byte :
             { '\0', '"', '\\', '{', '}', '[', ']', ',', ':', ' ', 'n', '1', '-', '\xff' }) {
            QByteArray text = sample.text;
            text[at] = byte;
            accepted += sample.parse(text) ? 1 : 0;
        }
    }
    QVERIFY(accepted < sample.text.size() * 14); // the byte that opens it all is among them
}

void tst_HostileInput::otherValuesForEveryMember()
{
    QFETCH(int, number);
    const Sample &sample = samples()[std::size_t(number)];
    std::vector<std::pair<qsizetype, qsizetype>> places;
    findValues(sample.text, sample.text, places);
    QVERIFY(!places.empty());
    for (const auto &[at, size] : places) {
        for (const QByteArray &token : tokens()) {
            QByteArray text = sample.text;
            text.replace(at, size, token);
            sample.parse(text);
        }
    }
    QVERIFY(sample.parse(sample.text));
}

QTEST_APPLESS_MAIN(tst_HostileInput)
#include "tst_hostileinput.moc"
