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

    TEST_CASE("steps over lines of any length") {
        const std::string line = "V" + std::string(70'000, 'a') + "\n0";
        CHECK(walk(line + protocol0).call_offset.has_value());
        CHECK(walk("I" + std::string(70'000, '1') + "\n0" + protocol0).call_offset.has_value());
        CHECK(walk("cos\n" + std::string(70'000, 'a') + "\n(tR.").call_offset == 70'007);
        const std::string endless(walk_line_limit, 'a');
        CHECK(walk("V" + endless + "\n0" + protocol0).exhausted);
        CHECK_FALSE(walk("V" + endless.substr(1) + "\n.").exhausted);
        CHECK(walk("V" + endless.substr(1) + "\n.").complete);
    }

    TEST_CASE("goes on behind every name that Python may find a module by") {
        for (const auto* name : {"lib-dynload", "my module", "\xC3\xA9t\xC3\xA9", "2"}) {
            CHECK(walk(std::string("c") + name + "\n__name__\n0" + protocol0).complete);
            CHECK(walk(std::string("(i") + name + "\na-b\n0" + protocol0).complete);
        }
        CHECK_FALSE(walk("c\nsystem\n.").import_offset.has_value());
        CHECK_FALSE(walk("ca\0b\nsystem\n."s).import_offset.has_value());
        CHECK_FALSE(walk("c\xFF\nsystem\n.").import_offset.has_value());
    }

    TEST_CASE("reads numbers as the C library does, up to a NUL") {
        for (const auto& number :
             {"I\0 anything\n."s, "I 0x1f\0\xFF\n."s, "L7\0L\n."s, "F1\0e\n."s}) {
            CHECK(walk(number).complete);
        }
        CHECK_FALSE(walk("Ia thing\0\n."s).complete);
    }

    TEST_CASE("takes the end of the file for that of a line, without its last byte") {
        CHECK(walk("(S'id'\nios\nsystemX").imported == "os.system");
        CHECK(walk("(S'id'\nios\nsystemX").call_offset.has_value());
        CHECK(walk("cos\nsystemX").imported == "os.system");
        CHECK_FALSE(walk("c").import_offset.has_value());
    }

    TEST_CASE("knows what asks its reader for an object") {
        CHECK(walk("Pname\nX").hook_offset == 0);
        CHECK(walk("K\1Q"s).hook_offset == 2);
        CHECK_FALSE(walk("Q").hook_offset.has_value());
        CHECK_FALSE(walk("P\xFF\n.").hook_offset.has_value());
        for (const auto& code : {"\x82\1"s, "\x83\1\0"s, "\x84\1\0\0\0"s}) {
            CHECK(walk(code).hook_offset == 0);
            CHECK_FALSE(walk(code).hook_used);
            CHECK(walk(code + ")R").hook_used);
        }
    }

    TEST_CASE("says when an argument goes on behind the frame that it began in") {
        const auto frame = [](std::size_t length) {
            return "\x95" + test::little_endian64(length);
        };
        // The machine in C goes on behind the frame, where it finds a pickle of its own.
        CHECK(walk(frame(3) + "X\1\0"s + "\1\0\0\0a"s).ambiguous);
        CHECK(walk(frame(3) + "Vab" + "c\n.").ambiguous);
        CHECK(walk(frame(9) + frame(1) + "N.").ambiguous == false);
        CHECK(walk(frame(10) + frame(2) + "N.").ambiguous);
        CHECK_FALSE(walk(frame(4) + "Va\nN0.").ambiguous);
        CHECK(walk(frame(100) + "N.").complete);
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
        // The machine in Python imports before it finds out that there is no mark.
        CHECK(walk("iposix\nsystem\n.").import_offset.has_value());
        CHECK_FALSE(walk("iposix\nsystem\n.").call_offset.has_value());
        CHECK_FALSE(walk("N(R.").complete);
        CHECK_FALSE(walk(".").complete);
        CHECK(walk("N.").complete);
        CHECK(walk("(0N.").complete);
    }

    TEST_CASE("is not led astray by text, and follows lengths past the end nowhere") {
        CHECK_FALSE(walk("import os\nprint(1)\n").call_offset.has_value());
        CHECK_FALSE(walk("class Model:\n    pass\n").call_offset.has_value());
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
