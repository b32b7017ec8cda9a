#include "core/lesson/check_lesson.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/lesson/matcher.h"
#include "core/lesson/quote.h"
#include "core/programs/registry.h"

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

enum class Part : std::uint8_t { any, server, client };

/** What a fact's n-th name must be. */
Part part_of(FactForm form, std::size_t nth) {
    switch (form) {
        case FactForm::server_end_is:
        case FactForm::client_end_is:
        case FactForm::waits_in_accept_queue:
        case FactForm::waits_in_syn_queue:
        case FactForm::was_accepted:
        case FactForm::server_receive_queue_empty:
        case FactForm::server_receive_queue_holds:
        case FactForm::receive_queue_empty:
        case FactForm::receive_queue_holds:
        case FactForm::server_send_queue_empty:
        case FactForm::server_send_queue_holds:
        case FactForm::send_queue_empty:
        case FactForm::send_queue_holds:
        case FactForm::client_sent:
        case FactForm::client_received:
        case FactForm::descriptors_to_connection:
            return Part::client;
        case FactForm::accept_queue_empty:
        case FactForm::accept_queue_full:
        case FactForm::accept_queue_holds:
        case FactForm::syn_queue_empty:
        case FactForm::syn_queue_full:
        case FactForm::syn_queue_holds:
        case FactForm::listens:
        case FactForm::listens_not:
        case FactForm::listens_on:
        case FactForm::listens_on_port:
        case FactForm::listens_everywhere:
        case FactForm::descriptors_to_listener:
        case FactForm::children:
        case FactForm::threads:
            return Part::server;
        case FactForm::server_sent:
        case FactForm::server_received:
            return nth == 0 ? Part::server : Part::client;
        case FactForm::descriptor_is_connection:
            return nth == 0 ? Part::any : Part::client;
        default:
            return Part::any;
    }
}

class Checker {
   public:
    Checker(const Lesson& lesson, std::vector<Mistake>& mistakes) : lesson_(lesson), mistakes_(mistakes) {}

    void check() {
        for (const LessonStep& step : lesson_.steps) {
            step_ = &step;
            for (const LessonBlock& block : step.blocks) {
                line_ = block.line;
                if (const auto* doing = std::get_if<DoBlock>(&block.content)) {
                    for (const LessonAction& action : doing->actions) check_action(action);
                } else if (const auto* expected = std::get_if<ExpectBlock>(&block.content)) {
                    for (const LessonFact& fact : expected->facts) check_fact(fact);
                } else if (const auto* question = std::get_if<QuestionBlock>(&block.content)) {
                    for (const LessonAction& action : question->reveal) check_action(action);
                    for (const LessonChoice& choice : question->choices) {
                        if (choice.fact) check_fact(*choice.fact);
                    }
                    if (question->fact) check_fact(*question->fact, true);
                }
            }
            check_shown(step);
        }
    }

   private:
    /** What is shown from the start of a step on may begin in that step only. */
    void check_shown(const LessonStep& step) {
        for (const LessonBlock& block : step.blocks) {
            const auto* show = std::get_if<ShowBlock>(&block.content);
            if (!show || !show->selected) continue;
            line_ = show->selected->line;
            for (const Who& who : show->selected->words.who) check_name(who.name);
        }
    }

    void mistake(std::string what) { mistakes_.push_back({lesson_.path, line_, std::move(what)}); }

    std::vector<std::string> names(Part part) const {
        std::vector<std::string> list;
        for (const auto& [name, is_server] : known_) {
            if (part == Part::any || (part == Part::server) == is_server) list.push_back(name);
        }
        return list;
    }

    void check_name(const std::string& name, Part part = Part::any) {
        const auto found = known_.find(name);
        if (found == known_.end()) {
            const std::vector<std::string> all = names(part);
            return mistake(all.empty() ? fmt::format("nobody is called “{}” up to here: nothing was started yet", name)
                                       : fmt::format("nobody is called “{}” up to here{}: there are {}", name, did_you_mean(name, all),
                                                     fmt::join(all, ", ")));
        }
        if (part == Part::server && !found->second) mistake(fmt::format("“{}” is a client: here stands a server", name));
        if (part == Part::client && found->second) mistake(fmt::format("“{}” is a server: here stands a client", name));
    }

    void check_fact(const LessonFact& fact, bool asks = false) {
        line_ = fact.line;
        for (std::size_t i = 0; i < fact.words.who.size(); ++i) check_name(fact.words.who[i].name, part_of(fact.form, i));
        for (const Who& who : fact.words.who) {
            if (who.part == Who::Part::worker && known_.count(who.name) && known_.at(who.name))
                mistake(fmt::format("“{}”: a client has a worker, a server has children or threads", who.text()));
            const bool of_client =
                (who.part == Who::Part::child || who.part == Who::Part::thread) && known_.count(who.name) && !known_.at(who.name);
            if (of_client && !may_fork_.count(who.name))
                mistake(fmt::format("“{}”: a client has no children or threads; who serves it is “{}'s worker”", who.text(), who.name));
        }
        if (fact.words.from != "" && fact.words.from != "clients") check_name(fact.words.from);
        const bool of_descriptor = fact.form == FactForm::descriptor_is_connection || fact.form == FactForm::descriptor_is_listening ||
                                   fact.form == FactForm::descriptor_is_socket || fact.form == FactForm::descriptor_is_closed;
        if (of_descriptor) check_range(fact.words.numbers, 0, 1'048'575, "descriptor");
        for (const Count& count : fact.words.counts) {
            if (count.how == Count::How::asked && !asks) mistake("“?” stands for a number in a number question only");
        }
    }

    void check_range(const std::vector<std::int64_t>& numbers, std::int64_t least, std::int64_t most, const char* what) {
        if (numbers.empty() || (numbers[0] >= least && numbers[0] <= most)) return;
        mistake(fmt::format("{}: {} is a number from {} to {}", numbers[0], what, least, most));
    }

    void check_action(const LessonAction& action) {
        line_ = action.line;
        if (action.form == ActionForm::step_times || action.form == ActionForm::step_all_times)
            check_range(action.words.numbers, 1, most_steps, "“times” of a step");
        if (action.form == ActionForm::lose_percent) check_range(action.words.numbers, 1, 100, "“%”");
        if (needs_the_wire(action.form) && !lesson_.needs_wire && !step_->needs_wire)
            mistake(
                fmt::format("“{}” is for the wire: write “needs wire” in the block “lesson”, or in a do block of this step", action.text));
        if (needs_the_wire(action.form) && lesson_.network == Network::loopback)
            mistake(fmt::format("“{}” is for the wire, and this lesson's network is loopback", action.text));
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
            const bool is_rule = action.form == ActionForm::hold || action.form == ActionForm::delay ||
                                 action.form == ActionForm::lose_every || action.form == ActionForm::lose_percent;
            if (is_rule && known_.count(name) && !known_.at(name))
                mistake(fmt::format("a rule is for all clients: write “from clients” instead of “from {}”", name));
        }
        for (const LessonFact& fact : action.until) check_fact(fact);
    }

    void check_start(const LessonAction& action) {
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
        const auto found = known_.find(name);
        if (found != known_.end() && !found->second) mistake(fmt::format("“{}” is a client already", name));
        known_[name] = true;
    }

    /** A client whose protocol no server speaks: a tool. */
    static bool needs_no_server(const ProgramInfo& info) {
        const auto serves = [&](const ProgramInfo& each) {
            return each.role == Role::server && std::string_view(each.protocol) == info.protocol;
        };
        return info.role == Role::client && std::none_of(all_programs().begin(), all_programs().end(), serves);
    }

    void check_start_tool(const LessonAction& action) {
        std::string name;
        for (const LessonOption& option : action.options) {
            if (option.form == OptionForm::as_name) name = option.words.fresh.at(0);
            const bool good = option.form == OptionForm::as_name || option.form == OptionForm::on_address ||
                              option.form == OptionForm::port || option.form == OptionForm::in_process;
            if (!good) mistake(fmt::format("this option is for servers, and {} is none", action.words.names.at(0)));
            check_numbers(option);
        }
        if (name.empty()) return mistake(fmt::format("“{}” needs a name: write “start {} as NAME”", action.text, action.words.names.at(0)));
        if (known_.count(name) && known_[name]) mistake(fmt::format("“{}” is a server already", name));
        known_[name] = false;
        const ProgramInfo* info = find_program(action.words.names.at(0));
        if (info && info->own_process_only) may_fork_.insert(name);
    }

    void check_numbers(const LessonOption& option) {
        if (option.words.numbers.empty()) return;
        const std::int64_t number = option.words.numbers[0];
        if (option.form == OptionForm::port && (number < 0 || number > 65535))
            mistake(fmt::format("{} is no port: that is a number from 0 to 65535", number));
        if (option.form == OptionForm::backlog && (number < 0 || number > 65535))
            mistake(fmt::format("{} is no backlog: that is a number from 0 to 65535", number));
        if (option.form == OptionForm::with_descriptors && (number < 4 || number > 4096))
            mistake(fmt::format("{} descriptors: that is a number from 4 to 4096", number));
        if (option.form == OptionForm::at_most && (number < 1 || number > 4000))
            mistake(fmt::format("{} clients: that is a number from 1 to 4000", number));
    }

    void check_connect(const LessonAction& action) {
        if (!action.words.target.server.empty()) check_name(action.words.target.server, Part::server);
        if (is_wire_address(action.words.target.host) && !lesson_.needs_wire && !step_->needs_wire)
            mistake(fmt::format("{} is an address of the wire: write “needs wire” in the block “lesson”, or in a do block of this step",
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
            if (known_.count(name) && known_[name]) mistake(fmt::format("“{}” is a server already", name));
            known_[name] = false;
            if (action.form != ActionForm::connect_many) continue;
            for (std::int64_t i = 1; i <= std::min<std::int64_t>(action.words.numbers[0], 1000); ++i)
                known_[fmt::format("{}{}", name, i)] = false;
        }
    }

    const Lesson& lesson_;
    std::vector<Mistake>& mistakes_;
    const LessonStep* step_ = nullptr;
    int line_ = 0;
    std::map<std::string, bool> known_;  // names given so far; true: a server
    std::set<std::string> may_fork_;     // those that are no servers and may have children all the same: fork_lines
};

}  // namespace

void check_lesson(const Lesson& lesson, std::vector<Mistake>& mistakes) {
    Checker(lesson, mistakes).check();
}

}  // namespace synoptic
