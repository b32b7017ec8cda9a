// The selected thing in words, for the clipboard.
#include <fmt/format.h>

#include "core/trace/format.h"
#include "gui/actions.h"
#include "gui/app_state.h"
#include "imgui.h"

namespace synoptic {
namespace {

/** The selected thing in words, for the clipboard; "" if nothing is selected. */
std::string selected_text(const AppState& state) {
    const Selection& selected = state.selection;
    const World& world = state.moment.shown();
    if (selected.event != no_event && selected.event < state.history.size()) {
        EventIndex enter_index = selected.event;
        if (state.history.event(enter_index).phase == Phase::exit) enter_index = state.history.enter_of(enter_index);
        if (enter_index == no_event) return {};
        const Event enter = state.history.event(enter_index);
        const Told told{enter, state.history.payload(enter_index)};
        if (const std::string row = row_text(enter, told.payload); !row.empty()) return row;
        if (!is_call(enter.kind)) return print_fact(told);
        const EventIndex exit_index = state.history.exit_of(enter_index, world.events);
        if (exit_index == no_event) return print_call(told, nullptr, payload_limit_bytes);
        const Event exit = state.history.event(exit_index);
        const Told exit_told{exit, state.history.payload(exit_index)};
        return print_call(told, &exit_told, payload_limit_bytes) + print_result(enter, &exit);
    }
    if (const Connection* connection = find(world, selected.connection)) {
        return connection->client_address.text() + " → " + connection->server_address.text();
    }
    if (const Socket* socket = find(world, selected.socket)) {
        return fmt::format("socket {} {}: {} → {}", static_cast<std::uint64_t>(socket->id), state_name(socket->state), socket->local.text(),
                           socket->peer.text());
    }
    if (const Actor* actor = find(world, selected.actor))
        return fmt::format("{} {}: {}", actor->name, actor->tid, state_name(actor->state));
    if (const Process* process = find(world, selected.process))
        return fmt::format("process {}: {}", process->pid, state_name(process->state));
    if (const Program* program = find(world, selected.program)) return fmt::format("{} ({})", program->label, program->name);
    return {};
}

}  // namespace

void copy_selected(AppState& state) {
    const std::string text = selected_text(state);
    if (text.empty()) {
        state.messages.note("Nothing is selected", state.now_s);
        return;
    }
    ImGui::SetClipboardText(text.c_str());
    state.messages.note("Copied: " + text, state.now_s);
}

}  // namespace synoptic
