// A store in front of another one: what it does not do itself, the other does.
#pragma once

#include "common/oci/store.hpp"

#include <memory>
#include <utility>

namespace modelseal::oci {

class StoreDecorator : public Store {
  public:
    explicit StoreDecorator(std::unique_ptr<Store> inner) : inner_(std::move(inner)) {}

    [[nodiscard]] const Repository& repository() const noexcept override {
        return inner_->repository();
    }

    [[nodiscard]] bool sends_unasked(std::uint64_t size) const noexcept override {
        return inner_->sends_unasked(size);
    }

    [[nodiscard]] Descriptor resolve(const Tag& tag) override { return inner_->resolve(tag); }

    [[nodiscard]] ManifestContent fetch_manifest(const digest::Digest& digest) override {
        return inner_->fetch_manifest(digest);
    }

    void fetch_blob(const Descriptor& blob, core::ByteSink& to) override {
        inner_->fetch_blob(blob, to);
    }

    void fetch_parts(const Descriptor& blob, BlobTarget& to) override {
        inner_->fetch_parts(blob, to);
    }

    [[nodiscard]] bool give_up_source(const Descriptor& blob) override {
        return inner_->give_up_source(blob);
    }

    std::size_t read_blob_at(const Descriptor& blob,
                             std::uint64_t offset,
                             std::span<std::byte> buffer) override {
        return inner_->read_blob_at(blob, offset, buffer);
    }

    [[nodiscard]] std::vector<Descriptor> referrers(const digest::Digest& subject) override {
        return inner_->referrers(subject);
    }

    [[nodiscard]] std::vector<Tag> tags() override { return inner_->tags(); }

    [[nodiscard]] bool has_blob(const Descriptor& blob) override { return inner_->has_blob(blob); }

    digest::Digest push_blob(const core::RandomAccess& content,
                             const std::optional<digest::Digest>& expected,
                             const core::Advance& advance) override {
        return inner_->push_blob(content, expected, advance);
    }

    Descriptor push_manifest(const MediaType& type,
                             std::string_view bytes,
                             const std::vector<Tag>& tags) override {
        return inner_->push_manifest(type, bytes, tags);
    }

  protected:
    [[nodiscard]] Store& inner() const noexcept { return *inner_; }

  private:
    std::unique_ptr<Store> inner_;
};

}  // namespace modelseal::oci
