// A small C++ highlighter: see highlight.h.
#include "gui/panels/highlight.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace synoptic {
namespace {

constexpr std::array keywords = {"addrinfo",
                                 "auto",
                                 "bool",
                                 "break",
                                 "case",
                                 "char",
                                 "class",
                                 "const",
                                 "constexpr",
                                 "continue",
                                 "default",
                                 "delete",
                                 "do",
                                 "double",
                                 "else",
                                 "enum",
                                 "extern",
                                 "false",
                                 "float",
                                 "for",
                                 "if",
                                 "int",
                                 "long",
                                 "namespace",
                                 "new",
                                 "nullptr",
                                 "pid_t",
                                 "private",
                                 "public",
                                 "return",
                                 "short",
                                 "signed",
                                 "sizeof",
                                 "sockaddr",
                                 "sockaddr_in",
                                 "sockaddr_in6",
                                 "sockaddr_storage",
                                 "socklen_t",
                                 "size_t",
                                 "ssize_t",
                                 "static",
                                 "struct",
                                 "switch",
                                 "template",
                                 "this",
                                 "true",
                                 "typedef",
                                 "typename",
                                 "unsigned",
                                 "using",
                                 "virtual",
                                 "void",
                                 "volatile",
                                 "while",
                                 "SA"};

bool is_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

bool is_keyword(std::string_view word) {
    return std::find(keywords.begin(), keywords.end(), word) != keywords.end();
}

/** Names in capitals, as the system's headers have them. */
bool is_constant(std::string_view word) {
    const bool capitals = std::all_of(word.begin(), word.end(), [](char c) {
        return std::isupper(static_cast<unsigned char>(c)) || std::isdigit(static_cast<unsigned char>(c)) || c == '_';
    });
    return capitals && word.size() > 2 && std::isupper(static_cast<unsigned char>(word[0]));
}

class Splitter {
   public:
    Splitter(std::string_view line, bool& in_comment) : line_(line), in_comment_(in_comment) {}

    std::vector<Span> split() {
        if (in_comment_) block_comment();
        const std::size_t first = line_.find_first_not_of(" \t");
        if (at_ == 0 && first != std::string_view::npos && line_[first] == '#') directive(first);
        while (at_ < line_.size()) next();
        return std::move(spans_);
    }

   private:
    void take(std::size_t end, Ink ink) {
        end = std::min(end, line_.size());
        if (end <= at_) return;
        if (!spans_.empty() && spans_.back().ink == ink)
            spans_.back().end = end;
        else
            spans_.push_back({at_, end, ink});
        at_ = end;
    }

    void block_comment() {
        const std::size_t end = line_.find("*/", at_);
        in_comment_ = end == std::string_view::npos;
        take(in_comment_ ? line_.size() : end + 2, Ink::comment);
    }

    void directive(std::size_t first) {
        std::size_t end = first + 1;
        while (end < line_.size() && is_letter(line_[end])) ++end;
        take(end, Ink::directive);
        const std::size_t open = line_.find_first_of("<", at_);
        if (open != std::string_view::npos) {
            take(open, Ink::plain);
            take(line_.find('>', open) == std::string_view::npos ? line_.size() : line_.find('>', open) + 1, Ink::string);
        }
    }

    void in_quotes(char quote) {
        std::size_t end = at_ + 1;
        while (end < line_.size() && line_[end] != quote) end += line_[end] == '\\' ? 2 : 1;
        take(end + 1, Ink::string);
    }

    void word() {
        std::size_t end = at_;
        while (end < line_.size() && is_letter(line_[end])) ++end;
        const std::string_view name = line_.substr(at_, end - at_);
        const bool of_os = at_ >= 3 && line_.substr(at_ - 3, 3) == "os." && end < line_.size() && line_[end] == '(';
        take(end, of_os ? Ink::call : is_keyword(name) ? Ink::keyword : is_constant(name) ? Ink::constant : Ink::plain);
    }

    void number() {
        std::size_t end = at_;
        while (end < line_.size() && (is_letter(line_[end]) || line_[end] == '.' || line_[end] == '\'')) ++end;
        take(end, Ink::number);
    }

    void next() {
        const char c = line_[at_];
        const std::string_view rest = line_.substr(at_);
        if (rest.substr(0, 2) == "//") return take(line_.size(), Ink::comment);
        if (rest.substr(0, 2) == "/*") {
            in_comment_ = true;
            const std::size_t end = line_.find("*/", at_ + 2);
            in_comment_ = end == std::string_view::npos;
            return take(in_comment_ ? line_.size() : end + 2, Ink::comment);
        }
        if (c == '"' || c == '\'') return in_quotes(c);
        if (std::isdigit(static_cast<unsigned char>(c))) return number();
        if (is_letter(c)) return word();
        take(at_ + 1, Ink::plain);
    }

    std::string_view line_;
    bool& in_comment_;
    std::size_t at_ = 0;
    std::vector<Span> spans_;
};

}  // namespace

std::vector<Span> highlight(std::string_view line, bool& in_comment) {
    return Splitter(line, in_comment).split();
}

}  // namespace synoptic
