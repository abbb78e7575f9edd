#include "common/oci/layout_folder.hpp"

#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/files/output_file.hpp"
#include "common/core/json.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <cerrno>
#include <set>
#include <string>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

namespace modelseal::oci {

namespace {

namespace fs = std::filesystem;
using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;

constexpr std::uint64_t marker_limit = 4096;
constexpr std::string_view lock_file = "index.json.lock";
constexpr unsigned lock_mode = 0600;  // whoever may open it could hold up all writers

}  // namespace

bool is_layout(const core::Folder& folder) {
    const auto content = folder.read_small(layout_marker::file, marker_limit);
    if (!content) {
        return false;
    }
    core::with_context(
        concat("reading ", in_quotes((fs::path(folder.name()) / layout_marker::file).string())),
        [&] {
            const core::Json json = core::parse_json(*content);
            const std::string version = core::require_string(json, "imageLayoutVersion");
            if (version != "1.0.0") {
                throw Error(ErrorKind::malformed,
                            core::Reason::unsupported,
                            concat("the layout's version is ", in_quotes(version), ", not 1.0.0"));
            }
        });
    return true;
}

void require_layout_or_nothing(const core::Folder& folder, const fs::path& path) {
    const std::set<std::string> ours = {
        "blobs", std::string(ingest_folder), std::string(lock_file)};
    for (const core::FolderEntry& entry : folder.list_here()) {
        const std::string& name = entry.path;
        // Another writer may be making the layout at this moment.
        if (!ours.contains(name) && !core::is_temporary_name(name) && !is_layout(folder)) {
            throw Error(ErrorKind::usage,
                        concat(in_quotes(path.string()),
                               " is not an image layout, but holds ",
                               in_quotes(name),
                               "; name a new folder"));
        }
    }
}

void make_ingest_folder(const core::Folder& folder) {
    if (::mkdirat(folder.descriptor(), std::string(ingest_folder).c_str(), 0755) != 0 &&
        errno != EEXIST) {
        throw core::system_error(errno, concat("writing to ", in_quotes(folder.name())));
    }
}

WriterLock::WriterLock(const core::Folder& folder)
    : descriptor_(core::open_beneath(folder.descriptor(), lock_file, O_RDWR | O_CREAT, lock_mode)
                      .value_or(core::FileDescriptor())) {
    while (::flock(descriptor_.get(), LOCK_EX) != 0) {
        if (const int error_number = errno; error_number != EINTR) {
            throw core::system_error(error_number, concat("locking ", in_quotes(folder.name())));
        }
        core::check_termination();
    }
}

}  // namespace modelseal::oci
