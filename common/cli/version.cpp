#include "common/cli/version.hpp"

namespace modelseal::cli {

std::string_view version() noexcept {
    return MODELSEAL_VERSION;
}

}  // namespace modelseal::cli
