#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qprocess.h>

namespace Twilio {
class LocalSyncServer;
}

namespace Twilio::Server {

/*!
    \brief A command that runs as long as the server serves it, with this process's input, output and
    terminal. It does not outlive this process, however that ends.
*/
class ChildCommand : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ChildCommand)

public:
    //! What the command learns of \a server, which listens: TWILIO_SYNC_URL and the like. \a token is
    //! TWILIO_SYNC_TOKEN; empty for none.
    [[nodiscard]] static QProcessEnvironment environment(const LocalSyncServer &server, const QString &token);

    //! Starts \a command, its name first; finished() follows.
    ChildCommand(const QStringList &command, const QProcessEnvironment &environment);
    ~ChildCommand() override;

    //! Sends it the signal \a number.
    void pass(int number);

Q_SIGNALS:
    //! \a status is as a shell has it: that of the command, 128 more than the signal that has ended it, or
    //! 127 if it could not be started, for which there is a \a message.
    void finished(int status, const QString &message);

private:
    QProcess m_process;
};

} // namespace Twilio::Server
