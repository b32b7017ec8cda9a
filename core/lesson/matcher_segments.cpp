// Kinds of segments, and whose they are.
#include <algorithm>
#include <cstring>

#include "core/lesson/matcher_reader.h"

namespace synoptic {

namespace {

struct SegmentName {
    const char* text;
    SegmentWord word;
    std::uint8_t kinds;
};
constexpr SegmentName segment_names[] = {
    {"syn", SegmentWord::syn, kind_syn},
    {"syns", SegmentWord::syn, kind_syn},
    {"syn+ack", SegmentWord::syn_ack, kind_syn_ack},
    {"syn-ack", SegmentWord::syn_ack, kind_syn_ack},
    {"ack", SegmentWord::ack, kind_ack},
    {"acks", SegmentWord::ack, kind_ack},
    {"data", SegmentWord::data, kind_data},
    {"fin", SegmentWord::fin, kind_fin},
    {"fins", SegmentWord::fin, kind_fin},
    {"rst", SegmentWord::rst, kind_rst},
    {"rsts", SegmentWord::rst, kind_rst},
    {"segment", SegmentWord::any, kind_all},
    {"segments", SegmentWord::any, kind_all},
    {"probe", SegmentWord::probe, 0},
    {"probes", SegmentWord::probe, 0},
    {"everything", SegmentWord::any, kind_all},
};

const SegmentName* segment_name(const LessonWord* word) {
    if (!word || word->quoted) return nullptr;
    const std::string text = lower_case(word->text);
    const auto* found =
        std::find_if(std::begin(segment_names), std::end(segment_names), [&](const SegmentName& each) { return text == each.text; });
    return found == std::end(segment_names) ? nullptr : found;
}

/** "from clients", "from server"; may be missing. */
MatchWays match_ends(const MatchInput& input, const MatchState& state, bool with_to) {
    WordReader reader(input, state);
    MatchWays ways;
    const auto whose = [&](std::string& into) {
        if (reader.word("clients") || reader.word("client"))
            into = "clients";
        else
            into = reader.name();
        return !into.empty();
    };
    bool taken = false;
    if (reader.word("from")) {
        if (!whose(reader.state.words.from)) return {};
        taken = true;
    }
    if (with_to && reader.word("to")) {
        if (!whose(reader.state.words.to)) return {};
        taken = true;
    }
    if (taken)
        ways.push_back(reader.state);
    else
        ways.push_back(state);
    return ways;
}

}  // namespace

MatchWays match_segment(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    if (reader.words("zero", "window") || reader.words("zero", "windows"))
        reader.state.words.segment = SegmentWord::zero_window;
    else if (reader.words("duplicate", "ack") || reader.words("duplicate", "acks"))
        reader.state.words.segment = SegmentWord::duplicate_ack;
    else if (const SegmentName* name = segment_name(reader.peek()); name && std::strcmp(name->text, "everything") != 0) {
        ++reader.state.at;
        reader.state.words.segment = name->word;
        reader.state.words.kinds = name->kinds;
    } else
        return {};
    if (!reader.word("segments")) (void)reader.word("segment");
    return {reader.state};
}

MatchWays match_kinds(const MatchInput& input, const MatchState& state) {
    WordReader reader(input, state);
    std::uint8_t kinds = 0;
    for (;;) {
        const SegmentName* name = segment_name(reader.peek());
        if (!name || name->kinds == 0) return {};
        kinds |= name->kinds;
        ++reader.state.at;
        if (!reader.word(",") && !reader.word("and")) break;
        (void)reader.word("and");
    }
    reader.state.words.kinds = kinds;
    return {reader.state};
}

MatchWays match_way(const MatchInput& input, const MatchState& state) {
    return match_ends(input, state, false);
}
MatchWays match_between(const MatchInput& input, const MatchState& state) {
    return match_ends(input, state, true);
}

}  // namespace synoptic
