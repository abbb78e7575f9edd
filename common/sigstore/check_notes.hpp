// Checks, noted as they are made. Included in this domain only: by .cpp files, and by headers of
// which functions take notes.
#pragma once

#include "common/core/error.hpp"
#include "common/core/explanation.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelseal::sigstore {

/// The evidence of a check that held; where there is none, what was there and does not count.
struct Seen {
    std::string evidence;
    std::string passed_over{};
};

/// What a check found, and the evidence of it.
template <typename Value>
struct Noted {
    Noted(Value found, std::string in) : Noted(std::move(found), Seen{std::move(in)}) {}

    Noted(Value found, Seen in) : value(std::move(found)), seen(std::move(in)) {}

    Value value;
    Seen seen;
};

class CheckNotes {
  public:
    /// Makes a check, which throws when it does not hold and otherwise returns its evidence, and
    /// notes what became of it: nothing is explained that was not done. Without evidence nothing
    /// was there that counts, and nothing was demanded. Errors: those of `body`.
    template <typename Body>
    void check(std::string_view what, Body body) {
        static_cast<void>(made(what, [&] { return Noted(true, body()); }));
    }

    /// The same for a check that finds something: `body` returns it Noted.
    template <typename Body>
    auto made(std::string_view what, Body body) {
        try {
            auto noted = body();
            held(what, std::move(noted.seen));
            return std::move(noted.value);
        } catch (const core::Error& error) {
            failed(what, error);
            throw;
        }
    }

    /// The same for a check that is made only when somebody asks for it.
    template <typename Body>
    void check_if(bool asked, std::string_view what, Body body) {
        if (asked) {
            check(what, std::move(body));
        } else {
            not_asked(what);
        }
    }

    void failed(std::string_view what, const core::Error& why) {
        notes_.push_back({std::string(what), core::CheckNote::Outcome::failed, why.message()});
    }

    /// Of what was refused: the last note then says why, wherever `why` arose.
    [[nodiscard]] std::vector<core::CheckNote> take_refused(const core::Error& why) {
        if (notes_.empty() || notes_.back().outcome != core::CheckNote::Outcome::failed) {
            failed("evidence", why);
        }
        return take();
    }

    void not_asked(std::string_view what) {
        notes_.push_back({std::string(what), core::CheckNote::Outcome::not_asked});
    }

    void append(CheckNotes more) {
        for (core::CheckNote& note : more.notes_) {
            notes_.push_back(std::move(note));
        }
    }

    [[nodiscard]] std::vector<core::CheckNote> take() { return std::exchange(notes_, {}); }

  private:
    void held(std::string_view what, Seen seen) {
        if (!seen.evidence.empty()) {
            notes_.push_back(
                {std::string(what), core::CheckNote::Outcome::held, std::move(seen.evidence)});
            return;
        }
        notes_.push_back({std::string(what),
                          core::CheckNote::Outcome::not_asked,
                          seen.passed_over.empty() ? "there is none, and none is demanded"
                                                   : std::move(seen.passed_over)});
    }

    std::vector<core::CheckNote> notes_;
};

}  // namespace modelseal::sigstore
