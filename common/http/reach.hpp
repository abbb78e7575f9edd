// Which machines a request may be sent to.
#pragma once

#include "common/http/ip_address.hpp"

namespace modelseal::http {

/// Who named the server of a request decides where it may stand: a server must not send us to
/// services that trust this machine, or that give credentials to whoever asks from it.
enum class Reach {
    anywhere,       // the operator named it
    no_metadata,    // a server on this machine named it: no link-local address
    no_loopback,    // a server elsewhere named it: neither link-local nor this machine
    only_loopback,  // it is spoken to without TLS because it is said to be this machine
};

/// Whether a request with that reach may connect to `address`.
[[nodiscard]] bool may_connect(const IpAddress& address, Reach reach) noexcept;

/// The widest reach that leads from a server at `address` to none that is nearer to us: where the
/// name of that server may lead the next time that it is looked up.
[[nodiscard]] Reach reach_beside(const IpAddress& address) noexcept;

}  // namespace modelseal::http
