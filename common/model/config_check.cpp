#include "common/model/config_check.hpp"

#include "common/core/error.hpp"
#include "common/core/json.hpp"
#include "common/core/text.hpp"
#include "common/model/code_names.hpp"

#include <array>
#include <functional>

#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;
using core::Json;

constexpr std::uint64_t config_limit = std::uint64_t{16} << 20U;
constexpr std::size_t text_fact_limit = 1024;  // bytes of one recorded name
constexpr std::size_t architecture_limit = 16;

// What a chat template has no use for, and what sandbox escapes begin with.
constexpr std::array<std::string_view, 6> suspicious_words = {
    "__", ".mro", "cycler.", "joiner.", "lipsum", "self._"};

/// Calls `visit` for every string at or below `value`.
void for_each_string(const Json& value, const std::function<void(const std::string&)>& visit) {
    if (value.is_string()) {
        visit(value.get_ref<const std::string&>());
    } else if (value.is_structured()) {
        for (const Json& member : value) {
            for_each_string(member, visit);
        }
    }
}

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

void check_template_member(const Json& value, FindingCollector& findings) {
    for_each_string(value, [&](const std::string& text) { check_chat_template(text, findings); });
}

/// Loaders look for these at the top, but nested configurations are loaded the same way.
void check_members(const Json& value, FindingCollector& findings) {
    if (value.is_object()) {
        for (const auto& [key, member] : value.items()) {
            if (key == "auto_map") {
                for_each_string(member, [&](const std::string& reference) {
                    check_code_reference(reference, findings);
                });
            } else if (key == "custom_pipelines") {
                findings.add(RuleId::config_auto_map, "it names custom pipelines, which are code");
            } else if (key == "chat_template") {
                check_template_member(member, findings);
            } else {
                check_members(member, findings);
            }
        }
    } else if (value.is_array()) {
        for (const Json& member : value) {
            check_members(member, findings);
        }
    }
}

std::vector<std::string> architectures_of(const Json& document) {
    std::vector<std::string> names;
    const Json* list = core::find(document, "architectures");
    if (list == nullptr || !list->is_array()) {
        return names;
    }
    for (const Json& name : *list) {
        if (name.is_string() && names.size() < architecture_limit &&
            name.get_ref<const std::string&>().size() <= text_fact_limit) {
            names.push_back(name.get<std::string>());
        }
    }
    return names;
}

std::optional<std::string> base_model_of(const Json& document) {
    const Json* base = core::find(document, "base_model_name_or_path");
    if (base == nullptr || !base->is_string() ||
        base->get_ref<const std::string&>().size() > text_fact_limit) {
        return std::nullopt;
    }
    return base->get<std::string>();
}

std::optional<Json> read_config(const core::RandomAccess& file, FindingCollector& findings) {
    try {
        core::RangeSource source(file);
        const std::string text = core::read_all(source, config_limit);
        return core::parse_json(text, {.size = config_limit});
    } catch (const core::Error& error) {
        if (error.kind() != core::ErrorKind::malformed) {
            throw;
        }
        findings.add(RuleId::config_json,
                     concat("the configuration cannot be read: ", error.message()));
        return std::nullopt;
    }
}

}  // namespace

bool is_config(std::string_view path) {
    const std::string name = core::ascii_lower(base_name(path));
    return name == "config.json" || name.ends_with("_config.json") || name == "model_index.json" ||
           name == "chat_template.json";
}

ConfigFacts check_config(std::string_view path,
                         const core::RandomAccess& file,
                         FindingCollector& findings) {
    const auto document = read_config(file, findings);
    if (!document) {
        return {};
    }
    check_members(*document, findings);
    ConfigFacts facts;
    facts.architectures = architectures_of(*document);
    if (base_name(path) == "adapter_config.json") {
        facts.base_model = base_model_of(*document);
        if (facts.base_model) {
            findings.add(RuleId::config_base_model,
                         concat("the adapter needs ",
                                in_quotes(*facts.base_model),
                                ", which it does not pin to a version"));
        }
    }
    return facts;
}

void check_chat_template(std::string_view text, FindingCollector& findings) {
    for (const std::string_view word : suspicious_words) {
        if (text.find(word) != std::string_view::npos) {
            findings.add(RuleId::config_template,
                         concat("the chat template contains ",
                                in_quotes(word),
                                ", which sandbox escapes are made of"));
        }
    }
}

}  // namespace modelseal::model
