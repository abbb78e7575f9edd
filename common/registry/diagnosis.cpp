#include "common/registry/diagnosis.hpp"

#include "common/core/error.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/http/date.hpp"
#include "common/registry/client/answer.hpp"
#include "common/registry/manifests.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <tuple>
#include <utility>

namespace modelseal::registry {

namespace {

using core::concat;

constexpr int ok = 200;
constexpr int accepted = 202;
constexpr int partial_content = 206;
constexpr int unauthorized = 401;
constexpr int forbidden = 403;
constexpr int not_found = 404;
constexpr std::int64_t clock_tolerance = 60;  // seconds; tokens live for as little as that

/// Asks one registry one question after the other.
class Doctor {
  public:
    Doctor(Client& client,
           const Endpoint& endpoint,
           const DiagnosisRequest& request,
           const core::Clock& clock)
        : client_(client), endpoint_(endpoint), request_(request), clock_(clock) {}

    std::vector<Diagnosis> run() {
        ask("reach", [&] { return reach(); });
        if (findings_.back().verdict == Verdict::failed) {
            return std::move(findings_);
        }
        ask("login", [&] { return log_in(); });
        if (findings_.back().verdict == Verdict::failed) {
            return std::move(findings_);
        }
        ask("clock", [&] { return compare_clocks(); });
        if (request_.reference.digest || !request_.reference.tags.empty()) {
            ask("artifact", [&] { return read_artifact(); });
        }
        ask("referrers", [&] { return ask_referrers(); });
        if (largest_blob_) {
            ask("ranges", [&] { return ask_range(); });
        }
        if (request_.push) {
            ask("push", [&] { return begin_upload(); });
        }
        return std::move(findings_);
    }

  private:
    template <typename Question>
    void ask(std::string check, const Question& question) {
        Diagnosis finding{.check = std::move(check), .message = {}};
        try {
            std::tie(finding.verdict, finding.message) = question();
        } catch (const core::Error& error) {
            if (error.kind() == core::ErrorKind::interrupted ||
                error.kind() == core::ErrorKind::terminated) {
                throw;
            }
            finding.verdict = Verdict::failed;
            finding.message = error.message();
            finding.kind = error.kind();
        }
        findings_.push_back(std::move(finding));
    }

    using Answer = std::pair<Verdict, std::string>;

    /// A registry that does not let us in has been reached.
    Answer reach() {
        const http::Request request{.url = endpoint_.base().resolve("/v2/")};
        try {
            const http::Response response = client_.send(request);
            date_ = response.headers.get("Date");
            if (response.status == unauthorized || response.status == forbidden) {
                refusal_ = answer_error(request, response);
            } else if (!response.ok()) {
                throw answer_error(request, response);
            }
        } catch (const core::Error& error) {
            const bool is_answer = error.kind() == core::ErrorKind::denied &&
                                   error.reason() != core::Reason::network_error;
            if (!is_answer) {
                throw;
            }
            refusal_ = error;
        }
        const bool is_encrypted = endpoint_.base().scheme() == "https";
        return {Verdict::ok,
                concat(endpoint_.base().origin(),
                       " answers",
                       is_encrypted ? ", with a certificate that is trusted" : ", without TLS")};
    }

    Answer log_in() const {
        if (refusal_) {
            throw core::Error(*refusal_);
        }
        return {Verdict::ok, "the registry lets us in"};
    }

    Answer compare_clocks() const {
        const core::Timestamp now = clock_.now();
        const auto theirs = date_ ? http::parse_date(*date_, now) : std::nullopt;
        if (!theirs) {
            return {Verdict::warning, "the registry does not say what time it is"};
        }
        const std::int64_t difference = now.unix_seconds() - theirs->unix_seconds();
        if (std::abs(difference) <= clock_tolerance) {
            return {Verdict::ok, "the clock here agrees with the registry's"};
        }
        return {Verdict::warning,
                concat("the clock here is ",
                       std::abs(difference),
                       " s ",
                       difference > 0 ? "ahead of" : "behind",
                       " the registry's: tokens and certificates can look expired; set it")};
    }

    Answer read_artifact() {
        const Manifests manifests(client_, endpoint_);
        const oci::Reference& reference = request_.reference;
        const auto content = reference.digest ? manifests.get(*reference.digest)
                                              : manifests.get(reference.tags.front());
        if (!content) {
            throw core::Error(core::ErrorKind::not_found,
                              concat(reference.to_string(), " is not there"));
        }
        subject_ = content->descriptor.digest;
        if (oci::is_manifest(content->descriptor.media_type)) {
            const oci::Manifest manifest = oci::Manifest::parse(content->bytes);
            const auto largest = std::max_element(
                manifest.layers.begin(), manifest.layers.end(), [](const auto& a, const auto& b) {
                    return a.size < b.size;
                });
            largest_blob_ = largest != manifest.layers.end() ? *largest : manifest.config;
        }
        return {Verdict::ok, concat("it can be read: ", subject_->to_string())};
    }

    /// Of an artifact that need not exist: a registry with the API answers with an empty list.
    Answer ask_referrers() {
        const digest::Digest subject =
            subject_ ? *subject_ : digest::sha256_of(core::as_bytes(std::string_view()));
        const http::Request request{.url = endpoint_.referrers(subject)};
        const http::Response response = client_.send(request);
        if (response.status == ok) {
            return {Verdict::ok, "signatures are listed by the referrers API"};
        }
        if (response.status == not_found) {
            return {Verdict::warning,
                    "there is no referrers API: signatures are listed by a tag, which other tools "
                    "that sign at the same time can overwrite"};
        }
        throw answer_error(request, response);
    }

    Answer ask_range() {
        http::Request request{.url = endpoint_.blob(largest_blob_->digest)};
        request.headers.add("Range", "bytes=0-0");
        request.enough = 1;
        const http::Response response = client_.send(request);
        if (response.status == partial_content) {
            return {Verdict::ok, "parts of blobs are served: a download that breaks off goes on"};
        }
        if (response.status == ok) {
            return {Verdict::warning,
                    "parts of blobs are not served: a download that breaks off starts over"};
        }
        throw answer_error(request, response);
    }

    Answer begin_upload() {
        const http::Request request{.method = http::Method::post, .url = endpoint_.uploads()};
        const http::Response response = client_.send(request);
        const auto location = response.headers.get("Location");
        if (response.status != accepted || !location) {
            throw answer_error(request, response);
        }
        const http::Url session = endpoint_.follow(request.url, *location, "Location");
        const http::Response cancelled =
            client_.send({.method = http::Method::remove, .url = session});
        const auto smallest = response.headers.get("OCI-Chunk-Min-Length");
        const std::string parts =
            smallest ? concat("; parts of at least ", core::in_quotes(*smallest), " bytes") : "";
        return cancelled.ok()
                   ? Answer{Verdict::ok, concat("an upload can be begun and cancelled", parts)}
                   : Answer{Verdict::warning,
                            concat("an upload can be begun, but not cancelled: what is broken off "
                                   "stays until the registry removes it",
                                   parts)};
    }

    Client& client_;
    const Endpoint& endpoint_;
    const DiagnosisRequest& request_;
    const core::Clock& clock_;
    std::vector<Diagnosis> findings_;
    std::optional<core::Error> refusal_;  // of the login
    std::optional<std::string> date_;
    std::optional<digest::Digest> subject_;
    std::optional<oci::Descriptor> largest_blob_;
};

}  // namespace

std::vector<Diagnosis> diagnose(Client& client,
                                const Endpoint& endpoint,
                                const DiagnosisRequest& request,
                                const core::Clock& clock) {
    return Doctor(client, endpoint, request, clock).run();
}

}  // namespace modelseal::registry
