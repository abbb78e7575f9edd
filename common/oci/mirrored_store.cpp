#include "common/oci/mirrored_store.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"

#include <atomic>
#include <exception>

namespace modelseal::oci {

namespace {

using core::concat;
using core::Error;
using core::ErrorKind;
using core::in_quotes;
using core::Reason;

/// Failures in a row after which a mirror that has been of use is not asked any more.
constexpr unsigned failure_limit = 3;

/// Not a failure of the mirror: the process is ending, or has a defect.
bool ends_the_process(ErrorKind kind) {
    return kind == ErrorKind::interrupted || kind == ErrorKind::terminated ||
           kind == ErrorKind::internal;
}

/// Asking again cannot help: other content than was asked for, or a refusal.
bool is_final(ErrorKind kind) {
    return kind == ErrorKind::mismatch || kind == ErrorKind::malformed ||
           kind == ErrorKind::denied || kind == ErrorKind::usage;
}

bool is_out_of_reach(const Error& error) {
    return error.kind() == ErrorKind::unavailable && error.reason() != Reason::limit_exceeded;
}

}  // namespace

/// A mirror and what is known of it.
class MirroredStore::Mirror {
  public:
    explicit Mirror(std::unique_ptr<Store> mirror_store) : store(std::move(mirror_store)) {}

    std::unique_ptr<Store> store;
    bool is_dropped = false;
    bool has_answered = false;
    unsigned failures = 0;  // since it answered
};

/// What became of the bytes of one blob: an error of whoever takes them is not one of the mirror.
class MirroredStore::Delivery {
  public:
    template <typename Take>
    void take(Take&& take_bytes) {
        try {
            std::forward<Take>(take_bytes)();
            begun_ = true;
        } catch (...) {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            throw;
        }
    }

    [[nodiscard]] bool has_begun() const noexcept { return begun_; }

    void rethrow_failure() const {
        const std::lock_guard lock(mutex_);
        if (failure_) {
            std::rethrow_exception(failure_);
        }
    }

  private:
    std::atomic<bool> begun_ = false;
    mutable std::mutex mutex_;  // guards failure_
    std::exception_ptr failure_;
};

class MirroredStore::DeliverySink final : public core::ByteSink {
  public:
    DeliverySink(core::ByteSink& to, Delivery& delivery) : to_(to), delivery_(delivery) {}

    void write(std::span<const std::byte> bytes) override {
        delivery_.take([&] { to_.write(bytes); });
    }

  private:
    core::ByteSink& to_;
    Delivery& delivery_;
};

class MirroredStore::DeliveryTarget final : public BlobTarget {
  public:
    DeliveryTarget(BlobTarget& to, Delivery& delivery) : to_(to), delivery_(delivery) {}

    [[nodiscard]] std::vector<core::ByteRange> missing() const override { return to_.missing(); }

    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
        delivery_.take([&] { to_.write_at(offset, bytes); });
    }

  private:
    BlobTarget& to_;
    Delivery& delivery_;
};

MirroredStore::MirroredStore(std::unique_ptr<Store> origin,
                             std::vector<std::unique_ptr<Store>> mirrors,
                             std::function<void(const std::string&)> warn)
    : StoreDecorator(std::move(origin)), warn_(std::move(warn)) {
    for (std::unique_ptr<Store>& mirror : mirrors) {
        mirrors_.push_back(std::make_unique<Mirror>(std::move(mirror)));
    }
}

MirroredStore::~MirroredStore() = default;

Descriptor MirroredStore::resolve(const Tag& tag) {
    try {
        return inner().resolve(tag);
    } catch (const Error& error) {
        if (!is_out_of_reach(error)) {
            throw;
        }
        throw Error(error.kind(),
                    error.reason(),
                    concat(error.message(),
                           "; only the registry itself says what a tag means: name the artifact "
                           "by its digest to have it from the mirrors alone"));
    }
}

std::optional<Error> MirroredStore::ask(Mirror& mirror,
                                        const Delivery& delivery,
                                        const std::function<void(Store&)>& question) {
    try {
        question(*mirror.store);
    } catch (const Error& error) {
        delivery.rethrow_failure();
        if (ends_the_process(error.kind())) {
            throw;
        }
        note_failure(mirror, error);
        return error;
    }
    const std::lock_guard lock(mutex_);
    mirror.has_answered = true;
    mirror.failures = 0;
    return std::nullopt;
}

ManifestContent MirroredStore::fetch_manifest(const digest::Digest& digest) {
    std::optional<ManifestContent> content;
    for (Mirror* mirror : mirrors_in_use()) {
        if (!ask(*mirror, Delivery(), [&](Store& store) {
                content.emplace(store.fetch_manifest(digest));
            })) {
            return std::move(*content);
        }
    }
    return inner().fetch_manifest(digest);
}

void MirroredStore::fetch_blob(const Descriptor& blob, core::ByteSink& to) {
    Delivery delivery;
    DeliverySink sink(to, delivery);
    for (Mirror* mirror : mirrors_in_use()) {
        const auto failure =
            ask(*mirror, delivery, [&](Store& store) { store.fetch_blob(blob, sink); });
        if (!failure) {
            return;
        }
        if (delivery.has_begun()) {  // what a sink has taken cannot be taken back
            drop(*mirror, failure->message());
            note_contributor(blob, *mirror);
            throw Error(*failure);
        }
    }
    inner().fetch_blob(blob, to);
}

void MirroredStore::fetch_parts(const Descriptor& blob, BlobTarget& to) {
    for (Mirror* mirror : mirrors_in_use()) {
        Delivery delivery;
        DeliveryTarget target(to, delivery);
        const auto failure =
            ask(*mirror, delivery, [&](Store& store) { store.fetch_parts(blob, target); });
        if (delivery.has_begun()) {
            note_contributor(blob, *mirror);
        }
        if (!failure) {
            return;
        }
    }
    inner().fetch_parts(blob, to);
}

bool MirroredStore::give_up_source(const Descriptor& blob) {
    std::set<Mirror*> contributors;
    {
        const std::lock_guard lock(mutex_);
        if (auto known = contributors_.extract(blob.digest)) {
            contributors = std::move(known.mapped());
        }
    }
    for (Mirror* mirror : contributors) {
        drop(*mirror, concat("what it sent does not have the digest ", blob.digest.to_string()));
    }
    return !contributors.empty();
}

std::vector<Descriptor> MirroredStore::referrers(const digest::Digest& subject) {
    try {
        return inner().referrers(subject);
    } catch (const Error& error) {
        if (!is_out_of_reach(error)) {
            throw;
        }
        auto listed = referrers_by_mirrors(subject);
        if (!listed) {
            throw;
        }
        return std::move(*listed);
    }
}

/// Nothing when no mirror has answered.
std::optional<std::vector<Descriptor>> MirroredStore::referrers_by_mirrors(
    const digest::Digest& subject) {
    std::map<digest::Digest, Descriptor> found;
    std::vector<std::string> answered;
    for (Mirror* mirror : mirrors_in_use()) {
        const auto failure = ask(*mirror, Delivery(), [&](Store& store) {
            for (Descriptor& referrer : store.referrers(subject)) {
                found.try_emplace(referrer.digest, std::move(referrer));
            }
        });
        if (!failure) {
            answered.push_back(in_quotes(mirror->store->repository().to_string()));
        }
    }
    if (answered.empty()) {
        return std::nullopt;
    }
    warn_(concat(in_quotes(repository().to_string()),
                 " cannot be reached: only those signatures are seen that are listed by ",
                 core::join(answered, ", ")));
    std::vector<Descriptor> listed;
    for (auto& [digest, referrer] : found) {
        listed.push_back(std::move(referrer));
    }
    return listed;
}

std::vector<MirroredStore::Mirror*> MirroredStore::mirrors_in_use() const {
    const std::lock_guard lock(mutex_);
    std::vector<Mirror*> in_use;
    for (const std::unique_ptr<Mirror>& mirror : mirrors_) {
        if (!mirror->is_dropped) {
            in_use.push_back(mirror.get());
        }
    }
    return in_use;
}

void MirroredStore::note_failure(Mirror& mirror, const Error& error) {
    bool is_enough = is_final(error.kind());
    if (!is_enough) {
        const std::lock_guard lock(mutex_);
        if (error.kind() == ErrorKind::not_found) {
            mirror.has_answered = true;
            mirror.failures = 0;
            return;
        }
        ++mirror.failures;
        is_enough = !mirror.has_answered || mirror.failures == failure_limit;
    }
    if (is_enough) {
        drop(mirror, error.message());
    }
}

void MirroredStore::note_contributor(const Descriptor& blob, Mirror& mirror) {
    const std::lock_guard lock(mutex_);
    contributors_[blob.digest].insert(&mirror);
}

void MirroredStore::drop(Mirror& mirror, std::string_view reason) {
    {
        const std::lock_guard lock(mutex_);
        if (mirror.is_dropped) {
            return;
        }
        mirror.is_dropped = true;
    }
    warn_(concat("the mirror ",
                 in_quotes(mirror.store->repository().to_string()),
                 " is not asked any more: ",
                 reason));
}

}  // namespace modelseal::oci
