#include "common/model/safetensors/safetensors_index.hpp"

#include "common/core/text.hpp"
#include "common/model/safetensors/index_reader.hpp"
#include "common/model/safetensors/shard_name.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

/// Every entry sends its tensor to a plain file beside the index. Each name is judged once.
bool judge_entries(const SafetensorsIndex& index, FindingCollector& findings) {
    bool usable = true;
    std::vector<bool> judged(index.files.size());
    for (const SafetensorsIndex::Entry& entry : index.entries) {
        const std::string_view tensor = index.tensor_of(entry);
        if (entry.file == SafetensorsIndex::no_file) {
            findings.add(RuleId::index_weight_map,
                         concat("the weight_map of ", in_quotes(tensor), " is not a file name"),
                         {.tensor = std::string(tensor)});
            usable = false;
            continue;
        }
        if (judged[entry.file]) {
            continue;
        }
        judged[entry.file] = true;
        const std::string& name = index.file_of(entry);
        if (const auto why = why_no_shard_name(name)) {
            findings.add(RuleId::index_shard_name,
                         concat("the weight_map sends ",
                                in_quotes(tensor),
                                " to ",
                                in_quotes(name),
                                ", which is no file beside the index: ",
                                *why),
                         {.tensor = std::string(tensor)});
            usable = false;
        }
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

bool lists(const SafetensorsIndex& index, const std::string& file) {
    return std::binary_search(index.files.begin(), index.files.end(), file);
}

void check_presence(const SafetensorsIndex& index,
                    const ShardsByName& shards,
                    FindingCollector& findings) {
    for (const std::string& name : index.files) {
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
    std::vector<const Shard*> shard_of;  // by file
    shard_of.reserve(index.files.size());
    for (const std::string& name : index.files) {
        shard_of.push_back(find_shard(shards, name));
    }
    for (const SafetensorsIndex::Entry& entry : index.entries) {
        const Shard* shard = shard_of[entry.file];
        const std::string_view tensor = index.tensor_of(entry);
        if (shard != nullptr && shard->readable &&
            !std::binary_search(shard->tensors.begin(), shard->tensors.end(), tensor)) {
            findings.add(RuleId::index_tensor_missing,
                         concat("the weight_map says that ",
                                in_quotes(tensor),
                                " is in ",
                                in_quotes(index.file_of(entry)),
                                ", where it is not"),
                         {.tensor = std::string(tensor)});
        }
    }
}

/// Each tensor of a listed file in the map, once, and sent to that file.
class TensorCheck {
  public:
    TensorCheck(const SafetensorsIndex& index, FindingCollector& findings)
        : index_(index), findings_(findings), seen_in_(index.entries.size(), nullptr) {}

    void add(const Shard& shard) {
        for (const std::string& tensor : shard.tensors) {
            judge(tensor, shard);
        }
    }

  private:
    void judge(const std::string& tensor, const Shard& shard) {
        const SafetensorsIndex::Entry* entry = index_.find(tensor);
        if (entry == nullptr) {
            findings_.add(RuleId::index_tensor_unlisted,
                          concat(in_quotes(tensor),
                                 " is in ",
                                 in_quotes(shard.name),
                                 ", but not in the weight_map"),
                          {.tensor = tensor});
            return;
        }
        const Shard*& seen = seen_in_[static_cast<std::size_t>(entry - index_.entries.data())];
        if (seen != nullptr) {
            findings_.add(RuleId::index_tensor_duplicate,
                          concat(in_quotes(tensor),
                                 " is in ",
                                 in_quotes(seen->name),
                                 " and in ",
                                 in_quotes(shard.name)),
                          {.tensor = tensor});
        } else if (index_.file_of(*entry) != shard.name) {
            findings_.add(RuleId::index_tensor_misplaced,
                          concat(in_quotes(tensor),
                                 " is in ",
                                 in_quotes(shard.name),
                                 ", but the weight_map sends it to ",
                                 in_quotes(index_.file_of(*entry))),
                          {.tensor = tensor});
        }
        seen = seen == nullptr ? &shard : seen;
    }

    const SafetensorsIndex& index_;
    FindingCollector& findings_;
    std::vector<const Shard*> seen_in_;  // by entry
};

/// "-00002-of-00003" must count the files that are there, from 1 and without a gap.
void check_numbers(const std::vector<std::string>& listed, FindingCollector& findings) {
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
                  FindingCollector& findings) {
    std::uint64_t total = 0;
    std::set<std::string> formats;
    bool complete = true;
    for (const std::string& name : index.files) {
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

const SafetensorsIndex::Entry* SafetensorsIndex::find(std::string_view tensor) const noexcept {
    const auto found = std::lower_bound(
        entries.begin(), entries.end(), tensor, [&](const Entry& entry, std::string_view name) {
            return tensor_of(entry) < name;
        });
    return found == entries.end() || tensor_of(*found) != tensor ? nullptr : &*found;
}

std::optional<SafetensorsIndex> parse_index(const core::RandomAccess& file,
                                            FindingCollector& findings) {
    if (file.size() > index_limit) {
        findings.add(RuleId::index_json,
                     concat("the index has ",
                            file.size(),
                            " bytes, more than the ",
                            core::human_size(index_limit),
                            " that one may have"));
        return std::nullopt;
    }
    IndexContent content = read_index(file);
    if (content.failure) {
        findings.add(RuleId::index_json,
                     concat("the index cannot be read: ", *content.failure),
                     {.offset = content.failure_offset});
        return std::nullopt;
    }
    if (content.odd_total_size) {
        findings.add(RuleId::index_total_size, "metadata.total_size is not a whole number");
    }
    if (!content.has_weight_map) {
        findings.add(RuleId::index_weight_map, "the index has no weight_map object");
        return std::nullopt;
    }
    if (!judge_entries(content.index, findings)) {
        return std::nullopt;
    }
    return std::move(content.index);
}

void check_index(const SafetensorsIndex& index,
                 std::span<const Shard> shards,
                 FindingCollector& findings) {
    const ShardsByName named = by_name(shards);
    check_presence(index, named, findings);
    check_map(index, named, findings);
    TensorCheck tensors(index, findings);
    for (const Shard& shard : shards) {
        if (lists(index, shard.name)) {
            tensors.add(shard);
        }
    }
    check_numbers(index.files, findings);
    check_totals(index, named, findings);
}

}  // namespace modelseal::model
