// What the inspector says about one call or fact: see inspector_facts.h.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"
#include "core/trace/format.h"
#include "gui/panels/inspector_facts.h"
#include "gui/panels/words.h"

namespace synoptic {
namespace {

void add_payload(InspectorPage& page, const Event& event, std::string_view payload, const char* title) {
    if (payload.empty()) return;
    FactSection section;
    section.title = fmt::format("{}, {}", title, byte_count(payload.size()));
    section.bytes = std::string(payload.substr(0, 512));
    section.lines.push_back(in_quotes(payload, 240));
    if (event.flags & event_payload_cut) section.text = "These are the first bytes: the call had more than the trace carries.";
    page.sections.push_back(std::move(section));
}

bool carries_bytes(EventKind kind) {
    switch (kind) {
        case EventKind::send:
        case EventKind::recv:
        case EventKind::read:
        case EventKind::write:
        case EventKind::fgets:
        case EventKind::printf:
            return true;
        default:
            return false;
    }
}

void add_error(InspectorPage& page, EventKind kind, int failure) {
    if (failure == 0) return;
    FactSection section;
    section.title = fmt::format("{}: {}", error_name(failure), error_text(failure));
    section.text = advice(kind, failure);
    section.tone = Tone::trouble;
    page.sections.push_back(std::move(section));
}

/** When it was, by whom, and where it stands in the source. */
void add_place(FactSection& facts, const World& world, const History& history, const Event& event) {
    const Actor* actor = find(world, event.actor);
    if (actor) {
        const Program* program = find(world, actor->program);
        const Tone tone = program && !program->is_server ? Tone::client : Tone::server;
        add(facts, "by", fmt::format("{}, {}", actor_label(world, *actor), actor_number(world, *actor)), tone,
            select_actor(world, event.actor));
    }
    const std::uint64_t began_ns = history.event(0).time;
    add_code(facts, "at", fmt::format("{:.6f} s", static_cast<double>(event.time > began_ns ? event.time - began_ns : 0) / 1e9));
    if (event.file != 0) add_code(facts, "in", fmt::format("{}:{}", history.file(event.file), event.line));
    if (event.flags & event_in_signal) add(facts, "handler", "made by a signal handler, inside another call");
}

const char* phase_words(const Event& event) {
    switch (event.phase) {
        case Phase::arrive:
            return "about to be called";
        case Phase::go:
            return "was let through the gate";
        case Phase::rest:
            return "stands at the gate after it";
        default:
            return "";
    }
}

void inspect_call(InspectorPage& page, const World& world, const History& history, EventIndex enter, std::uint64_t now_ns) {
    const Event event = history.event(enter);
    const KindInfo& info = kind_info(event.kind);
    const EventIndex limit = std::min<EventIndex>(world.events, history.size());
    const Actor* actor = find(world, event.actor);
    // The World knows the calls that are open; only of others the history must be searched for the exit.
    const bool open =
        actor && std::any_of(actor->calls.begin(), actor->calls.end(), [enter](const OpenCall& call) { return call.enter == enter; });
    const EventIndex exit_at = event.phase == Phase::enter && !open ? history.exit_of(enter, limit) : no_event;
    const bool returned = exit_at < limit;
    const Event left = returned ? history.event(exit_at) : Event{};
    const Event* exit = returned ? &left : nullptr;
    const int failure = exit ? failure_of(*exit) : 0;
    const Payload enter_bytes = history.payload(enter), exit_bytes = returned ? history.payload(exit_at) : Payload();
    const bool lives = actor && actor->state != Actor::State::ended;
    const bool blocked =
        !returned && lives && actor->state == Actor::State::blocked && !actor->calls.empty() && actor->calls.back().enter == enter;

    page.title = fmt::format("{}({})", info.name, info.section);
    page.subtitle = info.help;
    if (exit)
        page.badge = failure != 0 ? error_name(failure) : "returned";
    else
        page.badge = blocked ? "blocked" : event.phase == Phase::enter ? (lives ? "in the kernel" : "never returned") : phase_words(event);
    page.badge_tone = failure != 0 ? Tone::trouble : blocked ? Tone::blocked : exit ? Tone::alive : Tone::dim;

    FactSection call;
    if (exit) {
        const Told told{*exit, exit_bytes};
        call.lines.push_back(print_call({event, enter_bytes}, &told, 400) + print_result(event, exit));
    } else {
        call.lines.push_back(print_call({event, enter_bytes}, nullptr, 400) + print_result(event, nullptr));
    }
    add_place(call, world, history, event);
    if (event.fd >= 0) {
        const Socket* socket = actor ? socket_behind(world, actor->process, event.fd) : nullptr;
        const std::string role = socket ? fmt::format("{}, now {}", event.fd, descriptor_role(world, *socket)) : std::to_string(event.fd);
        add_code(call, "descriptor", role, Tone::normal, socket ? select_descriptor(world, actor->process, event.fd) : Selection{});
    }
    if (exit) {
        add_code(call, "result", std::to_string(exit->value), failure != 0 ? Tone::trouble : Tone::alive);
        add(call, "took", duration(exit->time > event.time ? exit->time - event.time : 0));
    } else if (blocked) {
        add(call, "blocked for", duration(now_ns > event.time ? now_ns - event.time : 0), Tone::blocked);
    }
    add_code(call, "man page", fmt::format("man {} {}", info.section, info.name), Tone::dim);
    page.sections.push_back(std::move(call));
    add_error(page, event.kind, failure);
    if (!carries_bytes(event.kind)) return;
    add_payload(page, event, enter_bytes, "Bytes");
    if (exit) add_payload(page, *exit, exit_bytes, "Bytes");
}

}  // namespace

void inspect_event(InspectorPage& page, const World& world, const History& history, EventIndex index, std::uint64_t now_ns) {
    page.event = index;
    Event event = history.event(index);
    if (event.phase == Phase::exit) {
        const EventIndex enter = history.enter_of(index);
        if (enter < history.size()) {
            index = enter;
            event = history.event(enter);
        }
    }
    if (event.phase != Phase::happened) return inspect_call(page, world, history, index, now_ns);
    page.title = kind_info(event.kind).name;
    page.subtitle = kind_info(event.kind).help;
    FactSection facts;
    facts.text = print_fact({event, history.payload(index)});
    if (event.kind == EventKind::command_failed || event.kind == EventKind::lost) facts.tone = Tone::trouble;
    add_place(facts, world, history, event);
    page.sections.push_back(std::move(facts));
}

}  // namespace synoptic
