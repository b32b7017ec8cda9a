#include "gui/markdown.h"

#include <md4c.h>

#include <charconv>

#include "core/base/utf8.h"

namespace synoptic {
namespace {

/** The few entities that people write in a lesson; others stay as they stand. */
std::string entity(std::string_view text) {
    static constexpr std::pair<std::string_view, const char*> known[] = {{"&amp;", "&"},   {"&lt;", "<"},   {"&gt;", ">"},
                                                                         {"&quot;", "\""}, {"&nbsp;", " "}, {"&apos;", "'"}};
    for (const auto& [name, sign] : known) {
        if (text == name) return sign;
    }
    return std::string(text);
}

class Reader {
   public:
    std::vector<MarkdownBlock> read(std::string_view text) {
        MD_PARSER parser{};
        parser.flags = MD_FLAG_TABLES | MD_FLAG_NOHTML | MD_FLAG_PERMISSIVEURLAUTOLINKS;
        parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) { return of(self).enter(type, detail); };
        parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) { return of(self).leave(type); };
        parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) { return of(self).style(type, detail, 1); };
        parser.leave_span = [](MD_SPANTYPE type, void* detail, void* self) { return of(self).style(type, detail, -1); };
        parser.text = [](MD_TEXTTYPE type, const MD_CHAR* begin, MD_SIZE size, void* self) { return of(self).text(type, {begin, size}); };
        md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, this);
        return std::move(blocks_);
    }

   private:
    /** A list or quote that is open. */
    struct Level {
        bool quote = false, ordered = false;
        unsigned next = 1;
    };

    static Reader& of(void* self) { return *static_cast<Reader*>(self); }

    MarkdownBlock& add(MarkdownBlock::Kind kind) {
        MarkdownBlock block;
        block.kind = kind;
        block.depth = static_cast<int>(levels_.size());
        for (const Level& level : levels_) block.quotes += level.quote;
        block.marker = std::exchange(marker_, {});
        blocks_.push_back(std::move(block));
        target_ = &blocks_.back().spans;
        return blocks_.back();
    }

    int enter(MD_BLOCKTYPE type, void* detail) {
        switch (type) {
            case MD_BLOCK_QUOTE:
                levels_.push_back({true, false, 1});
                break;
            case MD_BLOCK_UL:
                levels_.push_back({});
                break;
            case MD_BLOCK_OL:
                levels_.push_back({false, true, static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start});
                break;
            case MD_BLOCK_LI:
                marker_ = levels_.back().ordered ? std::to_string(levels_.back().next++) + "." : "•";
                target_ = nullptr;  // a tight item has text without a paragraph
                break;
            case MD_BLOCK_HR:
                add(MarkdownBlock::Kind::rule);
                break;
            case MD_BLOCK_H:
                add(MarkdownBlock::Kind::heading).level = static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
                break;
            case MD_BLOCK_CODE: {
                const MD_ATTRIBUTE& language = static_cast<MD_BLOCK_CODE_DETAIL*>(detail)->lang;
                add(MarkdownBlock::Kind::code).language.assign(language.text ? language.text : "", language.text ? language.size : 0);
                in_code_ = true;
                break;
            }
            case MD_BLOCK_P:
                add(MarkdownBlock::Kind::paragraph);
                break;
            case MD_BLOCK_TABLE:
                add(MarkdownBlock::Kind::table);
                break;
            case MD_BLOCK_TR:
                blocks_.back().rows.emplace_back();
                break;
            case MD_BLOCK_TH:
            case MD_BLOCK_TD:
                target_ = &blocks_.back().rows.back().emplace_back();
                break;
            case MD_BLOCK_DOC:
            case MD_BLOCK_HTML:
            case MD_BLOCK_THEAD:
            case MD_BLOCK_TBODY:
                break;
        }
        return 0;
    }

    int leave(MD_BLOCKTYPE type) {
        if (type == MD_BLOCK_QUOTE || type == MD_BLOCK_UL || type == MD_BLOCK_OL) levels_.pop_back();
        if (type == MD_BLOCK_CODE) in_code_ = false;
        target_ = nullptr;
        return 0;
    }

    int style(MD_SPANTYPE type, void* detail, int by) {
        switch (type) {
            case MD_SPAN_EM:
                emphasis_ += by;
                break;
            case MD_SPAN_STRONG:
                strong_ += by;
                break;
            case MD_SPAN_CODE:
                code_ += by;
                break;
            case MD_SPAN_A: {
                const MD_ATTRIBUTE& href = static_cast<MD_SPAN_A_DETAIL*>(detail)->href;
                link_ = by > 0 ? std::string(href.text, href.size) : "";
                break;
            }
            default:
                break;
        }
        return 0;
    }

    int text(MD_TEXTTYPE type, std::string_view text) {
        if (in_code_) {
            blocks_.back().code += text;
            return 0;
        }
        if (target_ == nullptr) add(MarkdownBlock::Kind::paragraph);
        MarkdownSpan span;
        span.strong = strong_ > 0;
        span.emphasis = emphasis_ > 0;
        span.code = code_ > 0;
        span.link = link_;
        switch (type) {
            case MD_TEXT_BR:
                span.breaks = true;
                break;
            case MD_TEXT_SOFTBR:
                span.text = " ";
                break;
            case MD_TEXT_ENTITY:
                span.text = entity(text);
                break;
            default:
                span.text = text;
                break;
        }
        target_->push_back(std::move(span));
        return 0;
    }

    std::vector<MarkdownBlock> blocks_;
    std::vector<Level> levels_;
    MarkdownSpans* target_ = nullptr;  // where text goes: the last block's, or a cell's
    std::string marker_, link_;
    int strong_ = 0, emphasis_ = 0, code_ = 0;
    bool in_code_ = false;
};

void append(std::string& all, const MarkdownSpans& spans) {
    for (const MarkdownSpan& span : spans) all += span.breaks ? " " : span.text;
}

}  // namespace

std::vector<MarkdownBlock> read_markdown(std::string_view text) {
    return Reader().read(text);
}

std::vector<std::string_view> parts_that_fit(std::string_view word, const std::function<bool(std::string_view)>& fits) {
    const auto behind = [](std::string_view text, std::size_t at) {
        do ++at;
        while (at < text.size() && continues_character(text[at]));
        return at;
    };
    std::vector<std::string_view> parts;
    while (!word.empty()) {
        std::size_t end = behind(word, 0);
        while (end < word.size() && fits(word.substr(0, behind(word, end)))) end = behind(word, end);
        parts.push_back(word.substr(0, end));
        word.remove_prefix(end);
    }
    return parts;
}

std::string plain_text(std::string_view markdown) {
    std::string all;
    for (const MarkdownBlock& block : read_markdown(markdown)) {
        if (!all.empty()) all += ' ';
        append(all, block.spans);
        for (const auto& row : block.rows) {
            for (const MarkdownSpans& cell : row) append(all, cell);
        }
        for (const char c : block.code) all += c == '\n' ? ' ' : c;
    }
    return all;
}

}  // namespace synoptic
