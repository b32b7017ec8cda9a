// The inspector's page as text: see inspector_facts.h.
#include <fmt/format.h>

#include "gui/panels/inspector_facts.h"

namespace synoptic {

std::string page_text(const InspectorPage& page) {
    std::string text = page.title;
    if (!page.badge.empty()) text += " [" + page.badge + "]";
    text += "\n";
    if (!page.subtitle.empty()) text += page.subtitle + "\n";
    for (const FactSection& section : page.sections) {
        text += section.title.empty() ? "\n" : "\n" + section.title + "\n";
        if (!section.text.empty()) text += section.text + "\n";
        for (const Fact& fact : section.facts) {
            text += fmt::format("{:<14} {}{}\n", fact.name, fact.value, fact.known == Known::inferred ? " (inferred)" : "");
        }
        for (const std::string& line : section.lines) text += line + "\n";
        for (const std::string& line : hex_lines(section.bytes, 16)) text += line + "\n";
    }
    if (page.packet.empty()) return text;
    text += "\nPacket\n";
    for (const HeaderField& field : page.packet.fields) text += field_text(field) + "\n";
    for (const std::string& line : hex_lines(page.packet.bytes, 16)) text += line + "\n";
    return text;
}

std::vector<std::string> hex_lines(std::string_view bytes, std::size_t columns) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < bytes.size(); at += columns) {
        std::string line = fmt::format("{:04x} ", at), letters;
        for (std::size_t i = at; i < at + columns; ++i) {
            if (i >= bytes.size()) {
                line += "   ";
                continue;
            }
            const auto byte = static_cast<unsigned char>(bytes[i]);
            line += fmt::format(" {:02x}", byte);
            letters += byte >= 0x20 && byte < 0x7f ? std::string(1, static_cast<char>(byte)) : "·";
        }
        lines.push_back(line + "  " + letters);
    }
    return lines;
}

}  // namespace synoptic
