// How long work tells a person that it goes on. cli/ draws it; everything below only reports.
#pragma once

#include <cstdint>
#include <string_view>

namespace modelseal::core {

/// Thread-safe. A unit of work is announced, advanced and ended under the same name.
class Progress {
  public:
    Progress() = default;
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    Progress(Progress&&) = delete;
    Progress& operator=(Progress&&) = delete;
    virtual ~Progress() = default;

    /// `doing` is a present participle with its object: "hashing model.safetensors".
    virtual void begin(std::string_view doing, std::uint64_t total_bytes) = 0;
    virtual void advance(std::string_view doing, std::uint64_t bytes) = 0;

    /// `outcome` is shown instead of the bar: "Uploaded", "Exists", "Verified".
    virtual void end(std::string_view doing, std::string_view outcome) = 0;
};

class NoProgress final : public Progress {
  public:
    void begin(std::string_view /*doing*/, std::uint64_t /*total_bytes*/) override {}

    void advance(std::string_view /*doing*/, std::uint64_t /*bytes*/) override {}

    void end(std::string_view /*doing*/, std::string_view /*outcome*/) override {}
};

}  // namespace modelseal::core
