#include "common/model/content/onnx_external.hpp"

#include "common/core/bytes.hpp"
#include "tests/support/model_files.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using test::field;
using Names = std::vector<std::string>;

std::optional<Names> files_of(const std::string& bytes) {
    return onnx_external_files(core::MemoryAccess(core::as_bytes(bytes)));
}

/// A field with a number from 16 on.
std::string high_field(unsigned number, std::string_view value) {
    return std::string{static_cast<char>((number << 3U & 0x7FU) | 2U | 0x80U),
                       static_cast<char>(number >> 4U),
                       static_cast<char>(value.size())} +
           std::string(value);
}

const std::string tensor = field(13, field(1, "location") + field(2, "w"));
const std::string attribute = field(5, tensor);
const std::string node = field(5, attribute);

}  // namespace

TEST_SUITE("model/content/onnx_external") {
    TEST_CASE("finds external data wherever an ONNX model holds tensors") {
        const std::vector<std::string> models = {
            field(7, field(5, tensor)),                                // initializer
            field(7, field(15, field(1, tensor))),                     // sparse initializer, values
            field(7, field(15, field(2, tensor))),                     // and indices
            field(7, field(1, node)),                                  // attribute
            field(7, field(1, field(5, field(10, tensor)))),           // list of tensors
            field(7, field(1, field(5, field(6, field(5, tensor))))),  // subgraph
            field(7, field(1, field(5, field(11, field(1, node))))),   // list of subgraphs
            field(7, field(1, field(5, high_field(22, field(1, tensor))))),
            field(7, field(1, field(5, high_field(23, field(1, tensor))))),
            high_field(25, field(7, node)),              // function
            high_field(25, field(11, attribute)),        // default of a function's attribute
            high_field(20, field(1, field(5, tensor))),  // training, initialization
            high_field(20, field(2, field(1, node))),    // training, algorithm
        };
        for (const std::string& model : models) {
            CAPTURE(&model - models.data());
            CHECK(files_of(model) == Names{"w"});
        }
        CHECK(files_of(test::onnx()) == Names{});
        CHECK(files_of(field(7, field(5, field(13, field(1, "offset") + field(2, "4096"))))) ==
              Names{});
    }

    TEST_CASE("gives up on a broken message and on endless levels") {
        CHECK_FALSE(files_of(field(7, field(5, tensor + "\x0B"))).has_value());
        CHECK_FALSE(files_of(field(7, field(5, "\x7A\x05"))).has_value());
        // node, attribute, graph, node …
        std::string deep;
        const auto wrap = [&](unsigned number) {
            std::string length;
            for (std::size_t left = deep.size(); length.empty() || left > 0; left >>= 7U) {
                length.push_back(static_cast<char>((left & 0x7FU) | (left > 0x7F ? 0x80U : 0U)));
            }
            deep = std::string{static_cast<char>(number << 3U | 2U)} + length + deep;
        };
        for (int i = 0; i < 30; ++i) {
            wrap(6);
            wrap(5);
            wrap(1);
        }
        wrap(7);
        CHECK_FALSE(files_of(deep).has_value());
    }
}

}  // namespace modelseal::model
