#include "common/oci/layout_check.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/file_hasher.hpp"
#include "common/oci/layout_folder.hpp"
#include "common/oci/layout_index.hpp"
#include "common/oci/manifest.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace modelseal::oci {

namespace {

using core::concat;
using core::in_quotes;

constexpr std::string_view index_file = "index.json";
constexpr std::string_view blob_folder = "blobs/sha256";
constexpr std::size_t files_at_once = 256;  // open at the same time

std::string blob_path(const digest::Digest& digest) {
    return concat(blob_folder, '/', digest.hex());
}

/// The digest that a file among the blobs is named by.
std::optional<digest::Digest> digest_named(std::string_view name) {
    try {
        return digest::Digest::parse(concat("sha256:", name));
    } catch (const core::Error&) {
        return std::nullopt;
    }
}

/// A descriptor and the file that it stands in.
struct Mention {
    Descriptor descriptor;
    std::string from;
};

/// One check of one layout.
class LayoutCheck {
  public:
    LayoutCheck(const core::Folder& folder, core::Progress& progress)
        : folder_(folder), progress_(progress) {}

    LayoutReport run() {
        const auto index = core::with_context(concat("reading ", in_quotes(index_file)), [&] {
            const auto bytes = folder_.read_small(index_file, LayoutIndex::size_limit);
            if (!bytes) {
                throw core::Error(core::ErrorKind::malformed, "the layout has no index");
            }
            return LayoutIndex::parse(*bytes);
        });
        hash_blobs();
        for (Descriptor& entry : index.entries()) {
            pending_.push_back({std::move(entry), std::string(index_file)});
        }
        while (!pending_.empty()) {
            const Mention next = std::move(pending_.back());
            pending_.pop_back();
            follow(next.descriptor, next.from);
        }
        for (const auto& [digest, size] : intact_) {
            if (!reached_.contains(digest)) {
                report_.unreferenced.push_back(digest);
            }
        }
        std::sort(report_.problems.begin(),
                  report_.problems.end(),
                  [](const LayoutProblem& a, const LayoutProblem& b) {
                      return std::tie(a.path, a.message) < std::tie(b.path, b.message);
                  });
        return std::move(report_);
    }

  private:
    void hash_blobs() {
        const auto blobs = folder_.open_folder(blob_folder);
        if (!blobs) {
            return;
        }
        std::vector<digest::Digest> expected;
        std::vector<core::File> files;
        for (const core::FolderEntry& entry : blobs->list_here()) {
            if (files.size() == files_at_once) {
                compare(expected, files);
                expected.clear();
                files.clear();
            }
            const auto digest = digest_named(entry.path);
            auto file = digest && entry.kind == core::EntryKind::file
                            ? blobs->open_existing(entry.path)
                            : std::nullopt;
            if (!file) {
                add(LayoutFault::foreign,
                    concat(blob_folder, '/', entry.path),
                    "it is not a file named by its SHA-256");
                continue;
            }
            expected.push_back(*digest);
            files.push_back(std::move(*file));
        }
        compare(expected, files);
    }

    void compare(const std::vector<digest::Digest>& expected,
                 const std::vector<core::File>& files) {
        std::vector<digest::HashRequest> requests;
        requests.reserve(files.size());
        for (const core::File& file : files) {
            requests.push_back({&file, file.name()});
        }
        const auto hashed = digest::hash_all(requests, {}, progress_);
        for (std::size_t i = 0; i < files.size(); ++i) {
            report_.blobs += 1;
            report_.bytes += hashed[i].size;
            present_.insert(expected[i]);
            if (hashed[i].sha256 == expected[i]) {
                intact_.emplace(expected[i], hashed[i].size);
            } else {
                add(LayoutFault::damaged,
                    blob_path(expected[i]),
                    concat("its bytes have the digest ", hashed[i].sha256.to_string()));
            }
        }
    }

    /// Of a manifest or index, what it lists is pending then.
    void follow(const Descriptor& descriptor, std::string_view from) {
        const bool is_new = reached_.insert(descriptor.digest).second;
        if (!present_.contains(descriptor.digest)) {
            add(LayoutFault::missing,
                blob_path(descriptor.digest),
                concat("it is not there, but named by ", from));
            return;
        }
        const auto intact = intact_.find(descriptor.digest);
        if (intact == intact_.end()) {
            return;  // reported as damaged
        }
        if (intact->second != descriptor.size) {
            add(LayoutFault::damaged,
                blob_path(descriptor.digest),
                concat("it has ", intact->second, " bytes, but ", from, " says ", descriptor.size));
        }
        if (is_new && (is_index(descriptor.media_type) || is_manifest(descriptor.media_type))) {
            follow_content(descriptor.digest);
        }
    }

    void follow_content(const digest::Digest& digest) {
        const std::string path = blob_path(digest);
        report_.manifests += 1;
        try {
            for (Descriptor& descriptor : descriptors_in(path)) {
                pending_.push_back({std::move(descriptor), path});
            }
        } catch (const core::Error& error) {
            add(LayoutFault::unusable, path, error.message());
        }
    }

    [[nodiscard]] std::vector<Descriptor> descriptors_in(const std::string& path) const {
        const std::string bytes = folder_.read_small(path, manifest_size_limit).value_or("");
        if (is_index(media_type_of(bytes))) {
            return Index::parse(bytes).manifests;
        }
        Manifest manifest = Manifest::parse(bytes);
        manifest.layers.push_back(manifest.config);
        return manifest.layers;
    }

    void add(LayoutFault fault, std::string path, std::string message) {
        report_.problems.push_back({fault, std::move(path), std::move(message)});
    }

    const core::Folder& folder_;
    core::Progress& progress_;
    LayoutReport report_;
    std::set<digest::Digest> present_;
    std::map<digest::Digest, std::uint64_t> intact_;  // with their sizes
    std::set<digest::Digest> reached_;
    std::vector<Mention> pending_;
};

}  // namespace

LayoutReport check_layout(const core::Folder& folder, core::Progress& progress) {
    if (!is_layout(folder)) {
        throw core::Error(core::ErrorKind::not_found,
                          concat(in_quotes(folder.name()), " is not an image layout"));
    }
    return LayoutCheck(folder, progress).run();
}

}  // namespace modelseal::oci
