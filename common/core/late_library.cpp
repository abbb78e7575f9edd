#include "common/core/late_library.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <dlfcn.h>

namespace modelseal::core {

namespace {

[[noreturn]] void fail(std::string_view what) {
    const char* reason = dlerror();
    throw Error(ErrorKind::io,
                concat(what, " cannot be loaded: ", in_quotes(reason == nullptr ? "" : reason)));
}

}  // namespace

LateLibrary::LateLibrary(const char* literal)
    : name_(literal), handle_(dlopen(literal, RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) {
        fail(concat("the library ", name_));
    }
}

void* LateLibrary::find(const char* function) const {
    void* found = dlsym(handle_, function);
    if (found == nullptr) {
        fail(concat(function, " of the library ", name_));
    }
    return found;
}

}  // namespace modelseal::core
