// IP addresses, as far as it matters which machine they mean.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace modelseal::http {

/// An IPv4 or IPv6 address. An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) is
/// that IPv4 address, so that no notation leads around a check.
class IpAddress {
  public:
    /// Every notation that the system's resolver takes for an address without asking anybody:
    /// "127.0.0.1", "127.1", "0x7f000001", "::1"; nothing for a name. No brackets, no zone.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    /// From 4 or 16 bytes in network order; nothing for any other number.
    [[nodiscard]] static std::optional<IpAddress> from_bytes(std::span<const std::byte> bytes);

    [[nodiscard]] bool is_v4() const noexcept { return size_ == v4_size; }

    /// 127.0.0.0/8 and ::1.
    [[nodiscard]] bool is_loopback() const noexcept;

    /// 0.0.0.0/8 and ::, which connect to this machine, too.
    [[nodiscard]] bool is_unspecified() const noexcept;

    /// 169.254.0.0/16 and fe80::/10, and the addresses outside them at which clouds give
    /// credentials to whoever asks: fd00:ec2::254, 100.100.100.200, 168.63.129.16.
    [[nodiscard]] bool is_link_local() const noexcept;

    /// Whether the first `prefix` bits are those of `network`, which is of the same kind.
    [[nodiscard]] bool is_within(const IpAddress& network, std::size_t prefix) const noexcept;

    bool operator==(const IpAddress&) const = default;

  private:
    static constexpr std::size_t v4_size = 4;
    static constexpr std::size_t v6_size = 16;

    IpAddress() = default;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
        return std::span(bytes_).first(size_);
    }

    std::array<std::byte, v6_size> bytes_{};
    std::size_t size_ = 0;
};

}  // namespace modelseal::http
