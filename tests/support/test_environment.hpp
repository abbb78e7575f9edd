// An environment of streams and variables in memory, for commands under test.
#pragma once

#include "common/cli/environment.hpp"

#include <map>
#include <sstream>
#include <string>

namespace modelseal::test {

class TestEnvironment {
  public:
    using Map = std::map<std::string, std::string, std::less<>>;

    explicit TestEnvironment(Map variables = {}, const std::string& input = "")
        : in_(input),
          environment_{.variables = core::Variables(std::move(variables)),
                       .in = in_,
                       .out = out_,
                       .err = err_,
                       .clock = clock_,
                       .subprocess = subprocess_} {}

    cli::Environment& operator*() noexcept { return environment_; }

    cli::Environment* operator->() noexcept { return &environment_; }

    [[nodiscard]] std::string out() const { return out_.str(); }

    [[nodiscard]] std::string err() const { return err_.str(); }

  private:
    std::istringstream in_;
    std::ostringstream out_;
    std::ostringstream err_;
    core::SystemClock clock_;
    core::SystemSubprocess subprocess_;
    cli::Environment environment_;
};

}  // namespace modelseal::test
