// Which lesson comes next, what is said of progress; and the watch on a lesson's file.
#include "gui/lesson_list.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "gui/file_watch.h"
#include "tests/temporary_folder.h"

namespace synoptic {
namespace {

namespace fs = std::filesystem;

class LessonList : public testing::Test {
   protected:
    void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
    void write_three() const {
        write("01-one.md", "# One\n\n```lesson\nminutes 4\nnetwork loopback\n```\n\n## A\n\ntext\n");
        write("02-two.md", "# Two\n\n## A\n\ntext\n\n## B\n\ntext\n");
        write("03-three.md", "# Three\n\n```nonsense\n```\n");
    }
    TemporaryFolder temporary_;
    const fs::path folder_ = temporary_.path();
};

TEST_F(LessonList, TellsNumberTitleMinutesAndMistakes) {
    write_three();
    write("notes.txt", "no lesson");
    const std::vector<LessonEntry> list = read_lesson_list(folder_.string());
    ASSERT_EQ(list.size(), 3u);
    EXPECT_EQ(list[0].number, 1);
    EXPECT_EQ(list[0].title, "One");
    EXPECT_EQ(list[0].minutes, 4);
    EXPECT_EQ(list[1].steps, 3u) << "with the introduction";
    EXPECT_FALSE(list[1].broken);
    EXPECT_TRUE(list[2].broken);
    EXPECT_TRUE(read_lesson_list((folder_ / "nowhere").string()).empty());
}

TEST_F(LessonList, GoesOnWithWhatWasBegunLastElseWithTheFirstThatIsNotDone) {
    write_three();
    const std::vector<LessonEntry> list = read_lesson_list(folder_.string());
    Progress progress = Progress::open("");
    EXPECT_EQ(lesson_to_go_on_with(list, progress), &list[0]);
    LessonProgress done;
    done.steps = 2;
    done.finished = true;
    ASSERT_TRUE(progress.keep("01-one", done));
    EXPECT_EQ(lesson_to_go_on_with(list, progress), &list[1]);
    LessonProgress begun;
    begun.steps = 3;
    begun.step = 1;
    begun.last_at = 5;
    ASSERT_TRUE(progress.keep("03-three", begun));
    EXPECT_EQ(lesson_to_go_on_with(list, progress), &list[2]);
    for (const char* name : {"02-two", "03-three"}) ASSERT_TRUE(progress.keep(name, done));
    EXPECT_EQ(lesson_to_go_on_with(list, progress), &list[0]) << "all are done";
    EXPECT_EQ(lesson_to_go_on_with({}, progress), nullptr);
    EXPECT_EQ(lesson_after(list, "01-one"), &list[1]);
    EXPECT_EQ(lesson_after(list, "03-three"), nullptr);
    EXPECT_EQ(lesson_after(list, "unknown"), nullptr);
}

TEST_F(LessonList, ProgressInWords) {
    LessonProgress progress;
    EXPECT_EQ(progress_words(progress), "");
    progress.steps = 6;
    progress.step = 3;
    EXPECT_EQ(progress_words(progress), "step 3 of 5");
    progress.finished = true;
    EXPECT_EQ(progress_words(progress), "done");
    progress.answers[1] = {"a", true, false};
    progress.answers[2] = {"b", false, false};
    EXPECT_EQ(progress_words(progress), "done, 1 of 2 answered right");
    progress.answers[3] = {"", false, true};
    EXPECT_EQ(progress_words(progress), "done, 1 of 2 answered right, 1 skipped") << "no wrong answer";
    progress.answers = {{1, {"", false, true}}};
    EXPECT_EQ(progress_words(progress), "done, 1 skipped");
}

TEST_F(LessonList, AWatchTellsOfASaveAndOfARenameAndOfNoOtherFile) {
    write("a.md", "one");
    std::mutex mutex;
    std::condition_variable told;
    int wakes = 0;
    FileWatch watch((folder_ / "a.md").string(), [&] {
        const std::lock_guard lock(mutex);
        ++wakes;
        told.notify_all();
    });
    ASSERT_TRUE(watch.works());
    const auto wait_for_wakes = [&](int count) {
        std::unique_lock lock(mutex);
        return told.wait_for(lock, std::chrono::seconds(20), [&] { return wakes >= count; });
    };
    EXPECT_FALSE(watch.take_changed());
    write("b.md", "another file");
    write("a.md", "two");
    ASSERT_TRUE(wait_for_wakes(1));
    EXPECT_TRUE(watch.take_changed());
    EXPECT_FALSE(watch.take_changed()) << "once";
    write("a.new", "three");
    fs::rename(folder_ / "a.new", folder_ / "a.md");
    ASSERT_TRUE(wait_for_wakes(2));
    EXPECT_TRUE(watch.take_changed());
}

TEST_F(LessonList, AWatchFollowsALinkAndSaysWhereItCanNotWatch) {
    fs::create_directory(folder_ / "elsewhere");
    write("elsewhere/a.md", "one");
    fs::create_symlink(folder_ / "elsewhere" / "a.md", folder_ / "link.md");
    std::mutex mutex;
    std::condition_variable told;
    int wakes = 0;
    FileWatch watch((folder_ / "link.md").string(), [&] {
        const std::lock_guard lock(mutex);
        ++wakes;
        told.notify_all();
    });
    ASSERT_TRUE(watch.works());
    write("elsewhere/link.md", "the link's name in the other folder");
    write("elsewhere/a.md", "two");
    std::unique_lock lock(mutex);
    ASSERT_TRUE(told.wait_for(lock, std::chrono::seconds(20), [&] { return wakes >= 1; })) << "what the link leads to was saved";
    EXPECT_TRUE(watch.take_changed());
    EXPECT_FALSE(FileWatch((folder_ / "nowhere" / "a.md").string(), [] {}).works());
}

}  // namespace
}  // namespace synoptic
