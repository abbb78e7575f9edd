#include "common/registry/auth/authorizer.hpp"

#include "common/core/text.hpp"
#include "common/http/challenge.hpp"

#include <algorithm>

namespace modelseal::registry {

namespace {

using std::chrono::seconds;

/// So long before its end a token is renewed: a request under way then still arrives in time.
constexpr seconds longest_margin{30};

constexpr std::string_view how_to_log_in =
    ": log in with 'oras login' or 'docker login', or give --username and --password-stdin";

std::vector<http::Challenge> challenges_of(const http::Response& response) {
    std::vector<http::Challenge> all;
    for (const std::string& field : response.headers.get_all("WWW-Authenticate")) {
        for (http::Challenge& challenge : http::parse_challenges(field)) {
            all.push_back(std::move(challenge));
        }
    }
    return all;
}

const http::Challenge* find(const std::vector<http::Challenge>& challenges,
                            std::string_view scheme) {
    const auto found =
        std::find_if(challenges.begin(), challenges.end(), [&](const http::Challenge& challenge) {
            return challenge.scheme == scheme;
        });
    return found == challenges.end() ? nullptr : &*found;
}

core::Secret bearer_authorization(const core::Secret& token) {
    std::string value = core::concat("Bearer ", token.reveal());
    core::Secret header(value);
    core::wipe(value);
    return header;
}

core::Timestamp renewal_time(core::Timestamp asked, seconds lifetime) {
    const seconds margin = std::min(longest_margin, lifetime / 4);
    return core::Timestamp::from_unix(asked.unix_seconds() + (lifetime - margin).count());
}

}  // namespace

Authorizer::Authorizer(http::Transport& transport,
                       http::Url origin,
                       CredentialSource credentials,
                       Scopes scopes,
                       const core::Clock& clock)
    : transport_(transport),
      origin_(std::move(origin)),
      credentials_(std::move(credentials)),
      clock_(clock),
      wanted_(std::move(scopes)) {}

Authorization Authorizer::current() {
    const std::lock_guard lock(mutex_);
    if (renew_at_ && clock_.now() >= *renew_at_) {
        fetch();
    }
    return authorization_;
}

Authorization Authorizer::renew(const http::Response& refusal,
                                const Authorization& used,
                                http::Reach own) {
    const std::lock_guard lock(mutex_);
    if (authorization_.serial != used.serial) {
        return authorization_;  // another thread was refused at the same time
    }
    const auto challenges = challenges_of(refusal);
    find_credential();
    if (const http::Challenge* bearer = find(challenges, "bearer")) {
        use_bearer(*bearer, own);
    } else if (find(challenges, "basic") != nullptr) {
        use_basic();
    } else {
        throw core::Error(
            core::ErrorKind::denied,
            core::Reason::unsupported,
            core::concat(
                origin_.origin(),
                " wants credentials but asks for neither basic nor bearer authentication"));
    }
    return authorization_;
}

void Authorizer::find_credential() {
    if (!credential_) {
        credential_ = credentials_();
    }
}

void Authorizer::use_basic() {
    if (!authorization_.header.empty()) {
        throw all_refused();
    }
    if (!credential_) {
        throw denied(core::concat(" asks for a user name and password", how_to_log_in));
    }
    if (credential_->password.empty()) {
        throw core::Error(
            core::ErrorKind::denied,
            core::Reason::unsupported,
            core::concat("the credentials for ",
                         origin_.origin(),
                         " are a token, but the registry asks for a user name and password"));
    }
    set_header(basic_authorization(*credential_));
}

void Authorizer::use_bearer(const http::Challenge& challenge, http::Reach own) {
    if (credential_ && !credential_->registry_token.empty()) {
        if (!authorization_.header.empty()) {
            throw all_refused();
        }
        set_header(bearer_authorization(credential_->registry_token));
        return;
    }
    service_ = TokenService::from(challenge, origin_, own);
    scopes_ = merge(wanted_, scopes_of(challenge));
    fetch();
}

void Authorizer::fetch() {
    const core::Timestamp asked = clock_.now();
    const BearerToken token = fetch_token(transport_, *service_, scopes_, credential_);
    set_header(bearer_authorization(token.value));
    renew_at_ = renewal_time(asked, token.lifetime);
}

void Authorizer::set_header(core::Secret header) {
    authorization_.header = std::move(header);
    ++authorization_.serial;
    renew_at_.reset();
}

core::Error Authorizer::denied(std::string_view what) const {
    return {core::ErrorKind::denied,
            core::Reason::registry_error,
            core::concat(origin_.origin(), what)};
}

core::Error Authorizer::refused() const {
    const std::lock_guard lock(mutex_);
    return all_refused();
}

core::Error Authorizer::all_refused() const {
    if (credential_ && !credential_->registry_token.empty()) {
        return denied(" refused the registry token that is kept for it");
    }
    if (!service_) {
        return denied(" refused the user name or password");
    }
    if (!credential_) {
        return denied(core::concat(" asks for more than nobody may do", how_to_log_in));
    }
    return denied(core::concat(" refused the token that ",
                               service_->realm.origin(),
                               " gave: it does not allow ",
                               core::in_quotes(core::join({scopes_.begin(), scopes_.end()}, " "))));
}

}  // namespace modelseal::registry
