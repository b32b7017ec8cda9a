#include "gui/panels/stage_pill_places.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <map>

namespace synoptic {
namespace {

constexpr float first_share = 0.04f, share_step = 0.03f;  // of the places that are tried
constexpr int most_steps = 32;

float shared_area(const ui::Rect& one, const ui::Rect& other) {
    const float width = std::min(one.right(), other.right()) - std::max(one.x, other.x);
    const float height = std::min(one.bottom(), other.bottom()) - std::max(one.y, other.y);
    return width > 0 && height > 0 ? width * height : 0;
}

/** A pill with the copies that look out behind it, upwards and at its right. */
ui::Rect with_copies(const ui::Rect& pill, float behind) {
    const float up = behind * 0.6f;
    return {pill.x, pill.y - up, pill.w + behind, pill.h + up};
}

class PillPlacer {
   public:
    PillPlacer(const std::vector<PillBox>& boxes, const std::function<mark::Curve(std::size_t)>& wire_at,
               const std::vector<ui::Rect>& obstacles, const PillSizes& sizes)
        : boxes_(boxes), wire_at_(wire_at), taken_(obstacles), sizes_(sizes), places_(boxes.size()) {}

    std::vector<PillPlace> place() {
        for (const bool stays : {true, false}) {
            for (std::size_t at = boxes_.size(); at-- > 0;) {
                if (boxes_[at].stays == stays) place_one(at);
            }
        }
        return std::move(places_);
    }

   private:
    PillPlace place_at(const PillBox& box, const mark::Curve& curve, float share, bool brief) const {
        const float width = brief ? box.brief_width : box.width;
        ImVec2 centre = curve.at(share);
        centre.y += box.direction == Direction::to_server ? -sizes_.beside : sizes_.beside;
        // It keeps between the cards.
        const float first = curve.from.x + width / 2, last = curve.to.x - width / 2 - box.behind;
        centre.x = std::clamp(centre.x, first, std::max(first, last));
        return {share, brief, false, {std::floor(centre.x - width / 2), std::floor(centre.y - sizes_.height / 2), width, sizes_.height}};
    }

    /** Keeps the best of those that were tried; true if it covers nothing. */
    bool try_place(const PillBox& box, const PillPlace& place, PillPlace& best, float& least_covered) const {
        float covered = 0;
        for (const ui::Rect& rect : taken_) covered += shared_area(with_copies(place.rect, box.behind), rect);
        if (covered >= least_covered) return false;
        best = place;
        least_covered = covered;
        return covered == 0;
    }

    void place_one(std::size_t at) {
        const PillBox& box = boxes_[at];
        const mark::Curve curve = wire_at_(box.wire);
        float least_covered = FLT_MAX;
        PillPlace& best = places_[at];
        const auto key = std::pair{box.flow, box.direction};
        const auto before = nearest_.find(key);
        const bool forward = box.direction == Direction::to_server;
        // Not past the one before it on the same wire.
        const auto allowed = [&](float share) {
            if (share < first_share || share > 1 - first_share) return false;
            return before == nearest_.end() || (forward ? share < before->second : share > before->second);
        };
        for (const bool brief : {false, true}) {
            if (try_place(box, place_at(box, curve, box.share, brief), best, least_covered)) break;
            bool found = false;
            for (int step = 1; box.stays && step <= most_steps && !found; ++step) {
                for (const float way : {-1.0f, 1.0f}) {
                    const float share = box.share + way * share_step * static_cast<float>(step);
                    found = found || (allowed(share) && try_place(box, place_at(box, curve, share, brief), best, least_covered));
                }
            }
            if (found) break;
        }
        best.covers = least_covered > 0;
        if (best.covers && !box.stays) return;
        taken_.push_back(with_copies(best.rect, box.behind));
        if (box.stays) nearest_[key] = best.share;
    }

    const std::vector<PillBox>& boxes_;
    const std::function<mark::Curve(std::size_t)>& wire_at_;
    std::vector<ui::Rect> taken_;
    const PillSizes sizes_;
    std::vector<PillPlace> places_;
    std::map<std::pair<FlowId, Direction>, float> nearest_;  // of each flow and direction: the share of the last that was placed
};

}  // namespace

std::vector<PillPlace> place_pills(const std::vector<PillBox>& boxes, const std::function<mark::Curve(std::size_t)>& wire_at,
                                   const std::vector<ui::Rect>& obstacles, const PillSizes& sizes) {
    return PillPlacer(boxes, wire_at, obstacles, sizes).place();
}

}  // namespace synoptic
