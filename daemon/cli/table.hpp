// Aligned columns for people. Programs use --json.
//
// Cells hold anything, also text from a provider: what could steer the terminal is taken out.
// On a terminal that is too narrow the columns that may shrink are cut, and when that is not enough
// the optional ones left out, the first of them first. Elsewhere nothing is lost.
#pragma once

#include "daemon/cli/terminal.hpp"

#include <string>
#include <vector>

namespace grantlink {

class Table {
  public:
    struct Column {
        std::string title; // no header line when all are empty
        bool shrinks = false;
        bool optional = false;
    };

    struct Cell {
        std::string text;
        Style style = Style::plain;
    };

    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    // A row of as many cells as there are columns; missing ones at the end are empty.
    void add(std::vector<Cell> cells);

    std::string render(const Terminal& terminal) const;

  private:
    std::vector<std::size_t> naturalWidths() const;
    std::vector<std::size_t> widths(const Terminal& terminal) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

} // namespace grantlink
