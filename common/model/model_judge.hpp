// One check of one model: every file by itself, then the files against each other.
#pragma once

#include "common/model/check.hpp"
#include "common/model/findings/finding.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace modelseal::model {

class ModelJudge {
  public:
    /// `options` must outlive the judge.
    explicit ModelJudge(const CheckOptions& options) : options_(options) {}

    /// A finding about `path` that was made elsewhere.
    void add(std::string_view path, RuleId rule, std::string message);

    /// A model without weights is odd: a folder may have been mistaken.
    void expect_weights() noexcept { expects_weights_ = true; }

    /// Judges `files`, whose `path` and `content` are set. Everything but the model's name is
    /// filled in. Errors: those of reading, with the file's name.
    [[nodiscard]] CheckedModel run(std::vector<ModelFile> files);

  private:
    FindingCollector& findings_for(std::string_view path);
    void identify_files();
    [[nodiscard]] bool has_file(std::string_view path) const;
    void note_external_data(const ModelFile& file);
    void judge_file(std::size_t i);
    void judge_safetensors(std::size_t i);
    void judge_gguf(const ModelFile& file, FindingCollector& findings);
    void judge_named(const ModelFile& file, FindingCollector& findings);
    void judge_configuration(const ModelFile& file, FindingCollector& findings);
    static void judge_template(const ModelFile& file, FindingCollector& findings);
    void judge_names();
    void judge_folders();
    void judge_folder(const std::string& folder, const std::vector<std::size_t>& members);
    void judge_weights();
    void sum_up();

    const CheckOptions& options_;
    bool expects_weights_ = false;
    CheckedModel model_;
    std::vector<Content> contents_;                // of each file
    std::vector<std::vector<std::string>> names_;  // of the tensors of each file
    std::set<std::string, std::less<>> external_;  // paths that an ONNX graph reads values from
    std::map<std::string, FindingCollector, std::less<>> findings_;
};

}  // namespace modelseal::model
