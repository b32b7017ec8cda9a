// Pills on wires that cross: none covers another, and the order on a wire stays what it is.
#include "gui/panels/stage_pill_places.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace synoptic {
namespace {

constexpr PillSizes sizes{21, 18};

bool overlap(const ui::Rect& one, const ui::Rect& other) {
    return one.x < other.right() && other.x < one.right() && one.y < other.bottom() && other.y < one.bottom();
}

/** Wires between two columns of cards: from the n-th client's height to that of whoever serves it. */
struct Wires {
    float gap = 200;  // between the columns, px
    std::vector<std::pair<float, float>> heights;
    mark::Curve operator()(std::size_t wire) const {
        return mark::curve_between({100, heights.at(wire).first}, {100 + gap, heights.at(wire).second});
    }
};

PillBox box_on(std::size_t wire, Direction direction, float width) {
    PillBox box;
    box.wire = wire;
    box.flow = FlowId{static_cast<std::uint32_t>(wire + 1)};
    box.direction = direction;
    box.share = direction == Direction::to_server ? 0.68f : 0.32f;
    box.width = width;
    box.brief_width = width * 0.5f;
    return box;
}

std::size_t overlaps(const std::vector<PillPlace>& places) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t j = i + 1; j < places.size(); ++j) count += overlap(places[i].rect, places[j].rect);
    }
    return count;
}

TEST(StagePillPlaces, OneThatIsAloneStandsWhereItWouldByItself) {
    const Wires wires{200, {{50, 120}}};
    const auto places = place_pills({box_on(0, Direction::to_server, 60)}, wires, {}, sizes);
    ASSERT_EQ(places.size(), 1u);
    EXPECT_FLOAT_EQ(places[0].share, 0.68f);
    EXPECT_FALSE(places[0].brief);
    const mark::Curve curve = wires(0);
    EXPECT_LT(places[0].rect.bottom(), curve.at(0.68f).y) << "above its wire";
}

TEST(StagePillPlaces, PillsOfWiresThatCrossDoNotCoverEachOther) {
    for (const float gap : {95.0f, 140.0f, 300.0f}) {
        const Wires wires{gap, {{40, 220}, {220, 40}}};
        for (const Direction one : {Direction::to_server, Direction::to_client}) {
            for (const Direction other : {Direction::to_server, Direction::to_client}) {
                std::vector<PillBox> boxes = {box_on(0, one, 80), box_on(1, other, 80)};
                boxes[0].share = boxes[1].share = 0.5f;  // where they cross
                const auto places = place_pills(boxes, wires, {}, sizes);
                EXPECT_EQ(overlaps(places), 0u) << gap << " px";
                for (const PillPlace& place : places) {
                    EXPECT_GE(place.rect.x, 99) << "between the cards";
                    EXPECT_LE(place.rect.right(), 101 + gap);
                }
            }
        }
    }
}

TEST(StagePillPlaces, OfOneWireWhoeverIsNearerToItsReceiverStaysSo) {
    const Wires wires{260, {{40, 300}, {300, 40}}};
    for (const Direction direction : {Direction::to_server, Direction::to_client}) {
        std::vector<PillBox> boxes;
        for (const float along : {0.38f, 0.53f, 0.68f}) {  // the next one last
            boxes.push_back(box_on(0, direction, 70));
            boxes.back().share = direction == Direction::to_server ? along : 1 - along;
        }
        boxes.push_back(box_on(1, direction, 70));
        const auto places = place_pills(boxes, wires, {}, sizes);
        EXPECT_EQ(overlaps(places), 0u);
        for (std::size_t at = 0; at < 2; ++at) {
            if (direction == Direction::to_server)
                EXPECT_LT(places[at].share, places[at + 1].share);
            else
                EXPECT_GT(places[at].share, places[at + 1].share);
        }
    }
}

TEST(StagePillPlaces, ANoteOnTheWireIsNotCoveredAndWordsAreShortenedWhereMovingDoesNotDo) {
    const Wires wires{160, {{100, 100}}};  // a level wire: to move along it changes x alone
    PillBox box = box_on(0, Direction::to_server, 100);
    box.brief_width = 40;
    const ui::Rect note{170, 70, 90, 24};
    const auto places = place_pills({box}, wires, {note}, sizes);
    EXPECT_FALSE(overlap(places[0].rect, note));
    EXPECT_TRUE(places[0].brief) << "100 px have no room beside it";
    EXPECT_FLOAT_EQ(places[0].rect.w, 40);
}

TEST(StagePillPlaces, CopiesThatLookOutBehindAPillAreNotCoveredEither) {
    const Wires wires{200, {{40, 220}, {220, 40}}};
    std::vector<PillBox> boxes = {box_on(0, Direction::to_server, 60), box_on(1, Direction::to_server, 60)};
    for (PillBox& box : boxes) {
        box.share = 0.5f;
        box.behind = 10;
    }
    const auto places = place_pills(boxes, wires, {}, sizes);
    for (const std::size_t at : {0u, 1u}) {
        const ui::Rect& pill = places[at].rect;
        const ui::Rect whole{pill.x, pill.y - 6, pill.w + 10, pill.h + 6};
        EXPECT_FALSE(overlap(whole, places[1 - at].rect));
    }
}

TEST(StagePillPlaces, OneThatTravelsIsWhereItIsAndOthersHaveTheirPlacesFirst) {
    const Wires wires{200, {{40, 220}, {220, 40}}};
    PillBox held = box_on(0, Direction::to_server, 80), travels = box_on(1, Direction::to_server, 80);
    held.share = travels.share = 0.5f;
    travels.stays = false;
    const auto places = place_pills({held, travels}, wires, {}, sizes);
    EXPECT_FLOAT_EQ(places[0].share, 0.5f);
    EXPECT_FLOAT_EQ(places[1].share, 0.5f);
}

TEST(StagePillPlaces, WhereThereIsNoRoomAtAllEachStillHasAPlace) {
    const Wires wires{60, {{40, 40}}};
    const std::vector<PillBox> boxes(5, box_on(0, Direction::to_server, 50));
    const auto places = place_pills(boxes, wires, {}, sizes);
    ASSERT_EQ(places.size(), 5u);
    std::size_t covering = 0;
    for (const PillPlace& place : places) {
        EXPECT_GT(place.rect.w, 0);
        covering += place.covers;
    }
    EXPECT_GE(covering, 3u) << "and it is known which of them are in the way";
    EXPECT_FALSE(places.back().covers) << "the next one is free";
}

}  // namespace
}  // namespace synoptic
