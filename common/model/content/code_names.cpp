#include "common/model/content/code_names.hpp"

#include "common/core/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace modelseal::model {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::array python_names = {
    ".py"sv, ".pyw"sv, ".pyi"sv, ".pyx"sv, ".pxd"sv, ".pyc"sv, ".pyo"sv, ".pyz"sv};

constexpr std::string_view python_path_file = ".pth";

// Shells, Windows' script hosts, browsers, and interpreters that are asked to run a file by name.
constexpr std::array script_names = {
    ".sh"sv,       ".bash"sv,         ".zsh"sv,        ".fish"sv,        ".ksh"sv,
    ".csh"sv,      ".tcsh"sv,         ".dash"sv,       ".command"sv,     ".bat"sv,
    ".cmd"sv,      ".ps1"sv,          ".psm1"sv,       ".psd1"sv,        ".ps1xml"sv,
    ".vbs"sv,      ".vbe"sv,          ".vb"sv,         ".wsf"sv,         ".wsh"sv,
    ".hta"sv,      ".reg"sv,          ".inf"sv,        ".lnk"sv,         ".url"sv,
    ".scf"sv,      ".js"sv,           ".mjs"sv,        ".cjs"sv,         ".jse"sv,
    ".jsx"sv,      ".ts"sv,           ".mts"sv,        ".cts"sv,         ".tsx"sv,
    ".rb"sv,       ".pl"sv,           ".pm"sv,         ".lua"sv,         ".php"sv,
    ".phar"sv,     ".phtml"sv,        ".r"sv,          ".rprofile"sv,    ".jl"sv,
    ".tcl"sv,      ".awk"sv,          ".java"sv,       ".jsh"sv,         ".kts"sv,
    ".groovy"sv,   ".gradle"sv,       ".scala"sv,      ".clj"sv,         ".exs"sv,
    ".escript"sv,  ".applescript"sv,  ".scpt"sv,       ".desktop"sv,     ".service"sv,
    ".bashrc"sv,   ".bash_profile"sv, ".bash_login"sv, ".bash_logout"sv, ".bash_aliases"sv,
    ".profile"sv,  ".zshrc"sv,        ".zshenv"sv,     ".zprofile"sv,    ".zlogin"sv,
    ".kshrc"sv,    ".cshrc"sv,        ".envrc"sv,      ".vimrc"sv,       ".gdbinit"sv,
    ".lldbinit"sv, ".pythonrc"sv,     ".xinitrc"sv,    ".xprofile"sv};

constexpr std::array pickle_names = {
    ".bin"sv,   ".pt"sv,      ".pth"sv,   ".ckpt"sv,    ".pkl"sv,         ".pickle"sv,
    ".pck"sv,   ".pcl"sv,     ".p"sv,     ".joblib"sv,  ".dill"sv,        ".cloudpickle"sv,
    ".sav"sv,   ".model"sv,   ".data"sv,  ".dat"sv,     ".weights"sv,     ".params"sv,
    ".th"sv,    ".t7"sv,      ".tar"sv,   ".mar"sv,     ".npy"sv,         ".npz"sv,
    ".h5"sv,    ".onnx"sv,    ".gguf"sv,  ".ggml"sv,    ".safetensors"sv, ".pdparams"sv,
    ".pdopt"sv, ".pdmodel"sv, ".state"sv, ".msgpack"sv, ".db"sv,          ".cache"sv};

}  // namespace

std::string_view base_name(std::string_view path) noexcept {
    return path.substr(path.rfind('/') + 1);
}

std::optional<Content> identify_code_name(std::string_view path, bool text) {
    const std::string name = core::ascii_lower(base_name(path));
    if (name == "saved_model.pb" || name == "saved_model.pbtxt") {
        return Content{Kind::saved_model, std::string(tensorflow_graph), 0};
    }
    const auto ends_name = [&](std::string_view ending) {
        return name.ends_with(ending);
    };
    if (std::any_of(python_names.begin(), python_names.end(), ends_name) ||
        (text && name.ends_with(python_path_file))) {
        return Content{Kind::python, "Python code", 0};
    }
    if (std::any_of(script_names.begin(), script_names.end(), ends_name)) {
        return Content{Kind::script, "a script", 0};
    }
    return std::nullopt;
}

bool is_json_name(std::string_view path) {
    return core::ascii_lower(path).ends_with(".json");
}

bool is_template_name(std::string_view path) {
    const std::string name = core::ascii_lower(path);
    return name.ends_with(".jinja") || name.ends_with(".jinja2");
}

bool is_pickle_name(std::string_view path) {
    const std::string name = core::ascii_lower(base_name(path));
    return std::any_of(pickle_names.begin(), pickle_names.end(), [&](std::string_view ending) {
        return name.ends_with(ending);
    });
}

}  // namespace modelseal::model
