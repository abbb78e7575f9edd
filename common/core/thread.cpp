#include "common/core/thread.hpp"

#include "common/core/error.hpp"

#include <system_error>
#include <utility>

namespace modelseal::core {

std::jthread start_thread(std::function<void(const std::stop_token&)> body) {
    try {
        return std::jthread(std::move(body));
    } catch (const std::system_error&) {
        // The reason keeps this apart from the errors of files and folders.
        throw Error(ErrorKind::io,
                    Reason::limit_exceeded,
                    "the system allows no more threads: raise the limit of processes (pids.max of "
                    "the container, ulimit -u)");
    }
}

}  // namespace modelseal::core
