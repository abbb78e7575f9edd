// How work that moves many bytes tells how far it is. cli/ shows it; everything below only reports.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace modelseal::core {

/// Told the numbers of bytes that reading, sending or writing has come further. Either may be
/// called from several threads, and may throw to end the work.
struct Advance {
    using Count = std::function<void(std::uint64_t)>;

    Count passed = [](std::uint64_t /*bytes*/) {
    };  // bytes that were just read, sent or written
    Count present = [](std::uint64_t /*bytes*/) {
    };  // bytes that need not be: they are there
};

/// A file or blob that something is done to.
struct Work {
    std::string action;           // a present participle: "hashing"
    std::string name;             // its object, as people know it: "model.safetensors"
    std::uint64_t size;           // bytes
    std::string digest{};         // "sha256:…", to be shown; empty while it is not known
    bool serves_another = false;  // with the same digest, which waits for it: one blob in a total
};

/// A request that failed and is about to be sent again.
struct Retry {
    std::string what;    // "GET https://registry.example/v2/"
    std::string reason;  // "the server answered 503"
    std::chrono::milliseconds wait{};
    unsigned retry = 1;  // of `retries`
    unsigned retries = 1;
};

/// Takes the reports of all threads. Those about one piece of work come from a Task.
class Progress {
  public:
    using Id = std::uint64_t;

    Progress() = default;
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    Progress(Progress&&) = delete;
    Progress& operator=(Progress&&) = delete;
    virtual ~Progress() = default;

    /// Says beforehand that a piece of work of so many bytes is going to begin, so that a total is
    /// known.
    virtual void expect(std::uint64_t bytes) = 0;

    [[nodiscard]] virtual Id begin(const Work& work) = 0;
    virtual void passed(Id id, std::uint64_t bytes) = 0;
    virtual void present(Id id, std::uint64_t bytes) = 0;

    /// What was done so far is worth nothing: it is done again.
    virtual void restart(Id id) = 0;

    /// `outcome` is a past participle: "Pushed", "Exists". `digest` as in Work.
    virtual void end(Id id, std::string_view outcome, std::string_view digest) = 0;
    virtual void fail(Id id) noexcept = 0;

    // What must be told while work is running

    virtual void retry(const Retry& retry) = 0;

    /// A sentence about something that work goes on in spite of.
    virtual void warn(std::string_view sentence) = 0;
};

/// One piece of work from its begin to its end. Each call is safe from any thread.
class Task {
  public:
    /// `progress` outlives this object.
    Task(Progress& progress, const Work& work) : progress_(progress), id_(progress.begin(work)) {}

    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    Task(Task&&) = delete;
    Task& operator=(Task&&) = delete;

    /// Work that does not come to its end() has failed.
    ~Task() {
        if (!ended_) {
            progress_.fail(id_);
        }
    }

    void passed(std::uint64_t bytes) { progress_.passed(id_, bytes); }

    void present(std::uint64_t bytes) { progress_.present(id_, bytes); }

    /// This object outlives the result.
    [[nodiscard]] Advance advance() {
        return {.passed = [this](std::uint64_t bytes) { passed(bytes); },
                .present =
                    [this](std::uint64_t bytes) {
                        present(bytes);
                    }};
    }

    void restart() { progress_.restart(id_); }

    void end(std::string_view outcome, std::string_view digest = "") {
        progress_.end(id_, outcome, digest);
        ended_ = true;
    }

  private:
    Progress& progress_;
    Progress::Id id_;
    bool ended_ = false;
};

class NoProgress final : public Progress {
  public:
    void expect(std::uint64_t /*bytes*/) override {}

    Id begin(const Work& /*work*/) override { return 0; }

    void passed(Id /*id*/, std::uint64_t /*bytes*/) override {}

    void present(Id /*id*/, std::uint64_t /*bytes*/) override {}

    void restart(Id /*id*/) override {}

    void end(Id /*id*/, std::string_view /*outcome*/, std::string_view /*digest*/) override {}

    void fail(Id /*id*/) noexcept override {}

    void retry(const Retry& /*retry*/) override {}

    void warn(std::string_view /*sentence*/) override {}
};

}  // namespace modelseal::core
