// A certificate on its way. Used by authority.cpp.
#pragma once

#include "tests/support/pki/authority.hpp"

#include <memory>

namespace modelseal::pki {

class CertificateBuilder {
  public:
    /// `issuer` is nullptr for a certificate that signs itself.
    CertificateBuilder(const std::string& name,
                       const Key& key,
                       const crypto::Certificate* issuer,
                       CommonOptions options);

    void add(const Extension& extension);

    /// The TBSCertificate as `issuer` would sign it now.
    [[nodiscard]] core::Bytes tbs(const Key& issuer) const;

    [[nodiscard]] crypto::Certificate sign(const Key& issuer);

  private:
    void add_configured(const crypto::Certificate* issuer, int type, const std::string& value);
    void sign_native(const Key& issuer) const;

    std::shared_ptr<x509_st> certificate_;
    CommonOptions options_;
};

}  // namespace modelseal::pki
