#include "common/oci/transfer/download_journal.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"

#include <fstream>

#include <nlohmann/json.hpp>

namespace modelseal::oci {

namespace {

constexpr std::string_view schema = "modelseal.download/v1";

/// Errors: malformed.
core::ByteRange parse_range(const core::Json& json) {
    if (!json.is_array() || json.size() != 2 || !json[0].is_number_unsigned() ||
        !json[1].is_number_unsigned()) {
        throw core::Error(core::ErrorKind::malformed, "a range is two numbers");
    }
    return {json[0].get<std::uint64_t>(), json[1].get<std::uint64_t>()};
}

/// Errors: malformed.
core::ByteRanges parse_ranges(const core::Json& array, std::uint64_t size) {
    core::ByteRanges ranges;
    std::uint64_t reached = 0;
    for (const core::Json& entry : array) {
        const core::ByteRange range = parse_range(entry);
        const bool is_apart = range.first > reached || (range.first == 0 && reached == 0);
        if (range.empty() || !is_apart || range.end > size) {
            throw core::Error(core::ErrorKind::malformed, "the ranges are not in order");
        }
        ranges.add(range);
        reached = range.end;
    }
    return ranges;
}

core::Json to_json_array(const core::ByteRanges& ranges) {
    core::Json array = core::Json::array();
    for (const core::ByteRange& range : ranges.list()) {
        array.push_back({range.first, range.end});
    }
    return array;
}

/// Errors: malformed.
DownloadJournal parse_strictly(std::string_view text) {
    const core::Json json =
        core::parse_json(text, {.size = DownloadJournal::size_limit, .depth = 3});
    DownloadJournal journal{.digest = digest::Digest::parse(core::require_string(json, "digest")),
                            .size = core::require_unsigned(json, "size")};
    journal.written = parse_ranges(core::require_array(json, "written"), journal.size);
    journal.flushed = parse_ranges(core::require_array(json, "flushed"), journal.size);
    journal.boot = core::require_string(json, "boot");
    if (core::require_string(json, "schema") != schema || json.size() != 6) {
        throw core::Error(core::ErrorKind::malformed, "not a journal of this version");
    }
    return journal;
}

}  // namespace

std::string DownloadJournal::to_json() const {
    const core::Json json = {{"schema", schema},
                             {"digest", digest.to_string()},
                             {"size", size},
                             {"written", to_json_array(written)},
                             {"flushed", to_json_array(flushed)},
                             {"boot", boot}};
    return core::to_go_json(json);
}

std::optional<DownloadJournal> DownloadJournal::parse(std::string_view text) {
    try {
        return parse_strictly(text);
    } catch (const core::Error&) {
        return std::nullopt;
    }
}

std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");  // not a core::File: it states no size
    std::string id;
    std::getline(file, id);
    return id;
}

}  // namespace modelseal::oci
