// A player with a session of its own, and lessons to play.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/lesson/drive.h"
#include "core/lesson/play_folder.h"
#include "core/lesson/player.h"
#include "lesson_text.h"
#include "tests/session/session_fixture.h"

namespace synoptic {

class PlayerTest : public SessionTest {
   protected:
    using State = Player::State;

    void SetUp() override {
        SessionTest::SetUp();
        Result<PlayFolder> made = PlayFolder::make();
        ASSERT_TRUE(made) << made.error().text();
        folder.emplace(std::move(*made));
    }
    void TearDown() override { session.reset(); }
    void start_without_wire() {
        session.reset();
        SessionSetup setup;
        setup.tun_path = "/no/such/tun";
        Result<std::unique_ptr<Session>> started = Session::start(std::move(setup));
        ASSERT_TRUE(started) << started.error().text();
        session = std::move(*started);
    }

    void open(ReadLesson read) {
        ASSERT_EQ(mistakes_of(read), "");
        player.emplace(std::move(read.lesson),
                       PlayerSetup{[this](Command command) { return submit(std::move(command)); }, &session->history(), folder->path()});
        player->begin();
    }
    /** A lesson on loopback. */
    void open(const std::string& steps) { open(read_lesson("# Title\n\n```lesson\nnetwork loopback\n```\n\n" + steps, "test.md")); }
    void open_file(const std::string& name) { open(read_lesson_file(std::string(SYNOPTIC_SOURCE_DIR "/tests/lesson/lessons/") + name)); }

    State until_it_waits() {
        EXPECT_TRUE(drive(*session, *player, patience_ms)) << state_name(player->state()) << ": " << player->waits_for();
        for (const LessonFailure& failure : player->failures()) failures += failure.text + "\n";
        return player->state();
    }
    /** Goes on until a question is asked, or the lesson has ended. */
    State until_asked() {
        while (until_it_waits() == State::stands) player->next();
        return player->state();
    }
    void choose(std::size_t choice) {
        LessonAnswer answer;
        answer.choice = choice;
        EXPECT_TRUE(player->answer(answer));
    }

    /** What becomes of the player's commands: the session carries them out, unless a test says otherwise. */
    std::function<std::uint64_t(Command)> submit = [this](Command command) { return session->submit(std::move(command)); };

    std::optional<PlayFolder> folder;
    std::optional<Player> player;
    std::string failures;
};

/** The second asks. */
inline constexpr const char* three_steps =
    "## One\n\n```do\nstart echo_thread\nconnect Ann to server\n```\n\n## Two\n\n```question\nq\n\n- [ ] a\n- [x] "
    "b\n\nr\n```\n\n```do\nAnn says \"two\"\n```\n\n"
    "```expect\nAnn printed \"two\"\n```\n\n## Three\n\n```do\nAnn says \"three\"\n```\n\n```expect\nAnn printed \"three\"\n```\n";

}  // namespace synoptic
