#include "common/model/safetensors/safetensors_index.hpp"

#include "common/model/check.hpp"
#include "common/model/safetensors/shard_name.hpp"
#include "tests/support/model_files.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using Rules = std::vector<std::string>;
using test::TemporaryFolder;

constexpr const auto* index_name = "model.safetensors.index.json";
constexpr const auto* first = "model-00001-of-00002.safetensors";
constexpr const auto* second = "model-00002-of-00002.safetensors";

std::string index(const std::string& map, const std::string& total = "8") {
    return R"({"metadata":{"total_size":)" + total + R"(},"weight_map":{)" + map + "}}";
}

const std::string good_map =
    R"("a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors")";

/// A folder with two shards, of the tensors "a" and "b".
void write_shards(const TemporaryFolder& folder) {
    folder.write(first, test::one_tensor("a"));
    folder.write(second, test::one_tensor("b"));
}

Rules rules_of(const TemporaryFolder& folder, Policy policy = Policy::recommended) {
    Rules rules;
    for (const Finding& finding : check_paths({folder.path()}, {.policy = policy}).findings) {
        rules.push_back(finding.rule);
    }
    return rules;
}

std::vector<Finding> findings_of_text(std::string_view text) {
    const Allowances none;
    FindingCollector findings(index_name, Policy::recommended, none);
    static_cast<void>(parse_index(core::MemoryAccess(core::as_bytes(text)), findings));
    return findings.take();
}

Rules rules_of_text(std::string_view text) {
    Rules rules;
    for (const Finding& finding : findings_of_text(text)) {
        rules.push_back(finding.rule);
    }
    return rules;
}

/// An index with `count` entries, as short as they can be: tensor "a1" is in `file` of 1.
template <typename File>
std::string index_of(std::size_t count, const File& file) {
    std::string map;
    for (std::size_t i = 0; i < count; ++i) {
        map += (i == 0 ? "\"a" : ",\"a") + std::to_string(i) + "\":\"" + file(i) + '"';
    }
    return index(map);
}

}  // namespace

TEST_SUITE("model/safetensors/safetensors_index") {
    TEST_CASE("accepts an index that agrees with its shards") {
        const TemporaryFolder folder;
        write_shards(folder);
        folder.write(index_name, index(good_map));
        CHECK(rules_of(folder, Policy::strict).empty());
    }

    TEST_CASE("refuses text that is not one strict JSON object") {
        CHECK(rules_of_text("") == Rules{"index/json"});
        CHECK(rules_of_text("[]") == Rules{"index/json"});
        CHECK(rules_of_text(R"({"weight_map":{},"weight_map":{}})") == Rules{"index/json"});
        CHECK(rules_of_text(R"({"weight_map":{"a":"x.safetensors","a":"y.safetensors"}})") ==
              Rules{"index/json"});
        CHECK(rules_of_text(index(good_map) + "x") == Rules{"index/json"});
        CHECK(rules_of_text(index(good_map) + std::string(1, '\0')) == Rules{"index/json"});
        CHECK(rules_of_text("\xEF\xBB\xBF" + index(good_map)) == Rules{"index/json"});
        CHECK(rules_of_text(index("\"a\xFF\":\"x.safetensors\"")) == Rules{"index/json"});
        CHECK(rules_of_text(R"({"weight_map":{"\ud800":"x.safetensors"}})") == Rules{"index/json"});
        CHECK(rules_of_text(R"({"weight_map":{"\u0061":"x.safetensors","a":"x.safetensors"}})") ==
              Rules{"index/json"});
        CHECK(rules_of_text(R"({"other":[{"a":{},"b":{"c":1,"d":2,"c":3}}],"weight_map":{}})") ==
              Rules{"index/json"});
        CHECK(rules_of_text(R"({"other":[{"a":{},"b":{"c":1,"d":2}},{"c":3}],"weight_map":{}})")
                  .empty());
        const std::string text = index(good_map);
        for (std::size_t length = 0; length < text.size(); ++length) {
            CHECK(rules_of_text(text.substr(0, length)) == Rules{"index/json"});
        }
    }

    TEST_CASE("names the limit that an index breaks") {
        const auto limit_in = [](const std::string& text) {
            const std::vector<Finding> findings = findings_of_text(text);
            REQUIRE(findings.size() == 1);
            CHECK(findings[0].rule == "index/json");
            return findings[0].message;
        };
        const auto one_file = [](std::size_t) {
            return std::string("x.safetensors");
        };
        const auto own_file = [](std::size_t i) {
            return std::to_string(i) + ".safetensors";
        };
        const auto has = [](const std::string& message, const char* part) {
            CAPTURE(message);
            CHECK(message.find(part) != std::string::npos);
        };
        std::string padded = index(good_map);
        padded.resize(index_limit, ' ');
        CHECK(rules_of_text(padded).empty());
        has(limit_in(padded + ' '), "32.0 MiB");
        has(limit_in(index_of(index_entry_limit, one_file)), "1048576 entries");
        has(limit_in(index_of(index_file_limit + 1, own_file)), "99999 files");
        has(limit_in(index("\"" + std::string(5U << 20U, 'a') + "\":\"x.safetensors\"")),
            "4194304 bytes");
        has(limit_in(R"({"a":[[[[[[[[]]]]]]]],"weight_map":{}})"), "8 levels");
        CHECK(rules_of_text(R"({"a":[[[[[[[]]]]]]],"weight_map":{}})").empty());
    }

    TEST_CASE("refuses a map that is none, or that maps to something else than names") {
        CHECK(rules_of_text("{}") == Rules{"index/weight-map"});
        CHECK(rules_of_text(R"({"weight_map":[]})") == Rules{"index/weight-map"});
        CHECK(rules_of_text(R"({"weight_map":{"a":{"file":"x"}}})") == Rules{"index/weight-map"});
    }

    TEST_CASE("refuses names that lead out of the index's folder") {
        for (const auto* name : {"../evil.safetensors",
                                 "/tmp/evil.safetensors",
                                 "sub/evil.safetensors",
                                 "..\\\\evil.safetensors",
                                 "C:evil.safetensors",
                                 "evil.bin",
                                 "",
                                 ".",
                                 "..",
                                 "e\\u0000vil.safetensors"}) {
            CAPTURE(name);
            CHECK(rules_of_text(R"({"weight_map":{"a":")" + std::string(name) + R"("}})") ==
                  Rules{"index/shard-name"});
        }
    }

    TEST_CASE("refuses an index that names a shard that is missing") {
        const TemporaryFolder folder;
        folder.write(first, test::one_tensor("a"));
        folder.write(index_name, index(good_map));
        CHECK(rules_of(folder) == Rules{"index/shard-missing"});
    }

    TEST_CASE("refuses tensors that are missing, misplaced, unlisted or there twice") {
        const TemporaryFolder folder;
        write_shards(folder);
        folder.write(index_name, index(good_map + R"(,"c":"model-00001-of-00002.safetensors")"));
        CHECK(rules_of(folder) == Rules{"index/tensor-missing"});
        folder.write(
            index_name,
            index(
                R"("a":"model-00002-of-00002.safetensors","b":"model-00002-of-00002.safetensors",)"
                R"("c":"model-00001-of-00002.safetensors")"));
        const Rules rules = rules_of(folder);
        CHECK(std::count(rules.begin(), rules.end(), "index/tensor-misplaced") == 1);
        CHECK(std::count(rules.begin(), rules.end(), "index/tensor-missing") == 2);
        folder.write(second, test::one_tensor("a"));
        folder.write(index_name, index(good_map));
        CHECK(rules_of(folder) == Rules{"index/tensor-missing", "index/tensor-duplicate"});
        folder.write(second, test::one_tensor("z"));
        CHECK(rules_of(folder) == Rules{"index/tensor-missing", "index/tensor-unlisted"});
    }

    TEST_CASE("warns of numbers with a gap and shards that nobody names") {
        const TemporaryFolder folder;
        folder.write(first, test::one_tensor("a"));
        folder.write("model-00003-of-00003.safetensors", test::one_tensor("b"));
        folder.write(
            index_name,
            index(
                R"("a":"model-00001-of-00002.safetensors","b":"model-00003-of-00003.safetensors")"));
        CHECK(rules_of(folder) == Rules{"index/shard-numbering"});
        write_shards(folder);
        folder.write(index_name, index(good_map));
        CHECK(rules_of(folder) == Rules{"index/shard-orphan"});
        CHECK_FALSE(check_paths({folder.path()}, {.policy = Policy::strict}).acceptable());
        CHECK(check_paths({folder.path()}, {}).acceptable());
    }

    TEST_CASE("warns of wrong totals, a second truth, formats that differ and a missing index") {
        const TemporaryFolder folder;
        write_shards(folder);
        CHECK(rules_of(folder) == Rules{"index/absent", "index/absent"});
        folder.write(index_name, index(good_map, "9"));
        CHECK(rules_of(folder) == Rules{"index/total-size"});
        folder.write(index_name, index(good_map, "8.5"));
        CHECK(rules_of(folder) == Rules{"index/total-size"});
        folder.write(index_name, index(good_map));
        folder.write("model.safetensors", test::one_tensor("a"));
        CHECK(rules_of(folder) == Rules{"index/two-models"});
        std::filesystem::remove(folder / "model.safetensors");
        folder.write(
            second,
            test::safetensors(R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "abcd"));
        CHECK(rules_of(folder) == Rules{"index/format"});
    }

    TEST_CASE("takes shard names apart") {
        const auto shard = parse_shard_name("model.fp16-00002-of-00010.v1.safetensors");
        REQUIRE(shard.has_value());
        CHECK(shard->stem == "model.fp16");
        CHECK(shard->suffix == ".v1");
        CHECK(shard->number == 2);
        CHECK(shard->count == 10);
        for (const auto* name : {"model.safetensors",
                                 "model-0001-of-00002.safetensors",
                                 "model-00001-of-0002.safetensors",
                                 "model-00001-of-00002.bin",
                                 "-of-.safetensors",
                                 ".safetensors",
                                 ""}) {
            CAPTURE(name);
            CHECK_FALSE(parse_shard_name(name).has_value());
        }
    }
}

}  // namespace modelseal::model
