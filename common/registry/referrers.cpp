#include "common/registry/referrers.hpp"

#include "common/core/error.hpp"
#include "common/core/jitter.hpp"
#include "common/core/text.hpp"
#include "common/digest/sha256.hpp"
#include "common/registry/client/answer.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace modelseal::registry {

namespace {

using std::chrono::milliseconds;

constexpr int bad_request = 400;
constexpr int not_found = 404;
constexpr std::size_t entry_limit = 20'000;

/// A writer that read the index before us and writes it after us removes our entry. It cannot do so
/// for longer than it takes from its read to its write, so the index is watched for several times
/// as long as our own read and write took.
constexpr milliseconds shortest_watch{300};
constexpr milliseconds longest_watch{5000};
constexpr int watch_factor = 4;
constexpr milliseconds give_up_after{60'000};
constexpr int failures_in_a_row = 8;

void check_count(std::size_t count) {
    if (count > entry_limit) {
        throw core::Error(core::ErrorKind::unavailable,
                          core::Reason::limit_exceeded,
                          core::concat("the registry lists more than ", entry_limit, " referrers"));
    }
}

bool contains_all(const oci::Index& index,
                  const std::map<digest::Digest, oci::Descriptor>& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
        return std::any_of(
            index.manifests.begin(), index.manifests.end(), [&](const oci::Descriptor& listed) {
                return listed.digest == entry.first;
            });
    });
}

}  // namespace

oci::Tag referrers_tag(const digest::Digest& subject) {
    return oci::Tag::of_digest(subject);
}

std::vector<oci::Descriptor> Referrers::list(const digest::Digest& subject) const {
    return core::with_context(core::concat("listing the referrers of ", subject.to_string()), [&] {
        Entries entries = ask_api(subject).value_or(Entries());
        for (const oci::Descriptor& entry : read_tag(subject).manifests) {
            entries.emplace(entry.digest, entry);
        }
        check_count(entries.size());
        std::vector<oci::Descriptor> listed;
        for (const auto& [digest, entry] : entries) {
            listed.push_back(entry);
        }
        return listed;
    });
}

std::optional<Referrers::Entries> Referrers::ask_api(const digest::Digest& subject) const {
    Entries entries;
    std::optional<http::Url> page = endpoint_.referrers(subject);
    for (bool first = true; page; first = false) {
        http::Request request{.url = *page};
        request.headers.add("Accept", oci::media_types::image_index);
        request.body_limit = oci::manifest_size_limit;
        const http::Response response = client_.send(request);
        const bool no_api = response.status == not_found || response.status == bad_request;
        if (first && no_api) {
            return std::nullopt;
        }
        if (!response.ok()) {
            throw answer_error(request, response);
        }
        const std::size_t before = entries.size();
        for (const oci::Descriptor& entry : oci::Index::parse(response.body).manifests) {
            entries.emplace(entry.digest, entry);
        }
        check_count(entries.size());
        const auto next = http::next_link(response.headers);
        const bool grows = entries.size() > before;  // or the pages would never end
        page = next && grows ? std::optional(endpoint_.follow(*page, *next, "Link")) : std::nullopt;
    }
    return entries;
}

oci::Index Referrers::read_tag(const digest::Digest& subject) const {
    const auto content = manifests_.get(referrers_tag(subject));
    return content ? oci::Index::parse(content->bytes) : oci::Index();
}

void Referrers::write_tag(const digest::Digest& subject,
                          oci::Index index,
                          const Entries& entries) const {
    check_count(entries.size());
    index.manifests.clear();
    for (const auto& [digest, entry] : entries) {
        index.manifests.push_back(entry);
    }
    const std::string bytes = index.to_bytes();
    manifests_.put(referrers_tag(subject).to_string(),
                   oci::MediaType::parse(oci::media_types::image_index),
                   bytes,
                   digest::sha256_of(core::as_bytes(bytes)));
}

void Referrers::announce(const oci::Descriptor& referrer,
                         const digest::Digest& subject,
                         const http::Response& stored) const {
    // "A registry that supports the referrers API MUST set OCI-Subject"; some that have the API
    // predate the header, so that the list itself is asked, too.
    if (stored.headers.get("OCI-Subject")) {
        return;
    }
    core::with_context(core::concat("adding to the referrers of ", subject.to_string()), [&] {
        const auto listed = ask_api(subject);
        if (!listed || listed->count(referrer.digest) == 0) {
            add_to_tag(referrer, subject);
        }
    });
}

void Referrers::add_to_tag(const oci::Descriptor& referrer, const digest::Digest& subject) const {
    Watch watch{{{referrer.digest, referrer}}, Clock::now()};
    const Clock::time_point give_up = Clock::now() + give_up_after;
    milliseconds pause{50};
    for (int failures = 0; Clock::now() < give_up;) {
        try {
            if (is_settled(subject, watch)) {
                return;
            }
            failures = 0;
        } catch (const core::Error& error) {
            // Registries answer 5xx to a read that meets another client's half-done write.
            if (error.kind() != core::ErrorKind::unavailable || ++failures == failures_in_a_row) {
                throw;
            }
        }
        std::this_thread::sleep_for(core::random_wait(pause / 4, pause));
        pause = std::min(pause * 2, milliseconds(400));
    }
    throw core::Error(core::ErrorKind::unavailable,
                      core::Reason::registry_error,
                      "other writers keep replacing the list; try again");
}

bool Referrers::is_settled(const digest::Digest& subject, Watch& watch) const {
    const Clock::time_point begin = Clock::now();
    oci::Index index = read_tag(subject);
    const bool complete = contains_all(index, watch.seen);
    if (complete && begin >= watch.until) {
        return true;
    }
    for (const oci::Descriptor& entry : index.manifests) {
        watch.seen.emplace(entry.digest, entry);
    }
    if (!complete) {
        write_tag(subject, std::move(index), watch.seen);
        const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
        watch.until = Clock::now() + std::clamp(took * watch_factor, shortest_watch, longest_watch);
    }
    return false;
}

}  // namespace modelseal::registry
