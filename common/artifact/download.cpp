#include "common/artifact/download.hpp"

#include "common/artifact/unpack.hpp"
#include "common/core/error.hpp"
#include "common/core/files/beneath.hpp"
#include "common/core/files/replacement.hpp"
#include "common/core/parallel.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/oci/transfer/fetch_file.hpp"
#include "common/oci/transfer/partial_file.hpp"

#include <algorithm>
#include <limits>

namespace modelseal::artifact {

using core::Error;
using core::ErrorKind;

namespace {

/// Where the content of a file stands until it is complete.
std::string partial_path(const oci::ArtifactFile& file) {
    const std::string_view parent = core::parent_of(file.path);
    return core::concat(parent,
                        parent.empty() ? "" : "/",
                        core::partial_name(oci::PartialFile::id_of(file.layer.digest)));
}

}  // namespace

Download::Download(oci::Store& store, const PullRequest& request, core::Progress& progress)
    : store_(store),
      request_(request),
      progress_(progress),
      folder_(core::OutputFolder::open_or_create(request.output)) {}

std::vector<PulledFile> Download::fetch_all(const std::vector<oci::ArtifactFile>& files) {
    subfolders_ = working_folders(files);
    std::vector<PulledFile> pulled;
    for (const oci::ArtifactFile& file : files) {
        progress_.expect(file.layer.size);
        pulled.push_back({.path = file.path, .layer = file.layer});
        ids_.insert(oci::PartialFile::id_of(file.layer.digest));
    }
    folder_.claim(subfolders_, ids_);
    seal::require_replaceable(folder_);
    try {
        require_space(files);
        core::parallel_for(files.size(), request_.concurrency, [&](std::size_t i) {
            pulled[i].outcome = fetch_one(files[i]);
        });
        core::check_termination();  // from here on it is done in a moment, and not cut short
    } catch (const Error& error) {
        tidy_up(oci::may_be_continued(error));
        throw;
    }
    return pulled;
}

void Download::commit(const std::optional<seal::Seal>& seal) {
    try {
        core::Replacement files(complete_);
        try {
            if (seal) {
                seal::write_seal(folder_, *seal);
            } else {
                seal::remove_seal(folder_);
            }
        } catch (Error& error) {
            files.put_back_after(error);
            throw;
        }
        files.keep();
    } catch (const Error& error) {
        tidy_up(oci::may_be_continued(error));
        throw;
    }
    complete_.clear();
    tidy_up(false);  // the pull is done, whatever cannot be removed
}

void Download::tidy_up(bool keep_partial) noexcept {
    try {
        if (keep_partial) {
            for (core::OutputFile& file : complete_) {
                file.keep_partial();
            }
        }
        complete_.clear();
        folder_.remove_leftovers(subfolders_, keep_partial ? ids_ : decltype(ids_)());
    } catch (const std::exception&) {
        return;  // the next pull removes what is left
    }
}

/// The folders in which files wait under temporary names. Those of an archive are known as far as
/// an earlier pull has made them.
std::set<std::string> Download::working_folders(const std::vector<oci::ArtifactFile>& files) const {
    std::set<std::string> folders;
    for (const oci::ArtifactFile& file : files) {
        if (const auto parent = core::parent_of(file.path); !parent.empty()) {
            folders.emplace(parent);
        }
        const auto unpacked =
            file.packing == oci::Packing::raw ? std::nullopt : folder_.open_folder(file.path);
        if (!unpacked) {
            continue;
        }
        folders.insert(file.path);
        for (const core::FolderEntry& entry : unpacked->list()) {
            // No archive has files in those, and they are not opened either.
            const bool is_ours = !core::why_unsafe_path(entry.path);
            if (entry.kind == core::EntryKind::folder && is_ours) {
                folders.insert(core::concat(file.path, '/', entry.path));
            }
        }
    }
    return folders;
}

/// All files have to be there before the first one takes its name, beside those of before.
void Download::require_space(const std::vector<oci::ArtifactFile>& files) const {
    const auto free = folder_.free_space();
    std::uint64_t needed = 0;
    for (const oci::ArtifactFile& file : files) {
        const std::uint64_t size = space_for(file);
        needed += std::min(size, std::numeric_limits<std::uint64_t>::max() - needed);
    }
    if (free && needed > *free) {
        throw Error(ErrorKind::io,
                    core::concat("no space left on the device: ",
                                 core::in_quotes(folder_.name()),
                                 " has ",
                                 core::human_size(*free),
                                 " free and the files need ",
                                 core::human_size(needed),
                                 "; make room, or pull into another folder"));
    }
}

/// What is to be written for a file; nothing for one that looks as if it were there already. An
/// archive stands beside what it holds, and weights do not shrink when they are unpacked.
std::uint64_t Download::space_for(const oci::ArtifactFile& file) const {
    const std::uint64_t size = file.layer.size;
    const bool is_archive = file.packing != oci::Packing::raw;
    if (!is_archive) {
        const auto existing = folder_.open_existing(file.path);
        if (existing && existing->size() == size) {
            return 0;
        }
    }
    const auto partial = folder_.open_existing(partial_path(file));
    const std::uint64_t rest = size - std::min(size, partial ? partial->allocated_size() : 0);
    const std::uint64_t unpacked = is_archive ? size : 0;
    return rest + std::min(unpacked, std::numeric_limits<std::uint64_t>::max() - rest);
}

PullOutcome Download::fetch_one(const oci::ArtifactFile& file) {
    core::Task task(progress_,
                    {.action = "pulling",
                     .name = file.path,
                     .size = file.layer.size,
                     .digest = file.layer.digest.to_string()});
    if (file.packing != oci::Packing::raw) {
        fetch_archive(file, task);
        return PullOutcome::unpacked;
    }
    if (has_content(folder_,
                    file.path,
                    file.layer.size,
                    file.layer.digest,
                    request_.old_files,
                    task.advance().present)) {
        task.end("Exists");
        return PullOutcome::reused;
    }
    task.restart();  // what was hashed of another file
    keep(fetch_content(file, file.path, task));
    return PullOutcome::written;
}

core::OutputFile Download::fetch_content(const oci::ArtifactFile& file,
                                         const std::string& path,
                                         core::Task& task) {
    const oci::Descriptor& layer = file.layer;
    const core::Advance advance = task.advance();
    const oci::Arrival arrival{
        .passed = advance.passed, .present = advance.present, .restarted = [&] {
            task.restart();
        }};
    core::OutputFile output = core::with_context(core::concat("pulling ", file.path), [&] {
        return oci::fetch_file(store_, folder_, path, layer, arrival);
    });
    task.end("Pulled");
    return output;
}

/// The archive is complete and verified before the first entry is looked at. It takes no name of
/// its own: what has the layer's name is the folder that an earlier pull unpacked.
void Download::fetch_archive(const oci::ArtifactFile& file, core::Task& task) {
    const core::OutputFile archive = fetch_content(file, partial_path(file), task);
    for (core::OutputFile& unpacked : unpack(archive.reopen(), file, folder_, request_.old_files)) {
        keep(std::move(unpacked));
    }
}

void Download::keep(core::OutputFile file) {
    const std::lock_guard lock(mutex_);
    complete_.push_back(std::move(file));
}

}  // namespace modelseal::artifact
