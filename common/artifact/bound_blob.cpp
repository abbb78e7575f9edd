#include "common/artifact/bound_blob.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"

#include <algorithm>
#include <list>

namespace modelseal::artifact {

namespace {

[[noreturn]] void changed(const oci::Descriptor& blob) {
    throw core::Error(core::ErrorKind::mismatch,
                      core::Reason::changed_while_read,
                      core::concat("the store gave different bytes for parts and for the whole of ",
                                   blob.digest.to_string()));
}

}  // namespace

/// Hashes each range again out of the stream of the whole blob.
class BoundBlob::Comparison final : public core::ByteSink {
  public:
    Comparison(const oci::Descriptor& blob,
               const std::map<Range, digest::Digest>& ranges,
               const std::function<void(std::uint64_t)>& advanced)
        : blob_(blob), next_(ranges.begin()), end_(ranges.end()), advanced_(advanced) {}

    void write(std::span<const std::byte> bytes) override {
        const std::uint64_t until = position_ + bytes.size();
        for (; next_ != end_ && next_->first.offset < until; ++next_) {
            open_.emplace_back(next_->first, next_->second);
        }
        for (auto range = open_.begin(); range != open_.end();) {
            feed(*range, bytes);
            range = range->range.offset + range->range.length <= until ? close(range)
                                                                       : std::next(range);
        }
        position_ = until;
        advanced_(bytes.size());
    }

    /// Errors: mismatch when the blob ended before a range did.
    void finish() const {
        if (!open_.empty() || next_ != end_) {
            changed(blob_);
        }
    }

  private:
    struct OpenRange {
        OpenRange(Range expected_range, digest::Digest expected_digest)
            : range(expected_range), expected(expected_digest) {}

        Range range;
        digest::Digest expected;
        digest::Sha256 hash;
    };

    void feed(OpenRange& open, std::span<const std::byte> bytes) const {
        const std::uint64_t from = std::max(open.range.offset, position_);
        const std::uint64_t to =
            std::min(open.range.offset + open.range.length, position_ + bytes.size());
        open.hash.write(bytes.subspan(from - position_, to - from));
    }

    std::list<OpenRange>::iterator close(std::list<OpenRange>::iterator range) {
        if (range->hash.finish() != range->expected) {
            changed(blob_);
        }
        return open_.erase(range);
    }

    const oci::Descriptor& blob_;
    std::map<Range, digest::Digest>::const_iterator next_;
    std::map<Range, digest::Digest>::const_iterator end_;
    const std::function<void(std::uint64_t)>& advanced_;
    std::list<OpenRange> open_;
    std::uint64_t position_ = 0;
};

BoundBlob::BoundBlob(oci::Store& store, oci::Descriptor blob, core::WindowPool& pool)
    : store_(store), blob_(std::move(blob)), content_(store, blob_), windowed_(content_, pool) {}

std::size_t BoundBlob::read_at(std::uint64_t offset, std::span<std::byte> buffer) const {
    const std::size_t count = windowed_.read_at(offset, buffer);
    if (count > 0) {
        const digest::Digest digest = digest::sha256_of(buffer.first(count));
        const std::lock_guard lock(mutex_);
        const auto known = handed_out_.try_emplace(Range{offset, count}, digest).first;
        if (known->second != digest) {
            changed(blob_);
        }
    }
    return count;
}

void BoundBlob::prove(const std::function<void(std::uint64_t)>& advanced) const {
    Comparison comparison(blob_, handed_out_, advanced);
    store_.fetch_blob(blob_, comparison);
    comparison.finish();
}

}  // namespace modelseal::artifact
