#include "common/core/explanation.hpp"

namespace modelseal::core {

void Explanation::append(const Explanation& more) {
    candidates.insert(candidates.end(), more.candidates.begin(), more.candidates.end());
}

std::string_view to_string(CheckNote::Outcome outcome) noexcept {
    switch (outcome) {
        case CheckNote::Outcome::held:
            return "held";
        case CheckNote::Outcome::failed:
            return "failed";
        case CheckNote::Outcome::not_asked:
            return "not_asked";
    }
    return "";
}

}  // namespace modelseal::core
