#include <QtCore/qcoreapplication.h>

// Of every fuzzer but that of sessions: timers need an application, and nothing is to be printed.
extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const QCoreApplication app(*argc, *argv);
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
    return 0;
}
