// fuzz: oci_transfer
#include "common/oci/transfer/download_journal.hpp"

#include "common/core/bytes.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cstdlib>

using modelseal::oci::DownloadJournal;

void fuzz(std::span<const std::byte> input) {
    const auto journal = DownloadJournal::parse(modelseal::core::as_text(input));
    if (!journal) {
        return;
    }
    const auto again = DownloadJournal::parse(journal->to_json());
    if (!again || again->written != journal->written || again->flushed != journal->flushed ||
        journal->written.total() > journal->size || journal->flushed.total() > journal->size) {
        std::abort();
    }
}
