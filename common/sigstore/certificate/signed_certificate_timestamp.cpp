#include "common/sigstore/certificate/signed_certificate_timestamp.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/crypto/x509/der_value.hpp"
#include "common/digest/sha256.hpp"

#include <optional>

namespace modelseal::sigstore {

namespace {

constexpr std::uint8_t version_1 = 0;  // as it is written
constexpr std::size_t log_id_size = 32;

[[noreturn]] void refuse(std::string_view why) {
    throw core::Error(core::ErrorKind::malformed,
                      core::concat("not a list of certificate timestamps: ", why));
}

/// Takes numbers and vectors as TLS writes them off the front of bytes.
class TlsReader {
  public:
    explicit TlsReader(std::span<const std::byte> bytes) : rest_(bytes) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

    std::span<const std::byte> take(std::uint64_t size) {
        if (size > rest_.size()) {
            refuse("it ends too early");
        }
        const auto taken = rest_.first(size);
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

    std::uint64_t number(std::size_t octets) {
        std::uint64_t value = 0;
        for (const std::byte octet : take(octets)) {
            value = value << 8U | std::to_integer<std::uint64_t>(octet);
        }
        return value;
    }

    /// A vector whose length is written in two octets.
    std::span<const std::byte> vector() { return take(number(2)); }

  private:
    std::span<const std::byte> rest_;
};

core::Bytes copy_of(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

std::optional<SignedCertificateTimestamp> parse_sct(std::span<const std::byte> bytes) {
    TlsReader reader(bytes);
    if (reader.number(1) != version_1) {
        return std::nullopt;
    }
    SignedCertificateTimestamp sct{copy_of(reader.take(log_id_size))};
    sct.milliseconds = reader.number(8);
    sct.extensions = copy_of(reader.vector());
    sct.hash = static_cast<std::uint8_t>(reader.number(1));
    sct.signature_algorithm = static_cast<std::uint8_t>(reader.number(1));
    sct.signature = copy_of(reader.vector());
    if (!reader.at_end()) {
        refuse("bytes follow a timestamp");
    }
    return sct;
}

void append(core::Bytes& to, std::span<const std::byte> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_number(core::Bytes& to, std::uint64_t value, std::size_t octets) {
    for (std::size_t i = octets; i > 0; --i) {
        to.push_back(static_cast<std::byte>(value >> (8U * (i - 1))));
    }
}

}  // namespace

std::vector<SignedCertificateTimestamp> parse_sct_list(std::span<const std::byte> extension) {
    const auto content = crypto::octet_string_content(extension);
    if (!content) {
        refuse("it is not an OCTET STRING");
    }
    TlsReader outer(*content);
    TlsReader list(outer.vector());
    if (!outer.at_end()) {
        refuse("bytes follow it");
    }
    std::vector<SignedCertificateTimestamp> scts;
    while (!list.at_end()) {
        const auto sct = parse_sct(list.vector());
        if (sct) {
            scts.push_back(*sct);
        }
    }
    return scts;
}

core::Bytes signed_bytes(const SignedCertificateTimestamp& sct,
                         const crypto::Certificate& certificate,
                         const crypto::Certificate& issuer) {
    constexpr std::uint64_t certificate_timestamp = 0;
    constexpr std::uint64_t precertificate_entry = 1;
    core::Bytes bytes;
    append_number(bytes, version_1, 1);
    append_number(bytes, certificate_timestamp, 1);
    append_number(bytes, sct.milliseconds, 8);
    append_number(bytes, precertificate_entry, 2);
    append(bytes, digest::sha256_of(issuer.spki_der()).bytes());
    const core::Bytes tbs = certificate.tbs_without(sct_list_oid);
    append_number(bytes, tbs.size(), 3);
    append(bytes, tbs);
    append_number(bytes, sct.extensions.size(), 2);
    append(bytes, sct.extensions);
    return bytes;
}

}  // namespace modelseal::sigstore
