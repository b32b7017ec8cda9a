// Colours and measures. Each colour has one meaning; all tell apart for colour-blind people (Okabe-Ito) and never stand alone.
#pragma once

#include "imgui.h"

namespace synoptic {

struct Theme {
    bool dark = true;
    // surfaces
    ImU32 window, panel, card, card_raised, outline, outline_strong;
    // text
    ImU32 text, text_dim, text_faint, on_accent;
    // meanings
    ImU32 accent;     // what can be done: the primary button, the selection
    ImU32 client;     // clients
    ImU32 server;     // servers and their workers
    ImU32 blocked;    // waits in the kernel
    ImU32 alive;      // connected, established, live
    ImU32 listening;  // LISTEN
    ImU32 trouble;    // errors, resets, zombies
    ImU32 user;       // what the user did; PAST
    ImU32 highlight;  // background of what just changed
};

const Theme& dark_theme();
const Theme& light_theme();

/** A colour with its opacity multiplied, 0 to 1. */
ImU32 faded(ImU32 colour, float opacity);
/** Two colours mixed; share 0 is `from`. */
ImU32 mixed(ImU32 from, ImU32 to, float share);

/** WCAG 2.1's contrast ratio, 1 to 21. */
float contrast(ImU32 one, ImU32 other);
/** Gives ImGui's own widgets the theme's colours and measures. */
void apply_style(const Theme& theme, float scale);

struct Fonts {
    ImFont* text = nullptr;    // Inter Regular
    ImFont* strong = nullptr;  // Inter SemiBold
    ImFont* title = nullptr;   // Inter SemiBold, larger
    ImFont* small_text = nullptr;
    ImFont* italic = nullptr;  // Inter Italic
    ImFont* code = nullptr;  // JetBrains Mono Regular
    ImFont* code_small = nullptr;
};

}  // namespace synoptic
