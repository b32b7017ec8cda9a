// The menu of the wire: what is held, delayed and lost, what a step moves, and ways into the two hosts.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/panels/words.h"
#include "gui/save_place.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;

constexpr int longest_delay_ms = 3000, delay_step_ms = 20, most_nth = 10, most_percent = 50;

void heading(const char* text, float gap = 6) {
    ImGui::Dummy({0, px(gap)});
    ui::menu_heading(text);
}

/** A row of toggles, one for each kind of segment. */
void draw_hold(AppState& state, const Rules& rules) {
    struct Kind {
        const char* id;
        const char* label;
        std::uint8_t kinds;
        const char* tip;
    };
    constexpr Kind kinds[] = {{"wire.hold.all", "Everything", kind_all, "every segment waits"},
                              {"wire.hold.syn", "SYN", kind_syn, "the handshake's first segment"},
                              {"wire.hold.syn_ack", "SYN+ACK", kind_syn_ack, "its second; held, requests fill the SYN queue"},
                              {"wire.hold.fin", "FIN", kind_fin, "what ends one direction; hold both for CLOSING"},
                              {"wire.hold.data", "Data", kind_data, "segments that carry bytes"}};
    const std::uint8_t held = held_kinds(rules);
    bool first = true;
    for (const Kind& kind : kinds) {
        if (!first) ImGui::SameLine(0, px(4));
        first = false;
        ui::Face face;
        face.label = kind.label;
        face.chosen = kind.kinds == kind_all ? held == kind_all : held != kind_all && (held & kind.kinds) != 0;
        if (!ui::button(kind.id, face, kind.tip)) continue;
        if (kind.kinds == kind_all)
            hold_segments(state, held == kind_all ? 0 : kind_all);
        else
            hold_segments(state, held == kind_all ? kind.kinds : held ^ kind.kinds);
    }
}

/** A slider with its name before it and what it says behind. True if it was moved. */
bool row(const std::string& id, const char* name, int* value, int high, const std::string& says, const char* tip) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImFont* font = ui::fonts().text;
    const float y = at.y + (px(30) - imgui::font_size(font)) / 2;
    ui::draw_text(font, {at.x + px(10), y}, ui::theme().text_dim, name);
    ui::draw_text(font, {at.x + px(336), y}, *value == 0 ? ui::theme().text_faint : ui::theme().text, says);
    ImGui::SetCursorScreenPos({std::floor(at.x + px(130)), at.y});
    return ui::slider(id.c_str(), value, 0, high, "%d", 192, tip);
}

/** "2nd", "3rd", "10th". */
std::string ordinal(int number) {
    constexpr const char* endings[] = {"th", "st", "nd", "rd"};
    return std::to_string(number) + (number < 4 ? endings[number] : "th");
}

void draw_direction(AppState& state, Rules rules, bool to_server) {
    DirectionRules& one = to_server ? rules.to_server : rules.to_client;
    const std::string id = to_server ? "wire.to_server" : "wire.to_client";
    heading(to_server ? "Client host → server host" : "Server host → client host");
    int delay = static_cast<int>(one.delay_ms) / delay_step_ms, nth = static_cast<int>(one.lose_every_nth),
        percent = static_cast<int>(one.lose_probability * 100 + 0.5);
    bool changed = row(id + ".delay", "Delay", &delay, longest_delay_ms / delay_step_ms,
                       delay == 0 ? "none" : fmt::format("{} ms", one.delay_ms), "each segment waits so long, in order");
    changed = row(id + ".nth", "Lose, counted", &nth, most_nth, nth == 0 ? "none" : fmt::format("every {}", ordinal(nth)),
                  "counted: the n-th, the 2 n-th …") ||
              changed;
    changed = row(id + ".percent", "Lose by chance", &percent, most_percent, percent == 0 ? "none" : fmt::format("{} %", percent),
                  "each segment by itself; the same seed loses the same ones") ||
              changed;
    if (!changed) return;
    one.delay_ms = static_cast<std::uint32_t>(delay * delay_step_ms);
    one.lose_every_nth = static_cast<std::uint32_t>(nth);
    one.lose_probability = percent / 100.0;
    state.out.push_back(SetRules{rules});
}

void draw_step_over(AppState& state) {
    heading("A step moves");
    struct Choice {
        const char* id;
        const char* label;
        StepOver over;
        const char* tip;
    };
    constexpr Choice choices[] = {{"wire.step.both", "Whichever is next", StepOver::both,
                                   "the call or the segment that has waited longest; Pause holds segments, too"},
                                  {"wire.step.calls", "Calls only", StepOver::calls, "segments go as the rules say"},
                                  {"wire.step.segments", "Segments only", StepOver::segments, "programs run as they do"}};
    bool first = true;
    for (const Choice& choice : choices) {
        if (!first) ImGui::SameLine(0, px(4));
        first = false;
        ui::Face face;
        face.label = choice.label;
        face.chosen = state.settings.step_over == choice.over;
        if (ui::button(choice.id, face, choice.tip)) set_step_over(state, choice.over);
    }
}

void copy_command(AppState& state, const char* id, const char* label, const std::string& command) {
    if (!ui::menu_entry(id, label, "", false, !command.empty(), "copies a command: what you start there is seen on the wire. nsenter(1)"))
        return;
    ImGui::SetClipboardText(command.c_str());
    state.messages.note("Copied: " + command, state.now_s);
}

void draw_loopback(AppState& state) {
    const CaptureState& capture = state.moment.live().capture;
    const std::string tip = capture.trouble.empty() ? std::string("segments of servers on loopback are shown, too; they can only be watched. packet(7)")
                                                    : capture.trouble + ". capturing needs CAP_NET_RAW: synoptic check tells how to get it";
    if (capture.lost != 0) ui::menu_text(fmt::format("{} of loopback's packets came too fast to be read.", with_commas(capture.lost)).c_str(), ui::theme().trouble);
    if (ui::menu_entry("wire.capture", "Capture loopback's segments", "", capture.on, true, tip.c_str())) state.out.push_back(CaptureLoopback{!capture.on});
}

}  // namespace

void draw_wire_menu(AppState& state) {
    const LabState& lab = state.moment.live().lab;
    if (!lab.lives) {
        ui::menu_text(lab.trouble.empty() ? "The wire is not there yet." : lab.trouble.c_str(), ui::theme().text_dim);
        ui::menu_line();
        if (ui::menu_entry("wire.start", lab.had ? "Restart the wire" : "Try again")) state.out.push_back(StartLab{});
        if (!has_wire(state.moment.live())) return draw_loopback(state);
        ui::menu_line();  // what waits on it can still be moved
    }
    ui::menu_heading("Hold, until you deliver or drop");
    draw_hold(state, lab.rules);
    draw_direction(state, lab.rules, true);
    draw_direction(state, lab.rules, false);
    draw_step_over(state);
    ui::menu_line();
    const std::size_t waiting = waiting_segments(state.moment.live()).size();
    const std::string all = fmt::format("Deliver all {} that wait", waiting);
    if (ui::menu_entry("wire.deliver_all", waiting > 0 ? all.c_str() : "Deliver all that wait", keys_of(Action::deliver_all).c_str(), false,
                       waiting > 0))
        state.ask(Action::deliver_all);
    if (ui::menu_entry("wire.no_rules", "No rules", "", lab.rules == Rules{}, true,
                       "holds, delays and loses nothing; what waits is delivered")) {
        state.out.push_back(SetRules{});
        state.out.push_back(DeliverAll{});
    }
    ui::menu_line();
    draw_loopback(state);
    if (lab.lives) {
        copy_command(state, "wire.client_terminal", "Copy: a terminal in the client host", lab.commands[0]);
        copy_command(state, "wire.server_terminal", "Copy: a terminal in the server host", lab.commands[1]);
    }
    const std::string where = "pcapng, one interface for each host's side, into " + documents_folder();
    if (ui::menu_entry("wire.export", "Save the segments for Wireshark", keys_of(Action::export_capture).c_str(), false,
                       lab.sent[0] + lab.sent[1] > 0, where.c_str())) {
        state.ask(Action::export_capture);
    }
    if (lab.lives &&
        ui::menu_entry("wire.restart", "Restart the wire", "", false, true, "two new hosts; programs in the old ones are ended"))
        state.out.push_back(StartLab{});
    if (!lab.shortcomings.empty()) ui::menu_text(lab.shortcomings.c_str(), ui::theme().text_faint);
}

}  // namespace synoptic
