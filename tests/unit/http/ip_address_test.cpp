#include "common/http/ip_address.hpp"

#include "common/http/reach.hpp"

#include <doctest/doctest.h>

using modelseal::http::IpAddress;
using modelseal::http::may_connect;
using modelseal::http::Reach;

namespace {

bool reaches(std::string_view text, Reach reach) {
    const auto address = IpAddress::parse(text);
    REQUIRE_MESSAGE(address.has_value(), text);
    return may_connect(*address, reach);
}

}  // namespace

TEST_SUITE("http/ip_address") {
    TEST_CASE("reads every notation of an address and no name") {
        CHECK(IpAddress::parse("127.0.0.1") == IpAddress::parse("0x7f000001"));
        CHECK(IpAddress::parse("127.0.0.1") == IpAddress::parse("127.1"));
        CHECK(IpAddress::parse("127.0.0.1") == IpAddress::parse("2130706433"));
        CHECK(IpAddress::parse("127.0.0.1") == IpAddress::parse("::ffff:127.0.0.1"));
        CHECK(IpAddress::parse("::1") == IpAddress::parse("0:0:0:0:0:0:0:1"));
        CHECK(IpAddress::parse("::1") != IpAddress::parse("0.0.0.1"));
        for (const std::string_view name : {"",
                                            "localhost",
                                            "registry.example",
                                            "1.2.3.4.5",
                                            "256.0.0.1",
                                            "127.0.0.1 x",
                                            "[::1]",
                                            ":"}) {
            CHECK_FALSE(IpAddress::parse(name).has_value());
        }
        CHECK_FALSE(IpAddress::parse(std::string_view("127.0.0.1\0x", 11)).has_value());
        CHECK_FALSE(IpAddress::from_bytes({}).has_value());
    }

    TEST_CASE("compares prefixes bit by bit, and only of the same kind") {
        const auto address = *IpAddress::parse("10.1.255.7");
        CHECK(address.is_within(*IpAddress::parse("10.1.128.0"), 17));
        CHECK_FALSE(address.is_within(*IpAddress::parse("10.1.0.0"), 17));
        CHECK(address.is_within(*IpAddress::parse("10.1.0.0"), 16));
        CHECK(address.is_within(*IpAddress::parse("200.0.0.0"), 0));
        CHECK(address.is_within(address, 32));
        CHECK_FALSE(address.is_within(address, 33));
        CHECK_FALSE(address.is_within(*IpAddress::parse("fe80::"), 0));
    }
}

TEST_SUITE("http/reach") {
    TEST_CASE("a server elsewhere names neither this machine nor a link-local address") {
        for (const std::string_view text : {"127.0.0.1",
                                            "127.255.0.9",
                                            "::1",
                                            "0.0.0.0",
                                            "0.1.2.3",
                                            "::",
                                            "169.254.169.254",
                                            "fe80::1",
                                            "febf::1",
                                            "fd00:ec2::254",
                                            "100.100.100.200",
                                            "168.63.129.16",
                                            "::ffff:127.0.0.1",
                                            "::127.0.0.1",
                                            "64:ff9b::7f00:1",
                                            "2002:a9fe:a9fe::",
                                            "0x7f.1",
                                            "2852039166"}) {
            CHECK_MESSAGE(!reaches(text, Reach::no_loopback), text);
        }
        for (const std::string_view text :
             {"10.0.0.1", "192.168.1.1", "8.8.8.8", "2001:db8::1", "fec0::1", "fd00:ec2::253"}) {
            CHECK_MESSAGE(reaches(text, Reach::no_loopback), text);
        }
    }

    TEST_CASE("a server on this machine may name another one here, but nothing link-local") {
        CHECK(reaches("127.0.0.1", Reach::no_metadata));
        CHECK(reaches("::1", Reach::no_metadata));
        CHECK_FALSE(reaches("169.254.169.254", Reach::no_metadata));
        CHECK_FALSE(reaches("fe80::1", Reach::no_metadata));
        CHECK(reaches("169.254.169.254", Reach::anywhere));
    }
}
