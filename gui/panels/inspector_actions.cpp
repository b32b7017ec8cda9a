// What can be done with what the inspector shows: a row of buttons that wraps.
#include <fmt/format.h>

#include "core/base/text.h"
#include "gui/panels/inspector_facts.h"
#include "gui/panels/inspector_segment.h"
#include "gui/panels/kv_requests.h"
#include "gui/panels/stage_cards.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;

class InspectorActions {
   public:
    InspectorActions(PanelContext& panel, InspectorView& view, const InspectorPage& page, const Rect& area)
        : panel_(panel), view_(view), page_(page), left_(area.x), right_(area.right()), top_(area.y), y_(area.y), act_x_(area.x) {}

    /** The height that they take. */
    float paint() {
        if (page_.client != ProgramId::none) paint_client_actions();
        if (page_.server != ProgramId::none) paint_server_actions();
        for (const SegmentAction& action : segment_actions(panel_.world, page_.segment)) {
            if (act(action.id, action.label, action.tip, action.look)) panel_.out.push_back(action.command);
        }
        // What it shows of a waiting segment is counted in tenths of a second.
        if (!panel_.past && act_x_ > left_ && page_.segment != WireId::none) ui::wake_in(0.1);
        paint_kill();
        next_row();
        paint_pace();
        next_row();
        // Looking elsewhere changes nothing: it is possible from the past, too.
        const bool look = page_.event != no_event && act("inspector.look", "Look at this moment", "everything as it was right after this",
                                                         ui::Look::plain, false, true);
        if (look) panel_.jump_to = page_.event + 1;
        next_row();
        return y_ > top_ ? y_ + px(6) - top_ : 0;
    }

   private:
    bool act(const char* id, const char* label, const char* tip, ui::Look look = ui::Look::plain, bool chosen = false,
             bool in_past = false) {
        ui::Face face;
        face.label = label;
        face.look = look;
        face.chosen = chosen;
        face.enabled = !panel_.past || in_past;
        face.height = 28;
        const float width = ui::button_width(face);
        if (act_x_ > left_ && act_x_ + width > right_) next_row();
        ImGui::SetCursorScreenPos({act_x_, y_});
        act_x_ += width + px(6);
        return ui::button(id, face, !face.enabled ? "go back to live to change something" : tip);
    }
    void next_row() {
        if (act_x_ > left_) y_ += px(34);
        act_x_ = left_;
    }

    void paint_client_actions() {
        const Program* client = find(panel_.world, page_.client);
        if (!client) return;
        if (!panel_.past) {
            ImGui::SetCursorScreenPos({left_, y_});
            ui::Face send;
            send.label = "Send";
            send.look = ui::Look::primary;
            const float button_w = ui::button_width(send);
            const bool entered = ui::text_field("inspector.say", &view_.say, say_hint(*client, "a line for the server"),
                                                (right_ - left_ - button_w - px(8)) / ui::scale(), say_tip);
            ImGui::SetCursorScreenPos({right_ - button_w, y_});
            send.enabled = !view_.say.empty();
            if ((ui::button("inspector.send", send, "the client sends this line (Enter)") || entered) && !view_.say.empty()) {
                panel_.out.push_back(Say{page_.client, unescaped(view_.say)});
                view_.say.clear();
            }
            y_ += px(38);
        }
        const std::vector<std::string> requests = kv_requests(panel_.world, *client);
        for (std::size_t at = 0; at < requests.size(); ++at) {
            if (act(fmt::format("inspector.request.{}", at).c_str(), requests[at].c_str(), "it says this now"))
                panel_.out.push_back(Say{client->id, requests[at]});
        }
        next_row();
        const bool chatters = client->chatter_ms > 0;
        if (act("inspector.chatter", chatters ? "Silence" : "Chatter",
                chatters ? "it stops chattering" : "it says something twice a second"))
            panel_.out.push_back(Chatter{page_.client, chatters ? 0 : 500});
        if (act("inspector.close", "Close", "its input ends: it closes its socket and ends by itself"))
            panel_.out.push_back(CloseClient{page_.client});
    }

    void paint_server_actions() {
        const Program* program = find(panel_.world, page_.server);
        if (program && program->listener != SocketId::none) {
            if (act("inspector.add1", "+ 1 client", "a client joins this server")) add_clients_to(panel_, page_.server, 1);
            if (act("inspector.add10", "+ 10", "ten clients join")) add_clients_to(panel_, page_.server, 10);
            if (act("inspector.add100", "+ 100", "a hundred clients join")) add_clients_to(panel_, page_.server, 100);
        }
        if (act("inspector.stop", "Stop", "the server ends, and its workers with it")) panel_.out.push_back(StopServer{page_.server});
    }

    void paint_kill() {
        const Process* process = find(panel_.world, page_.process);
        if (!process || process->is_app || process->state != Process::State::runs) return;
        const std::string label = fmt::format("Kill {}", process->pid);
        if (act("inspector.kill", label.c_str(), "kill(2) with SIGKILL: the process ends at once, the kernel closes what it held",
                ui::Look::danger)) {
            panel_.out.push_back(KillProcess{process->pid, 9});
        }
    }

    void paint_pace() {
        const Actor* actor = find(panel_.world, page_.paced);
        if (!actor) return;
        const auto mode = [&](const char* id, const char* label, GateMode wanted, std::uint32_t ms, const char* tip) {
            if (act(id, label, tip, ui::Look::plain, actor->gate == wanted)) panel_.out.push_back(SetGate{actor->id, wanted, ms});
        };
        mode("inspector.run", "Run", GateMode::run, 0, "it runs at full speed");
        mode("inspector.slow", "Slow", GateMode::slow, 500, "each of its moves takes at least half a second");
        mode("inspector.hold", "Step", GateMode::step, 0, "it waits before and after every call until you let it go on");
        if (actor->gate == GateMode::step && act("inspector.step", "Step this", "let this one make one move", ui::Look::primary))
            panel_.out.push_back(Step{actor->id});
    }

    PanelContext& panel_;
    InspectorView& view_;
    const InspectorPage& page_;
    float left_, right_, top_, y_, act_x_;
};

}  // namespace

float draw_inspector_actions(PanelContext& panel, InspectorView& view, const InspectorPage& page, const Rect& area) {
    return InspectorActions(panel, view, page, area).paint();
}

}  // namespace synoptic
