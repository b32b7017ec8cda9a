// What can be done with a card of the stage. Everything here is a Command; nothing is done to a past World.
#include <fmt/format.h>

#include "core/base/text.h"
#include "gui/panels/kv_requests.h"
#include "gui/panels/stage_cards.h"
#include "gui/panels/words.h"
#include "gui/server_choice.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

constexpr const char* menu_id = "stage.menu";

void gate_entries(PanelContext& panel, const Actor& actor) {
    ui::menu_line();
    const bool stands = actor.state == Actor::State::arrives || actor.state == Actor::State::rests;
    if (ui::menu_entry("stage.menu.step", "Step this one", "", false, stands || actor.gate == GateMode::step, "let it make one move")) {
        panel.out.push_back(Step{actor.id});
    }
    const auto mode = [&](const char* id, const char* label, GateMode wanted, std::uint32_t ms, const char* tip) {
        if (ui::menu_entry(id, label, "", actor.gate == wanted, true, tip)) panel.out.push_back(SetGate{actor.id, wanted, ms});
    };
    mode("stage.menu.run", "Run", GateMode::run, 0, "it runs at full speed");
    mode("stage.menu.slow", "Run slowly", GateMode::slow, 500, "every move takes at least half a second");
    mode("stage.menu.hold", "Wait for steps", GateMode::step, 0, "it stops before and after every call until you let it go on");
}

void kill_entry(PanelContext& panel, const Process* process) {
    if (!process || process->is_app || process->state != Process::State::runs) return;
    const std::string label = fmt::format("Kill process {}", process->pid);
    if (ui::menu_entry("stage.menu.kill", label.c_str(), "", false, true,
                       "kill(2) with SIGKILL: it ends at once, the kernel closes what it held")) {
        panel.out.push_back(KillProcess{process->pid, 9});
    }
}

void client_entries(PanelContext& panel, StageView& view, const Program& program) {
    ui::menu_heading(program.label.c_str());
    // What is typed right after the click is meant for it, not for the keys of the window.
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    if (view.say.empty() && ui::escape_pressed()) ui::close_menu();  // nothing was typed that Escape could take back
    if (ui::text_field("stage.menu.say", &view.say, say_hint(program, "say something, then Enter"), 208, say_tip) && !view.say.empty()) {
        panel.out.push_back(Say{program.id, unescaped(view.say)});
        view.say.clear();
        ui::close_menu();
    }
    const std::vector<std::string> requests = kv_requests(panel.world, program);
    for (std::size_t at = 0; at < requests.size(); ++at) {
        if (ui::menu_entry(fmt::format("stage.menu.request.{}", at).c_str(), requests[at].c_str(), "", false, true, "it says this now"))
            panel.out.push_back(Say{program.id, requests[at]});
    }
    ui::menu_line();
    const bool chatters = program.chatter_ms > 0;
    if (ui::menu_entry("stage.menu.chatter", "Chatters", "", chatters, true,
                       chatters ? "make it silent" : "it says something every 500 ms")) {
        panel.out.push_back(Chatter{program.id, chatters ? 0 : 500});
    }
    ui::menu_line();
    if (ui::menu_entry("stage.menu.close", "Close", "", false, true, "its input ends: it closes its socket and ends by itself")) {
        panel.out.push_back(CloseClient{program.id});
    }
}

void server_entries(PanelContext& panel, const Program& program) {
    ui::menu_heading(program.label.c_str());
    const bool listens = program.listener != SocketId::none;
    const auto add = [&](const char* id, const char* label, int count) {
        if (ui::menu_entry(id, label, "", false, listens)) add_clients_to(panel, program.id, count);
    };
    add("stage.menu.add1", "Add a client", 1);
    add("stage.menu.add10", "Add 10 clients", 10);
    add("stage.menu.add100", "Add 100 clients", 100);
    ui::menu_line();
    if (ui::menu_entry("stage.menu.stop", "Stop the server", "", false, true, "it ends, and its workers with it"))
        panel.out.push_back(StopServer{program.id});
}

void segment_entries(PanelContext& panel, const WireSegment& segment) {
    ui::menu_heading(segment.reading.title.c_str());
    if (!segment.waits()) {
        ui::menu_text("It does not wait any more.", ui::theme().text_dim);
        return;
    }
    const auto entry = [&](const char* id, const char* label, const char* key, SegmentMove move, Stack stack, bool enabled,
                           const char* tip) {
        if (ui::menu_entry(id, label, key, false, enabled, tip)) panel.out.push_back(MoveSegment{segment.id, move, stack});
    };
    const bool delayed = segment.state == WireSegment::State::delayed;
    entry("stage.menu.deliver", "Deliver", "G", SegmentMove::deliver_once, Stack::only_this, true,
          "to its receiver's kernel, now; copies of it are dropped");
    entry("stage.menu.deliver_copies", "Deliver with its copies", "", SegmentMove::deliver, Stack::with_copies, true,
          "those that were sent again meanwhile, too: the receiver answers them with duplicate ACKs");
    entry("stage.menu.drop", "Drop", "X", SegmentMove::drop, Stack::with_copies, true,
          "it is lost, and its copies with it; the sender will send again");
    ui::menu_line();
    entry("stage.menu.duplicate", "Duplicate", "", SegmentMove::duplicate, Stack::only_this, true, "a copy by hand, which waits behind it");
    entry("stage.menu.overtake", "Let overtake", "", SegmentMove::overtake, Stack::only_this, true, "it will be the next of its direction");
    entry("stage.menu.hold_segment", "Hold", "", SegmentMove::hold, Stack::only_this, delayed, "stops its clock: it waits for you");
}

}  // namespace

void add_clients_to(PanelContext& panel, ProgramId server_id, int count) {
    const Program* server = find(panel.world, server_id);
    if (!server) return;
    AddClients add = clients_for(panel.world, *server, count);
    if (is_client_for(*server, panel.client_program)) add.program = panel.client_program;
    if (!add.host.empty()) panel.out.push_back(add);
}

void open_stage_menu(StageView& view, const Selection& about) {
    view.menu = about;
    view.say.clear();
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    view.menu_at = {mouse.x, mouse.y, 0, 0};
    ui::open_menu(menu_id);
}

void draw_stage_menu(PanelContext& panel, StageView& view) {
    if (!ui::begin_menu(menu_id, view.menu_at, 232)) return;
    const World& world = panel.world;
    const Program* program = find(world, view.menu.program);
    const Actor* actor = find(world, view.menu.actor);
    const Process* process = find(world, view.menu.process);
    const bool main = program && actor && is_main_actor(world, *actor);
    if (panel.past) {
        ui::menu_text("This is the past: go back to live to change something.", ui::theme().user);
    } else {
        if (program && !program->is_server)
            client_entries(panel, view, *program);
        else if (program && (main || !actor))
            server_entries(panel, *program);
        else if (actor)
            ui::menu_heading(actor_label(world, *actor).c_str());
        else if (const WireSegment* segment = find(world, view.menu.segment))
            segment_entries(panel, *segment);
        else if (view.menu.connection != ConnectionId::none)
            ui::menu_text("A client from outside: this program can only watch it.", ui::theme().text_dim);
        kill_entry(panel, process);
        if (actor && actor->state != Actor::State::ended) gate_entries(panel, *actor);
    }
    ui::end_menu();
}

}  // namespace synoptic
