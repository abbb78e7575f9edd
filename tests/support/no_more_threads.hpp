// A process in which no thread can be started.
#pragma once

#include <cstddef>

#include <doctest/doctest.h>
#include <pthread.h>

namespace modelseal::test {

/// New threads ask for a stack that no machine has.
class NoMoreThreads {
  public:
    NoMoreThreads() {
        REQUIRE(::pthread_getattr_default_np(&before_) == 0);
        pthread_attr_t greedy;
        REQUIRE(::pthread_getattr_default_np(&greedy) == 0);
        REQUIRE(::pthread_attr_setstacksize(&greedy, std::size_t{1} << 60U) == 0);
        REQUIRE(::pthread_setattr_default_np(&greedy) == 0);
        ::pthread_attr_destroy(&greedy);
    }

    NoMoreThreads(const NoMoreThreads&) = delete;
    NoMoreThreads& operator=(const NoMoreThreads&) = delete;
    NoMoreThreads(NoMoreThreads&&) = delete;
    NoMoreThreads& operator=(NoMoreThreads&&) = delete;

    ~NoMoreThreads() {
        ::pthread_setattr_default_np(&before_);
        ::pthread_attr_destroy(&before_);
    }

  private:
    pthread_attr_t before_{};
};

}  // namespace modelseal::test
