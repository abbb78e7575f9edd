#include "common/http/curl_handles.hpp"

namespace modelseal::http {

const core::LateLibrary& curl_library() {
    static const core::LateLibrary library(MODELSEAL_LIBCURL);
    return library;
}

}  // namespace modelseal::http
