#include "common/sigstore/format/dsse.hpp"

#include "common/core/error.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace modelseal::sigstore {

TEST_SUITE("sigstore/format/dsse") {
    TEST_CASE("encodes the example of the DSSE specification") {
        CHECK(pre_authentication_encoding("http://example.com/HelloWorld", "hello world") ==
              "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        CHECK(pre_authentication_encoding("", "") == "DSSEv1 0  0 ");
    }

    TEST_CASE("writes what it reads") {
        const core::Json json = core::parse_json(
            R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AQI="}]})");
        const Envelope envelope = Envelope::from_json(json);
        CHECK(envelope.payload == "hi");
        CHECK(envelope.payload_type == "t");
        CHECK(envelope.signature == core::Bytes{std::byte{1}, std::byte{2}});
        CHECK(envelope.to_json() == json);
    }

    TEST_CASE("refuses what is not one payload with one signature") {
        for (
            const auto* text :
            {R"([])",
             R"({"payload":"aGk=","payloadType":"t"})",
             R"({"payload":"aGk=","payloadType":"t","signatures":[]})",
             R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AQI="},{"sig":"AQI="}]})",
             R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AQI=","keyid":"k"}]})",
             R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":""}]})",
             R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AQI"}]})",
             R"({"payload":"aG k","payloadType":"t","signatures":[{"sig":"AQI="}]})",
             R"({"payload":"","payloadType":"t","signatures":[{"sig":"AQI="}]})",
             R"({"payload":"aGk=","payloadType":"","signatures":[{"sig":"AQI="}]})",
             R"({"payload":"aGk=","payloadType":1,"signatures":[{"sig":"AQI="}]})",
             R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AQI=","x":1}]})",
             R"({"payload":"aGk=","payloadType":"t","signatures":[{"sig":"AQI="}],"x":1})"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(static_cast<void>(Envelope::from_json(core::parse_json(text))),
                            core::Error);
        }
    }
}

}  // namespace modelseal::sigstore
