#pragma once

#include "speccalls.h"
#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>

#include <memory>

/*!
    \brief A handle of a scenario, what it shows, and all that it has told.
*/
class SpecHandle
{
    Q_DISABLE_COPY_MOVE(SpecHandle)

public:
    //! A handle of \a client to what is called "things", a \a kind of object, as \a options say.
    SpecHandle(const QString &kind, const QJsonObject &options, Twilio::SyncClient *client);
    ~SpecHandle();

    [[nodiscard]] Twilio::SyncHandle &handle() const { return *m_handle; }
    //! Null if it has no rows.
    [[nodiscard]] Twilio::SyncCollection *collection() const;

    //! Calls what is called \a operation; false if there is no such call.
    bool call(const QString &operation, const QJsonValue &argument, SpecCalls &calls);

    //! What is shown now: a line for each item, or one for the value of a document.
    [[nodiscard]] QStringList rows() const;
    //! What the model has told since the last time; of a document that its value is another.
    QStringList takeModel();
    [[nodiscard]] const QStringList &model() const;
    //! What has happened to items and the object itself since the last time.
    QStringList takeEvents() { return std::exchange(m_events, {}); }
    [[nodiscard]] const QStringList &events() const { return m_events; }

private:
    void follow();
    template <typename Collection>
    void followItems(Collection *collection);
    template <typename Object, typename... Key>
    bool callValue(Object *object, const QString &operation, const QJsonArray &arguments, SpecCalls &calls,
                   const Key &...key);

    std::unique_ptr<QObject> m_object;
    Twilio::SyncHandle *m_handle = nullptr;
    //! Of what has rows.
    std::unique_ptr<ModelLog> m_log;
    //! Of what has none.
    QStringList m_model;
    QStringList m_events;
};
