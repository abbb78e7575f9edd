#include "common/core/case_folding.hpp"

#include <doctest/doctest.h>

namespace modelseal::core {

TEST_SUITE("core/case_folding") {
    TEST_CASE("makes letters of either case equal") {
        CHECK(fold_case("Model.SafeTensors") == "model.safetensors");
        CHECK(fold_case("ÀÖØÞ") == "àöøþ");
        CHECK(fold_case("ŁÓDŹ Ÿ") == "łódź ÿ");
        CHECK(fold_case("ΜΟΝΤΈΛΟ") == fold_case("μοντέλο"));
        CHECK(fold_case("ΟΔΟΣ") == fold_case("οδος"));
        CHECK(fold_case("МОДЕЛЬ Ё") == "модель ё");
        CHECK(fold_case("ՄՈԴԵԼ") == "մոդել");
        CHECK(fold_case("\u1E9E\u212A\u212B\u2126\u017F") == "ßkåωs");
        CHECK(fold_case("ＭＯＤＥＬ") == "ｍｏｄｅｌ");
        CHECK(fold_case("VIỆT") == "việt");
    }

    TEST_CASE("leaves everything else as it is") {
        for (const auto* text : {"", "0/._-", "×÷", "模型", "🦀", "ı", "\xFF\xC0", "ABC\x80"}) {
            CAPTURE(text);
            CHECK(fold_case(text) == text);
        }
    }

    TEST_CASE("folding twice changes nothing more") {
        for (const auto* text : {"ÀŸŁΣςЁՄＭ\u1E9E\u212A", "aBc"}) {
            CHECK(fold_case(fold_case(text)) == fold_case(text));
        }
    }
}

}  // namespace modelseal::core
