#include "common/core/error.hpp"

#include "common/core/explanation.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <system_error>

namespace modelseal::core {

Error::Error(ErrorKind kind, std::string message)
    : Error(kind, Reason::unspecified, std::move(message)) {}

Error::Error(ErrorKind kind, Reason reason, std::string message)
    : kind_(kind), reason_(reason), message_(std::move(message)) {}

void Error::add_context(std::string_view doing) {
    message_ = concat(doing, ": ", message_);
}

const Explanation& Error::explanation() const noexcept {
    static const Explanation none;
    return explanation_ ? *explanation_ : none;
}

void Error::explain(Explanation explanation) {
    explanation_ = std::make_shared<const Explanation>(std::move(explanation));
}

Error system_error(int error_number, std::string_view doing) {
    ErrorKind kind = ErrorKind::io;
    if (error_number == ENOENT) {
        kind = ErrorKind::not_found;
    } else if (error_number == EACCES || error_number == EPERM) {
        kind = ErrorKind::denied;
    }
    return {kind, concat(doing, ": ", std::generic_category().message(error_number))};
}

}  // namespace modelseal::core
