#include "common/model/config/config_check.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/model/config/chat_template.hpp"
#include "common/model/config/python_json.hpp"
#include "common/model/content/code_names.hpp"

#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;
using core::Json;

constexpr std::uint64_t config_limit = std::uint64_t{16} << 20U;
constexpr std::size_t text_fact_limit = 1024;  // bytes of one recorded name
constexpr std::size_t architecture_limit = 16;
constexpr std::size_t key_limit = std::size_t{1} << 18U;  // of all objects; a vocabulary has fewer
constexpr std::size_t depth_limit = 64;

/// A reference to code: "modeling.Class", or "owner/repo--modeling.Class" in another repository.
void check_code_reference(const std::string& reference, FindingCollector& findings) {
    if (reference.find("--") != std::string::npos) {
        findings.add(RuleId::config_remote_code,
                     concat("it has loaders run ",
                            in_quotes(reference),
                            ", code of another repository that no signature covers"));
    } else {
        findings.add(RuleId::config_auto_map,
                     concat("it has loaders run ", in_quotes(reference), ", code of this model"));
    }
}

/// A class of the packages that modules are made for. Others are imported from the model.
bool is_known_module(std::string_view type) {
    return type.find("--") == std::string_view::npos &&
           (type.starts_with("sentence_transformers.") || type.starts_with("pylate.models."));
}

bool is_module_list(std::string_view path) {
    return core::ascii_lower(base_name(path)) == "modules.json";
}

/// Listens to the parser instead of building a document, so that memory is that of the text and of
/// the keys of the objects that are open. Loaders look for most of these members at the top, but
/// nested configurations are loaded the same way.
class ConfigReader final : public nlohmann::json_sax<Json> {
  public:
    /// `modules` says that the members of what is read are modules of sentence-transformers.
    ConfigReader(bool modules, FindingCollector& findings)
        : modules_(modules), findings_(findings) {}

    bool null() override { return take(); }

    bool boolean(bool /*value*/) override { return take(); }

    bool number_integer(number_integer_t /*value*/) override { return take(); }

    bool number_unsigned(number_unsigned_t /*value*/) override { return take(); }

    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
        return take();
    }

    bool binary(binary_t& /*value*/) override { return fail("binary values are not JSON"); }

    bool string(string_t& value) override {
        switch (member_) {
            case Member::code:
                check_code_reference(value, findings_);
                break;
            case Member::module_type:
                if (!is_known_module(value)) {
                    check_code_reference(value, findings_);
                }
                break;
            case Member::chat_template:
                check_chat_template(value, findings_);
                break;
            case Member::architectures:
                if (open_.size() == 2 && facts_.architectures.size() < architecture_limit &&
                    value.size() <= text_fact_limit) {
                    facts_.architectures.push_back(value);
                }
                break;
            case Member::base_model:
                if (open_.size() == 1 && value.size() <= text_fact_limit) {
                    facts_.base_model = value;
                }
                break;
            case Member::other:
                break;
        }
        return take();
    }

    bool key(string_t& name) override {
        if (++keys_ > key_limit) {
            return fail(concat("more than ", key_limit, " keys"));
        }
        if (!open_.back().keys.insert(name).second) {
            return fail(concat("the key ", in_quotes(name), " occurs twice"));
        }
        if (open_.back().member == Member::other) {
            member_ = member_of(name);
        }
        return true;
    }

    bool start_object(std::size_t /*size*/) override { return open(); }

    bool start_array(std::size_t /*size*/) override { return open(); }

    bool end_object() override { return close(); }

    bool end_array() override { return close(); }

    bool parse_error(std::size_t position,
                     const std::string& /*token*/,
                     const nlohmann::detail::exception& /*error*/) override {
        return fail(concat("not valid JSON at byte ", position == 0 ? 0 : position - 1));
    }

    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

    [[nodiscard]] ConfigFacts take_facts() { return std::move(facts_); }

  private:
    /// What the member means that a value is, or is part of.
    enum class Member { other, code, module_type, chat_template, architectures, base_model };

    struct Level {
        Member member;  // of the object or array itself
        std::unordered_set<std::string> keys{};
    };

    Member member_of(const std::string& name) {
        if (name == "auto_map") {
            return Member::code;
        }
        if (modules_ && name == "type") {
            return Member::module_type;
        }
        if (name == "custom_pipelines") {
            findings_.add(RuleId::config_auto_map, "it names custom pipelines, which are code");
            return Member::other;
        }
        if (name == "chat_template") {
            return Member::chat_template;
        }
        const bool top = open_.size() == 1;
        if (top && name == "architectures") {
            return Member::architectures;
        }
        return top && name == "base_model_name_or_path" ? Member::base_model : Member::other;
    }

    bool fail(std::string why) {
        failure_ = std::move(why);
        return false;
    }

    bool open() {
        if (open_.size() >= depth_limit) {
            return fail(concat("nested deeper than ", depth_limit, " levels"));
        }
        open_.push_back({member_});
        return true;
    }

    bool close() {
        open_.pop_back();
        return take();
    }

    /// After a value: the next one is a member of what is open.
    bool take() {
        member_ = open_.empty() ? Member::other : open_.back().member;
        return true;
    }

    bool modules_;
    FindingCollector& findings_;
    ConfigFacts facts_;
    Member member_ = Member::other;
    std::vector<Level> open_;
    std::size_t keys_ = 0;
    std::string failure_;
};

std::string read_config(const core::RandomAccess& file) {
    core::RangeSource source(file);
    std::string text = core::read_all(source, config_limit);
    // nlohmann skips a byte order mark and takes NUL for the end of its input.
    if (text.starts_with("\xEF\xBB\xBF") || text.find('\0') != std::string::npos) {
        throw core::Error(core::ErrorKind::malformed, "a byte order mark or a NUL byte");
    }
    blank_numbers(text);
    return text;
}

ConfigFacts read_facts(bool modules, const core::RandomAccess& file, FindingCollector& findings) {
    try {
        const std::string text = read_config(file);
        ConfigReader reader(modules, findings);
        if (!Json::sax_parse(text.begin(), text.end(), &reader)) {
            throw core::Error(core::ErrorKind::malformed, reader.failure());
        }
        return reader.take_facts();
    } catch (const core::Error& error) {
        if (error.kind() != core::ErrorKind::malformed) {
            throw;
        }
        findings.add(RuleId::config_json,
                     concat("the configuration cannot be read: ", error.message()));
        return {};
    }
}

}  // namespace

bool is_config(std::string_view path) {
    const std::string name = core::ascii_lower(base_name(path));
    return name == "config.json" || name.ends_with("_config.json") || name == "model_index.json" ||
           name == "chat_template.json" || is_module_list(name);
}

ConfigFacts check_config(std::string_view path,
                         const core::RandomAccess& file,
                         FindingCollector& findings) {
    ConfigFacts facts = read_facts(is_module_list(path), file, findings);
    if (base_name(path) != "adapter_config.json") {
        facts.base_model.reset();
    } else if (facts.base_model) {
        findings.add(RuleId::config_base_model,
                     concat("the adapter needs ",
                            in_quotes(*facts.base_model),
                            ", which it does not pin to a version"));
    }
    return facts;
}

}  // namespace modelseal::model
