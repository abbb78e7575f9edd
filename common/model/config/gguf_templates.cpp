#include "common/model/config/gguf_templates.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/model/config/chat_template.hpp"
#include "common/model/content/gguf_metadata.hpp"

#include <span>
#include <string>
#include <vector>

namespace modelseal::model {

namespace {

using core::concat;
using core::in_quotes;

std::vector<GgufText> texts_of(const core::RandomAccess& file, FindingCollector& findings) {
    try {
        return read_gguf_texts(file);
    } catch (const core::Error& error) {
        if (error.kind() != core::ErrorKind::malformed) {
            throw;
        }
        findings.add(RuleId::content_gguf_metadata,
                     concat("the metadata cannot be read: ", error.message()));
        return {};
    }
}

}  // namespace

void check_gguf_templates(const core::RandomAccess& file, FindingCollector& findings) {
    for (const GgufText& text : texts_of(file, findings)) {
        if (!text.key.starts_with("tokenizer.chat_template")) {
            continue;
        }
        if (text.size > template_limit) {
            findings.add(RuleId::content_gguf_metadata,
                         concat("the template ",
                                in_quotes(text.key),
                                " has ",
                                text.size,
                                " bytes, more than the ",
                                template_limit,
                                " that are looked through"),
                         {.offset = text.offset});
            continue;
        }
        std::string value(text.size, '\0');
        value.resize(file.read_at(text.offset, std::as_writable_bytes(std::span(value))));
        check_chat_template(value, findings);
    }
}

}  // namespace modelseal::model
