#include "common/model/safetensors/safetensors_index.hpp"

#include "common/core/error.hpp"
#include "common/core/files/file.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;
using core::Json;

constexpr std::size_t index_depth = 8;
constexpr std::string_view extension = ".safetensors";

/// What is wrong with the name of a shard; nothing when it is a plain file name.
std::optional<std::string> why_no_shard_name(std::string_view name) {
    if (auto unsafe = core::why_unsafe_path(name)) {
        return unsafe;
    }
    if (name.find('/') != std::string_view::npos) {
        return "it leads into another folder";
    }
    if (name.find(':') != std::string_view::npos) {
        return "it contains a colon";
    }
    if (!name.ends_with(extension)) {
        return "it does not end with .safetensors";
    }
    return std::nullopt;
}

void read_total_size(const Json& document, SafetensorsIndex& index, FindingCollector& findings) {
    const Json* metadata = core::find(document, "metadata");
    const Json* total = metadata == nullptr ? nullptr : core::find(*metadata, "total_size");
    if (total == nullptr) {
        return;
    }
    if (total->is_number_unsigned()) {
        index.total_size = total->get<std::uint64_t>();
    } else {
        findings.add(RuleId::index_total_size, "metadata.total_size is not a whole number");
    }
}

bool read_weight_map(const Json& document, SafetensorsIndex& index, FindingCollector& findings) {
    const Json* map = core::find(document, "weight_map");
    if (map == nullptr || !map->is_object()) {
        findings.add(RuleId::index_weight_map, "the index has no weight_map object");
        return false;
    }
    bool usable = true;
    std::set<std::string> refused;
    for (const auto& [tensor, file] : map->items()) {
        if (!file.is_string()) {
            findings.add(RuleId::index_weight_map,
                         concat("the weight_map of ", in_quotes(tensor), " is not a file name"),
                         {.tensor = tensor});
            usable = false;
            continue;
        }
        auto name = file.get<std::string>();
        const auto why = why_no_shard_name(name);
        if (why && refused.insert(name).second) {
            findings.add(RuleId::index_shard_name,
                         concat("the weight_map sends ",
                                in_quotes(tensor),
                                " to ",
                                in_quotes(name),
                                ", which is no file beside the index: ",
                                *why),
                         {.tensor = tensor});
        }
        usable = usable && !why;
        index.weight_map.emplace(tensor, std::move(name));
    }
    return usable;
}

using ShardsByName = std::map<std::string_view, const Shard*>;

ShardsByName by_name(std::span<const Shard> shards) {
    ShardsByName named;
    for (const Shard& shard : shards) {
        named.emplace(shard.name, &shard);
    }
    return named;
}

const Shard* find_shard(const ShardsByName& shards, std::string_view name) {
    const auto found = shards.find(name);
    return found == shards.end() ? nullptr : found->second;
}

std::set<std::string, std::less<>> listed_files(const SafetensorsIndex& index) {
    std::set<std::string, std::less<>> names;
    for (const auto& [tensor, file] : index.weight_map) {
        names.insert(file);
    }
    return names;
}

void check_presence(const std::set<std::string, std::less<>>& listed,
                    const ShardsByName& shards,
                    FindingCollector& findings) {
    for (const std::string& name : listed) {
        if (find_shard(shards, name) == nullptr) {
            findings.add(RuleId::index_shard_missing,
                         concat("the index names ", in_quotes(name), ", which is not there"));
        }
    }
}

/// Each tensor of the map in the file that the map names.
void check_map(const SafetensorsIndex& index,
               const ShardsByName& shards,
               FindingCollector& findings) {
    for (const auto& [tensor, file] : index.weight_map) {
        const Shard* shard = find_shard(shards, file);
        if (shard != nullptr && shard->readable &&
            !std::binary_search(shard->tensors.begin(), shard->tensors.end(), tensor)) {
            findings.add(RuleId::index_tensor_missing,
                         concat("the weight_map says that ",
                                in_quotes(tensor),
                                " is in ",
                                in_quotes(file),
                                ", where it is not"),
                         {.tensor = tensor});
        }
    }
}

/// Each tensor of a listed file in the map, once, and sent to that file.
void check_tensors(const SafetensorsIndex& index,
                   std::span<const Shard> shards,
                   const std::set<std::string, std::less<>>& listed,
                   FindingCollector& findings) {
    std::map<std::string_view, std::string_view> seen;
    for (const Shard& shard : shards) {
        if (!listed.contains(shard.name)) {
            continue;
        }
        for (const std::string& tensor : shard.tensors) {
            const auto [earlier, first] = seen.emplace(tensor, shard.name);
            const auto mapped = index.weight_map.find(tensor);
            if (!first) {
                findings.add(RuleId::index_tensor_duplicate,
                             concat(in_quotes(tensor),
                                    " is in ",
                                    in_quotes(earlier->second),
                                    " and in ",
                                    in_quotes(shard.name)),
                             {.tensor = tensor});
            } else if (mapped == index.weight_map.end()) {
                findings.add(RuleId::index_tensor_unlisted,
                             concat(in_quotes(tensor),
                                    " is in ",
                                    in_quotes(shard.name),
                                    ", but not in the weight_map"),
                             {.tensor = tensor});
            } else if (mapped->second != shard.name) {
                findings.add(RuleId::index_tensor_misplaced,
                             concat(in_quotes(tensor),
                                    " is in ",
                                    in_quotes(shard.name),
                                    ", but the weight_map sends it to ",
                                    in_quotes(mapped->second)),
                             {.tensor = tensor});
            }
        }
    }
}

/// "-00002-of-00003" must count the files that are there, from 1 and without a gap.
void check_numbers(const std::set<std::string, std::less<>>& listed, FindingCollector& findings) {
    std::set<std::uint64_t> numbers;
    std::set<std::uint64_t> counts;
    for (const std::string& name : listed) {
        if (const auto shard = parse_shard_name(name)) {
            numbers.insert(shard->number);
            counts.insert(shard->count);
        }
    }
    const bool counted =
        numbers.empty() || (counts.size() == 1 && *counts.begin() == listed.size() &&
                            numbers.size() == listed.size() && *numbers.begin() == 1 &&
                            *numbers.rbegin() == listed.size());
    if (!counted) {
        findings.add(RuleId::index_shard_numbering,
                     concat("the numbers in the names of the ",
                            listed.size(),
                            " listed files do not run from 1 to their count"));
    }
}

void check_totals(const SafetensorsIndex& index,
                  const ShardsByName& shards,
                  const std::set<std::string, std::less<>>& listed,
                  FindingCollector& findings) {
    std::uint64_t total = 0;
    std::set<std::string> formats;
    bool complete = true;
    for (const std::string& name : listed) {
        const Shard* shard = find_shard(shards, name);
        complete = complete && shard != nullptr && shard->readable &&
                   !__builtin_add_overflow(total, shard->data_length, &total);
        if (shard != nullptr && shard->readable) {
            formats.insert(shard->format);
        }
    }
    if (complete && index.total_size && *index.total_size != total) {
        findings.add(RuleId::index_total_size,
                     concat("metadata.total_size is ",
                            *index.total_size,
                            ", but the listed files hold ",
                            total,
                            " bytes of tensors"));
    }
    if (formats.size() > 1) {
        findings.add(RuleId::index_format,
                     "the listed files disagree on the format in their __metadata__");
    }
}

}  // namespace

std::optional<SafetensorsIndex> parse_index(std::string_view text, FindingCollector& findings) {
    Json document;
    try {
        document = core::parse_json(text, {.size = index_limit, .depth = index_depth});
    } catch (const core::Error& error) {
        findings.add(RuleId::index_json, concat("the index cannot be read: ", error.message()));
        return std::nullopt;
    }
    if (!document.is_object()) {
        findings.add(RuleId::index_json, "the index is not a JSON object");
        return std::nullopt;
    }
    SafetensorsIndex index;
    read_total_size(document, index, findings);
    if (!read_weight_map(document, index, findings)) {
        return std::nullopt;
    }
    return index;
}

void check_index(const SafetensorsIndex& index,
                 std::span<const Shard> shards,
                 FindingCollector& findings) {
    const auto listed = listed_files(index);
    const ShardsByName named = by_name(shards);
    check_presence(listed, named, findings);
    check_map(index, named, findings);
    check_tensors(index, shards, listed, findings);
    check_numbers(listed, findings);
    check_totals(index, named, listed, findings);
}

std::optional<ShardNumber> parse_shard_name(std::string_view name) {
    constexpr std::size_t digits = 5;
    constexpr std::string_view between = "-of-";
    if (!name.ends_with(extension)) {
        return std::nullopt;
    }
    name.remove_suffix(extension.size());
    const auto number_at = [&](std::size_t at) -> std::optional<std::uint64_t> {
        std::uint64_t number = 0;
        for (const char c : name.substr(std::min(at, name.size()), digits)) {
            if (c < '0' || c > '9') {
                return std::nullopt;
            }
            number = number * 10 + static_cast<std::uint64_t>(c - '0');
        }
        return at + digits <= name.size() ? std::optional(number) : std::nullopt;
    };
    const std::size_t of = name.rfind(between);
    if (of == std::string_view::npos || of < digits + 1 || name[of - digits - 1] != '-') {
        return std::nullopt;
    }
    const auto number = number_at(of - digits);
    const auto count = number_at(of + between.size());
    if (!number || !count) {
        return std::nullopt;
    }
    return ShardNumber{std::string(name.substr(0, of - digits - 1)),
                       std::string(name.substr(of + between.size() + digits)),
                       *number,
                       *count};
}

}  // namespace modelseal::model
