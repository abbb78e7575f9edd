#include "common/core/subprocess.hpp"

#include "common/core/error.hpp"
#include "common/core/file_descriptor.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <span>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace modelseal::core {

namespace {

constexpr std::size_t output_limit = std::size_t{1} << 20U;

struct Pipe {
    FileDescriptor read_end;
    FileDescriptor write_end;
};

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw system_error(errno, "creating a pipe");
    }
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

using Deadline = std::chrono::steady_clock::time_point;

/// Waits for events until the deadline. Errors: unavailable once it has passed, io; those of
/// check_termination().
void poll_until(std::span<pollfd> waiting, Deadline deadline, const std::string& program) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
        throw Error(ErrorKind::unavailable, concat(in_quotes(program), " did not finish in time"));
    }
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) < 0 &&
        errno != EINTR) {
        throw system_error(errno, concat("waiting for ", in_quotes(program)));
    }
    check_termination();
}

/// A running child that cannot outlive this object.
class Child {
  public:
    explicit Child(pid_t pid) noexcept : pid_(pid) {}

    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child(Child&&) = delete;
    Child& operator=(Child&&) = delete;

    ~Child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            wait();
        }
    }

    /// Its status once it has ended. Errors: unavailable when it does not until the deadline.
    int wait_until(Deadline deadline, const std::string& program) {
        // Not by <sys/pidfd.h>: glibc 2.36 declares it without C linkage.
        const FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
        if (!handle) {
            throw system_error(errno, concat("watching ", in_quotes(program)));
        }
        std::array<pollfd, 1> ended = {{{handle.get(), POLLIN, 0}}};
        while (ended[0].revents == 0) {
            poll_until(ended, deadline, program);
        }
        return wait();
    }

  private:
    int wait() noexcept {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = -1;
        return status;
    }

    pid_t pid_;
};

/// The words as posix_spawn(3) and execvp(3) take them; valid while `arguments` are.
std::vector<char*> argv_of(const std::vector<std::string>& arguments) {
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: char* const[], unchanged
    }
    argv.push_back(nullptr);
    return argv;
}

/// The variables of this process, but for those that hold what no other program needs.
std::vector<char*> variables_for_others() {
    constexpr std::array<std::string_view, 1> secret = {"COSIGN_PASSWORD="};
    std::vector<char*> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        if (std::none_of(secret.begin(), secret.end(), [&](std::string_view name) {
                return text.starts_with(name);
            })) {
            variables.push_back(*variable);
        }
    }
    variables.push_back(nullptr);
    return variables;
}

pid_t spawn(const std::vector<std::string>& arguments, const Pipe& input, const Pipe& output) {
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input.read_end.get(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output.write_end.get(), STDOUT_FILENO);
    const std::vector<char*> argv = argv_of(arguments);
    const std::vector<char*> variables = variables_for_others();
    // run_main() ignores SIGPIPE; a program that was not written for that must not inherit it.
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    sigset_t reset{};
    ::sigemptyset(&reset);
    ::sigaddset(&reset, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes, &reset);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t pid = -1;
    const int error_number =
        ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), variables.data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error_number != 0) {
        throw system_error(error_number, concat("starting ", in_quotes(arguments.at(0))));
    }
    return pid;
}

/// Feeds and drains the child at the same time, so that neither side waits for the other.
class Conversation {
  public:
    Conversation(Pipe& input, Pipe& output, std::string_view text, Deadline deadline)
        : input_(input), output_(output), rest_(text), deadline_(deadline) {
        ::fcntl(input_.write_end.get(), F_SETFL, O_NONBLOCK);
    }

    std::string run(const std::string& program) {
        while (step(program)) {
        }
        return std::move(received_);
    }

  private:
    bool step(const std::string& program) {
        if (rest_.empty()) {
            input_.write_end = FileDescriptor();
        }
        std::array<pollfd, 2> waiting = {
            {{output_.read_end.get(), POLLIN, 0}, {input_.write_end.get(), POLLOUT, 0}}};
        poll_until(waiting, deadline_, program);
        if (waiting[1].revents != 0) {
            feed();
        }
        return waiting[0].revents == 0 || drain(program);
    }

    void feed() {
        const ssize_t count = ::write(input_.write_end.get(), rest_.data(), rest_.size());
        if (count >= 0) {
            rest_.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EAGAIN && errno != EINTR) {
            rest_ = {};  // the program does not want the rest; what it prints decides
        }
    }

    bool drain(const std::string& program) {
        std::array<char, 65536> buffer{};
        const ssize_t count = ::read(output_.read_end.get(), buffer.data(), buffer.size());
        if (count < 0) {
            return errno == EINTR;
        }
        received_.append(buffer.data(), static_cast<std::size_t>(count));
        if (received_.size() > output_limit) {
            throw Error(ErrorKind::malformed,
                        Reason::limit_exceeded,
                        concat(in_quotes(program), " printed more than ", output_limit, " bytes"));
        }
        return count > 0;
    }

    Pipe& input_;
    Pipe& output_;
    std::string_view rest_;
    std::string received_;
    Deadline deadline_;
};

}  // namespace

SubprocessResult SystemSubprocess::run(const std::vector<std::string>& arguments,
                                       std::string_view input,
                                       unsigned timeout_seconds) {
    Pipe to_child = make_pipe();
    Pipe from_child = make_pipe();
    Child child(spawn(arguments, to_child, from_child));
    to_child.read_end = FileDescriptor();
    from_child.write_end = FileDescriptor();
    const Deadline deadline =
        std::chrono::steady_clock::now() + std::chrono::seconds(timeout_seconds);
    SubprocessResult result;
    result.output = Conversation(to_child, from_child, input, deadline).run(arguments.at(0));
    const int status = child.wait_until(deadline, arguments.at(0));
    result.killed = WIFSIGNALED(status);
    result.exit_code = result.killed ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

void replace_process(const std::vector<std::string>& arguments) {
    if (arguments.empty()) {
        throw Error(ErrorKind::usage, "there is no command to run");
    }
    const std::vector<char*> argv = argv_of(arguments);
    check_termination();
    ::alarm(0);  // a pending one survives exec, too, and would end the program
    // Ignored signals stay ignored across exec; a server that does not expect that never ends.
    static_cast<void>(std::signal(SIGPIPE, SIG_DFL));
    ::execvp(argv.front(), argv.data());
    throw system_error(errno, concat("running ", in_quotes(arguments.front())));
}

}  // namespace modelseal::core
