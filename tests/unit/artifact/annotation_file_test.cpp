#include "common/artifact/annotation_file.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>

namespace modelseal::artifact {

TEST_SUITE("artifact/annotation_file") {
    TEST_CASE("tells the manifest, the config and files apart") {
        const AnnotationFile file = AnnotationFile::parse(
            R"({"$manifest":{"a":"1"},"$config":{"b":"2"},"./model.safetensors":{"c":"3"}})");
        CHECK(file.manifest == oci::Annotations{{"a", "1"}});
        CHECK(file.config == oci::Annotations{{"b", "2"}});
        CHECK(file.files.at("./model.safetensors") == oci::Annotations{{"c", "3"}});
    }

    TEST_CASE("refuses what is not an object of objects of strings") {
        for (const auto* text : {"",
                                 "[]",
                                 "null",
                                 R"({"$manifest":[]})",
                                 R"({"$manifest":{"a":1}})",
                                 R"({"$manifest":{"a":null}})",
                                 R"({"f":{"a":"1"},"f":{}})",
                                 R"({"f":{"a":"1","a":"2"}})",
                                 R"({} x)"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(AnnotationFile::parse(text)), core::Error);
        }
    }

    TEST_CASE("refuses a document cut at any byte") {
        const std::string whole = R"({"$manifest":{"a":"1"},"f":{"c":"3"}})";
        for (std::size_t length = 0; length < whole.size(); ++length) {
            CAPTURE(length);
            CHECK_THROWS_AS(
                static_cast<void>(AnnotationFile::parse(std::string_view(whole).substr(0, length))),
                core::Error);
        }
    }

    TEST_CASE("takes KEY=VALUE words with further '=' in the value") {
        CHECK(parse_annotations({"k=a=b", "empty="}) ==
              oci::Annotations{{"empty", ""}, {"k", "a=b"}});
    }

    TEST_CASE("refuses words without '=', without a key, and a key given twice") {
        CHECK_THROWS_AS(static_cast<void>(parse_annotations({"k"})), core::Error);
        CHECK_THROWS_AS(static_cast<void>(parse_annotations({"=v"})), core::Error);
        CHECK_THROWS_AS(static_cast<void>(parse_annotations({"k=1", "k=1"})), core::Error);
    }
}

}  // namespace modelseal::artifact
