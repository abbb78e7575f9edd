// What a server asks for when it answers 401. Spec: RFC 9110 section 11 (RFC 7235).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::http {

/// One challenge of a WWW-Authenticate field.
struct Challenge {
    std::string scheme{};                                          // lower case: "basic", "bearer"
    std::map<std::string, std::string, std::less<>> parameters{};  // names in lower case
    std::string token68{};                                         // instead of parameters

    bool operator==(const Challenge&) const = default;
};

/// The challenges of one WWW-Authenticate field; there can be several, separated by commas.
/// Errors: malformed, also for a parameter that is given twice.
[[nodiscard]] std::vector<Challenge> parse_challenges(std::string_view field);

}  // namespace modelseal::http
