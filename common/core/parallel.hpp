// The same work for many items on a few threads.
#pragma once

#include <cstddef>
#include <functional>

namespace modelseal::core {

/// Calls `body(i)` for every i below `count`, in order of i, at most `threads` at a time (0 means
/// one per core). After the first exception no further item is started; once all running items have
/// ended it is thrown again here. A signal that ends the process is such an exception. Where the
/// system has no more threads, fewer do the same.
void parallel_for(std::size_t count,
                  std::size_t threads,
                  const std::function<void(std::size_t)>& body);

}  // namespace modelseal::core
