// Saving, opening and exporting files: what is asked for, and what becomes of it. The window's thread only.
#pragma once

#include <string>
#include <vector>

namespace synoptic {

struct AppState;

enum class FileTask { none, save_recording, open_recording, export_history, save_panel };

/** The dialog with a path; FileTask::none while it is not shown. */
struct FileDialog {
    FileTask task = FileTask::none;
    std::string path;
    std::string offered;                  // the path that was there before the user typed another one
    std::vector<std::string> recordings;  // to open: those in the folder of documents, the newest first
    std::string trouble;                  // why it can't be done with this path; shown in the dialog
    std::vector<std::string> panels;      // of which there can be a picture: those in sight, by name
    int panel = 0;                        // the one that is chosen
    std::string replaces;                 // a file that is there already: the user was asked whether it is to be replaced
};

/** Shows the dialog for a task, with a path that no file has yet, or the newest recording. */
void ask_for_file(AppState& state, FileTask task);
/** Of this panel, a number in FileDialog::panels, a picture is to be saved; a path that was offered for another one goes with it. */
void choose_panel(AppState& state, int panel);
/** Does what the dialog asks for with its path, and closes it; what is wrong with the path keeps it open. Where a file would be replaced that keeps it
    open, too, once: it asks. */
void confirm_file(AppState& state);
/** True while it asks whether the file at its path is to be replaced; another path ends that. */
bool asks_to_replace(const FileDialog& dialog);
/** What the dialog's button says: "Save", or "Replace" where that is asked. */
const char* confirm_label(const FileDialog& dialog);

/** `path`, absolute: "~" is the user's home, and a name alone lies in the folder of documents. */
std::string full_path(const std::string& path);

}  // namespace synoptic
