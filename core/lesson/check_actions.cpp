// What is done: programs that there are not, options that fit no program, numbers out of range, a wire that is not asked for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "core/lesson/lesson_checker.h"
#include "core/lesson/matcher.h"
#include "core/lesson/quote.h"
#include "core/session/command.h"

namespace synoptic {

namespace {

bool needs_the_wire(ActionForm form) {
    static const std::set<ActionForm> forms = {
        ActionForm::hold,        ActionForm::hold_nothing, ActionForm::delay,        ActionForm::delay_nothing,
        ActionForm::lose_every,  ActionForm::lose_percent, ActionForm::lose_nothing, ActionForm::no_rules,
        ActionForm::deliver_all, ActionForm::deliver,      ActionForm::deliver_once, ActionForm::drop,
        ActionForm::duplicate,   ActionForm::hurry,        ActionForm::restart_wire, ActionForm::step_segment};
    return forms.count(form) != 0;
}

bool has_time(ActionForm form) {
    static const std::set<ActionForm> forms = {ActionForm::slow,     ActionForm::slow_all, ActionForm::delay,          ActionForm::chat,
                                               ActionForm::all_chat, ActionForm::wait,     ActionForm::wait_for_within};
    return forms.count(form) != 0;
}

/** A client whose protocol no server speaks: a tool. */
bool needs_no_server(const ProgramInfo& info) {
    const auto serves = [&](const ProgramInfo& each) {
        return each.role == Role::server && std::string_view(each.protocol) == info.protocol;
    };
    return info.role == Role::client && std::none_of(all_programs().begin(), all_programs().end(), serves);
}

}  // namespace

void LessonChecker::check_action(const LessonAction& action) {
    line_ = action.line;
    if (action.form == ActionForm::step_times || action.form == ActionForm::step_all_times)
        check_range(action.words.numbers, 1, most_steps, "“times” of a step");
    if (action.form == ActionForm::lose_percent) check_range(action.words.numbers, 1, 100, "“%”");
    if (has_time(action.form) && action.words.ms == 0) mistake(fmt::format("“{}”: a time is 1 ms at least", action.text));
    check_wire(action);
    switch (action.form) {
        case ActionForm::start:
            return check_start(action);
        case ActionForm::connect:
        case ActionForm::connect_many:
        case ActionForm::look_up:
            return check_connect(action);
        case ActionForm::stop_at:
        case ActionForm::dont_stop_at:
            if (const Result<QuoteBlock> quote = find_quote(action.words.texts.at(0)); !quote) mistake(quote.error().detail);
            return;
        default:
            break;
    }
    const bool of_client = action.form == ActionForm::say || action.form == ActionForm::chat || action.form == ActionForm::silent ||
                           action.form == ActionForm::close;
    const Part part = of_client ? Part::client : action.form == ActionForm::stop ? Part::server : Part::any;
    for (const Who& who : action.words.who) check_name(who.name, part);
    for (const std::string& name : {action.words.from, action.words.to}) {
        if (name.empty() || name == "clients") continue;
        check_name(name);
        const bool is_rule = action.form == ActionForm::hold || action.form == ActionForm::delay || action.form == ActionForm::lose_every ||
                             action.form == ActionForm::lose_percent;
        if (is_rule && known_.count(name) && !known_.at(name))
            mistake(fmt::format("a rule is for all clients: write “from clients” instead of “from {}”", name));
    }
    for (const LessonFact& fact : action.until) check_fact(fact);
}

void LessonChecker::check_wire(const LessonAction& action) {
    for (const LessonOption& option : action.options) {
        if (option.form != OptionForm::on_wire) continue;
        uses_wire_ = true;
        if (!needs_wire_) mistake(fmt::format("“{}”: write “needs wire” in the block “lesson”, or in this do block", action.text));
    }
    if (needs_the_wire(action.form) && !needs_wire_)
        mistake(fmt::format("“{}” is for the wire: write “needs wire” in the block “lesson”, or in this do block", action.text));
    if (needs_the_wire(action.form) && lesson_.network == Network::loopback && !uses_wire_)
        mistake(fmt::format("“{}” is for the wire, and this lesson's network is loopback: nothing was started “on the wire” up to here",
                            action.text));
}

void LessonChecker::check_start(const LessonAction& action) {
    const std::string& program = action.words.names.at(0);
    const ProgramInfo* info = find_program(program);
    if (info && needs_no_server(*info)) return check_start_tool(action);
    if (!info || info->role != Role::server) {
        std::vector<std::string> servers;
        for (const ProgramInfo& each : all_programs()) {
            if (each.role == Role::server) servers.emplace_back(each.name);
        }
        mistake(info ? fmt::format("{} is a client: “connect NAME to SERVER with {}”", program, program)
                     : fmt::format("there is no server program “{}”{}: there are {}", program, did_you_mean(program, servers),
                                   fmt::join(servers, ", ")));
    }
    std::string name = "server";
    for (const LessonOption& option : action.options) {
        if (option.form == OptionForm::as_name) name = option.words.fresh.at(0);
        if (option.form == OptionForm::service || option.form == OptionForm::with_program) mistake("this option is for clients");
        if (option.form == OptionForm::on_port_of) check_name(option.words.who.at(0).name, Part::server);
        const bool of_kv = option.form == OptionForm::database || option.form == OptionForm::at_most;
        if (of_kv && info && std::string_view(info->protocol) != "kv")
            mistake(fmt::format("only a key-value server has this option, and {} is none", program));
        check_numbers(option);
    }
    check_length(name);
    const auto found = known_.find(name);
    if (found != known_.end() && !found->second) mistake(fmt::format("“{}” is a client already", name));
    known_[name] = true;
}

void LessonChecker::check_start_tool(const LessonAction& action) {
    std::string name;
    for (const LessonOption& option : action.options) {
        if (option.form == OptionForm::as_name) name = option.words.fresh.at(0);
        const bool good = option.form == OptionForm::as_name || option.form == OptionForm::on_address || option.form == OptionForm::port ||
                          option.form == OptionForm::in_process;
        if (!good) mistake(fmt::format("this option is for servers, and {} is none", action.words.names.at(0)));
        check_numbers(option);
    }
    if (name.empty()) return mistake(fmt::format("“{}” needs a name: write “start {} as NAME”", action.text, action.words.names.at(0)));
    check_length(name);
    if (known_.count(name) && known_[name]) mistake(fmt::format("“{}” is a server already", name));
    known_[name] = false;
    const ProgramInfo* info = find_program(action.words.names.at(0));
    if (info && info->own_process_only) may_fork_.insert(name);
}

void LessonChecker::check_numbers(const LessonOption& option) {
    if (option.words.numbers.empty()) return;
    const std::int64_t number = option.words.numbers[0];
    if (option.form == OptionForm::port && (number < 0 || number > most_port))
        mistake(fmt::format("{} is no port: that is a number from 0 to {}", number, most_port));
    if (option.form == OptionForm::backlog && (number < 0 || number > 65535))
        mistake(fmt::format("{} is no backlog: that is a number from 0 to 65535", number));
    if (option.form == OptionForm::with_descriptors && (number < 4 || number > 4096))
        mistake(fmt::format("{} descriptors: that is a number from 4 to 4096", number));
    if (option.form == OptionForm::at_most && (number < 1 || number > 4000))
        mistake(fmt::format("{} clients: that is a number from 1 to 4000", number));
}

void LessonChecker::check_connect(const LessonAction& action) {
    if (!action.words.target.server.empty()) check_name(action.words.target.server, Part::server);
    if (const std::string& port = action.words.target.port; !port.empty()) {
        std::int64_t number = 0;
        std::from_chars(port.data(), port.data() + port.size(), number);
        if (number < 1 || number > most_port)
            mistake(fmt::format("{} is no port to connect to: that is a number from 1 to {}", port, most_port));
    }
    if (is_wire_address(action.words.target.host) && !needs_wire_)
        mistake(fmt::format("{} is an address of the wire: write “needs wire” in the block “lesson”, or in this do block",
                            action.words.target.host));
    for (const LessonOption& option : action.options) {
        const bool good = option.form == OptionForm::with_program || option.form == OptionForm::in_process ||
                          option.form == OptionForm::on_loopback || option.form == OptionForm::on_wire ||
                          (option.form == OptionForm::service && action.form == ActionForm::look_up);
        if (!good) mistake("this option is for “start”");
        if (option.form != OptionForm::with_program) continue;
        const std::string& program = option.words.names.at(0);
        const ProgramInfo* info = find_program(program);
        if (info && info->role == Role::client) continue;
        std::vector<std::string> clients;
        for (const ProgramInfo& each : all_programs()) {
            if (each.role == Role::client) clients.emplace_back(each.name);
        }
        mistake(fmt::format("there is no client program “{}”{}: there are {}", program, did_you_mean(program, clients),
                            fmt::join(clients, ", ")));
    }
    if (action.form == ActionForm::connect_many && (action.words.numbers.at(0) < 1 || action.words.numbers[0] > 1000))
        mistake("so many clients can't be connected at once: from 1 to 1000");
    for (const std::string& name : action.words.fresh) {
        check_length(action.form == ActionForm::connect_many ? fmt::format("{}{}", name, action.words.numbers[0]) : name);
        if (known_.count(name) && known_[name]) mistake(fmt::format("“{}” is a server already", name));
        known_[name] = false;
        if (action.form != ActionForm::connect_many) continue;
        for (std::int64_t i = 1; i <= std::min<std::int64_t>(action.words.numbers[0], 1000); ++i)
            known_[fmt::format("{}{}", name, i)] = false;
    }
}

void LessonChecker::check_length(const std::string& longest) {
    if (longest.size() <= most_label_bytes) return;
    mistake(fmt::format("“{}” is too long for a name: {} bytes, and {} are the most", longest, longest.size(), most_label_bytes));
}

}  // namespace synoptic
