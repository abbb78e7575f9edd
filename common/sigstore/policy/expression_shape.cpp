#include "common/sigstore/policy/expression_shape.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>

namespace modelseal::sigstore {

namespace {

/// Where the class ends that begins at `at` with [.
std::size_t class_end(std::string_view expression, std::size_t at) noexcept {
    std::size_t i = at + 1;
    if (i < expression.size() && expression[i] == '^') {
        ++i;
    }
    const std::size_t first = i;  // a ] there stands for itself
    while (i < expression.size() && (expression[i] != ']' || i == first)) {
        const bool is_named = expression.substr(i).starts_with("[:");
        const std::size_t name_end = is_named ? expression.find(":]", i + 2) : std::string::npos;
        if (name_end != std::string::npos) {
            i = name_end + 2;
        } else {
            i += expression[i] == '\\' ? 2U : 1U;
        }
    }
    return std::min(i + 1, expression.size());
}

class Reader {
  public:
    explicit Reader(std::string_view expression) : expression_(expression) {}

    std::optional<std::vector<ExpressionShape>> read() {
        while (at_ < expression_.size()) {
            take();
        }
        return is_clear_ ? std::optional(std::move(shapes_)) : std::nullopt;
    }

  private:
    [[nodiscard]] ExpressionShape& shape() { return shapes_.back(); }

    void take() {
        switch (const char character = expression_[at_]) {
            case '(':
                open_group();
                break;
            case ')':
                --depth_;
                ++at_;
                break;
            case '|':
                separate();
                break;
            case '[':
                take_class();
                break;
            case '\\':
                take_escape();
                break;
            case '.':
            case '*':
            case '+':
            case '?':
            case '{':
            case '^':
            case '$':
                leave_open(at_ + 1);
                break;
            default:
                literal(character, at_ + 1);
        }
    }

    void open_group() {
        ++depth_;
        const bool is_uncaptured = expression_.substr(at_).starts_with("(?:");
        if (!is_uncaptured && expression_.substr(at_).starts_with("(?")) {
            is_clear_ = false;
        }
        end_fixed_text();
        at_ += is_uncaptured ? 3U : 1U;
    }

    void separate() {
        ++at_;
        if (depth_ == 0) {
            shapes_.emplace_back();
            is_at_beginning_ = true;
        }
    }

    void take_class() {
        const std::size_t end = class_end(expression_, at_);
        const char only = expression_[at_ + 1];
        if (end - at_ == 3 && only != '^' && only != '\\') {  // "[.]"
            literal(only, end);
        } else {
            leave_open(end);
        }
    }

    void take_escape() {
        const char escaped = expression_[std::min(at_ + 1, expression_.size() - 1)];
        is_clear_ = is_clear_ && escaped != 'Q';
        if (std::isalnum(static_cast<unsigned char>(escaped)) != 0) {
            leave_open(at_ + 2);  // "\d", "\x40"
        } else {
            literal(escaped, at_ + 2);
        }
    }

    void literal(char character, std::size_t end) {
        const bool is_repeated =
            end < expression_.size() &&
            std::string_view("*+?{").find(expression_[end]) != std::string_view::npos;
        if (is_repeated) {
            leave_open(end);
            return;
        }
        at_ = end;
        if (depth_ > 0) {
            return;
        }
        if (is_at_beginning_) {
            shape().prefix += character;
        }
        shape().suffix += character;
    }

    void leave_open(std::size_t end) {
        shape().is_list_of_texts = false;
        end_fixed_text();
        at_ = end;
    }

    void end_fixed_text() {
        is_at_beginning_ = false;
        shape().suffix.clear();
    }

    std::string_view expression_;
    std::vector<ExpressionShape> shapes_ = {{}};
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    bool is_at_beginning_ = true;
    bool is_clear_ = true;
};

}  // namespace

std::optional<std::vector<ExpressionShape>> shapes_of(std::string_view expression) {
    return Reader(expression).read();
}

}  // namespace modelseal::sigstore
