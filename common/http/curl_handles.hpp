// libcurl, which is loaded at the first call of a function, and its objects as owning handles; for
// files named curl_* of this folder only.
#pragma once

#include "common/core/handle.hpp"
#include "common/core/late_library.hpp"

#include <curl/curl.h>

namespace modelseal::http {

[[nodiscard]] const core::LateLibrary& curl_library();

// Found before libcurl's own declarations by what stands in this namespace; a function that is not
// listed does not link.
MODELSEAL_LATE_FUNCTION(curl_library, curl_easy_cleanup);
MODELSEAL_LATE_FUNCTION(curl_library, curl_easy_init);
MODELSEAL_LATE_FUNCTION(curl_library, curl_easy_perform);
MODELSEAL_LATE_FUNCTION(curl_library, curl_easy_reset);
MODELSEAL_LATE_FUNCTION(curl_library, curl_easy_setopt);
MODELSEAL_LATE_FUNCTION(curl_library, curl_easy_strerror);
MODELSEAL_LATE_FUNCTION(curl_library, curl_global_cleanup);
MODELSEAL_LATE_FUNCTION(curl_library, curl_global_init);
MODELSEAL_LATE_FUNCTION(curl_library, curl_slist_append);
MODELSEAL_LATE_FUNCTION(curl_library, curl_slist_free_all);
MODELSEAL_LATE_FUNCTION(curl_library, curl_version_info);

using CurlEasy = core::Handle<CURL, curl_easy_cleanup>;
using CurlList = core::Handle<curl_slist, curl_slist_free_all>;

}  // namespace modelseal::http
