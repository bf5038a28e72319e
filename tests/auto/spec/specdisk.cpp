#include "specdisk.h"

#include "TwilioSync/writes/writebytes.h"

using namespace Twilio;
using namespace Qt::StringLiterals;

void SpecDisk::watch(SyncClient &client)
{
    client.setCacheCipher(
            [this](const QByteArray &text) {
                look(text);
                return text;
            },
            [](const QByteArray &text) { return text; });
}

std::optional<SpecDisk::Failing> SpecDisk::failing(const QString &name)
{
    for (const auto &[known, what] :
         { std::pair("works"_L1, Failing::Nothing), std::pair("fails"_L1, Failing::Anything),
           std::pair("fails at a write"_L1, Failing::Write), std::pair("fails at a mark"_L1, Failing::Mark),
           std::pair("fails at contents"_L1, Failing::Contents) }) {
        if (name == known)
            return what;
    }
    return std::nullopt;
}

void SpecDisk::fail(Failing what)
{
    m_failing = what;
    if (what == Failing::Anything) {
        breakDown();
    } else {
        const std::lock_guard lock(m_mutex);
        m_limit.reset();
        if (m_cache)
            m_cache->failCommits(false);
    }
}

void SpecDisk::look(const QByteArray &text)
{
    const Failing failing = m_failing;
    if (failing == Failing::Nothing || failing == Failing::Anything)
        return;
    const auto write = decodeWrite(text);
    const Failing what = !write ? Failing::Contents : write->attempts > 0 ? Failing::Mark : Failing::Write;
    if (what == failing)
        breakDown();
}

void SpecDisk::breakDown()
{
    const std::lock_guard lock(m_mutex);
    if (m_cache)
        m_cache->failCommits(true);
    else if (!m_limit)
        m_limit = std::make_unique<FileLimit>(0);
}
