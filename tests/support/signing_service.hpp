// A server that plays signing services, and the transport that reaches it.
#pragma once

#include "common/crypto/signature.hpp"
#include "common/http/curl_transport.hpp"
#include "common/http/retrying_transport.hpp"
#include "tests/support/loopback_server.hpp"
#include "tests/support/set_clock.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace modelseal::test {

/// Answers by path; the last answer of a path is given again and again, other paths are 404.
class SigningService {
  public:
    explicit SigningService(std::map<std::string, std::vector<Reply>> replies)
        : replies_(std::move(replies)), server_([this](const ReceivedRequest& request) {
              const std::lock_guard lock(mutex_);
              const std::string path = request.target.substr(0, request.target.find('?'));
              const auto found = replies_.find(path);
              if (found == replies_.end()) {
                  return Reply::of(404, R"({"code":5,"message":"Not Found"})");
              }
              const Reply reply = found->second.front();
              if (found->second.size() > 1) {
                  found->second.erase(found->second.begin());
              }
              return reply;
          }) {}

    [[nodiscard]] http::Url url(std::string_view path = "") const {
        return http::Url::parse("http://" + server_.address() + std::string(path));
    }

    [[nodiscard]] std::vector<ReceivedRequest> requests() const { return server_.requests(); }

  private:
    std::mutex mutex_;
    std::map<std::string, std::vector<Reply>> replies_;
    LoopbackServer server_;
};

/// Repeats without waiting.
class PatientTransport final : public http::Transport {
  public:
    [[nodiscard]] http::Response send(const http::Request& request) override {
        return inner_.send(request);
    }

  private:
    SetClock clock_;
    http::RetryingTransport inner_{
        std::make_unique<http::CurlTransport>(http::CurlOptions(), core::Variables()),
        {.retries = 5},
        {.clock = clock_,
         .sleep = [](std::chrono::milliseconds) {},
         .random =
             [] {
                 return 0.0;
             }}};
};

/// Signs with what was recorded, so that a whole exchange can be played again.
class RecordedSigner final : public crypto::Signer {
  public:
    RecordedSigner(crypto::PublicKey key, core::Bytes signature)
        : key_(std::move(key)), signature_(std::move(signature)) {}

    [[nodiscard]] const crypto::PublicKey& public_key() const override { return key_; }

    [[nodiscard]] core::Bytes sign(std::span<const std::byte> message) override {
        signed_.assign(core::as_text(message));
        return signature_;
    }

    /// What was signed then cannot be seen.
    [[nodiscard]] core::Bytes sign_digest(std::span<const std::byte> /*digest*/) override {
        return signature_;
    }

    /// What was signed last.
    [[nodiscard]] const std::string& signed_message() const noexcept { return signed_; }

  private:
    crypto::PublicKey key_;
    core::Bytes signature_;
    std::string signed_;
};

}  // namespace modelseal::test
