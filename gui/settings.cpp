// The file is one JSON object. Fields that are missing keep their defaults; fields that are not known are ignored, so that versions of the
// program can share it:
//   window {width, height} · theme "dark" | "light" · zoom percent · preset "lecture" | "explore" | "code" · panes {left, stage, code, lesson: shares
//   0 to 1; hidden: names} · server {protocol "echo" | "message" | "kv", workers "iterative" | "fork" | "thread", variant, own_process, network "wire" | "loopback", wire_ipv6, listen "127.0.0.1" | "::1" | "all" | "typed",
//   address, port, backlog, database, max_clients, line_bytes, idle_seconds} · lower "calls" | "ladder" | "states" | "bytes" · step_over "both" | "calls" | "segments" · pace index · clients {own_process, chatter} · pause_in_past
#include "gui/settings.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace synoptic {
namespace {

using Json = nlohmann::json;
constexpr const char* step_over_names[] = {"both", "calls", "segments"};
constexpr const char* listen_names[] = {"127.0.0.1", "::1", "all", "typed"};

Json to_json(const Settings& s) {
    Json hidden = Json::array();
    for (std::size_t index = 0; index < pane_count; ++index) {
        if (!s.layout.shown[index]) hidden.push_back(pane_name(static_cast<Pane>(index)));
    }
    const auto share = [](float value) { return std::round(static_cast<double>(value) * 1000) / 1000; };
    return {{"window", {{"width", s.width}, {"height", s.height}}},
            {"theme", s.dark ? "dark" : "light"},
            {"zoom", s.zoom_percent},
            {"preset", preset_name(s.preset)},
            {"panes",
             {{"left", share(s.layout.left_share)},
              {"stage", share(s.layout.stage_share)},
              {"code", share(s.layout.code_share)},
              {"lesson", share(s.layout.lesson_share)},
              {"hidden", hidden}}},
            {"server",
             {{"protocol", s.server.protocol},
              {"workers", workers_name(s.server.workers)},
              {"variant", s.server.variant},
              {"own_process", s.server.own_process},
              {"network", network_name(s.server.network)},
              {"wire_ipv6", s.server.wire_ipv6},
              {"listen", listen_names[static_cast<std::size_t>(s.server.listen)]},
              {"address", s.server.typed_address},
              {"port", s.server.port},
              {"backlog", s.server.backlog},
              {"database", s.server.database},
              {"max_clients", s.server.max_clients},
              {"line_bytes", s.server.line_bytes},
              {"idle_seconds", s.server.idle_seconds}}},
            {"lower", lower_names[s.lower_tab]},
            {"step_over", step_over_names[static_cast<std::size_t>(s.step_over)]},
            {"pace", s.pace},
            {"clients", {{"own_process", s.clients_own_process}, {"chatter", s.chatter}}},
            {"pause_in_past", s.pause_in_past}};
}

void read_panes(const Json& panes, LayoutState& layout) {
    layout.left_share = std::clamp(panes.value("left", layout.left_share), 0.1f, 0.9f);
    layout.stage_share = std::clamp(panes.value("stage", layout.stage_share), 0.1f, 0.9f);
    layout.code_share = std::clamp(panes.value("code", layout.code_share), 0.1f, 0.9f);
    layout.lesson_share = std::clamp(panes.value("lesson", layout.lesson_share), 0.15f, 0.7f);
    for (const Json& name : panes.value("hidden", Json::array())) {
        for (std::size_t index = 0; index < pane_count; ++index) {
            if (name == pane_name(static_cast<Pane>(index))) layout.shown[index] = false;
        }
    }
    if (std::count(layout.shown.begin(), layout.shown.end(), true) == 0) layout.shown.fill(true);
}

void read_server(const Json& server, ServerChoice& choice) {
    const std::string protocol = server.value("protocol", choice.protocol);
    const std::vector<std::string> protocols = server_protocols();
    if (std::find(protocols.begin(), protocols.end(), protocol) != protocols.end()) choice.protocol = protocol;
    const std::string workers = server.value("workers", std::string(workers_name(choice.workers)));
    for (Workers each : {Workers::iterative, Workers::fork, Workers::thread}) {
        if (workers == workers_name(each)) choice.workers = each;
    }
    choice.variant = server.value("variant", choice.variant);
    if (find_server(choice.protocol, choice.workers, choice.variant) == nullptr) choice.variant.clear();
    choice.own_process = server.value("own_process", choice.own_process);
    choice.network = server.value("network", std::string(network_name(choice.network))) == network_name(Network::loopback)
                         ? Network::loopback
                         : Network::wire;
    choice.wire_ipv6 = server.value("wire_ipv6", choice.wire_ipv6);
    const std::string listen = server.value("listen", std::string(listen_names[0]));
    for (std::size_t index = 0; index < std::size(listen_names); ++index) {
        if (listen == listen_names[index]) choice.listen = static_cast<Listen>(index);
    }
    choice.typed_address = server.value("address", choice.typed_address);
    choice.port = server.value("port", choice.port);
    choice.backlog = server.value("backlog", choice.backlog);
    choice.database = server.value("database", choice.database);
    choice.max_clients = server.value("max_clients", choice.max_clients);
    choice.line_bytes = server.value("line_bytes", choice.line_bytes);
    choice.idle_seconds = server.value("idle_seconds", choice.idle_seconds);
}

Settings from_json(const Json& json) {
    Settings s;
    const Json window = json.value("window", Json::object());
    s.width = std::clamp(window.value("width", s.width), 480, 16384);
    s.height = std::clamp(window.value("height", s.height), 320, 16384);
    s.dark = json.value("theme", std::string("dark")) != "light";
    const int zoom = json.value("zoom", s.zoom_percent);
    if (std::find(std::begin(zoom_steps), std::end(zoom_steps), zoom) != std::end(zoom_steps)) s.zoom_percent = zoom;
    const std::string preset = json.value("preset", std::string("explore"));
    for (Preset each : {Preset::lecture, Preset::explore, Preset::code}) {
        if (preset == preset_name(each)) s.preset = each;
    }
    read_panes(json.value("panes", Json::object()), s.layout);
    const std::string lower = json.value("lower", std::string(lower_names[0]));
    for (int tab = 0; tab < static_cast<int>(std::size(lower_names)); ++tab) {
        if (lower == lower_names[tab]) s.lower_tab = tab;
    }
    const std::string step_over = json.value("step_over", std::string(step_over_names[0]));
    for (const StepOver each : {StepOver::both, StepOver::calls, StepOver::segments}) {
        if (step_over == step_over_names[static_cast<std::size_t>(each)]) s.step_over = each;
    }
    read_server(json.value("server", Json::object()), s.server);
    s.pace = std::clamp(json.value("pace", s.pace), 0, pace_count - 1);
    const Json clients = json.value("clients", Json::object());
    s.clients_own_process = clients.value("own_process", s.clients_own_process);
    s.chatter = clients.value("chatter", s.chatter);
    s.pause_in_past = json.value("pause_in_past", s.pause_in_past);
    return s;
}

int line_of(const std::string& text, std::size_t byte) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size()));
    return 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
}

}  // namespace

int next_zoom(int percent, bool larger) {
    if (larger) {
        const auto* found = std::upper_bound(std::begin(zoom_steps), std::end(zoom_steps), percent);
        return found == std::end(zoom_steps) ? percent : *found;
    }
    const auto* found = std::lower_bound(std::begin(zoom_steps), std::end(zoom_steps), percent);
    return found == std::begin(zoom_steps) ? percent : *(found - 1);
}

std::string settings_path() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config != nullptr && *config == '/') return std::string(config) + "/synoptic/settings.json";
    const char* home = std::getenv("HOME");
    return home != nullptr && *home != 0 ? std::string(home) + "/.config/synoptic/settings.json" : std::string();
}

LoadedSettings load_settings(const std::string& path) {
    LoadedSettings loaded;
    std::ifstream file(path, std::ios::binary);
    if (path.empty() || !file) return loaded;
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::string wrong;
    int line = 0;  // 0: JSON's types are wrong somewhere, not its syntax
    try {
        const Json json = Json::parse(text);
        if (!json.is_object()) throw std::runtime_error("an object in braces was expected");
        loaded.settings = from_json(json);
        return loaded;
    } catch (const Json::parse_error& error) {
        line = line_of(text, error.byte == 0 ? 0 : error.byte - 1);
        wrong = "this is no valid JSON";
    } catch (const Json::exception& error) {
        // "[json.exception.type_error.302] type must be number, but is string"
        const char* words = std::strchr(error.what(), ']');
        wrong = words != nullptr ? words + 2 : error.what();
    } catch (const std::exception& error) {
        wrong = error.what();
    }
    const bool kept = std::rename(path.c_str(), (path + ".bad").c_str()) == 0;
    loaded.trouble = fmt::format("{}{}: {}. The usual settings are used{}.", path, line > 0 ? fmt::format(":{}", line) : "", wrong,
                                 kept ? "; the file is kept as " + path + ".bad" : "");
    return loaded;
}

std::string settings_text(const Settings& settings) {
    return to_json(settings).dump(2) + "\n";
}

std::string save_settings(const std::string& path, const Settings& settings) {
    if (path.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    const std::string temporary = path + ".new";
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << settings_text(settings);
    file.close();
    if (!file || std::rename(temporary.c_str(), path.c_str()) != 0) {
        const std::string why = std::strerror(errno);
        std::remove(temporary.c_str());
        return fmt::format("The settings can't be kept in {}: {}.", path, why);
    }
    return {};
}

}  // namespace synoptic
