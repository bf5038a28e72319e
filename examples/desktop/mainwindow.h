#pragma once

#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncMap>

#include <QtWidgets/qmainwindow.h>

QT_FORWARD_DECLARE_CLASS(QAction)
QT_FORWARD_DECLARE_CLASS(QLabel)
QT_FORWARD_DECLARE_CLASS(QTableView)

//! An address book that everybody edits at once: one map, in a table, a tree and a form.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    MainWindow(const QUrl &url, const Twilio::SyncClient::TokenProvider &tokens);

    //! What the views show.
    [[nodiscard]] Twilio::SyncMap *contacts() { return &m_contacts; }
    //! Puts a few contacts there; samplesAdded() tells of the end.
    void addSamples();
    void select(int row);

Q_SIGNALS:
    void samplesAdded(const Twilio::SyncError &error);

private:
    void addContact();
    void removeContact();
    void showState();
    void report(const Twilio::SyncError &error);

    Twilio::SyncClient m_client;
    Twilio::SyncMap m_contacts;
    QTableView *m_table;
    QLabel *m_state;
    QAction *m_remove;
};
