#include "common/model/safetensors/safetensors.hpp"

#include "common/core/error.hpp"
#include "common/digest/sha256.hpp"
#include "tests/support/model_files.hpp"

#include <algorithm>
#include <limits>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using test::safetensors;

struct Result {
    CheckedSafetensors checked;
    std::vector<Finding> findings;

    [[nodiscard]] std::vector<std::string> rules() const {
        std::vector<std::string> names;
        for (const Finding& finding : findings) {
            names.push_back(finding.rule);
        }
        return names;
    }

    [[nodiscard]] bool refused() const {
        return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
            return finding.severity == Severity::error;
        });
    }
};

Result check(std::string_view file, Policy policy = Policy::recommended) {
    const Allowances none;
    FindingCollector findings("model.safetensors", policy, none);
    const core::MemoryAccess content(core::as_bytes(file));
    CheckedSafetensors checked = check_safetensors(content, findings);
    return {std::move(checked), findings.take()};
}

/// The rules that the header breaks when four bytes of data follow it.
std::vector<std::string> rules_of(std::string_view header, Policy policy = Policy::recommended) {
    return check(safetensors(header, "abcd"), policy).rules();
}

using Rules = std::vector<std::string>;

constexpr std::string_view good = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";

}  // namespace

TEST_SUITE("model/safetensors/safetensors") {
    TEST_CASE("tells what a header says about the file") {
        const std::string header = R"({"__metadata__":{"format":"pt"},)"
                                   R"("b":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},)"
                                   R"("a":{"dtype":"F32","shape":[],"data_offsets":[12,16]}}  )";
        const Result result = check(safetensors(header, std::string(16, 'x')));
        CHECK(result.findings.empty());
        REQUIRE(result.checked.facts.has_value());
        const SafetensorsFacts& facts = *result.checked.facts;
        CHECK(facts.header_length == header.size());
        CHECK(facts.header_sha256 == digest::sha256_of(core::as_bytes(header)));
        CHECK(facts.data_length == 16);
        CHECK(facts.tensors == 2);
        CHECK(facts.parameters == 7);
        CHECK(facts.dtypes.at("BF16") == DtypeCount{1, 6});
        CHECK(facts.dtypes.at("F32") == DtypeCount{1, 1});
        CHECK(facts.metadata.at("format") == "pt");
        CHECK(result.checked.names == Rules{"a", "b"});
    }

    TEST_CASE("refuses every prefix of a file, at every byte") {
        const std::string file = safetensors(good, "abcd");
        CHECK_FALSE(check(file).refused());
        for (std::size_t length = 0; length < file.size(); ++length) {
            CAPTURE(length);
            CHECK(check(file.substr(0, length)).refused());
            CHECK(check(file.substr(0, length), Policy::reference).refused());
        }
    }

    TEST_CASE("refuses a length that the file cannot have") {
        CHECK(check("1234567").rules() == Rules{"safetensors/too-small"});
        CHECK(check(test::little_endian64(100'000'001)).rules() ==
              Rules{"safetensors/header-too-large"});
        CHECK(check(test::little_endian64(100'000'000)).rules() ==
              Rules{"safetensors/header-length"});
        CHECK(check(test::little_endian64(std::numeric_limits<std::uint64_t>::max())).rules() ==
              Rules{"safetensors/header-too-large"});
        CHECK(check(test::little_endian64(0)).rules() == Rules{"safetensors/json"});
    }

    TEST_CASE("names the rule that a header breaks") {
        const auto entry = [](const std::string& body) {
            return R"({"w":{)" + body + "}}";
        };
        const std::string dtype = R"("dtype":"F32",)";
        const std::string shape = R"("shape":[1],)";
        const std::string offsets = R"("data_offsets":[0,4])";
        CHECK(rules_of("[]") == Rules{"safetensors/json"});
        CHECK(rules_of("\xEF\xBB\xBF{}") == Rules{"safetensors/json"});
        CHECK(rules_of(std::string(good) + "{}") == Rules{"safetensors/json"});
        CHECK(rules_of(std::string(good) + std::string(1, '\0')) == Rules{"safetensors/json"});
        CHECK(rules_of(R"({"w":1})") == Rules{"safetensors/entry"});
        CHECK(rules_of(entry(shape + offsets)) == Rules{"safetensors/entry"});
        CHECK(rules_of(entry(dtype + shape + shape + offsets)) == Rules{"safetensors/entry"});
        CHECK(rules_of(entry(R"("dtype":"f32",)" + shape + offsets)) == Rules{"safetensors/dtype"});
        CHECK(rules_of(entry(dtype + R"("shape":[1.0],)" + offsets)) == Rules{"safetensors/shape"});
        CHECK(rules_of(entry(dtype + R"("shape":[-1],)" + offsets)) == Rules{"safetensors/shape"});
        CHECK(rules_of(entry(dtype + shape + R"("data_offsets":[-0,4])")) ==
              Rules{"safetensors/offsets"});
        CHECK(rules_of(entry(dtype + shape + R"("data_offsets":[0,4,8])")) ==
              Rules{"safetensors/offsets"});
        CHECK(rules_of(entry(dtype + shape + R"("data_offsets":[4])")) ==
              Rules{"safetensors/offsets"});
        CHECK(rules_of(R"({"__metadata__":[],)" + std::string(good).substr(1)) ==
              Rules{"safetensors/metadata"});
        CHECK(rules_of(R"({"__metadata__":{"a":1},)" + std::string(good).substr(1)) ==
              Rules{"safetensors/metadata"});
    }

    TEST_CASE("names the rule that a layout breaks") {
        const auto layout =
            [](std::string_view dtype, std::string_view shape, std::string_view offsets) {
                return R"({"w":{"dtype":")" + std::string(dtype) + R"(","shape":)" +
                       std::string(shape) + R"(,"data_offsets":)" + std::string(offsets) + "}}";
            };
        CHECK(rules_of(layout("F32", "[1]", "[0,8]")) ==
              Rules{"safetensors/size", "safetensors/coverage"});
        CHECK(rules_of(layout("F32", "[4294967296,4294967296]", "[0,4]")) ==
              Rules{"safetensors/overflow"});
        CHECK(rules_of(layout("F4", "[1]", "[0,4]")) == Rules{"safetensors/misaligned"});
        CHECK(rules_of(layout("U8", "[3]", "[1,4]")) == Rules{"safetensors/hole"});
        CHECK(rules_of(layout("U8", "[3]", "[0,3]")) == Rules{"safetensors/coverage"});
        CHECK(rules_of(layout("U8", "[0]", "[4,0]")) ==
              Rules{"safetensors/hole", "safetensors/coverage"});
    }

    TEST_CASE("reports every broken tensor, not only the first") {
        const std::string header = R"({"a":{"dtype":"XX","shape":[1],"data_offsets":[0,4]},)"
                                   R"("b":{"dtype":"F32","shape":"1","data_offsets":[0,4]},)"
                                   R"("c":{"dtype":"F32","shape":[1],"data_offsets":[0]}})";
        const Result result = check(safetensors(header, "abcd"));
        CHECK(result.rules() ==
              Rules{"safetensors/dtype", "safetensors/shape", "safetensors/offsets"});
        CHECK(result.findings[0].tensor == "a");
        CHECK(result.findings[1].tensor == "b");
        CHECK(result.findings[2].offset.has_value());
        CHECK_FALSE(result.findings[0].allow.has_value());
    }

    TEST_CASE("counts findings beyond a hundred instead of keeping them") {
        std::string header = "{";
        for (int i = 0; i < 250; ++i) {
            header += (i > 0 ? ",\"t" : "\"t") + std::to_string(i) + "\":1";
        }
        const Result result = check(safetensors(header + "}", "abcd"));
        REQUIRE(result.findings.size() == FindingCollector::most + 1);
        CHECK(result.findings.back().rule == "findings/left-out");
        CHECK(result.findings.back().severity == Severity::error);
    }

    TEST_CASE("refuses what only the reference reader accepts, and says how to allow it") {
        const std::string rest = std::string(good).substr(1);
        const std::vector<std::pair<std::string, std::string>> headers = {
            {"safetensors/leading-space", " " + std::string(good)},
            {"safetensors/duplicate-name",
             std::string(good).substr(0, good.size() - 1) + "," + rest},
            {"safetensors/duplicate-metadata", R"({"__metadata__":{"a":"1","a":"2"},)" + rest},
            {"safetensors/null-metadata", R"({"__metadata__":null,)" + rest},
            {"safetensors/unknown-field",
             R"({"w":{"x":[{}],"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"},
            {"safetensors/array-entry", R"({"w":["F32",[1],[0,4]]})"},
            {"safetensors/object-dtype",
             R"({"w":{"dtype":{"F32":null},"shape":[1],"data_offsets":[0,4]}})"},
            {"safetensors/nul-in-text",
             R"({"w\u0000":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"},
        };
        for (const auto& [rule, header] : headers) {
            CAPTURE(rule);
            const Result result = check(safetensors(header, "abcd"));
            CHECK(result.rules() == Rules{rule});
            CHECK(result.refused());
            CHECK(result.findings[0].allow == rule + ":model.safetensors");
            CHECK(rules_of(header, Policy::reference).empty());
        }
    }

    TEST_CASE("warns of what is odd, and refuses it under the strict policy") {
        std::string many = "1";
        for (int i = 0; i < 64; ++i) {
            many += ",1";
        }
        const std::vector<std::pair<std::string, std::string>> headers = {
            {"safetensors/trailing-space", std::string(good) + "\t"},
            {"safetensors/control-in-name",
             R"({"\u001b[2J":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})"},
            {"safetensors/rank",
             R"({"w":{"dtype":"F32","shape":[)" + many + R"(],"data_offsets":[0,4]}})"},
        };
        for (const auto& [rule, header] : headers) {
            CAPTURE(rule);
            CHECK(rules_of(header) == Rules{rule});
            CHECK_FALSE(check(safetensors(header, "abcd")).refused());
            CHECK(check(safetensors(header, "abcd"), Policy::strict).refused());
        }
    }

    TEST_CASE("stops at a depth that the reference reader does not reach either") {
        const auto nested = [](std::size_t depth) {
            return R"({"w":{"x":)" + std::string(depth, '[') + std::string(depth, ']') +
                   R"(,"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        };
        CHECK(rules_of(nested(125), Policy::reference).empty());
        CHECK(rules_of(nested(126), Policy::reference) == Rules{"safetensors/depth"});
        CHECK(rules_of(nested(100'000), Policy::reference) == Rules{"safetensors/depth"});
    }

    TEST_CASE("limits names, unless the reference reader is asked") {
        const std::string header = R"({")" + std::string(4097, 'n') +
                                   R"(":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        CHECK(rules_of(header) == Rules{"safetensors/limit"});
        CHECK(rules_of(header, Policy::reference).empty());
    }

    TEST_CASE("limits the keys of __metadata__, however much of it is kept") {
        std::string header = R"({"__metadata__":{)";
        for (int i = 0; i < 65'537; ++i) {
            header += '"' + std::to_string(i) + R"(":"x",)";
        }
        // Twice beyond the limit: nobody compares it any more, which must be said.
        header += R"("y":"1","y":"2"},)";
        CHECK(rules_of(header + std::string(good.substr(1)), Policy::strict) ==
              Rules{"safetensors/limit"});
    }

    TEST_CASE("limits strings, and reads on when the limit is allowed") {
        const std::string header = R"({"__metadata__":{"a":")" + std::string(text_limit + 2, 'x') +
                                   R"("},)" + std::string(good).substr(1);
        CHECK(rules_of(header) == Rules{"safetensors/limit"});
        CHECK(rules_of(header, Policy::reference).empty());
        const Allowances allowances = Allowances::parse({"safetensors/limit:m"});
        FindingCollector findings("m", Policy::strict, allowances);
        const std::string file = safetensors(header, "abcd");
        const core::MemoryAccess content(core::as_bytes(file));
        const CheckedSafetensors checked = check_safetensors(content, findings);
        CHECK(findings.take().empty());
        REQUIRE(checked.facts.has_value());
        CHECK_FALSE(checked.facts->metadata_complete);
    }

    TEST_CASE("an allowance accepts one rule for one file") {
        const Allowances allowances =
            Allowances::parse({"safetensors/null-metadata:model.safetensors"});
        for (const auto* file : {"model.safetensors", "other.safetensors"}) {
            FindingCollector findings(file, Policy::recommended, allowances);
            findings.add(RuleId::safetensors_null_metadata, "null");
            const bool same = std::string_view(file) == "model.safetensors";
            CHECK(findings.take()[0].severity == (same ? Severity::allowed : Severity::error));
        }
        CHECK_THROWS_AS(static_cast<void>(Allowances::parse({"safetensors/hole:m"})), core::Error);
        CHECK_THROWS_AS(static_cast<void>(Allowances::parse({"no/rule:m"})), core::Error);
        CHECK_THROWS_AS(static_cast<void>(Allowances::parse({"content/zip"})), core::Error);
    }
}

}  // namespace modelseal::model
