#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"

#include "shared/twoclients.h"

using namespace Twilio;
using namespace Qt::StringLiterals;

//! A value that is too large: the error says how large it is and what is allowed.
class tst_TooLarge : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void errorSaysHowMuch();

private:
    //! One byte more than \a limit, with white space that does not count.
    static SyncValue tooMuchFor(int limit)
    {
        return SyncValue::fromJson("{ \"a\" : \"" + QByteArray(limit - 7, 'x') + "\" }");
    }
    static QString errorFor(int limit)
    {
        return u"Request entity too large: %1 bytes of JSON, at most %2 are allowed (413, 54006)"_s
                .arg(limit + 1)
                .arg(limit);
    }
};

void tst_TooLarge::errorSaysHowMuch()
{
    const SyncValue value = tooMuchFor(16384);
    const QString expected = errorFor(16384);
    SyncDocument *const document = valueOfCall(m_alice->document());
    QCOMPARE(textOfError(errorOfCall(document->set(value))), expected);
    QCOMPARE(textOfError(errorOfCall(document->update(value))), expected);
    SyncList *const list = valueOfCall(m_alice->list());
    QCOMPARE(textOfError(errorOfCall(list->push(value))), expected);
    valueOfCall(list->push({ { u"b"_s, 1 } }));
    // What counts is what the value would become
    QCOMPARE(textOfError(errorOfCall(list->update(0, tooMuchFor(16384 - 6)))), expected);
    SyncMap *const map = valueOfCall(m_alice->map());
    QCOMPARE(textOfError(errorOfCall(map->set(u"k"_s, value))), expected);
    SyncStream *const stream = valueOfCall(m_alice->stream());
    QCOMPARE(textOfError(errorOfCall(stream->publishMessage(tooMuchFor(4096)))), errorFor(4096));
    OpenOptions options;
    options.value = value.toVariantMap();
    QCOMPARE(textOfError(errorOfCall(m_alice->document(options))), expected);
}

QTEST_GUILESS_MAIN(tst_TooLarge)
#include "tst_toolarge.moc"
