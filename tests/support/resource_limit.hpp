// A limit of this process that is lower for a while: what a full disk or a full table of open files
// does, without filling one.
#pragma once

#include <stdexcept>

#include <sys/resource.h>

namespace modelseal::test {

class ResourceLimit {
  public:
    /// `resource` as for getrlimit(2). The hard limit stays, so that the old one can come back.
    ResourceLimit(__rlimit_resource resource, rlim_t limit) : resource_(resource) {
        if (::getrlimit(resource_, &before_) != 0) {
            throw std::runtime_error("the resource limit cannot be read");
        }
        rlimit lower = before_;
        lower.rlim_cur = limit;
        if (::setrlimit(resource_, &lower) != 0) {
            throw std::runtime_error("the resource limit cannot be lowered");
        }
    }

    ResourceLimit(const ResourceLimit&) = delete;
    ResourceLimit& operator=(const ResourceLimit&) = delete;
    ResourceLimit(ResourceLimit&&) = delete;
    ResourceLimit& operator=(ResourceLimit&&) = delete;

    ~ResourceLimit() { ::setrlimit(resource_, &before_); }

  private:
    __rlimit_resource resource_;
    rlimit before_{};
};

}  // namespace modelseal::test
