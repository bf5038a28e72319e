#include "server/net/tlsfiles.h"

#include <QtCore/qfile.h>
#include <QtNetwork/qsslcertificate.h>
#include <QtNetwork/qsslkey.h>
#include <QtNetwork/qsslsocket.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

SyncResult<QByteArray> contents(const QString &what, const QString &path)
{
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        return SyncError(u"%1: cannot read %2: %3"_s.arg(what, path, file.errorString()));
    return file.readAll();
}

} // namespace

SyncResult<QSslConfiguration> loadTlsFiles(const QString &certificatePath, const QString &keyPath)
{
    if (!QSslSocket::supportsSsl())
        return SyncError(u"TLS: this Qt has no TLS backend"_s);
    const auto certificate = contents(u"certificate"_s, certificatePath);
    if (const auto *error = errorOf(certificate))
        return *error;
    const auto key = contents(u"key"_s, keyPath);
    if (const auto *error = errorOf(key))
        return *error;

    const auto chain = QSslCertificate::fromData(std::get<QByteArray>(certificate), QSsl::Pem);
    if (chain.isEmpty())
        return SyncError(u"certificate: %1 holds no PEM certificate"_s.arg(certificatePath));
    QSslKey privateKey;
    for (const auto algorithm : { QSsl::Ec, QSsl::Rsa }) {
        privateKey = QSslKey(std::get<QByteArray>(key), algorithm, QSsl::Pem, QSsl::PrivateKey);
        if (!privateKey.isNull())
            break;
    }
    if (privateKey.isNull())
        return SyncError(u"key: %1 holds no PEM private key, RSA or EC, without passphrase"_s.arg(keyPath));

    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(privateKey);
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    return tls;
}

} // namespace Twilio::Server
