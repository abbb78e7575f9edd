#include "common/http/ip_address.hpp"

#include <algorithm>
#include <string>

#include <arpa/inet.h>

namespace modelseal::http {

namespace {

/// The last four bytes of these ranges are an IPv4 address; of 6to4 it stands behind the prefix.
struct Embedding {
    std::string_view network;
    std::size_t prefix;
    std::size_t offset;
};

constexpr std::array<Embedding, 4> embeddings{
    {{"::ffff:0:0", 96, 12}, {"64:ff9b::", 96, 12}, {"2002::", 16, 2}, {"::", 96, 12}}};

std::optional<std::array<std::byte, 16>> parse_v6(const std::string& text) {
    std::array<std::byte, 16> bytes{};
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) {
        return std::nullopt;
    }
    return bytes;
}

bool share_prefix(std::span<const std::byte> left,
                  std::span<const std::byte> right,
                  std::size_t bits) {
    const std::size_t whole = bits / 8;
    if (left.size() != right.size() || bits > left.size() * 8 ||
        !std::equal(
            left.begin(), left.begin() + static_cast<std::ptrdiff_t>(whole), right.begin())) {
        return false;
    }
    const std::size_t rest = bits % 8;
    return rest == 0 || (left[whole] >> (8 - rest)) == (right[whole] >> (8 - rest));
}

bool is_one_of(const IpAddress& address,
               std::span<const std::pair<std::string_view, std::size_t>> networks) {
    return std::any_of(networks.begin(), networks.end(), [&](const auto& network) {
        const auto base = IpAddress::parse(network.first);
        return base && address.is_within(*base, network.second);
    });
}

using Network = std::pair<std::string_view, std::size_t>;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string terminated(text);
    if (terminated.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    if (const auto bytes = parse_v6(terminated)) {
        return from_bytes(*bytes);
    }
    in_addr address{};
    // inet_aton ignores what stands behind white space.
    const bool blank = text.find_first_of(" \t\r\n\v\f") != std::string_view::npos;
    if (blank || ::inet_aton(terminated.c_str(), &address) != 1) {
        return std::nullopt;
    }
    return from_bytes(std::as_bytes(std::span(&address.s_addr, 1)));
}

std::optional<IpAddress> IpAddress::from_bytes(std::span<const std::byte> bytes) {
    if (bytes.size() != v4_size && bytes.size() != v6_size) {
        return std::nullopt;
    }
    // :: and ::1 are addresses of their own, not 0.0.0.0 and 0.0.0.1.
    const bool is_tiny =
        std::all_of(
            bytes.begin(), bytes.end() - 1, [](std::byte byte) { return byte == std::byte{0}; }) &&
        bytes.back() <= std::byte{1};
    if (bytes.size() == v6_size && !is_tiny) {
        for (const Embedding& embedding : embeddings) {
            if (share_prefix(bytes, *parse_v6(std::string(embedding.network)), embedding.prefix)) {
                return from_bytes(bytes.subspan(embedding.offset, v4_size));
            }
        }
    }
    IpAddress address;
    address.size_ = bytes.size();
    std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
    return address;
}

bool IpAddress::is_loopback() const noexcept {
    constexpr std::array<Network, 2> networks{{{"127.0.0.0", 8}, {"::1", 128}}};
    return is_one_of(*this, networks);
}

bool IpAddress::is_unspecified() const noexcept {
    constexpr std::array<Network, 2> networks{{{"0.0.0.0", 8}, {"::", 128}}};
    return is_one_of(*this, networks);
}

bool IpAddress::is_link_local() const noexcept {
    constexpr std::array<Network, 5> networks{{{"169.254.0.0", 16},
                                               {"fe80::", 10},
                                               {"fd00:ec2::254", 128},
                                               {"100.100.100.200", 32},
                                               {"168.63.129.16", 32}}};
    return is_one_of(*this, networks);
}

bool IpAddress::is_within(const IpAddress& network, std::size_t prefix) const noexcept {
    return share_prefix(bytes(), network.bytes(), prefix);
}

}  // namespace modelseal::http
