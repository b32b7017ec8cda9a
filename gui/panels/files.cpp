// Over everything: where a recording or an export is written to, or a recording read from.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "gui/file_dialog.h"
#include "gui/imgui_versions.h"
#include "gui/panels/toolbar.h"
#include "gui/widgets.h"

namespace synoptic {
namespace {

struct Words {
    const char* title;
    const char* about;
};

Words words_of(FileTask task) {
    switch (task) {
        case FileTask::save_recording:
            return {"Save a recording", "Everything that was recorded, the programs' sources too. synoptic FILE opens it again."};
        case FileTask::open_recording:
            return {"Open a recording", "It opens in a window of its own; this one goes on."};
        case FileTask::export_history:
            return {"Export what is shown",
                    "By the name's ending: .txt reads like strace, .json opens in ui.perfetto.dev and chrome://tracing, "
                    ".pcapng in Wireshark, .png is a picture of this window."};
        case FileTask::save_panel:
            return {"Picture of one panel", "As it is shown now, in a .png. Export makes one of the whole window."};
        case FileTask::none:
            break;
    }
    return {"", ""};
}

constexpr float row = 30;  // at zoom 1

/** Further recordings; a click takes one. */
float draw_recordings(FileDialog& dialog, float x, float y, float width) {
    float taken = 0;
    int number = 0;
    for (const std::string& path : dialog.recordings) {
        ImGui::SetCursorScreenPos({std::floor(x), std::floor(y + taken)});
        ui::Face face;
        const std::string name = std::filesystem::path(path).filename().string();
        face.label = name.c_str();
        face.look = ui::Look::quiet;
        face.chosen = path == dialog.path;
        face.width = width;
        face.height = row - 4;
        if (ui::button(fmt::format("files.recording.{}", number++).c_str(), face, path.c_str())) dialog.path = path;
        taken += ui::px(row);
    }
    return taken;
}

/** Of which panel a picture is wanted. Returns the height that it took. */
float draw_panels(AppState& state, float x, float y) {
    FileDialog& dialog = state.files;
    if (dialog.panels.empty()) return 0;
    for (std::size_t at = 0; at < dialog.panels.size(); ++at) {
        ui::Face face;
        face.label = dialog.panels[at].c_str();
        face.chosen = static_cast<int>(at) == dialog.panel;
        ImGui::SetCursorScreenPos({std::floor(x), std::floor(y)});
        if (ui::button(("files.panel." + dialog.panels[at]).c_str(), face)) choose_panel(state, static_cast<int>(at));
        x += ui::button_width(face) + ui::px(6);
    }
    return ui::px(row + 12);
}

}  // namespace

void draw_file_dialog(AppState& state, const ui::Rect& area) {
    FileDialog& dialog = state.files;
    const Words words = words_of(dialog.task);
    const Theme& theme = ui::theme();
    const float pad = ui::px(28), width = std::min(ui::px(620), area.w - ui::px(32)), inner = width - 2 * pad;
    const float about = ui::wrapped_height(ui::fonts().text, words.about, inner);
    const bool asks = asks_to_replace(dialog);
    const char* label = confirm_label(dialog);  // this frame's: with it goes where the button is
    const std::string said = asks ? dialog.replaces + " is there already. What it holds would be lost." : dialog.trouble;
    const float trouble = said.empty() ? 0 : ui::wrapped_height(ui::fonts().text, said, inner) + ui::px(12);
    const float list = ui::px(row) * static_cast<float>(dialog.recordings.size()) + (dialog.recordings.empty() ? 0 : ui::px(10));
    const float panels = dialog.panels.empty() ? 0 : ui::px(row + 12);
    const float height = 2 * pad + panels + ui::px(38) + about + ui::px(16 + row + 12) + list + trouble + ui::px(8 + row);
    const ui::Rect card{std::floor(area.x + (area.w - width) / 2), std::floor(std::max(area.y, area.y + (area.h - height) * 0.4f)),
                        std::floor(width), std::floor(height)};
    begin_overlay("files", area, card);
    ui::record("files", card, words.title);
    const float x = card.x + pad;
    float y = card.y + pad;
    ui::draw_text(ui::fonts().title, {x, y - ui::px(4)}, theme.text, words.title);
    y += ui::px(38);
    y += ui::draw_wrapped(ui::fonts().text, {x, y}, theme.text_dim, words.about, inner) + ui::px(16);
    y += draw_panels(state, x, y);
    ImGui::SetCursorScreenPos({std::floor(x), std::floor(y)});
    // What is typed is the name, from the first key on.
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    bool confirmed = ui::text_field("files.path", &dialog.path, "a file's name, or its path", inner / ui::scale(), "Enter confirms");
    if (ui::enter_pressed() && !imgui::keyboard_navigates()) confirmed = true;
    confirmed = confirmed && !asks;  // a file is replaced by the button alone: Enter may have been pressed twice
    y += ui::px(row + 12);
    y += draw_recordings(dialog, x, y, inner) + (dialog.recordings.empty() ? 0 : ui::px(10));
    if (!said.empty()) {
        const float height = ui::draw_wrapped(ui::fonts().text, {x, y}, theme.trouble, said, inner);
        ui::record("files.trouble", {x, y, inner, height}, said);
    }

    ui::Face cancel, confirm;
    cancel.label = "Cancel";
    confirm.label = label;
    confirm.look = asks ? ui::Look::danger : ui::Look::primary;
    confirm.width = ui::px(96);
    const float bottom = std::floor(card.bottom() - pad - ui::px(row)), right = card.right() - pad;
    ImGui::SetCursorScreenPos({std::floor(right - ui::button_width(confirm)), bottom});
    if (ui::button("files.confirm", confirm, asks ? nullptr : "Enter")) confirmed = !asks || ImGui::GetIO().MouseClickedLastCount[0] < 2;
    ImGui::SetCursorScreenPos({std::floor(right - ui::button_width(confirm) - ui::px(8) - ui::button_width(cancel)), bottom});
    const bool cancelled = ui::button("files.cancel", cancel, "Escape");
    ImGui::End();
    // What was confirmed is what this frame asked. The second half of a double click on "Save" is no answer either.
    if (confirmed && asks_to_replace(dialog) == asks) confirm_file(state);
    if (cancelled) dialog.task = FileTask::none;
    if (asks_to_replace(dialog) != asks) ui::wake_in(0);  // what is asked, and the button, have another place now
}

}  // namespace synoptic
