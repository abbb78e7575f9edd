// Verdicts of the official reader, and what should be accepted before signing, over 152 files.
#include "common/core/files/file.hpp"
#include "common/core/json.hpp"
#include "common/model/check.hpp"

#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::model {

namespace {

const std::filesystem::path folder = std::filesystem::path(TEST_DATA_DIR) / "safetensors";

core::Json verdicts() {
    return core::parse_json(core::read_small_file(folder / "verdicts.json", 1U << 20U));
}

CheckedModel check(const std::string& name, Policy policy) {
    return check_paths({folder / (name + ".safetensors")}, {.policy = policy});
}

}  // namespace

TEST_SUITE("model/vectors") {
    TEST_CASE("the recommended policy accepts, warns and refuses as it should") {
        const core::Json all = verdicts();
        for (const auto& [name, verdict] : all.items()) {
            if (verdict.value("stored", true)) {
                CAPTURE(name);
                const CheckedModel model = check(name, Policy::recommended);
                const auto recommended = core::require_string(verdict, "recommended");
                CHECK(model.acceptable() == (recommended != "reject"));
                CHECK(model.findings.empty() == (recommended == "accept"));
            }
        }
    }

    TEST_CASE("the strict policy refuses what the recommended one warns of") {
        const core::Json all = verdicts();
        for (const auto& [name, verdict] : all.items()) {
            if (verdict.value("stored", true)) {
                CAPTURE(name);
                CHECK(check(name, Policy::strict).acceptable() ==
                      (core::require_string(verdict, "recommended") == "accept"));
            }
        }
    }

    TEST_CASE("the reference policy agrees with the official reader about every file") {
        const core::Json all = verdicts();
        for (const auto& [name, verdict] : all.items()) {
            if (verdict.value("stored", true)) {
                CAPTURE(name);
                CHECK(check(name, Policy::reference).acceptable() ==
                      (core::require_string(verdict, "official") == "accept"));
            }
        }
    }
}

}  // namespace modelseal::model
