#include "common/cli/command.hpp"
#include "common/core/error.hpp"
#include "tests/support/error_of.hpp"

#include <string>

#include <doctest/doctest.h>

namespace modelseal::cli {

namespace {

const Command command{
    .name = "push",
    .options = {
        {.long_name = "annotation",
         .short_name = 'a',
         .value = "K=V",
         .repeatable = true,
         .aliases = {"annotations"}},
        {.long_name = "output", .short_name = 'o', .value = "DIR"},
        {.long_name = "concurrency", .value = "N", .variable = "JOBS"},
        {.long_name = "mirror", .value = "R", .repeatable = true, .variable = "MIRRORS"},
        {.long_name = "token", .value = "T", .variable = "TOKEN", .yields_to = {"output", "force"}},
        {.long_name = "format", .value = "FORMAT", .choices = {"text", "json"}},
        {.long_name = "kms", .value = "KEY", .refused = "use 'host --kms'"},
        {.long_name = "log", .value = "BOOL", .choices = {"true", "false"}, .variable = "LOG"},
        {.long_name = "force", .short_name = 'f'},
        {.long_name = "secret", .hidden = true}}};

using Words = std::vector<std::string>;
using Map = std::map<std::string, std::string, std::less<>>;

std::string refusal_of(const auto& body) {
    const core::Error error = test::error_of(body);
    CHECK(error.kind() == core::ErrorKind::usage);
    return error.message();
}

}  // namespace

TEST_SUITE("cli/arguments") {
    TEST_CASE("reads long and short options in every usual spelling") {
        for (const Words& words : {Words{"--output", "x", "-f"},
                                   Words{"--output=x", "--force"},
                                   Words{"-o", "x", "-f"},
                                   Words{"-ox", "-f"},
                                   Words{"-fo", "x"}}) {
            CAPTURE(words.front());
            const Arguments arguments = parse_arguments(command, words);
            CHECK(arguments.get("output") == "x");
            CHECK(arguments.has("force"));
            CHECK(arguments.positional().empty());
            CHECK_FALSE(arguments.after_dashes());
        }
    }

    TEST_CASE("a variable stands for an option that is not given") {
        const core::Variables variables(
            {{"JOBS", "4"}, {"MIRRORS", "a,b"}, {"TOKEN", ""}, {"LOG", "false"}});
        const Arguments arguments = parse_arguments(command, {}, variables);
        CHECK(arguments.get("concurrency") == "4");
        CHECK(arguments.get_all("mirror") == Words{"a", "b"});
        CHECK(arguments.get("log") == "false");
        CHECK_FALSE(arguments.has("token"));
        CHECK_FALSE(arguments.is_written("concurrency"));
        CHECK(arguments.source_of("concurrency") == "JOBS");
        CHECK_FALSE(parse_arguments(command, {}).has("concurrency"));
    }

    TEST_CASE("an option comes before its variable, and replaces all of it") {
        const core::Variables variables({{"JOBS", "4"}, {"MIRRORS", "a,b"}, {"LOG", "maybe"}});
        const Arguments arguments =
            parse_arguments(command, {"--concurrency=1", "--mirror", "c", "--log"}, variables);
        CHECK(arguments.get("concurrency") == "1");
        CHECK(arguments.get_all("mirror") == Words{"c"});
        CHECK(arguments.get("log") == "true");
        CHECK(arguments.is_written("mirror"));
        CHECK(arguments.source_of("mirror") == "--mirror");
    }

    TEST_CASE("a variable does not count beside options that say something else instead") {
        const core::Variables variables(Map{{"TOKEN", "t"}});
        CHECK(parse_arguments(command, {"--mirror", "a"}, variables).get("token") == "t");
        CHECK_FALSE(parse_arguments(command, {"-f"}, variables).has("token"));
        CHECK_FALSE(parse_arguments(command, {"-o", "x"}, variables).has("token"));
        CHECK(parse_arguments(command, {"-f", "--token", "u"}, variables).get("token") == "u");
    }

    TEST_CASE("a variable with an impossible value is named") {
        const auto refused = refusal_of([] {
            return parse_arguments(command, {}, core::Variables(Map{{"LOG", "maybe"}}));
        });
        CHECK(refused == "LOG: --log takes one of true, false, not \"maybe\"");
    }

    TEST_CASE("a flag that is true or false never takes the next word") {
        const Arguments alone = parse_arguments(command, {"--log", "false"});
        CHECK(alone.get("log") == "true");
        CHECK(alone.positional() == Words{"false"});
        CHECK(parse_arguments(command, {"--log=false"}).get("log") == "false");
        CHECK(refusal_of([] {
                  return parse_arguments(command, {"--log=no"});
              }).starts_with("--log takes one of true, false"));
    }

    TEST_CASE("says how a short option is written, and not its value") {
        CHECK(refusal_of([] {
                  return parse_arguments(command, {"x", "-o=secret", "y"});
              }) == R"("-o" takes no '=': write -o DIR or --output=DIR)");
        CHECK(refusal_of([] { return parse_arguments(command, {"-f=true"}); }) ==
              R"("-f" takes no '=': write --force=false)");
        CHECK(refusal_of([] {
                  return parse_arguments(command, {"--=x"});
              }).starts_with(R"("--" is no option)"));
    }

    TEST_CASE("takes values whole, with commas, spaces, equals signs and dashes") {
        const Arguments arguments = parse_arguments(
            command, {"-a", "k=1,2", "--annotation=x=y=z", "-a", "a b", "--output", "-"});
        CHECK(arguments.get_all("annotation") == Words{"k=1,2", "x=y=z", "a b"});
        CHECK(arguments.get("output") == "-");
    }

    TEST_CASE("collects operands in order, options between them or not") {
        const Arguments arguments =
            parse_arguments(command, {"one", "-f", "two", "-o", "x", "three"});
        CHECK(arguments.positional() == Words{"one", "two", "three"});
    }

    TEST_CASE("keeps what follows -- apart and unread") {
        const Arguments arguments =
            parse_arguments(command, {"model", "--", "serve", "--unknown", "--"});
        CHECK(arguments.positional() == Words{"model"});
        REQUIRE(arguments.after_dashes());
        CHECK(*arguments.after_dashes() == Words{"serve", "--unknown", "--"});
        CHECK(parse_arguments(command, {"--"}).after_dashes() == Words{});
    }

    TEST_CASE("understands the common and the hidden options of every command") {
        const Arguments arguments = parse_arguments(command, {"-q", "--secret"});
        CHECK(arguments.has("quiet"));
        CHECK(arguments.has("secret"));
    }

    TEST_CASE("refuses what it does not know or what is incomplete") {
        for (const Words& words : {Words{"--unknown"},
                                   Words{"-x"},
                                   Words{"--outpu", "x"},
                                   Words{"--output"},
                                   Words{"-o"},
                                   Words{"--output", "a", "--output", "b"},
                                   Words{"-o", "a", "--output=b"},
                                   Words{"--force=maybe"},
                                   Words{"--quiet=no"}}) {
            CAPTURE(words.front());
            CHECK_FALSE(refusal_of([&] { return parse_arguments(command, words); }).empty());
        }
    }

    TEST_CASE("shows no control character of the command line") {
        const std::string message =
            refusal_of([&] { return parse_arguments(command, {"--a\x1b[2Jb"}); });
        CHECK(message.find('\x1b') == std::string::npos);
    }

    TEST_CASE("reads numbers and choices") {
        const Arguments arguments =
            parse_arguments(command, {"--concurrency", "4", "--format", "json"});
        CHECK(arguments.get_number("concurrency") == 4);
        CHECK_FALSE(arguments.get_number("output"));
        CHECK(arguments.get("format") == "json");
        CHECK(arguments.get_or("output", "here") == "here");
        const Arguments bad = parse_arguments(command, {"--concurrency=-1"});
        CHECK(refusal_of([&] { return bad.get_number("concurrency"); }) ==
              "--concurrency takes a whole number, not \"-1\"");
        CHECK(refusal_of([] {
                  return parse_arguments(command, {"--format", "xml"});
              }) == "--format takes one of text, json, not \"xml\"");
    }

    TEST_CASE("takes switches that are switched on or off in words, the last one counting") {
        CHECK(parse_arguments(command, {"--force=true"}).has("force"));
        CHECK(parse_arguments(command, {"--force=1"}).has("force"));
        CHECK_FALSE(parse_arguments(command, {"--force=false"}).has("force"));
        CHECK_FALSE(parse_arguments(command, {"-f", "--force=F"}).has("force"));
        CHECK(parse_arguments(command, {"--force=false", "-f", "x"}).has("force"));
        CHECK(refusal_of([] { return parse_arguments(command, {"--force=maybe"}); }) ==
              "--force is true or false, not \"maybe\"");
    }

    TEST_CASE("takes an alias for the option") {
        const Arguments arguments = parse_arguments(command, {"--annotations", "a=b", "-a", "c=d"});
        CHECK(arguments.get_all("annotation") == Words{"a=b", "c=d"});
    }

    TEST_CASE("names the option that was probably meant, and never its value") {
        CHECK(refusal_of([] {
                  return parse_arguments(command, {"-o", "--x", "y", "--anotation=secret"});
              }) == "unknown option \"--anotation\"; did you mean --annotation?");
        CHECK(refusal_of([] { return parse_arguments(command, {"--quite"}); }) ==
              "unknown option \"--quite\"; did you mean --quiet?");
        CHECK(refusal_of([] { return parse_arguments(command, {"--nothing-like-it"}); }) ==
              "unknown option \"--nothing-like-it\"");
        CHECK(refusal_of([] { return parse_arguments(command, {"-x"}); }) ==
              "unknown option \"-x\"");
        CHECK(refusal_of([] {
                  return parse_arguments(command, {"x", "--output"});
              }) == "\"--output\" needs a value");
    }

    TEST_CASE("says what to do instead of an option of the host tool") {
        const core::Error error = test::error_of([] {
            return parse_arguments(command, {"--kms", "x"});
        });
        CHECK(error.kind() == core::ErrorKind::usage);
        CHECK(error.reason() == core::Reason::unsupported);
        CHECK(error.message() == "--kms: use 'host --kms'");
    }
}

}  // namespace modelseal::cli
