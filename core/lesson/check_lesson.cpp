#include "core/lesson/check_lesson.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/lesson/lesson_checker.h"
#include "core/lesson/matcher.h"

namespace synoptic {

/** What a fact's n-th name must be. */
LessonChecker::Part LessonChecker::part_of(FactForm form, std::size_t nth) {
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

void LessonChecker::check() {
    for (const LessonStep& step : lesson_.steps) {
        needs_wire_ = lesson_.needs_wire;
        for (const LessonBlock& block : step.blocks) {
            line_ = block.line;
            if (const auto* doing = std::get_if<DoBlock>(&block.content)) {
                needs_wire_ = needs_wire_ || std::any_of(doing->actions.begin(), doing->actions.end(),
                                                         [](const LessonAction& action) { return action.form == ActionForm::needs_wire; });
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

void LessonChecker::check_shown(const LessonStep& step) {
    for (const LessonBlock& block : step.blocks) {
        const auto* show = std::get_if<ShowBlock>(&block.content);
        if (!show || !show->selected) continue;
        line_ = show->selected->line;
        for (const Who& who : show->selected->words.who) check_name(who.name);
        if (show->selected->form == ShownForm::descriptor) check_range(show->selected->words.numbers, 0, most_descriptor, "descriptor");
    }
}

void LessonChecker::mistake(std::string what) {
    mistakes_.push_back({lesson_.path, line_, std::move(what)});
}

std::vector<std::string> LessonChecker::names(Part part) const {
    std::vector<std::string> list;
    for (const auto& [name, is_server] : known_) {
        if (part == Part::any || (part == Part::server) == is_server) list.push_back(name);
    }
    return list;
}

void LessonChecker::check_name(const std::string& name, Part part) {
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

void LessonChecker::check_fact(const LessonFact& fact, bool asks) {
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
    if (of_descriptor) check_range(fact.words.numbers, 0, most_descriptor, "descriptor");
    for (const Count& count : fact.words.counts) {
        if (count.how == Count::How::asked && !asks) mistake("“?” stands for a number in a number question only");
        check_count(count, fact.form);
    }
}

void LessonChecker::check_count(const Count& count, FactForm form) {
    if (count.how == Count::How::asked) return;
    if (count.how == Count::How::at_least && count.number <= 0) mistake("“at least 0” is always so");
    if (count.how == Count::How::at_most && count.number < 0) mistake("“fewer than 0” is never so");
    if (form == FactForm::listens_on_port || form == FactForm::port_is) check_range({count.number}, 0, most_port, "a port");
    if (form == FactForm::ended_with) check_range({count.number}, 0, 255, "an exit status");
}

void LessonChecker::check_range(const std::vector<std::int64_t>& numbers, std::int64_t least, std::int64_t most, const char* what) {
    if (numbers.empty() || (numbers[0] >= least && numbers[0] <= most)) return;
    mistake(fmt::format("{}: {} is a number from {} to {}", numbers[0], what, least, most));
}

void check_lesson(const Lesson& lesson, std::vector<Mistake>& mistakes) {
    LessonChecker(lesson, mistakes).check();
}

}  // namespace synoptic
