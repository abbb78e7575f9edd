// libcurl's objects as owning handles; for files named curl_* of this folder only.
#pragma once

#include "common/core/handle.hpp"

#include <curl/curl.h>

namespace modelseal::http {

using CurlEasy = core::Handle<CURL, curl_easy_cleanup>;
using CurlList = core::Handle<curl_slist, curl_slist_free_all>;

}  // namespace modelseal::http
