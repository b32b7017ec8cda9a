// Reading a lesson's file: headings, fences, and what stands between them.
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "core/lesson/check_lesson.h"
#include "core/lesson/matcher.h"
#include "core/lesson/quote.h"
#include "core/lesson/read_parts.h"

namespace synoptic {

namespace {

constexpr std::size_t most_bytes = 1 << 20;

/** Fences that are text for everybody. */
const std::vector<std::string> shown_fences = {"", "text", "c", "cpp", "sh", "console"};
const std::vector<std::string> lesson_fences = {"lesson", "do",   "expect", "question", "show", "quote",
                                                "notes",  "text", "c",      "cpp",      "sh",   "console"};

/** The marks that begin a fence (``` or ~~~, three or more), or "". */
std::string_view fence_of(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos || begin > 3 || (line[begin] != '`' && line[begin] != '~')) return {};
    const std::size_t end = std::min(line.find_first_not_of(line[begin], begin), line.size());
    return end - begin >= 3 ? line.substr(begin, end - begin) : std::string_view();
}

bool is_break(std::string_view line) {
    const std::string_view text = trim(line);
    return text.size() >= 3 && std::all_of(text.begin(), text.end(), [&](char c) { return c == text[0]; }) &&
           (text[0] == '-' || text[0] == '*' || text[0] == '_');
}

class LessonReader {
   public:
    LessonReader(std::string_view text, ReadLesson& out) : lines_(split_lines(text)), out_(out) {}

    void read() {
        out_.lesson.steps.push_back({out_.lesson.title, 1, false, {}});
        for (at_ = 0; at_ < lines_.size(); ++at_) read_line();
        end_text();
        if (out_.lesson.title.empty()) mistake(1, "the lesson has no title: begin it with “# Title”");
        if (out_.lesson.steps.size() == 1)
            mistake(static_cast<int>(lines_.size()), "the lesson has no steps: a line “## Heading” begins one");
    }

   private:
    int number() const { return static_cast<int>(at_) + 1; }
    void mistake(int line, std::string what) { out_.mistakes.push_back({out_.lesson.path, line, std::move(what)}); }
    LessonStep& step() { return out_.lesson.steps.back(); }

    void read_line() {
        const std::string_view line = lines_[at_];
        if (!fence_of(line).empty()) return read_fence();
        if (line.starts_with("# ") || trim(line) == "#") return read_title(line.substr(1));
        if (line.starts_with("## ") || trim(line) == "##") return read_heading(line.substr(2));
        // Under a line of text, --- would make a heading of it (Setext).
        const bool behind_blank = at_ == 0 || trim(lines_[at_ - 1]).empty() || !fence_of(lines_[at_ - 1]).empty();
        if (is_break(line) && behind_blank) {
            end_text();
            if (out_.lesson.steps.size() > 1) step().blocks.push_back({number(), BreakBlock{}});
            return;
        }
        if (is_break(line) && trim(line)[0] == '-')
            mistake(number(), "“---” right under a line makes a heading of that line: leave an empty line before it");
        add_text(line);
    }

    void read_heading(std::string_view heading) {
        end_text();
        heading = trim(heading);
        if (heading.empty()) mistake(number(), "the step has no heading: write “## Heading”");
        out_.lesson.steps.push_back({std::string(heading), number(), false, {}});
    }

    void read_title(std::string_view title) {
        end_text();
        if (!out_.lesson.title.empty()) return mistake(number(), "the lesson has a title already: “#” stands once, “##” begins a step");
        if (out_.lesson.steps.size() > 1) mistake(number(), "the title stands behind the first step: it is the lesson's first line");
        out_.lesson.title = trim(title);
        out_.lesson.steps[0].heading = out_.lesson.title;
        out_.lesson.steps[0].line = number();
    }

    void add_text(std::string_view line) {
        if (step_.empty()) {
            if (trim(line).empty()) return;
            text_line_ = number();
        }
        step_.append(line).push_back('\n');
    }

    void end_text() {
        while (step_.ends_with("\n\n")) step_.pop_back();
        if (!step_.empty()) step().blocks.push_back({text_line_, TextBlock{step_}});
        step_.clear();
    }

    void read_fence() {
        const int line = number();
        const std::string_view opening = lines_[at_], marks = fence_of(opening);
        const std::string_view info = trim(opening.substr(opening.find(marks) + marks.size()));
        const std::size_t word_end = std::min(info.find(' '), info.size());
        const std::string word(info.substr(0, word_end));
        const std::string_view rest = trim(info.substr(word_end));
        std::vector<std::string_view> inside;
        std::size_t end = at_ + 1;
        const auto closes = [&](std::string_view each) {
            const std::string_view its = fence_of(each);
            return !its.empty() && its[0] == marks[0] && its.size() >= marks.size() && trim(each).size() == its.size();
        };
        while (end < lines_.size() && !closes(lines_[end])) inside.push_back(lines_[end++]);
        if (end >= lines_.size()) mistake(line, fmt::format("this block has no end: a line {} is missing", marks));
        if (std::find(shown_fences.begin(), shown_fences.end(), word) != shown_fences.end()) {
            for (std::size_t i = at_; i <= std::min(end, lines_.size() - 1); ++i) {
                const std::size_t keep = at_;
                at_ = i;
                add_text(lines_[i]);
                at_ = keep;
            }
        } else {
            end_text();
            read_block(word, rest, inside, line);
        }
        at_ = std::min(end, lines_.size());
    }

    void read_block(const std::string& word, std::string_view rest, const std::vector<std::string_view>& inside, int line) {
        PartReader part{out_.lesson, out_.mistakes};
        if (word == "lesson") {
            if (out_.lesson.steps.size() > 1) return mistake(line, "the block “lesson” stands before the first step");
            return part.read_facts_of_lesson(inside, line + 1);
        }
        LessonBlock block{line, TextBlock{}};
        bool known = true;
        if (word == "do")
            block.content = part.read_do(inside, line + 1, step());
        else if (word == "expect")
            block.content = part.read_expect(rest, inside, line + 1);
        else if (word == "question")
            block.content = part.read_question(inside, line);
        else if (word == "show")
            block.content = part.read_show(inside, line + 1);
        else if (word == "notes")
            block.content = NotesBlock{joined(inside)};
        else if (word == "quote") {
            for (QuoteBlock& quote : part.read_quotes(inside, line + 1)) step().blocks.push_back({line, std::move(quote)});
            return;
        } else
            known = false;
        if (!known)
            return mistake(line, fmt::format("there is no block “{}”{}: there are {}", word, did_you_mean(word, lesson_fences),
                                             fmt::join(lesson_fences, ", ")));
        if (!rest.empty() && word != "expect")
            mistake(line, fmt::format("nothing stands behind “{}” in the fence's line: “{}” is not understood", word, rest));
        const bool acts = word == "do" || word == "expect" || word == "question";
        if (acts && out_.lesson.steps.size() == 1)
            mistake(line, fmt::format("a block “{}” stands in a step: begin one with “## Heading”", word));
        step().blocks.push_back(std::move(block));
    }

    std::vector<std::string_view> lines_;
    ReadLesson& out_;
    std::size_t at_ = 0;
    std::string step_;  // text that is being gathered
    int text_line_ = 0;
};

int leading_number(const std::string& name) {
    int number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    return error == std::errc() && end != name.data() ? number : 0;
}

}  // namespace

ReadLesson read_lesson(std::string_view text, const std::string& path) {
    ReadLesson read;
    read.lesson.path = path;
    read.lesson.name = std::filesystem::path(path).stem().string();
    read.lesson.number = leading_number(read.lesson.name);
    LessonReader(text, read).read();
    check_lesson(read.lesson, read.mistakes);
    std::stable_sort(read.mistakes.begin(), read.mistakes.end(), [](const Mistake& a, const Mistake& b) { return a.line < b.line; });
    return read;
}

ReadLesson read_lesson_file(const std::string& path) {
    ReadLesson unreadable;
    unreadable.lesson.path = path;
    const auto fail = [&](const std::string& what) {
        unreadable.mistakes.push_back({path, 0, what});
        return unreadable;
    };
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail(fmt::format("the lesson can't be opened: {}", std::strerror(errno)));
    struct stat status {};
    std::string text;
    std::string trouble;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) trouble = "this is no file";
    char buffer[65536];
    while (trouble.empty() && text.size() <= most_bytes) {
        const ssize_t got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) trouble = fmt::format("the lesson can't be read: {}", std::strerror(errno));
        if (got <= 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
    }
    close(fd);
    if (trouble.empty() && text.size() > most_bytes) trouble = "the file is larger than 1 MiB: it is no lesson";
    if (trouble.empty() && text.find('\0') != std::string::npos) trouble = "the file holds NUL bytes: it is no text";
    return trouble.empty() ? read_lesson(text, path) : fail(trouble);
}

}  // namespace synoptic
