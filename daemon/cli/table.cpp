#include "daemon/cli/table.hpp"

#include "daemon/text/printable.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 8; // of a column that shrinks
constexpr std::size_t omitted = 0;   // width of a column that is left out

std::size_t totalWidth(const std::vector<std::size_t>& widths) {
    std::size_t total = 0;
    for (const std::size_t width : widths)
        if (width != omitted)
            total += width + (total ? gap : 0);
    return total;
}

std::string renderRow(const std::vector<Table::Cell>& cells, const std::vector<std::size_t>& widths,
                      const Terminal& terminal) {
    std::string line;
    std::size_t owed = 0; // spaces, written when more text follows: no line ends in one
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (widths[i] == omitted)
            continue;
        const std::string text = cutToWidth(cells[i].text, widths[i]);
        if (!text.empty()) {
            line.append(owed, ' ');
            line += terminal.paint(cells[i].style, text);
            owed = 0;
        }
        owed += widths[i] - displayWidth(text) + gap;
    }
    return line + "\n";
}

} // namespace

void Table::add(std::vector<Cell> cells) {
    cells.resize(columns_.size());
    for (Cell& cell : cells)
        cell.text = printable(cell.text, 400);
    rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::naturalWidths() const {
    std::vector<std::size_t> out;
    for (const Column& column : columns_)
        out.push_back(std::max<std::size_t>(1, displayWidth(column.title)));
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = std::max(out[i], displayWidth(row[i].text));
    return out;
}

std::vector<std::size_t> Table::widths(const Terminal& terminal) const {
    std::vector<std::size_t> out = naturalWidths();
    if (terminal.width == 0)
        return out;
    const auto leastWidth = [&] {
        std::vector<std::size_t> least = out;
        for (std::size_t i = 0; i < least.size(); ++i)
            if (columns_[i].shrinks)
                least[i] = std::min(least[i], narrowest);
        return totalWidth(least);
    };
    for (std::size_t i = 0; i < out.size() && leastWidth() > terminal.width; ++i)
        if (columns_[i].optional)
            out[i] = omitted;

    // From the widest that may shrink, until it fits or nothing is left to take.
    while (totalWidth(out) > terminal.width) {
        std::size_t* widest = nullptr;
        for (std::size_t i = 0; i < out.size(); ++i)
            if (columns_[i].shrinks && out[i] > narrowest && (!widest || out[i] > *widest))
                widest = &out[i];
        if (!widest)
            break;
        --*widest;
    }
    return out;
}

std::string Table::render(const Terminal& terminal) const {
    const std::vector<std::size_t> columnWidths = widths(terminal);
    std::string out;
    const bool titled = std::any_of(columns_.begin(), columns_.end(),
                                    [](const Column& column) { return !column.title.empty(); });
    if (titled) {
        std::vector<Cell> titles;
        for (const Column& column : columns_)
            titles.push_back({column.title, Style::bold});
        out += renderRow(titles, columnWidths, terminal);
    }
    for (const auto& row : rows_)
        out += renderRow(row, columnWidths, terminal);
    return out;
}

} // namespace grantlink
