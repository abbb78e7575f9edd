#include "common/core/secret.hpp"

#include <utility>

#include <string.h>  // NOLINT(modernize-deprecated-headers): explicit_bzero is not in <cstring>

namespace modelseal::core {

void wipe(std::string& text) noexcept {
    text.resize(text.capacity());  // a longer text may have stood here before
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

// Short strings live inside the object: a moved-from one still holds the characters.
Secret::Secret(Secret&& other) noexcept : text_(other.text_) {
    wipe(other.text_);
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe(text_);
        text_ = other.text_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(text_);
        text_ = other.text_;
        wipe(other.text_);
    }
    return *this;
}

Secret::~Secret() {
    wipe(text_);
}

}  // namespace modelseal::core
