// What can be done with a card of the stage. Everything here is a Command; nothing is done to a past World.
#include <fmt/format.h>

#include "core/base/text.h"
#include "gui/panels/stage_cards.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

constexpr const char* menu_id = "stage.menu";

/** Where clients on this machine reach a listener: an address that stands for all interfaces means this machine, too. */
std::string host_of(const Socket& listener) {
    if (!listener.local.is_wildcard()) return listener.local.host();
    return listener.local.family() == AF_INET6 ? "::1" : "127.0.0.1";
}

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
    if (ui::text_field("stage.menu.say", &view.say, "say something, then Enter", 208, say_tip) && !view.say.empty()) {
        panel.out.push_back(Say{program.id, unescaped(view.say)});
        view.say.clear();
        ui::close_menu();
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

}  // namespace

void add_clients_to(PanelContext& panel, ProgramId server_id, int count) {
    const Program* server = find(panel.world, server_id);
    const Socket* listener = server ? find(panel.world, server->listener) : nullptr;
    if (!listener) return;
    AddClients command;
    const ProgramInfo* info = find_program(server->name);
    if (const ProgramInfo* client = info ? find_client(info->protocol) : nullptr) command.program = client->name;
    command.host = host_of(*listener);
    command.port = std::to_string(listener->local.port());
    command.count = count;
    panel.out.push_back(command);
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
        else if (view.menu.connection != ConnectionId::none)
            ui::menu_text("A client from outside: this program can only watch it.", ui::theme().text_dim);
        kill_entry(panel, process);
        if (actor && actor->state != Actor::State::ended) gate_entries(panel, *actor);
    }
    ui::end_menu();
}

}  // namespace synoptic
