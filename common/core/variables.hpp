// Environment variables, read once at the start and passed on.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace modelseal::core {

class Variables {
  public:
    Variables() = default;

    explicit Variables(std::map<std::string, std::string, std::less<>> values)
        : values_(std::move(values)) {}

    /// The variables of this process.
    [[nodiscard]] static Variables of_process();

    /// Nothing when unset; an empty value is a value.
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

    /// Nothing when unset or empty.
    [[nodiscard]] std::optional<std::string> get_nonempty(std::string_view name) const;

  private:
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace modelseal::core
