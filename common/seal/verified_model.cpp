#include "common/seal/verified_model.hpp"

namespace modelseal::seal {

std::string_view to_string(Unasked unasked) noexcept {
    switch (unasked) {
        case Unasked::digest:
            return "digest";
        case Unasked::signature:
            return "signature";
        case Unasked::model:
            return "model";
        case Unasked::version:
            return "version";
    }
    return "";
}

}  // namespace modelseal::seal
