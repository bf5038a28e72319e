#pragma once

#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qstring.h>

#include <optional>

namespace Bench {

//! One measure at several sizes of the collection.
struct Series
{
    //! What it belongs to, e.g. "list"; one panel of the chart each.
    QString group;
    QString name;
    QString unit;
    //! By number of items.
    QMap<qint64, double> points;
    //! What it should be at most at a million items.
    std::optional<double> target = {};
};

/*!
    \brief What a benchmark measured: a table and a verdict a target for people, JSON and a chart for files.
*/
class Figures
{
public:
    //! Adds to the mean of \a name at \a size.
    void add(const QString &group, const QString &name, const QString &unit, qint64 size, double value);
    //! Adds all that another program's toJson() has.
    void add(const QJsonObject &figures);
    //! Runs \a program, which prints its toJson(), and adds that; false if it fails.
    bool addFrom(const QString &program, const QStringList &arguments);
    void setTarget(const QString &group, const QString &name, double most);

    [[nodiscard]] QList<Series> series() const;
    //! One row a series, one column a size.
    void print() const;
    //! "met" or "missed" for each target at a million items.
    void printTargets() const;
    [[nodiscard]] QJsonObject toJson() const;
    //! Writes \a baseName.json and \a baseName.svg; says where on the standard output.
    void save(const QString &baseName, const QString &title) const;

private:
    struct Entry
    {
        Series series;
        QMap<qint64, int> counts;
    };
    Entry &entry(const QString &group, const QString &name, const QString &unit);

    QList<Entry> m_entries;
};

//! \a series whose unit is "ns", cost against size, both axes logarithmic.
[[nodiscard]] QByteArray svgChart(const QString &title, const QList<Series> &series);

} // namespace Bench
