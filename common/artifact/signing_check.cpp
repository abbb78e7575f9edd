#include "common/artifact/signing_check.hpp"

#include "common/artifact/bound_blob.hpp"
#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/artifact_files.hpp"

#include <algorithm>
#include <deque>
#include <set>

namespace modelseal::artifact {

namespace {

using core::concat;

/// "https://host/team/repo.git" and "https://host/team/repo" are one repository.
std::string_view without_git_suffix(std::string_view url) noexcept {
    if (url.ends_with('/')) {
        url.remove_suffix(1);
    }
    if (url.ends_with(".git")) {
        url.remove_suffix(4);
    }
    return url;
}

void prove(const std::string& path, const BoundBlob& blob, core::Progress& progress) {
    core::Task task(progress,
                    {.action = "checking",
                     .name = path,
                     .size = blob.size(),
                     .digest = blob.digest().to_string()});
    core::with_context(concat("checking ", path), [&] { blob.prove(task.advance().passed); });
    task.end("Checked");
}

/// What is unpacked on pull must have been judged as an archive: some readers take a file for one
/// that does not look like it.
void refuse_hidden_archives(const std::vector<oci::ArtifactFile>& files,
                            const model::CheckedModel& checked) {
    std::set<std::string_view> archives;
    for (const model::ModelFile& file : checked.files) {
        if (file.kind == model::Kind::archive) {
            archives.insert(file.path);
        }
    }
    for (const oci::ArtifactFile& file : files) {
        if (file.packing != oci::Packing::raw && !archives.contains(file.path)) {
            throw core::Error(
                core::ErrorKind::mismatch,
                core::Reason::unsafe_content,
                concat(core::in_quotes(file.path),
                       " is unpacked by whoever pulls it, but its content is no archive that can "
                       "be told; push the files themselves"));
        }
    }
}

}  // namespace

std::string_view to_string(CheckLevel level) noexcept {
    switch (level) {
        case CheckLevel::none:
            return "none";
        case CheckLevel::header:
            return "header";
        case CheckLevel::full:
            return "full";
    }
    return "";
}

CheckLevel default_check_level(const oci::Repository& repository) noexcept {
    return repository.is_layout() ? CheckLevel::full : CheckLevel::header;
}

CheckLevel attainable_level(const oci::Manifest& manifest, CheckLevel wanted) {
    const auto files = oci::list_files(manifest);
    const bool has_archives =
        std::any_of(files.begin(), files.end(), [](const oci::ArtifactFile& file) {
            return file.packing != oci::Packing::raw;
        });
    return wanted == CheckLevel::full && has_archives ? CheckLevel::header : wanted;
}

model::CheckedModel check_before_signing(oci::Store& store,
                                         const oci::Manifest& manifest,
                                         CheckLevel level,
                                         const model::CheckOptions& options,
                                         core::Progress& progress) {
    const std::vector<oci::ArtifactFile> files = oci::list_files(manifest);
    core::WindowPool pool;
    std::deque<BoundBlob> blobs;
    std::vector<model::NamedContent> contents;
    for (const oci::ArtifactFile& file : files) {
        blobs.emplace_back(store, file.layer, pool);
        contents.push_back({file.path, &blobs.back()});
    }
    model::CheckedModel checked = model::check_contents(contents, options);
    checked.require_acceptable();
    refuse_hidden_archives(files, checked);
    if (level == CheckLevel::full) {
        for (const BoundBlob& blob : blobs) {
            progress.expect(blob.size());
        }
        for (std::size_t i = 0; i < files.size(); ++i) {
            prove(files[i].path, blobs[i], progress);
        }
    }
    return checked;
}

void check_commit(const oci::Manifest& manifest, const std::optional<git::GitFacts>& git) {
    const auto source = manifest.annotations.find(oci::annotation_keys::source);
    const auto revision = manifest.annotations.find(oci::annotation_keys::revision);
    if (!git || !git->source_url || source == manifest.annotations.end() ||
        revision == manifest.annotations.end() ||
        without_git_suffix(source->second) != without_git_suffix(*git->source_url)) {
        return;
    }
    if (revision->second != git->commit.to_string()) {
        throw core::Error(core::ErrorKind::mismatch,
                          core::Reason::wrong_annotation,
                          concat("the artifact was made from commit ",
                                 core::in_quotes(revision->second),
                                 ", but ",
                                 git->commit.to_string(),
                                 " is checked out; check the artifact's commit out to sign it"));
    }
}

}  // namespace modelseal::artifact
