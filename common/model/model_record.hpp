// The model record: what a model is, in one JSON document (schemas/model-record.schema.json).
// A record is a hint that saves hashing twice. It is never evidence.
#pragma once

#include "common/core/json.hpp"
#include "common/core/progress.hpp"
#include "common/digest/digest.hpp"
#include "common/model/check.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

inline constexpr std::string_view record_schema = "modelseal.record/v1";

struct RecordedFile {
    std::string path;
    std::uint64_t size = 0;
    digest::Digest sha256;
    std::optional<digest::Digest> fsverity;
    Kind kind = Kind::unknown;
    std::string media_type;
    std::optional<SafetensorsFacts> safetensors;
};

struct RecordedCheck {
    std::string tool;     // "modelseal-check"
    std::string version;  // of the tool
    Policy policy = Policy::recommended;
    std::vector<Finding> findings;
};

struct ModelRecord {
    std::string name;
    std::vector<RecordedFile> files;  // byte-sorted by path
    ModelFacts facts;
    RecordedCheck checked;

    /// SHA-256 over the raw digests of all files, in order of paths.
    /// Spec: OpenSSF Model Signing v1.0, "subject".
    [[nodiscard]] digest::Digest root() const;

    /// Bytes of all files.
    [[nodiscard]] std::uint64_t size_bytes() const noexcept;

    [[nodiscard]] core::Json to_json() const;

    /// The record as a file holds it: indented, with a newline at the end.
    [[nodiscard]] std::string to_text() const;

    /// Errors: malformed for anything that to_json() would not write, also when the root, the total
    /// size or the order of files is not that of the files listed.
    [[nodiscard]] static ModelRecord parse(std::string_view text);
};

/// Bytes that a record may have.
inline constexpr std::size_t record_limit = std::size_t{64} << 20U;

struct RecordOptions {
    std::string tool;
    std::string version;
    bool tree = false;     // also the fs-verity digest of each file
    unsigned threads = 0;  // 0 for one per core
};

/// Hashes the open files of `model` and makes its record. Every file must have come from
/// check_paths(). Errors: those of reading; io (changed_while_read) when a file differs from when
/// it was checked.
[[nodiscard]] ModelRecord make_record(const CheckedModel& model,
                                      const RecordOptions& options,
                                      core::Progress& progress);

/// The root over digests that are in order of their paths.
[[nodiscard]] digest::Digest root_of(std::span<const digest::Digest> digests);

}  // namespace modelseal::model
