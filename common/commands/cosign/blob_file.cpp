#include "common/commands/cosign/blob_file.hpp"

#include "common/core/error.hpp"
#include "common/core/termination.hpp"
#include "common/core/text.hpp"
#include "common/digest/chunk_reader.hpp"
#include "common/sigstore/key_reference.hpp"

#include <istream>
#include <memory>
#include <system_error>

namespace modelseal::commands::cosign {

namespace {

constexpr std::string_view standard_input = "-";
constexpr std::string_view digest_prefix = "sha256:";

/// From this size on, a thread that reads ahead is worth its start.
constexpr std::uint64_t large = std::uint64_t{1} << 20U;
constexpr std::size_t stream_buffer_size = std::size_t{256} << 10U;

std::unique_ptr<digest::ChunkReader> chunks_of(const core::File& file,
                                               const digest::ChunkVisitor& visit) {
    if (file.size() < large) {
        return std::make_unique<digest::DirectReader>(file, visit);
    }
    file.expect_one_pass();
    return std::make_unique<digest::ReadAheadReader>(file, visit);
}

}  // namespace

void check_blob_input(const cli::Environment& environment,
                      const std::string& name,
                      const cli::Arguments& arguments) {
    const auto key = arguments.get("key");
    if (name == standard_input && key && !environment.variables.get("COSIGN_PASSWORD") &&
        sigstore::KeyReference::parse(*key).place != sigstore::KeyPlace::plugin) {
        throw core::Error(core::ErrorKind::usage,
                          "standard input cannot hold both the content and the key's password: set "
                          "COSIGN_PASSWORD");
    }
}

bool exists(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::symlink_status(path, ignored).type() !=
           std::filesystem::file_type::not_found;
}

std::optional<digest::Digest> named_digest(const std::string& word) {
    if (!word.starts_with(digest_prefix) || exists(word)) {
        return std::nullopt;
    }
    return digest::Digest::parse(word);
}

BlobFile::BlobFile(cli::Environment& environment, std::string name, core::Progress& progress)
    : environment_(environment), name_(std::move(name)), progress_(progress) {
    if (name_ != standard_input) {
        file_ = core::File::open(name_);
    }
}

sigstore::BlobReader BlobFile::reader() const {
    return [this](core::ByteSink& to) {
        if (file_) {
            read_file(to);
        } else {
            read_stream(to);
        }
    };
}

std::string BlobFile::read_whole(std::uint64_t limit) const {
    core::StringSink sink(limit);
    reader()(sink);
    return sink.take();
}

void BlobFile::read_file(core::ByteSink& to) const {
    progress_.expect(file_->size());
    core::Task task(progress_, {.action = "hashing", .name = name_, .size = file_->size()});
    std::uint64_t count = 0;
    const auto chunks = chunks_of(*file_, [](std::span<const std::byte> /*chunk*/) {});
    for (auto chunk = chunks->next(); !chunk.empty(); chunk = chunks->next()) {
        core::check_termination();
        to.write(chunk);
        task.passed(chunk.size());
        count += chunk.size();
    }
    if (count != file_->size()) {
        throw core::Error(
            core::ErrorKind::io,
            core::Reason::changed_while_read,
            core::concat(core::in_quotes(name_), " became shorter while it was read"));
    }
    file_->check_unchanged();
    task.end("Hashed");
}

void BlobFile::read_stream(core::ByteSink& to) const {
    std::string buffer(stream_buffer_size, '\0');
    do {
        core::check_termination();
        environment_.in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const auto count = static_cast<std::size_t>(environment_.in.gcount());
        to.write(core::as_bytes(std::string_view(buffer).substr(0, count)));
    } while (environment_.in);
    if (!environment_.in.eof()) {
        throw core::Error(core::ErrorKind::io, "reading standard input failed");
    }
}

}  // namespace modelseal::commands::cosign
