#include "common/oci/transfer/fetch_file.hpp"

#include "common/oci/transfer/partial_file.hpp"

namespace modelseal::oci {

namespace {

using core::Error;
using core::ErrorKind;

/// Tells of the bytes that pass on their way to another sink.
class CountingSink final : public core::ByteSink {
  public:
    CountingSink(core::ByteSink& to, const std::function<void(std::uint64_t)>& passed)
        : to_(to), passed_(passed) {}

    void write(std::span<const std::byte> bytes) override {
        to_.write(bytes);
        passed_(bytes.size());
    }

  private:
    core::ByteSink& to_;
    const std::function<void(std::uint64_t)>& passed_;
};

core::OutputFile fetch_small(Store& store,
                             core::OutputFolder& folder,
                             const std::string& path,
                             const Descriptor& blob,
                             const Arrival& arrival) {
    while (true) {
        core::OutputFile output = folder.create_file(path, blob.size);
        CountingSink counted(output, arrival.passed);
        try {
            store.fetch_blob(blob, counted);
        } catch (const Error& error) {
            if (!may_be_continued(error) || !store.give_up_source(blob)) {
                throw;
            }
            arrival.restarted();
            continue;
        }
        output.finish();  // here, where other files go on meanwhile
        return output;
    }
}

core::OutputFile fetch_large(Store& store,
                             core::OutputFolder& folder,
                             const std::string& path,
                             const Descriptor& blob,
                             const Arrival& arrival) {
    auto earlier = PartialFile::Earlier::use;
    while (true) {
        PartialFile partial(folder, path, blob, earlier, arrival.passed);
        arrival.present(partial.resumed());
        try {
            store.fetch_parts(blob, partial);
            return partial.finish();
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::mismatch && may_be_continued(error)) {
                partial.keep();
            }
            // The bytes of the earlier process may be what is wrong, or those of one of several
            // sources: then all of them are fetched anew.
            if (error.kind() != ErrorKind::mismatch ||
                (partial.resumed() == 0 && !store.give_up_source(blob))) {
                throw;
            }
            earlier = PartialFile::Earlier::discard;
            arrival.restarted();
        }
    }
}

}  // namespace

bool may_be_continued(const Error& error) {
    return error.kind() != ErrorKind::io || error.reason() != core::Reason::unspecified;
}

core::OutputFile fetch_file(Store& store,
                            core::OutputFolder& folder,
                            const std::string& path,
                            const Descriptor& blob,
                            const Arrival& arrival) {
    return blob.size < PartialFile::worthwhile_size
               ? fetch_small(store, folder, path, blob, arrival)
               : fetch_large(store, folder, path, blob, arrival);
}

}  // namespace modelseal::oci
