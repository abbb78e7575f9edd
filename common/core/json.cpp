#include "common/core/json.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace modelseal::core {

namespace {

/// A value takes up to sixty times the memory of its text, "{}" for one, so values have a limit
/// too. The largest manifest has one in 20 bytes.
constexpr std::size_t bytes_per_value = 16;
constexpr std::size_t always_allowed = 1024;

/// Builds the document from SAX events, so that limits and duplicates stop the parse at once.
class StrictBuilder final : public nlohmann::json_sax<Json> {
  public:
    explicit StrictBuilder(const JsonLimits& limits)
        : depth_limit_(limits.depth),
          value_limit_(std::max(limits.size / bytes_per_value, always_allowed)) {}

    bool null() override { return add(nullptr); }

    bool boolean(bool value) override { return add(value); }

    bool number_integer(number_integer_t value) override { return add(value); }

    bool number_unsigned(number_unsigned_t value) override { return add(value); }

    bool number_float(number_float_t value, const string_t& /*text*/) override {
        return add(value);
    }

    bool string(string_t& value) override { return add(std::move(value)); }

    bool binary(binary_t& /*value*/) override { return fail("binary values are not JSON"); }

    bool start_object(std::size_t /*size*/) override { return open(Json::object()); }

    bool start_array(std::size_t /*size*/) override { return open(Json::array()); }

    bool end_object() override { return close(); }

    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        if (!open_.back().keys.insert(name).second) {
            return fail(concat("the key ", in_quotes(name), " occurs twice"));
        }
        key_ = std::move(name);
        return true;
    }

    bool parse_error(std::size_t position,
                     const std::string& /*token*/,
                     const nlohmann::detail::exception& /*error*/) override {
        return fail(concat("not valid JSON at byte ", position == 0 ? 0 : position - 1));
    }

    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

    [[nodiscard]] Json take() { return std::move(root_); }

  private:
    struct Level {
        Json* value;
        std::unordered_set<std::string> keys;
    };

    bool fail(std::string why) {
        failure_ = std::move(why);
        return false;
    }

    Json* place(Json&& value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return &root_;
        }
        Json& parent = *open_.back().value;
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return &parent.back();
        }
        // Keys are known to be new, so the linear search of ordered_map::operator[] is not needed.
        auto& members = parent.get_ref<Json::object_t&>();
        members.Container::emplace_back(std::move(key_), std::move(value));
        return &members.back().second;
    }

    bool count() {
        return ++values_ <= value_limit_ ||
               fail(concat("it holds more than ", value_limit_, " values"));
    }

    bool add(Json value) {
        if (!count()) {
            return false;
        }
        place(std::move(value));
        return true;
    }

    bool open(Json value) {
        if (!count()) {
            return false;
        }
        if (open_.size() >= depth_limit_) {
            return fail(concat("nested deeper than ", depth_limit_, " levels"));
        }
        open_.push_back({place(std::move(value)), {}});
        return true;
    }

    bool close() {
        open_.pop_back();
        return true;
    }

    std::size_t depth_limit_;
    std::size_t value_limit_;
    std::size_t values_ = 0;
    Json root_;
    std::vector<Level> open_;
    std::string key_;
    std::string failure_;
};

/// nlohmann escapes what JSON must; Go also escapes what HTML could misread.
std::string escape_as_go(const std::string& text) {
    std::string escaped;
    escaped.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = std::string_view(text).substr(i);
        if (rest[0] == '<') {
            escaped.append("\\u003c");
        } else if (rest[0] == '>') {
            escaped.append("\\u003e");
        } else if (rest[0] == '&') {
            escaped.append("\\u0026");
        } else if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
            escaped.append(rest[2] == '\xA8' ? "\\u2028" : "\\u2029");
            i += 2;
        } else {
            escaped.push_back(rest[0]);
        }
    }
    return escaped;
}

constexpr int compact = -1;
constexpr int two_spaces = 2;

std::string written(const Json& value, int indent) {
    try {
        return escape_as_go(value.dump(indent));
    } catch (const Json::type_error&) {  // all that dump() refuses
        throw Error(ErrorKind::malformed, "a text that should go into JSON is not UTF-8");
    }
}

[[noreturn]] void wrong_type(std::string_view key, std::string_view expected) {
    throw Error(ErrorKind::malformed, concat("the field ", in_quotes(key), " is not ", expected));
}

}  // namespace

Json parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.size) {
        throw Error(
            ErrorKind::malformed,
            Reason::limit_exceeded,
            concat("JSON of ", text.size(), " bytes is larger than the limit of ", limits.size));
    }
    // nlohmann skips a byte order mark and takes NUL for the end of its input.
    if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string_view::npos) {
        throw Error(ErrorKind::malformed, "not valid JSON: a byte order mark or a NUL byte");
    }
    StrictBuilder builder(limits);
    if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
        throw Error(ErrorKind::malformed, builder.failure());
    }
    return builder.take();
}

std::string to_go_json(const Json& value) {
    return written(value, compact);
}

std::string to_pretty_json(const Json& value) {
    return written(value, two_spaces);
}

const Json* find(const Json& object, std::string_view key) {
    if (!object.is_object()) {
        return nullptr;
    }
    const auto found = object.find(std::string(key));
    return found == object.end() ? nullptr : &*found;
}

const Json& require(const Json& object, std::string_view key) {
    if (const Json* value = find(object, key)) {
        return *value;
    }
    throw Error(ErrorKind::malformed, concat("the field ", in_quotes(key), " is missing"));
}

std::string require_string(const Json& object, std::string_view key) {
    const Json& value = require(object, key);
    if (!value.is_string()) {
        wrong_type(key, "a string");
    }
    return value.get<std::string>();
}

std::uint64_t require_unsigned(const Json& object, std::string_view key) {
    const Json& value = require(object, key);
    if (!value.is_number_unsigned()) {
        wrong_type(key, "a non-negative integer");
    }
    return value.get<std::uint64_t>();
}

const Json& require_object(const Json& object, std::string_view key) {
    const Json& value = require(object, key);
    if (!value.is_object()) {
        wrong_type(key, "an object");
    }
    return value;
}

const Json& require_array(const Json& object, std::string_view key) {
    const Json& value = require(object, key);
    if (!value.is_array()) {
        wrong_type(key, "an array");
    }
    return value;
}

std::optional<std::string> optional_string(const Json& object, std::string_view key) {
    if (find(object, key) == nullptr) {
        return std::nullopt;
    }
    return require_string(object, key);
}

}  // namespace modelseal::core
