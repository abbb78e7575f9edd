// What a registry can do, found out by asking it. Spec: OCI distribution-spec 1.1.
#pragma once

#include "common/core/error.hpp"
#include "common/core/time.hpp"
#include "common/oci/reference.hpp"
#include "common/registry/client/client.hpp"
#include "common/registry/client/endpoint.hpp"

#include <string>
#include <vector>

namespace modelseal::registry {

enum class Verdict {
    ok,
    warning,  // works, but something that others rely on is missing
    failed,
};

/// The answer to one question.
struct Diagnosis {
    std::string check;  // "reach", "login", "clock", "artifact", "referrers", "ranges", "push"
    Verdict verdict = Verdict::ok;
    std::string message;                                  // one sentence
    core::ErrorKind kind = core::ErrorKind::unavailable;  // of a failure
};

struct DiagnosisRequest {
    oci::Reference reference;  // with a tag or digest, also whether it can be read
    bool push = false;         // also begin an upload, and cancel it
};

/// Never throws for what a registry answers or does not answer: that is the diagnosis. When it
/// cannot be reached, or does not let us in, nothing else is asked. Nothing is stored.
[[nodiscard]] std::vector<Diagnosis> diagnose(Client& client,
                                              const Endpoint& endpoint,
                                              const DiagnosisRequest& request,
                                              const core::Clock& clock);

}  // namespace modelseal::registry
