// A small model folder with a seal, signed or not, for tests of what verifies it.
#pragma once

#include "common/core/files/folder.hpp"
#include "common/crypto/private_key.hpp"
#include "common/crypto/signature.hpp"
#include "common/digest/sha256.hpp"
#include "common/oci/annotation_keys.hpp"
#include "common/oci/manifest.hpp"
#include "common/seal/seal.hpp"
#include "common/sigstore/sign.hpp"
#include "tests/support/temporary_folder.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace modelseal::test {

class SealedModel {
  public:
    /// config.json, weights/model.safetensors and an unsigned seal.
    SealedModel() {
        add("config.json", "{}");
        add("weights/model.safetensors", "not really weights");
        seal();
    }

    [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

    [[nodiscard]] core::Folder open() const { return core::Folder::open(folder_.path()); }

    [[nodiscard]] digest::Digest digest() const { return content_.manifest_digest(); }

    oci::Manifest& manifest() { return manifest_; }

    seal::Seal& content() { return content_; }

    void add(std::string_view path, std::string_view content) {
        folder_.write(path, content);
        manifest_.layers.push_back(
            {.media_type = oci::MediaType::parse(oci::media_types::octet_stream),
             .digest = digest::sha256_of(core::as_bytes(content)),
             .size = content.size(),
             .annotations = {{std::string(oci::annotation_keys::title), std::string(path)}}});
    }

    /// Seals the manifest as it is now.
    void seal() {
        content_ = {.manifest = manifest_.to_bytes()};
        write();
    }

    /// Adds a signature of `artifact` by the model's key.
    void sign(const digest::Digest& artifact, const oci::Annotations& annotations) {
        crypto::KeySigner signer(key_);
        sigstore::KeyBundleMaker maker(signer);
        content_.evidence.push_back(sigstore::sign_artifact(artifact, annotations, maker).bundle);
        write();
    }

    void write() { seal::write_seal(open(), content_); }

    [[nodiscard]] crypto::PublicKey key() const { return crypto::KeySigner(key_).public_key(); }

  private:
    TemporaryFolder folder_;
    oci::Manifest manifest_{.config = oci::empty_descriptor()};
    seal::Seal content_;
    crypto::PrivateKey key_ = crypto::PrivateKey::generate();
};

}  // namespace modelseal::test
