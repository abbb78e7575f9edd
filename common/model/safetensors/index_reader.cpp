#include "common/model/safetensors/index_reader.hpp"

#include "common/core/text.hpp"
#include "common/model/safetensors/json_text.hpp"
#include "common/model/safetensors/safetensors.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

constexpr std::size_t depth_limit = 8;  // nested objects and arrays

/// The least that an entry takes in the text: two empty strings, a colon and a comma.
constexpr std::uint64_t shortest_entry = 6;

/// The keys of the objects that are open, in one text: a hostile file has a million of them.
class OpenKeys {
  public:
    void open() { levels_.push_back(keys_.size()); }

    void add(std::string_view key) {
        keys_.push_back(
            {static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(key.size())});
        text_ += key;
    }

    /// Forgets the keys of the innermost object; returns one that it has twice.
    [[nodiscard]] std::optional<std::string> close() {
        const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(levels_.back());
        const std::size_t text_begin = first == keys_.end() ? text_.size() : first->begin;
        const auto text_of = [&](const Key& key) {
            return std::string_view(text_).substr(key.begin, key.size);
        };
        std::sort(first, keys_.end(), [&](const Key& a, const Key& b) {
            return text_of(a) < text_of(b);
        });
        const auto twice = std::adjacent_find(first, keys_.end(), [&](const Key& a, const Key& b) {
            return text_of(a) == text_of(b);
        });
        const auto repeated =
            twice == keys_.end() ? std::nullopt : std::optional(std::string(text_of(*twice)));
        keys_.erase(first, keys_.end());
        text_.resize(text_begin);
        levels_.pop_back();
        return repeated;
    }

  private:
    struct Key {
        std::uint32_t begin;
        std::uint32_t size;
    };

    std::string text_;
    std::vector<Key> keys_;
    std::vector<std::size_t> levels_;  // where in keys_ each open object begins
};

class IndexReader final : public nlohmann::json_sax<nlohmann::json> {
  public:
    IndexReader(const JsonText& text, std::uint64_t length) : text_(text) {
        // Room that is not written to takes no memory; growing step by step takes it twice.
        content_.index.names.reserve(length);
        content_.index.entries.reserve(
            std::min<std::uint64_t>(length / shortest_entry, index_entry_limit));
    }

    bool null() override { return value(); }

    bool boolean(bool /*value*/) override { return value(); }

    bool number_integer(number_integer_t /*value*/) override { return value(); }

    bool number_float(number_float_t /*value*/, const string_t& /*literal*/) override {
        return value();
    }

    bool binary(binary_t& /*value*/) override { return value(); }

    bool number_unsigned(number_unsigned_t number) override {
        if (!at_total_size()) {
            return value();
        }
        content_.index.total_size = number;
        return true;
    }

    bool string(string_t& text) override {
        return levels_.back() == Level::weight_map ? map_to(text) : value();
    }

    bool start_object(std::size_t /*size*/) override { return open(true); }

    bool start_array(std::size_t /*size*/) override { return open(false); }

    bool key(string_t& name) override;
    bool end_object() override;

    bool end_array() override {
        levels_.pop_back();
        return true;
    }

    bool parse_error(std::size_t position,
                     const std::string& token,
                     const nlohmann::detail::exception& error) override;

    bool fail(std::string why) {
        content_.failure = std::move(why);
        content_.failure_offset = text_.position();
        return false;
    }

    [[nodiscard]] IndexContent take();

  private:
    enum class Level { top, metadata, weight_map, other };

    [[nodiscard]] bool at_total_size() const {
        return levels_.back() == Level::metadata && last_key_ == "total_size";
    }

    bool value();
    bool open(bool object);
    [[nodiscard]] Level level_for(bool object) const;
    bool map_to(const std::string& file);
    bool end_weight_map();
    void number_files_by_name();

    const JsonText& text_;
    IndexContent content_;
    std::vector<Level> levels_;
    std::string last_key_;  // at the top and in metadata
    OpenKeys keys_;
    std::size_t key_count_ = 0;
    std::map<std::string, std::uint32_t, std::less<>> files_;
};

/// A value that means nothing where it stands, or the wrong thing.
bool IndexReader::value() {
    content_.odd_total_size = content_.odd_total_size || at_total_size();
    return true;
}

bool IndexReader::open(bool object) {
    if (levels_.size() == depth_limit) {
        return fail(concat("it is nested deeper than ", depth_limit, " levels"));
    }
    if (levels_.empty()) {
        levels_.push_back(Level::top);
    } else {
        static_cast<void>(value());
        levels_.push_back(level_for(object));
    }
    if (levels_.back() == Level::weight_map) {
        content_.has_weight_map = true;
    } else if (object) {
        keys_.open();
    }
    return true;
}

IndexReader::Level IndexReader::level_for(bool object) const {
    if (levels_.back() != Level::top || !object) {
        return Level::other;
    }
    if (last_key_ == "weight_map") {
        return Level::weight_map;
    }
    return last_key_ == "metadata" ? Level::metadata : Level::other;
}

bool IndexReader::key(string_t& name) {
    if (++key_count_ > index_entry_limit) {
        return fail(concat("it has more than ", index_entry_limit, " entries"));
    }
    if (levels_.back() == Level::weight_map) {
        SafetensorsIndex& index = content_.index;
        index.entries.push_back({.name_begin = static_cast<std::uint32_t>(index.names.size()),
                                 .name_size = static_cast<std::uint32_t>(name.size())});
        index.names += name;
        return true;
    }
    keys_.add(name);
    if (levels_.back() != Level::other) {
        last_key_ = std::move(name);
    }
    return true;
}

bool IndexReader::end_object() {
    const Level closed = levels_.back();
    levels_.pop_back();
    if (closed == Level::weight_map) {
        return end_weight_map();
    }
    if (const auto twice = keys_.close()) {
        return fail(concat("the key ", in_quotes(*twice), " occurs twice"));
    }
    return true;
}

bool IndexReader::map_to(const std::string& file) {
    const auto known = files_.find(file);
    if (known != files_.end()) {
        content_.index.entries.back().file = known->second;
        return true;
    }
    if (files_.size() == index_file_limit) {
        return fail(concat("it names more than ", index_file_limit, " files"));
    }
    const auto number = static_cast<std::uint32_t>(files_.size());
    files_.emplace(file, number);
    content_.index.entries.back().file = number;
    return true;
}

bool IndexReader::end_weight_map() {
    SafetensorsIndex& index = content_.index;
    using Entry = SafetensorsIndex::Entry;
    std::sort(index.entries.begin(), index.entries.end(), [&](const Entry& a, const Entry& b) {
        return index.tensor_of(a) < index.tensor_of(b);
    });
    const auto twice = std::adjacent_find(
        index.entries.begin(), index.entries.end(), [&](const Entry& a, const Entry& b) {
            return index.tensor_of(a) == index.tensor_of(b);
        });
    if (twice != index.entries.end()) {
        return fail(concat("the key ", in_quotes(index.tensor_of(*twice)), " occurs twice"));
    }
    return true;
}

bool IndexReader::parse_error(std::size_t /*position*/,
                              const std::string& /*token*/,
                              const nlohmann::detail::exception& /*error*/) {
    if (text_.stopped() == JsonText::Stop::long_token) {
        return fail(concat("it has a string or number of more than ", text_limit, " bytes"));
    }
    return fail("it is not valid JSON");
}

/// Files were numbered as they came; from now on they are sorted.
void IndexReader::number_files_by_name() {
    SafetensorsIndex& index = content_.index;
    std::vector<std::uint32_t> number_of(files_.size());
    for (const auto& [name, number] : files_) {
        number_of[number] = static_cast<std::uint32_t>(index.files.size());
        index.files.push_back(name);
    }
    files_.clear();
    for (SafetensorsIndex::Entry& entry : index.entries) {
        if (entry.file != SafetensorsIndex::no_file) {
            entry.file = number_of[entry.file];
        }
    }
}

IndexContent IndexReader::take() {
    if (!content_.failure) {
        number_files_by_name();
    }
    return std::move(content_);
}

}  // namespace

IndexContent read_index(const core::RandomAccess& file) {
    JsonText text(file, 0, file.size(), text_limit);
    IndexReader reader(text, file.size());
    text.skip_space();
    if (text.at_end() || text.peek() != '{') {
        // nlohmann would skip a byte order mark, and accept any other value.
        reader.fail("it does not begin with '{'");
        return reader.take();
    }
    const bool complete = nlohmann::json::sax_parse(JsonIterator(text), JsonIterator(), &reader);
    if (complete && text.stopped()) {
        reader.fail("a control byte follows the JSON");
    }
    return reader.take();
}

}  // namespace modelseal::model
