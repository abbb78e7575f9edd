// fuzz: crypto_x509
#include "common/core/error.hpp"
#include "common/crypto/x509/timestamp.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

using namespace modelseal;

namespace {

// tests/data/x509/local-tsa.pem
constexpr std::string_view authority_file =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIByzCCAXKgAwIBAgIUQc2U7B1jhTnSRjEoUet2Nte1cFUwCgYIKoZIzj0EAwIw\n"
    "MDEOMAwGA1UEChMFbG9jYWwxHjAcBgNVBAMTFVRlc3QgVFNBIEludGVybWVkaWF0\n"
    "ZTAeFw0yNjExMjMxNjMzMzNaFw0zNTExMjMxNjM2MzNaMDAxDjAMBgNVBAoTBWxv\n"
    "Y2FsMR4wHAYDVQQDExVUZXN0IFRTQSBUaW1lc3RhbXBpbmcwWTATBgcqhkjOPQIB\n"
    "BggqhkjOPQMBBwNCAAQsVOp8BAko4Z5wQrBcW+5DF10yUtaifVfwAl8WR8jCb3ty\n"
    "ue/cjazJy4OH8Y0/KZ+faSrJmcVOAz56GW7n7x/0o2owaDAOBgNVHQ8BAf8EBAMC\n"
    "B4AwHQYDVR0OBBYEFHrhcZe4Mgy7c2UxWG6Z7pOAy5uXMB8GA1UdIwQYMBaAFMCq\n"
    "AZ4FwVctQsXcCDDtQHFl8GBcMBYGA1UdJQEB/wQMMAoGCCsGAQUFBwMIMAoGCCqG\n"
    "SM49BAMCA0cAMEQCICp9ndW3yBFJ8a7HiBbKoVB4mcLEypKeOEzOxQl+a/aBAiAm\n"
    "Yi6xtVBBhZ4Q1tY30D8o1mykBSEmBvoLwrA0IKXZjA==\n"
    "-----END CERTIFICATE-----\n"
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB0jCCAXigAwIBAgIUJ/97LUeDkDUsGnS1gqSiyrg0yEEwCgYIKoZIzj0EAwIw\n"
    "KDEOMAwGA1UEChMFbG9jYWwxFjAUBgNVBAMTDVRlc3QgVFNBIFJvb3QwHhcNMjYx\n"
    "MTIzMTYzMTMzWhcNMzYxMTIzMTYzNjMzWjAwMQ4wDAYDVQQKEwVsb2NhbDEeMBwG\n"
    "A1UEAxMVVGVzdCBUU0EgSW50ZXJtZWRpYXRlMFkwEwYHKoZIzj0CAQYIKoZIzj0D\n"
    "AQcDQgAEGTkdZ6CMn8ORuoJwQHG1FGRrBi/VqYUnqH4MJ1krLhZA158x4e0z3f++\n"
    "k8lnxplo1b8ElrWFYGN3kI7kbjA7HaN4MHYwDgYDVR0PAQH/BAQDAgEGMBMGA1Ud\n"
    "JQQMMAoGCCsGAQUFBwMIMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFMCqAZ4F\n"
    "wVctQsXcCDDtQHFl8GBcMB8GA1UdIwQYMBaAFIa0CiHftxgJkdpVfgY7EX1cCfBH\n"
    "MAoGCCqGSM49BAMCA0gAMEUCIQCu7v8oSOGn1gJ1YcG1WMM13LgYX2yBn3HaFWrA\n"
    "7X/lbQIgI8hCTW0zkzBy2HJSynWn6g4H2gnMtq4HEHFC43Ta8J0=\n"
    "-----END CERTIFICATE-----\n"
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBlDCCATqgAwIBAgIUKYFjCKJVPEB5hsvG8cPlONk55EkwCgYIKoZIzj0EAwIw\n"
    "KDEOMAwGA1UEChMFbG9jYWwxFjAUBgNVBAMTDVRlc3QgVFNBIFJvb3QwHhcNMjYx\n"
    "MTIzMTYzMTMzWhcNMzYxMTIzMTYzNjMzWjAoMQ4wDAYDVQQKEwVsb2NhbDEWMBQG\n"
    "A1UEAxMNVGVzdCBUU0EgUm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFqO\n"
    "4qcuzbplynjumJniM6TVDXhHItFFq2GjB6OkAsMH2ZNbB1rad02KN8Zb4L+xGKGl\n"
    "dOSsmFnZ8eXIr8MmfdujQjBAMA4GA1UdDwEB/wQEAwIBBjAPBgNVHRMBAf8EBTAD\n"
    "AQH/MB0GA1UdDgQWBBSGtAoh37cYCZHaVX4GOxF9XAnwRzAKBggqhkjOPQQDAgNI\n"
    "ADBFAiBZgO3J6mfV570ysH76MDwmwi53nLyL0+xb8KtFBypb1QIhAOmtBU5KQSgG\n"
    "TaF4YIJJ5y1vZoKT8GAJU+klZes6IHpp\n"
    "-----END CERTIFICATE-----\n";

// tests/data/x509/local-workflow.sig
constexpr std::string_view message(
    "\x30\x45\x02\x20\x3b\x33\x47\xc1\xa8\x91\xc0\x0a\x92\x33\x39\x7f\x10\x29\x6d\xb0"
    "\xf9\xb4\x5e\x8a\x66\x42\x7d\xc6\xa2\x65\x55\xe5\x0e\xed\x08\x5b\x02\x21\x00\x84"
    "\x8d\x0c\x35\x0b\x22\xff\x1f\xc9\x5f\x74\x15\x3d\xd0\xa2\x4d\xd4\xf1\x51\x84\xf1"
    "\x7a\xb7\xf3\x37\xf7\xc4\x55\x3d\xd8\xc5\x95",
    71);

constexpr std::string_view only_time = "2026-11-23T16:37:32Z";

}  // namespace

/// Whatever the response is: it verifies only if it says what the authority said.
void fuzz(std::span<const std::byte> input) {
    static const auto authority = crypto::Certificate::parse_pem_chain(authority_file);
    try {
        const auto time = crypto::verify_timestamp(input, core::as_bytes(message), authority);
        if (time.to_string() != only_time) {
            std::abort();
        }
    } catch (const core::Error& error) {
        if (error.kind() == core::ErrorKind::internal) {
            std::abort();
        }
    }
}
