// The command table turned into a cxxopts parser; cxxopts.hpp is included in one .cpp file only.
#pragma once

#include "common/cli/command.hpp"

#include <string>
#include <vector>

namespace modelseal::cli {

class ArgumentParser {
  public:
    explicit ArgumentParser(const Command& command) : command_(command) {}

    /// Errors: usage for an unknown or refused option, a missing or impossible value, a repeated
    /// single option.
    [[nodiscard]] Arguments parse(const std::vector<std::string>& words,
                                  const core::Variables& variables) const;

  private:
    /// Those of options that are not given.
    void add_variables(Arguments& arguments, const core::Variables& variables) const;

    /// Judges the values and leaves out switches that are switched off.
    void settle(Arguments& arguments) const;

    const Command& command_;
};

}  // namespace modelseal::cli
