// What is read from a lesson's file, and what is said of each mistake.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "core/lesson/catalog.h"
#include "lesson_text.h"

namespace synoptic {
namespace {

template <class T>
const T* first(const LessonStep& step) {
    for (const LessonBlock& block : step.blocks) {
        if (const T* found = std::get_if<T>(&block.content)) return found;
    }
    return nullptr;
}

TEST(ReadLesson, ReadsWhatIsThere) {
    const ReadLesson read = read_lesson(
        "# A *title*\n\nIntro.\n\n```lesson\nminutes 8\ntopics fork, threads\nsystems A, B\n```\n\n## First\n\nText one.\n\n"
        "```do\nstart echo_fork as S backlog 3 in a process · connect Ann, Bob and Cem to S\n# a remark\nAnn says \"hi · "
        "\\\"you\\\"\\n\"\n```\n\n---\n\n"
        "```expect within 2 s\nAnn printed \"hi\"\n```\n\n```text\n## no heading\n```\n\n## Second\n\n```notes\nSay it *slowly*.\n```\n",
        "lessons/07-x.md");
    ASSERT_EQ(mistakes_of(read), "");
    const Lesson& lesson = read.lesson;
    EXPECT_EQ(lesson.title, "A *title*");
    EXPECT_EQ(lesson.number, 7);
    EXPECT_EQ(lesson.name, "07-x");
    EXPECT_EQ(lesson.minutes, 8);
    EXPECT_EQ(lesson.topics, (std::vector<std::string>{"fork", "threads"}));
    EXPECT_EQ(lesson.systems, (std::vector<std::string>{"A", "B"}));
    ASSERT_EQ(lesson.steps.size(), 3u);
    EXPECT_EQ(lesson.steps[1].heading, "First");
    EXPECT_EQ(lesson.steps[1].line, 11);
    ASSERT_EQ(lesson.steps[1].blocks.size(), 5u);
    const auto* doing = first<DoBlock>(lesson.steps[1]);
    ASSERT_NE(doing, nullptr);
    ASSERT_EQ(doing->actions.size(), 3u);
    EXPECT_EQ(doing->actions[0].form, ActionForm::start);
    ASSERT_EQ(doing->actions[0].options.size(), 3u);
    EXPECT_EQ(doing->actions[0].options[1].words.numbers, std::vector<std::int64_t>{3});
    EXPECT_EQ(doing->actions[1].words.fresh, (std::vector<std::string>{"Ann", "Bob", "Cem"}));
    EXPECT_EQ(doing->actions[2].words.texts, std::vector<std::string>{"hi · \"you\"\n"});
    EXPECT_EQ(doing->actions[2].line, 18);
    const auto* expected = first<ExpectBlock>(lesson.steps[1]);
    ASSERT_NE(expected, nullptr);
    EXPECT_EQ(expected->ms, 2000u);
    EXPECT_TRUE(std::holds_alternative<BreakBlock>(lesson.steps[1].blocks[2].content));
    EXPECT_EQ(first<TextBlock>(lesson.steps[1])->markdown, "Text one.\n");
    EXPECT_EQ(lesson.notes_of(2), "Say it *slowly*.\n");
    EXPECT_EQ(lesson.notes_of(1), "");
}

TEST(ReadLesson, AChoiceMayHaveManyLines) {
    const ReadLesson read =
        read_lesson("# T\n\n## S\n\n```question\nq\n\n- [ ] one\n  two\n  three\n- [x] b\n\nr\n```\n", "lessons/07-x.md");
    ASSERT_EQ(mistakes_of(read), "");
    const auto* question = first<QuestionBlock>(read.lesson.steps[1]);
    ASSERT_NE(question, nullptr);
    ASSERT_EQ(question->choices.size(), 2u);
    EXPECT_EQ(question->choices[0].markdown, "one two three");
    EXPECT_EQ(question->reason, "r\n");
}

TEST(ReadLesson, ReadsQuestions) {
    const ReadLesson read = lesson_with(
        "```do\nstart echo_thread\nconnect Ann to server\n```\n\n```question\nWhere is it?\n\n- [ ] in the SYN queue => Ann's connection "
        "waits in the SYN queue\n"
        "- [x] with a worker,\n  at last => Ann's connection was accepted\n\ndo Ann says "
        "\"x\"\n\nBecause.\nReally.\n```\n\n```question\nHow many?\n\n= 2 => server has ? descriptors\n\nTwo.\n```\n");
    ASSERT_EQ(mistakes_of(read), "");
    const auto questions = read.lesson.questions();
    ASSERT_EQ(questions.size(), 2u);
    const QuestionBlock& kernel = *questions[0].second;
    EXPECT_EQ(kernel.prompt, "Where is it?\n");
    EXPECT_EQ(kernel.reason, "Because.\nReally.\n");
    ASSERT_EQ(kernel.choices.size(), 2u);
    EXPECT_EQ(kernel.choices[1].markdown, "with a worker, at last");
    EXPECT_EQ(kernel.right_choice(), 1u);
    EXPECT_TRUE(kernel.is_kernel());
    EXPECT_EQ(kernel.reveal.size(), 1u);
    const QuestionBlock& number = *questions[1].second;
    EXPECT_EQ(number.number, 2);
    ASSERT_TRUE(number.fact);
    EXPECT_EQ(number.fact->words.counts.at(0).how, Count::How::asked);
    EXPECT_EQ(number.number_of_question, 2);
    const std::string sheet = answer_sheet(read.lesson);
    EXPECT_NE(sheet.find("- [x] with a worker, at last"), std::string::npos) << sheet;
    EXPECT_NE(sheet.find("= 2\n"), std::string::npos) << sheet;
}

TEST(ReadLesson, LinesMayEndAsWindowsWritesThem) {
    const ReadLesson read = read_lesson("\xEF\xBB\xBF# T\r\n\r\n## S\r\n\r\n```do\r\nstart echo_fork\r\n```\r\n", "x.md");
    EXPECT_EQ(mistakes_of(read), "");
    EXPECT_EQ(read.lesson.title, "T");
}

struct Wrong {
    std::string body;
    int line;          // of the mistake; the body begins at line 5 unless there are facts of the lesson
    std::string says;  // a part of it
    std::string facts = "";
};

TEST(ReadLesson, EachMistakeHasItsLineAndWhatWasMeant) {
    const std::string begun = "```do\nstart echo_fork\nconnect Ann to server\n```\n";  // lines 5 to 8
    const Wrong cases[] = {
        {"```exepct\nx\n```\n", 5, "did you mean expect?"},
        {"```do loudly\nstart echo_fork\n```\n", 5, "“loudly” is not understood"},
        {"```do\nstart echo_fork\n", 5, "has no end"},
        {"```do\nstrat echo_fork\n```\n", 6, "did you mean “start”"},
        {"```do\nfly away\n```\n", 6, "away"},
        {"```do\nstart echo_frok\n```\n", 6, "did you mean echo_fork?"},
        {"```do\nstart echo_client\n```\n", 6, "is a client"},
        {"```do\nstart echo_fork bakclog 3\n```\n", 6, "did you mean “backlog”"},
        {"```do\nstart echo_fork backlog 70000\n```\n", 6, "no backlog"},
        {"```do\nstart echo_fork port 70000\n```\n", 6, "no port"},
        {"```do\nstart echo_fork with 2 descriptors\n```\n", 6, "from 4 to 4096"},
        {"```do\nstart echo_fork database x.txt\n```\n", 6, "only a key-value server"},
        {"```do\nstart kv_fork database ../x.txt\n```\n", 6, "not understood"},
        {"```do\nstart kv_fork database /etc/passwd\n```\n", 6, "not understood"},
        {"```do\nstart echo_fork on 192.0.2.1x\n```\n", 6, "not understood"},
        {"```do\nconnect Ann to server\n```\n", 6, "nothing was started yet"},
        {"```do\nstart echo_fork\nconnect Ann to sever\n```\n", 7, "did you mean server?"},
        {"```do\nstart echo_fork\nconnect nobody to server\n```\n", 7, "a new name"},
        {"```do\nstart echo_fork\nconnect server to server\n```\n", 7, "is a server already"},
        {"```do\nstart echo_fork\nconnect Ann to server with echo_clint\n```\n", 7, "did you mean echo_client?"},
        {"```do\nstart echo_fork\nconnect 5000 clients as C to server\n```\n", 7, "from 1 to 1000"},
        {"```do\nconnect Ann to example.org port 80\n```\n", 6, "not understood"},
        {"```do\nconnect Ann to 198.51.100.7 port 80\n```\n", 6, "not understood"},
        {"```do\nconnect Ann to 2001:db8::1 port 80\n```\n", 6, "not understood"},
        {"```do\nconnect Ann to ::ffff:8.8.8.8 port 80\n```\n", 6, "not understood"},
        {"```do\nconnect Ann to 0.0.0.0 port 80\n```\n", 6, "not understood"},
        {"```do\nconnect Ann to fe80::1 port 80\n```\n", 6, "not understood"},
        {"```do\nconnect Ann to 10.77.0.2 port 80\n```\n", 6, "is an address of the wire"},
        {"```do\nconnect Ann to 127.0.0.1 port 70000\n```\n", 6, "from 1 to 65535"},
        {"```do\nconnect Ann to port 0\n```\n", 6, "from 1 to 65535"},
        {"```do\nstart echo_fork on 192.0.2.1\n```\n", 6, "not understood"},
        {"```do\nlook up 192.0.2.7 as N\n```\n", 6, "not understood"},
        {"```do\nlook up 10.77.0.2 as N\n```\n", 6, "not understood"},
        {begun + "```do\nstep 0 times\n```\n", 10, "from 1 to 200"},
        {begun + "```do\nstep Ann 500 times\n```\n", 10, "from 1 to 200"},
        {begun + "```do\nneeds wire\nlose 250 % from clients\n```\n", 11, "from 1 to 100"},
        {begun + "```do\nslow nan ms\n```\n", 10, "a time"},
        {begun + "```do\nslow 0 ms\n```\n", 10, "1 ms at least"},
        {begun + "```do\nAnn chats every 0 s\n```\n", 10, "1 ms at least"},
        {begun + "```do\nwait for Ann is blocked within 0 s\n```\n", 10, "1 ms at least"},
        {begun + "```do\nwait 0.4 ms\n```\n", 10, "whole milliseconds"},
        {begun + "```do\nwait 2 hours\n```\n", 10, "an hour at most"},
        {begun + "```do\nneeds wire\ndelay 0 ms from server\n```\n", 11, "1 ms at least"},
        {begun + "```expect within 0 s\nAnn is blocked\n```\n", 9, "write “expect now”"},
        {begun + "```expect\nserver has at least 0 children\n```\n", 10, "is always so"},
        {begun + "```expect\nfewer than 0 clients run\n```\n", 10, "is never so"},
        {begun + "```expect\nserver listens on port 70000\n```\n", 10, "from 0 to 65535"},
        {begun + "```expect\nAnn has ended with status 256\n```\n", 10, "from 0 to 255"},
        {begun + "```show\nselect descriptor 4294967299 of server\n```\n", 10, "from 0 to 1048575"},
        {"```do\nstart echo_fork port -1\n```\n", 6, "no port"},
        {begun + "```expect\ndescriptor 4294967299 of server is closed\n```\n", 10, "from 0 to 1048575"},
        {begun + "```expect\ndescriptor at least 99 of server is closed\n```\n", 10, "a number"},
        {begun + "```expect\nmore than 9223372036854775807 zombies\n```\n", 10, "is no fact"},
        {begun + "```expect never for 0 s\n1 zombie\n```\n", 9, "can hardly fail"},
        {"```do\nwait for " + std::string(1000, 'x') + "\n```\n", 6, "longer than 1000 bytes"},
        {begun + "```question\nq\n\n- [ ] a\n- [x] b\n\nr\n- [ ] c\n```\n", 16, "a choice within the reason"},
        {begun + "```do\nBob says \"x\"\n```\n", 10, "nobody is called “Bob”"},
        {begun + "```do\nserver says \"x\"\n```\n", 10, "“server” is a server"},
        {begun + "```do\nAnn says \"x\n```\n", 10, "closing quote"},
        {begun + "```do\nAnn says hello\n```\n", 10, "a text in \"quotes\""},
        {begun + "```do\nkill Ann with SIGKIL\n```\n", 10, "did you mean “SIGKILL”"},
        {begun + "```do\nslow 200\n```\n", 10, "a time"},
        {begun + "```do\nstep until Ann is sleepy\n```\n", 10, "sleepy"},
        {begun + "```do\nwait for Bob is blocked\n```\n", 10, "nobody is called “Bob”"},
        {begun + "```do\nstop at echo_fork: os.accpet(\n```\n", 10, "no line of core/programs/echo_fork.cpp"},
        {begun + "```do\nhold SYN from clients\n```\n", 10, "needs wire"},
        {begun + "```do\nneeds wire\nhold SYN from Ann\n```\n", 11, "from clients"},
        {begun + "```do\nneeds wire\nhold SIN from clients\n```\n", 11, "kinds of segments"},
        {"```do\nneeds wire\nhold SYN\n```\n", 11, "network is loopback", "network loopback"},
        {"```do\nhold SYN\n```\n```do\nneeds wire\n```\n", 6, "or in this do block"},
        {"```do\nstart echo_fork on the wire\n```\n", 6, "needs wire"},
        {begun + "```do\nconnect Bob to server on the wire\n```\n", 10, "needs wire"},
        {begun + "```expect\nAnn is bloked in recv\n```\n", 10, "did you mean “blocked”"},
        {begun + "```expect\nAnn is blocked in recieve\n```\n", 10, "did you mean “recv”"},
        {begun + "```expect\nAnn's connection is ESTABLISED\n```\n", 10, "did you mean “ESTABLISHED”"},
        {begun + "```expect\nAnn's accept queue is full\n```\n", 10, "here stands a server"},
        {begun + "```expect\nserver's connection is ESTABLISHED\n```\n", 10, "here stands a client"},
        {begun + "```expect\nAnn's child 1 is blocked\n```\n", 10, "Ann's worker"},
        {begun + "```expect\nserver's worker is blocked\n```\n", 10, "children or threads"},
        {begun + "```expect\nconnect of Ann failed with ECONREFUSED\n```\n", 10, "did you mean “ECONNREFUSED”"},
        {begun + "```expect\nserver has ? children\n```\n", 10, "number question"},
        {begun + "```expect soon\nAnn is blocked\n```\n", 9, "write expect, expect now"},
        {begun + "```expect within ever\nAnn is blocked\n```\n", 9, "is no time"},
        {begun + "```expect\n\n```\n", 9, "nothing is expected"},
        {"```do\n# a remark\n```\n", 5, "nothing is done here"},
        {"```show\n```\n", 5, "nothing is shown here"},
        {"```quote\n\n```\n", 5, "nothing is quoted here"},
        {"## \n", 5, "the step has no heading"},
        {"##\n", 5, "the step has no heading"},
        {"#\n", 5, "has a title already"},
        {begun + "```expect\nAnn is blocked in\n```\n", 10, "ends too early"},
        {begun + "```question\n- [x] a\n- [ ] b\n\nr\n```\n", 9, "the question's text is missing"},
        {begun + "```question\nq\n\n- [x] a\n- [ ] b\n```\n", 9, "the reason is missing"},
        {begun + "```question\nq\n\nr\n```\n", 9, "has no answer"},
        {begun + "```question\nq\n\n- [ ] a\n- [ ] b\n\nr\n```\n", 9, "no choice is right"},
        {begun + "```question\nq\n\n- [x] a\n- [x] b\n\nr\n```\n", 9, "2 choices are marked"},
        {begun + "```question\nq\n\n- [x] a\n\nr\n```\n", 9, "two at least"},
        {begun + "```question\nq\n\n- [x] a\n- [ ] b => Ann is blocked\n\nr\n```\n", 9, "the right choice has no fact"},
        {begun + "```question\nq\n\n- [x] a\n- [ ] b => Ann flies\n\nr\n```\n", 13, "flies"},
        {begun + "```question\nq\n\n- [x] a\n- [ ] b\n\ndo Ann says \"x\"\n\nr\n```\n", 15, "do block behind the question"},
        {begun + "```question\nq\n\n= server has 2 children\n\nr\n```\n", 12, "a ? stands"},
        {begun + "```question\nq\n\n= 5 or so\n\nr\n```\n", 12, "behind the number"},
        {"```show\nstages\n```\n", 6, "did you mean stage?"},
        {"```show\nlarge stag\n```\n", 6, "did you mean stage?"},
        {"```show\nselect Ann\n```\n", 6, "nothing was started yet"},
        {"```show\nselect\n```\n", 6, "is missing here"},
        {"```show\ncompare echo_fork\n```\n", 6, "compare PROGRAM with PROGRAM"},
        {"```show\ncompare echo_fork with echo_spoon\n```\n", 6, "no program “echo_spoon”"},
        {"```quote\necho_iterative\n```\n", 6, "write FILE: TEXT"},
        {"```quote\necho_iteratif: os.accept(\n```\n", 6, "did you mean echo_iterative?"},
        {"```quote\necho_iterative: os.acept(\n```\n", 6, "no line of"},
        {"```quote\necho_iterative: os.\n```\n", 6, "several lines"},
        {"```quote\necho_iterative: os.accept( … no such end\n```\n", 6, "behind line"},
        {"# Another title\n", 5, "has a title already"},
        {"A line\n---\n", 6, "makes a heading"},
        {"", 4, "minutes", "minutes many"},
        {"", 4, "did you mean topics?", "topcis fork"},
        {"", 4, "needs wire", "needs coffee"},
        {"", 4, "wire and loopback", "network internet"},
    };
    for (const Wrong& wrong : cases) {
        const ReadLesson read = wrong.facts.empty() ? lesson_with(wrong.body) : lesson_with(wrong.body, wrong.facts);
        ASSERT_FALSE(read.mistakes.empty()) << wrong.body << wrong.facts;
        const Mistake& mistake = read.mistakes[0];
        EXPECT_EQ(mistake.line, wrong.line) << wrong.body << mistake.text();
        EXPECT_NE(mistakes_of(read).find(wrong.says), std::string::npos) << wrong.body << mistakes_of(read);
    }
}

TEST(ReadLesson, WhatIsNotUnderstoodIsOneMistakeWhateverElseIsWrong) {
    EXPECT_EQ(lesson_with("```do\nstart echo_fork\n```\n```expect\nserver flies\n```\n").mistakes.size(), 1u)
        << "something is expected, though nobody knows what";
    const std::string both = mistakes_of(lesson_with("```oops\n```\n```quote\n```\n"));
    EXPECT_NE(both.find("test.md:5: there is no block “oops”"), std::string::npos) << both;
    EXPECT_NE(both.find("test.md:7: nothing is quoted here"), std::string::npos) << both;
}

TEST(ReadLesson, ANameIsAsLongAsAProgramsMayBe) {
    const std::string longest = "N" + std::string(39, 'a'), too_long = longest + "a";
    const auto mistakes = [](const std::string& lines) { return mistakes_of(lesson_with("```do\nstart echo_fork\n" + lines + "\n```\n")); };
    const std::string says = "test.md:7: “" + too_long + "” is too long for a name: 41 bytes, and 40 are the most";
    for (const char* line :
         {"start echo_fork as {}", "start fork_lines as {}", "look up localhost as {}", "connect Ann, {} and Bob to server"}) {
        EXPECT_EQ(mistakes(fmt::format(fmt::runtime(line), longest)), "") << line;
        EXPECT_NE(mistakes(fmt::format(fmt::runtime(line), too_long)).find(says), std::string::npos) << line;
    }
    EXPECT_EQ(mistakes("connect 9 clients as " + longest.substr(1) + " to server"), "");
    EXPECT_NE(mistakes("connect 10 clients as " + longest.substr(1) + " to server").find("10” is too long for a name: 41 bytes"),
              std::string::npos)
        << "the last one's number counts";
}

TEST(ReadLesson, CaseDoesNotCountAndPort0IsTheKernels) {
    EXPECT_EQ(
        mistakes_of(lesson_with("```do\nStart echo_fork port 0\n```\n```expect\nNot server Has ended\nNOT server is a Zombie\n```\n")), "");
    EXPECT_EQ(mistakes_of(lesson_with("```do\nneeds wire\nstart echo_fork on the wire\n```\n```do\nlose 10 %\nwait 0.1 s\n```\n")), "");
    EXPECT_EQ(mistakes_of(lesson_with("```do\nstart echo_fork on the wire\nhold SYN\n```\n", "network loopback\nneeds wire")), "");
}

TEST(ReadLesson, TheWholeMustBeALesson) {
    EXPECT_NE(mistakes_of(read_lesson("", "x.md")).find("no title"), std::string::npos);
    EXPECT_NE(mistakes_of(read_lesson("# T\n", "x.md")).find("no steps"), std::string::npos);
    EXPECT_NE(mistakes_of(read_lesson("## S\n", "x.md")).find("no title"), std::string::npos);
    EXPECT_NE(mistakes_of(read_lesson("# T\n\n```do\nrun\n```\n\n## S\n", "x.md")).find("stands in a step"), std::string::npos);
    EXPECT_NE(mistakes_of(read_lesson("# T\n\n## S\n\n```lesson\nminutes 3\n```\n", "x.md")).find("before the first step"),
              std::string::npos);
}

TEST(ReadLesson, AnyBytesAreTaken) {
    // Pieces of lessons in a random order: nothing of it may hurt.
    const std::vector<std::string> pieces = {
        "```", "do",  "\n",   " ",   "start echo_fork", "'s",  "\"",      "\\", "- [x] a", " => ", "## S", "# T", "?",
        "= 5", "---", "\xff", "~~~", "until",           " · ", "question"};
    std::uint32_t seed = 1;
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (int i = 0; i < 40; ++i) {
            seed = seed * 1664525 + 1013904223;
            text += pieces[(seed >> 16) % pieces.size()];
        }
        const ReadLesson read = read_lesson(text, "x.md");
        for (const Mistake& mistake : read.mistakes) {
            ASSERT_GE(mistake.line, 0) << text;
            ASSERT_FALSE(mistake.what.empty()) << text;
        }
    }
}

TEST(ReadLessonFile, SaysWhyAFileCannotBeRead) {
    EXPECT_NE(mistakes_of(read_lesson_file("/no/such/lesson.md")).find("No such file"), std::string::npos);
    EXPECT_NE(mistakes_of(read_lesson_file("/tmp")).find("no file"), std::string::npos);
    EXPECT_NE(mistakes_of(read_lesson_file("/dev/zero")).find("no file"), std::string::npos);
    const std::string path = testing::TempDir() + "large.md";
    std::ofstream(path) << std::string((1 << 20) + 1, 'x');
    EXPECT_NE(mistakes_of(read_lesson_file(path)).find("larger than 1 MiB"), std::string::npos);
    std::ofstream(path) << std::string("# T\0", 4);
    EXPECT_NE(mistakes_of(read_lesson_file(path)).find("NUL"), std::string::npos);
    std::filesystem::remove(path);
}

TEST(Lessons, AllHaveNoMistakesAndWhatTheyQuoteIsFound) {
    const std::vector<std::string> files = lesson_files(SYNOPTIC_SOURCE_DIR "/lessons");
    ASSERT_FALSE(files.empty());
    for (const std::string& file : files) {
        const ReadLesson read = read_lesson_file(file);
        EXPECT_EQ(mistakes_of(read), "");
        EXPECT_GT(read.lesson.number, 0) << file << ": its name begins with its number";
    }
}

TEST(Catalog, FindsALessonByNumberNameOrPart) {
    const std::string folder = testing::TempDir() + "catalog/";
    std::filesystem::create_directories(folder);
    for (const char* name : {"01-one.md", "02-two.md", "12-one-more.md", "README.md", "notes.txt"}) std::ofstream(folder + name) << "# T\n";
    EXPECT_EQ(lesson_files(folder).size(), 3u);
    const auto found = [&](const std::string& name) {
        const Result<std::string> file = find_lesson(name, folder);
        return file ? std::filesystem::path(*file).filename().string() : file.error().text();
    };
    EXPECT_EQ(found("1"), "01-one.md");
    EXPECT_EQ(found("02"), "02-two.md");
    EXPECT_EQ(found("12-one-more"), "12-one-more.md");
    EXPECT_EQ(found("two"), "02-two.md");
    EXPECT_EQ(found(folder + "02-two.md"), "02-two.md");
    EXPECT_NE(found("one").find("may be several lessons: 01-one, 12-one-more"), std::string::npos) << found("one");
    EXPECT_NE(found("02-towo").find("did you mean 02-two?"), std::string::npos) << found("02-towo");
    EXPECT_NE(found("no/such.md").find("no such file"), std::string::npos);
    EXPECT_NE(found("").find("there is no lesson"), std::string::npos);
    EXPECT_FALSE(find_lesson("1", folder + "nowhere"));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace synoptic
