#include "common/model/content/pickle.hpp"

#include "common/core/bytes.hpp"
#include "tests/support/model_files.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::model {

namespace {

using namespace std::string_literals;

PickleWalk walk(const std::string& bytes) {
    return walk_pickle(core::MemoryAccess(core::as_bytes(bytes)));
}

// Each as CPython's pickle module writes os.system("ls") by __reduce__.
const std::string protocol0 = "cposix\nsystem\np0\n(Vls\np1\ntp2\nRp3\n.";
const std::string protocol2 = "\x80\x02"s + "cposix\nsystem\nq\0X\2\0\0\0lsq\1\x85q\2Rq\3."s;
const std::string protocol4 =
    "\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02ls\x94\x85\x94R\x94."s;

}  // namespace

TEST_SUITE("model/content/pickle") {
    TEST_CASE("finds the import and the call of every protocol") {
        for (const std::string& pickle : {protocol0, protocol2, protocol4}) {
            const PickleWalk found = walk(pickle);
            CHECK(found.import_offset.has_value());
            CHECK(found.call_offset.has_value());
            CHECK(found.complete);
        }
        CHECK(walk(protocol0).imported == "posix.system");
        CHECK(walk(protocol2).import_offset == 2);
        CHECK(walk("(S'ls'\niposix\nsystem\n.").imported == "posix.system");
        CHECK(walk("(cposix\nsystem\nS'ls'\no.").call_offset.has_value());
    }

    TEST_CASE("finds an import that stands before broken opcodes or the end") {
        for (const std::string& pickle : {protocol0, protocol2, protocol4}) {
            const auto call = walk(pickle).call_offset.value();
            CHECK(walk(pickle.substr(0, call)).import_offset.has_value());
            CHECK_FALSE(walk(pickle.substr(0, call)).call_offset.has_value());
            const PickleWalk broken = walk(pickle.substr(0, call + 1) + "\xFF garbage");
            CHECK(broken.call_offset.has_value());
            CHECK_FALSE(broken.complete);
        }
    }

    TEST_CASE("goes on with the pickle behind a pickle") {
        const PickleWalk found = walk("N.}.N." + protocol0);
        CHECK(found.import_offset == 6);
        CHECK(found.call_offset.has_value());
        // Nothing is left on the stack for the next one.
        CHECK_FALSE(walk("NN.cposix\nsystem\n.R.").call_offset.has_value());
    }

    TEST_CASE("counts what changes an object after an import as a call") {
        CHECK(walk("cposix\nsystem\nNNs").call_offset == 16);
        CHECK(walk("cposix\nsystem\nNa").call_offset.has_value());
        CHECK(walk("cposix\nsystem\n(Ne").call_offset.has_value());
        CHECK(walk("cposix\nsystem\n(NNu").call_offset.has_value());
        CHECK(walk("cposix\nsystem\n(N\x90").call_offset.has_value());
        CHECK_FALSE(walk("}NNs").call_offset.has_value());
    }

    TEST_CASE("follows no number and no text that Python could not read") {
        for (const auto* number :
             {"I1\n.", "F-1e9\n.", "Finf\n.", "L10L\n.", "I01\n.", "S'a'\n."}) {
            CHECK(walk(number).complete);
        }
        for (const auto* text : {"It is\n.", "For\n.", "List\n.", "Some\n.", "I\n."}) {
            CHECK_FALSE(walk(text).complete);
        }
    }

    TEST_CASE("needs on the stack what the opcode takes") {
        CHECK_FALSE(walk("\x80\x04\x93.").import_offset.has_value());
        CHECK_FALSE(walk("\x80\x04N\x93.").import_offset.has_value());
        CHECK(walk("\x80\x04NN\x93.").import_offset.has_value());
        CHECK_FALSE(walk("iposix\nsystem\n.").import_offset.has_value());
        CHECK_FALSE(walk("N(R.").complete);
        CHECK_FALSE(walk(".").complete);
        CHECK(walk("N.").complete);
        CHECK(walk("(0N.").complete);
    }

    TEST_CASE("is not led astray by text, and follows lengths past the end nowhere") {
        CHECK_FALSE(walk("import os\nprint(1)\n").import_offset.has_value());
        CHECK_FALSE(walk("class Model:\n    pass\n").import_offset.has_value());
        CHECK_FALSE(walk("X\xFF\xFF\xFF\xFF").complete);
        CHECK_FALSE(walk("\x8e\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s + "N.").complete);
        CHECK_FALSE(walk("").complete);
        // Natural text can import by chance, but not call.
        CHECK(walk("cat\ndog\nemu\n").import_offset.has_value());
        CHECK_FALSE(walk("cat\ndog\nemu\n").call_offset.has_value());
    }

    TEST_CASE("gives up on endless opcodes, and says so") {
        CHECK(walk(std::string(walk_limit + 1, 'N')).exhausted);
        CHECK_FALSE(walk(std::string(walk_limit - 1, 'N')).exhausted);
    }

    TEST_CASE("finds nothing in the header lengths of ordinary safetensors files") {
        std::string header = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        for (std::size_t length = 64; length < 6000; ++length) {
            std::string padded = header;
            padded.resize(length, ' ');
            CAPTURE(length);
            CHECK_FALSE(walk(test::safetensors(padded, "abcd")).import_offset.has_value());
        }
    }

    TEST_CASE("knows the prefix of protocols 2 to 5") {
        CHECK(has_pickle_prefix(core::as_bytes("\x80\x02")));
        CHECK_FALSE(has_pickle_prefix(core::as_bytes("\x80\x06")));
        CHECK_FALSE(has_pickle_prefix(core::as_bytes("\x80")));
    }
}

}  // namespace modelseal::model
