#pragma once

#include "faultlog.h"
#include "ledger.h"

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

//! What one run has shown.
struct Result
{
    QString who;
    FaultLog log;
    Figures figures;
    qint64 restMs = 0;
};

//! The faults by kind, then the ledger; the results side by side.
void print(const QList<Result> &results);
