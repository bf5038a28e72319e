#include "bench/support/figures.h"

#include <QtCore/qtextstream.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

constexpr double panelWidth = 430;
constexpr double plotHeight = 320;
constexpr double left = 64;
constexpr double lineHeight = 18;
constexpr double titleHeight = 44;
constexpr int columns = 4;
constexpr std::array colours { "#0b6fc2", "#d1495b", "#2a9d5c", "#b8860b",
                               "#7b4fb5", "#00838f", "#6d4c41", "#c2185b" };

// Decades that hold all the values.
struct Range
{
    int least = 0;
    int most = 1;
};

Range decades(const QList<double> &values)
{
    Range range;
    if (values.isEmpty())
        return range;
    const auto [least, most] = std::minmax_element(values.cbegin(), values.cend());
    range.least = int(std::floor(std::log10(qMax(*least, 1e-9))));
    range.most = qMax(range.least + 1, int(std::ceil(std::log10(qMax(*most, 1e-9)))));
    return range;
}

QString timeLabel(int decade)
{
    static const QStringList units { u"ns"_s, u"µs"_s, u"ms"_s, u"s"_s };
    const int unit = qBound(0, decade / 3, 3);
    return QString::number(std::pow(10, decade - 3 * unit)) + u' ' + units[unit];
}

// One group: axes, grid, lines and their legend.
class Panel
{
public:
    Panel(QTextStream &out, double panelLeft, double panelTop, Range sizes, Range times)
        : m_out(out)
        , m_left(panelLeft + left)
        , m_top(panelTop + 20)
        , m_sizes(sizes)
        , m_times(times)
    { }

    void drawGrid(const QString &title)
    {
        text(m_left, m_top - 12, title, "start", "font-weight=\"bold\"");
        for (int decade = m_times.least; decade <= m_times.most; ++decade) {
            const double at = y(std::pow(10, decade));
            line(m_left, at, m_left + width, at, "#d8dde3");
            text(m_left - 8, at + 4, timeLabel(decade), "end");
        }
        for (int decade = m_sizes.least; decade <= m_sizes.most; ++decade) {
            const double at = x(std::pow(10, decade));
            line(at, m_top, at, m_top + plotHeight, "#d8dde3");
            m_out << "<text x=\"" << at << "\" y=\"" << m_top + plotHeight + 20
                  << "\" text-anchor=\"middle\">10<tspan dy=\"-5\" font-size=\"9\">" << decade
                  << "</tspan></text>\n";
        }
        text(m_left + width / 2, m_top + plotHeight + 40, u"items"_s, "middle");
    }

    void drawSeries(const Series &series)
    {
        const char *colour = colours[std::size_t(m_drawn) % colours.size()];
        m_out << "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" << colour << "\" points=\"";
        for (auto it = series.points.cbegin(); it != series.points.cend(); ++it)
            m_out << x(double(it.key())) << ',' << y(it.value()) << ' ';
        m_out << "\"/>\n";
        for (auto it = series.points.cbegin(); it != series.points.cend(); ++it)
            m_out << "<circle r=\"3\" fill=\"" << colour << "\" cx=\"" << x(double(it.key())) << "\" cy=\""
                  << y(it.value()) << "\"/>\n";
        const double at = m_top + plotHeight + 66 + m_drawn * lineHeight;
        m_out << "<line stroke-width=\"3\" stroke=\"" << colour << "\" x1=\"" << m_left << "\" x2=\""
              << m_left + 22 << "\" y1=\"" << at - 4 << "\" y2=\"" << at - 4 << "\"/>\n";
        QString legend = series.name;
        if (series.target)
            legend += u" (target %1 µs)"_s.arg(*series.target / 1000);
        text(m_left + 30, at, legend, "start");
        ++m_drawn;
    }

private:
    static constexpr double width = panelWidth - left - 16;

    [[nodiscard]] double x(double size) const
    {
        return m_left + (std::log10(size) - m_sizes.least) / (m_sizes.most - m_sizes.least) * width;
    }
    [[nodiscard]] double y(double time) const
    {
        const double share = (std::log10(qMax(time, 1e-9)) - m_times.least) / (m_times.most - m_times.least);
        return m_top + plotHeight - share * plotHeight;
    }
    void line(double x1, double y1, double x2, double y2, const char *colour)
    {
        m_out << "<line stroke=\"" << colour << "\" x1=\"" << x1 << "\" y1=\"" << y1 << "\" x2=\"" << x2
              << "\" y2=\"" << y2 << "\"/>\n";
    }
    void text(double x, double y, const QString &what, const char *anchor, const char *more = "")
    {
        m_out << "<text x=\"" << x << "\" y=\"" << y << "\" text-anchor=\"" << anchor << "\" " << more << '>'
              << what.toHtmlEscaped() << "</text>\n";
    }

    QTextStream &m_out;
    const double m_left;
    const double m_top;
    const Range m_sizes;
    const Range m_times;
    int m_drawn = 0;
};

} // namespace

QByteArray svgChart(const QString &title, const QList<Series> &all)
{
    QStringList groups;
    QList<double> sizes;
    QList<double> times;
    QMap<QString, int> lines;
    for (const Series &series : all) {
        if (series.unit != "ns"_L1)
            continue;
        if (!groups.contains(series.group))
            groups.append(series.group);
        ++lines[series.group];
        for (auto it = series.points.cbegin(); it != series.points.cend(); ++it) {
            sizes.append(double(it.key()));
            times.append(it.value());
        }
    }
    const int mostLines = lines.isEmpty() ? 0 : *std::max_element(lines.cbegin(), lines.cend());
    const auto count = int(groups.size());
    const int rows = (count + columns - 1) / columns;
    const double panelHeight = plotHeight + 92 + lineHeight * mostLines;
    const double width = panelWidth * qMin(count, columns) + 16;
    const double height = titleHeight + panelHeight * rows;

    QByteArray svg;
    QTextStream out(&svg);
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << width << "\" height=\"" << height
        << "\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#1f2933\">\n"
        << "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        << "<text x=\"" << left << "\" y=\"26\" font-size=\"15\" font-weight=\"bold\">"
        << title.toHtmlEscaped() << "</text>\n";
    for (int i = 0; i < count; ++i) {
        Panel panel(out, panelWidth * (i % columns), titleHeight + panelHeight * (i / columns),
                    decades(sizes), decades(times));
        panel.drawGrid(groups[i]);
        for (const Series &series : all) {
            if (series.group == groups[i] && series.unit == "ns"_L1)
                panel.drawSeries(series);
        }
    }
    out << "</svg>\n";
    out.flush();
    return svg;
}

} // namespace Bench
