#include "gui/panels/lesson_point.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/lesson/facts.h"
#include "core/lesson/lesson_cast.h"
#include "gui/imgui_versions.h"
#include "gui/lesson_desk.h"
#include "gui/lesson_panels.h"
#include "gui/markdown.h"
#include "gui/panels/lesson_select.h"
#include "gui/panels/marks.h"
#include "gui/panels/words.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

using ui::px;
using ui::Rect;
using Ids = std::vector<std::string>;

class Places {
   public:
    Places(const Player& player, const World& world) : player_(player), world_(world) {}

    Ids of(const LessonFact& fact) const {
        const Operands& words = fact.words;
        if (words.who.empty()) return {};
        const Who& who = words.who.front();
        switch (fact.form) {
            case FactForm::waits_in_syn_queue:
            case FactForm::syn_queue_empty:
            case FactForm::syn_queue_full:
            case FactForm::syn_queue_holds:
                return part_of_server("syn_queue", who);
            case FactForm::waits_in_accept_queue:
            case FactForm::accept_queue_empty:
            case FactForm::accept_queue_full:
            case FactForm::accept_queue_holds:
                return part_of_server("accept_queue", who);
            case FactForm::was_accepted:
                return card(server_of(who));
            case FactForm::server_end_is: {
                Ids ids = {state(words.state)};
                append(ids, server_end(who));
                return ids;
            }
            case FactForm::client_end_is: {
                Ids ids = {state(words.state)};
                append(ids, card(program(who)));
                return ids;
            }
            case FactForm::server_receive_queue_empty:
            case FactForm::server_receive_queue_holds:
            case FactForm::server_send_queue_empty:
            case FactForm::server_send_queue_holds:
                return server_end(who);
            case FactForm::listens:
            case FactForm::listens_not:
            case FactForm::listens_on:
            case FactForm::listens_on_port:
            case FactForm::listens_everywhere:
                return part_of_server("listener", who);
            case FactForm::segments_were_from:
            case FactForm::segments_wait_from:
                return segment(words);
            default:
                return whose(who);
        }
    }

   private:
    static void append(Ids& ids, const Ids& more) { ids.insert(ids.end(), more.begin(), more.end()); }
    static std::string state(TcpState state) { return fmt::format("states.{}", name_of(state)); }
    const Program* program(const Who& who) const { return find(world_, player_.program(who.name)); }
    static Ids card(const Program* program) { return program ? Ids{"stage." + id_part(program->label)} : Ids{}; }

    /** A program as its card, a child or thread as its own. */
    Ids whose(const Who& who) const {
        if (who.part == Who::Part::program) return card(program(who));
        const Actor* actor = find(world_, player_.actor(world_, who));
        return actor ? Ids{fmt::format("stage.worker.{}", actor->tid)} : Ids{};
    }
    /** Who serves this client; the server itself where nobody else does. */
    Ids server_end(const Who& client) const {
        Who worker = client;
        worker.part = Who::Part::worker;
        Ids ids = whose(worker);
        append(ids, card(server_of(client)));
        return ids;
    }
    /** Of a client the server to which it is connected, before that the only one that the lesson runs. */
    const Program* server_of(const Who& who) const {
        const Program* named = program(who);
        if (named && named->is_server) return named;
        const Connection* connection = named ? connection_of_client(world_, named->id) : nullptr;
        const Socket* listener = connection ? find(world_, connection->listener) : nullptr;
        if (const Program* server = listener ? find(world_, listener->program) : nullptr) return server;
        const Program* only = nullptr;
        for (const auto& [id, each] : world_.programs) {
            if (!each.is_server || each.state == Program::State::ended || player_.name_of(id).empty()) continue;
            if (only != nullptr) return nullptr;
            only = &each;
        }
        return only;
    }
    Ids part_of_server(const char* part, const Who& who) const {
        const Program* server = server_of(who);
        return server ? Ids{fmt::format("stage.{}.{}", part, server->label.substr(server->label.rfind(' ') + 1))} : Ids{};
    }
    Ids segment(const Operands& words) const {
        const std::optional<Selection> found = selection_of(player_, world_, {ShownForm::segment_from, words, 0});
        return found ? Ids{fmt::format("stage.segment.{}", static_cast<std::uint64_t>(found->segment))} : Ids{};
    }

    const Player& player_;
    const World& world_;
};

/** What of a widget can be seen in a pane; nothing where it is elsewhere. */
std::optional<Rect> seen_in(const std::string& id, const Rect& pane) {
    for (const ui::Record& record : ui::records()) {
        if (record.id != id) continue;
        const Rect seen = mark::clipped(record.rect, pane);
        if (seen.w > px(8) && seen.h > px(8)) return seen;
    }
    return {};
}

/** The choice's number, at the left upper corner of what stands for it. */
void draw_number(const Rect& rect, std::size_t choice, bool over) {
    const Theme& theme = ui::theme();
    const std::string key = std::to_string(choice + 1);
    ImFont* font = ui::fonts().code;
    const float size = px(20), y = rect.h < px(44) ? rect.y + (rect.h - size) / 2 : rect.y - size / 3;
    const Rect cap{std::floor(rect.x - size / 3), std::floor(y), size, size};
    ui::canvas().AddRectFilled(cap.min(), cap.max(), over ? theme.accent : theme.card_raised, px(5));
    imgui::stroke_rect(ui::canvas(), cap.min(), cap.max(), theme.accent, px(5), std::max(1.0f, px(1.5f)));
    ui::draw_text(font, {cap.x + (size - ui::text_width(font, key)) / 2, cap.y + (size - imgui::font_size(font)) / 2},
                  over ? theme.on_accent : theme.text, key);
}

}  // namespace

std::vector<std::vector<std::string>> places_of_choices(const Player& player, const QuestionBlock& question, const World& world) {
    const Places places(player, world);
    std::vector<Ids> all;
    for (const LessonChoice& choice : question.choices) all.push_back(choice.fact ? places.of(*choice.fact) : Ids{});
    const auto choices_with = [&all](const std::string& id) {
        return std::count_if(all.begin(), all.end(), [&](const Ids& ids) { return std::find(ids.begin(), ids.end(), id) != ids.end(); });
    };
    std::vector<Ids> alone;
    for (const Ids& ids : all) {
        Ids& own = alone.emplace_back();
        std::copy_if(ids.begin(), ids.end(), std::back_inserter(own), [&](const std::string& id) { return choices_with(id) == 1; });
    }
    return alone;
}

void begin_points(AppState& state) {
    LessonView& view = *state.lesson;
    view.points_before = view.points.size();
    view.points.clear();
    view.places.clear();
    const Player* player = state.desk->player();
    const QuestionBlock* question = player ? player->question() : nullptr;
    if (question == nullptr || player->state() != Player::State::asks || !question->is_kernel() || state.moment.past()) return;
    view.places = places_of_choices(*player, *question, state.moment.live());
}

void draw_points(AppState& state, const Rect& pane) {
    LessonView& view = *state.lesson;
    const std::size_t first = view.points.size();
    for (std::size_t choice = 0; choice < view.places.size(); ++choice) {
        for (const std::string& id : view.places[choice]) {
            const std::optional<Rect> seen = seen_in(id, pane);
            if (!seen) continue;
            view.points.push_back({choice, *seen});
            // The lesson's pane is drawn before those in which they stand: it tells of them a frame later.
            if (view.points.size() > view.points_before) ui::wake_in(0);
            view.places[choice].clear();  // elsewhere it is not looked for
            break;
        }
    }
    const auto begin = view.points.begin() + static_cast<std::ptrdiff_t>(first);
    // What stands within another one lies on top.
    std::sort(begin, view.points.end(), [](const auto& a, const auto& b) { return a.rect.w * a.rect.h > b.rect.w * b.rect.h; });
    const Player* player = state.desk->player();
    const QuestionBlock* question = player ? player->question() : nullptr;
    std::optional<std::size_t> picked;
    ImGui::PushClipRect(pane.min(), pane.max(), true);
    for (auto at = begin; at != view.points.end() && question != nullptr; ++at) {
        const std::string words = plain_text(question->choices[at->choice].markdown);
        const std::string tip = fmt::format("Answers {}: {}", at->choice + 1, words);
        if (ui::hit(fmt::format("lesson.point.{}", at->choice + 1).c_str(), at->rect, words, &at->over, tip.c_str())) picked = at->choice;
        const Rect edge = at->rect.inset(px(1));
        if (at->over) {
            ui::canvas().AddRectFilled(edge.min(), edge.max(), faded(ui::theme().accent, 0.22f), px(6));
            mark::outline(edge, ui::theme().accent, px(2.5f));
        } else {
            mark::dashed_rect(edge, ui::theme().accent, px(6));
        }
        draw_number(at->rect, at->choice, at->over);
    }
    ImGui::PopClipRect();
    if (picked) choose_in_lesson(state, *picked);
}

}  // namespace synoptic
