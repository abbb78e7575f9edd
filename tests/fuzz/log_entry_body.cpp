// fuzz: sigstore_log
#include "common/core/error.hpp"
#include "common/sigstore/log/entry_binding.hpp"
#include "common/sigstore/trust/trusted_root.hpp"
#include "tests/fuzz/fuzz.hpp"

void fuzz(std::span<const std::byte> input) {
    using namespace modelseal;
    static const sigstore::SignedContent content{
        .signer = sigstore::TrustedRoot::public_good().logs().at(0).key,
        .content = sigstore::Envelope{
            .payload_type = "t", .payload = "p", .signature = core::to_bytes("s")}};
    try {
        const auto kind = sigstore::EntryKind::of_body(input);
        const sigstore::LogEntry entry{.kind = kind.kind,
                                       .version = kind.version,
                                       .body = core::Bytes(input.begin(), input.end())};
        if (kind.is_rekor_v1()) {
            static_cast<void>(sigstore::EntryBody::parse(input));
        }
        static_cast<void>(sigstore::verify_entry_binding(entry, content));
    } catch (const core::Error&) {  // refusing is fine
    }
}
