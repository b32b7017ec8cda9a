// Questions to the World as the dump has it; see the header.
#include "tests/window/shown_world.h"

#include <algorithm>

namespace synoptic::window {
namespace {

const Json& world(const App& app) {
    return app.dump().at("world");
}

Json first_actor(const App& app, const std::string& label) {
    const Json of = program(app, label);
    if (of.is_null()) return {};
    for (const Json& actor : world(app).at("actors")) {
        if (actor.at("program") == of.at("id")) return actor;
    }
    return {};
}

}  // namespace

Json program(const App& app, const std::string& label) {
    for (const Json& one : world(app).at("programs")) {
        if (one.at("label") == label) return one;
    }
    return {};
}

std::string program_state(const App& app, const std::string& label) {
    const Json one = program(app, label);
    return one.is_null() ? std::string{} : one.at("state").get<std::string>();
}

std::uint16_t listening_port(const App& app, const std::string& server) {
    const Json one = program(app, server);
    return one.is_null() ? std::uint16_t{0} : one.at("listen_port").get<std::uint16_t>();
}

pid_t server_pid(const App& app, const std::string& server) {
    const Json one = program(app, server);
    if (one.is_null() || !one.at("own_process").get<bool>()) return 0;
    for (const Json& process : world(app).at("processes")) {
        if (process.at("program") == one.at("id")) return process.at("pid").get<pid_t>();  // in the order in which they began
    }
    return 0;
}

bool printed(const App& app, const std::string& label, const std::string& text) {
    const Json one = program(app, label);
    if (one.is_null()) return false;
    const Json& output = one.at("output");
    return std::any_of(output.begin(), output.end(),
                       [&](const Json& line) { return line.get<std::string>().find(text) != std::string::npos; });
}

std::size_t connections(const App& app, const std::string& state) {
    const Json& all = world(app).at("connections");
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const Json& one) { return one.at("state") == state; }));
}

std::string actor_state(const App& app, const std::string& label) {
    const Json actor = first_actor(app, label);
    return actor.is_null() ? std::string{} : actor.at("state").get<std::string>();
}

std::string actor_call(const App& app, const std::string& label) {
    const Json actor = first_actor(app, label);
    return actor.is_null() ? std::string{} : actor.at("call").get<std::string>();
}

bool told(const App& app, const std::string& text) {
    const Json& all = app.dump().at("messages");
    return std::any_of(all.begin(), all.end(),
                       [&](const Json& one) { return one.at("text").get<std::string>().find(text) != std::string::npos; });
}

std::uint16_t start_server(App& app, const std::string& label) {
    app.click("toolbar.start");
    app.wait_until(label + " listens", [&](const App& a) { return listening_port(a, label) != 0; });
    return listening_port(app, label);
}

void add_clients(App& app, int count, std::size_t all) {
    for (int i = 0; i < count; ++i) app.click("toolbar.client");
    app.wait_until(std::to_string(all) + " connections are accepted", [&](const App& a) { return connections(a, "accepted") == all; });
}

void say(App& app, const std::string& client, const std::string& line) {
    std::string id = "stage." + client;
    std::replace(id.begin(), id.end(), ' ', '.');
    app.right_click(id);
    app.click("stage.menu.say");
    app.type(line);
    app.key("Return");
    app.wait_until_gone("stage.menu.say");
}

}  // namespace synoptic::window
