#include "common/http/reach.hpp"

namespace modelseal::http {

bool may_connect(const IpAddress& address, Reach reach) noexcept {
    switch (reach) {
        case Reach::anywhere:
            return true;
        case Reach::no_metadata:
            return !address.is_link_local();
        case Reach::no_loopback:
            return !address.is_link_local() && !address.is_loopback() && !address.is_unspecified();
        case Reach::only_loopback:
            return address.is_loopback();
    }
    return false;
}

Reach reach_beside(const IpAddress& address) noexcept {
    if (address.is_link_local()) {
        return Reach::anywhere;
    }
    return may_connect(address, Reach::no_loopback) ? Reach::no_loopback : Reach::no_metadata;
}

}  // namespace modelseal::http
