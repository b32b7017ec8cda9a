# The checks of tests/package/run, which sources this file: what the package holds, how it is installed and removed, what the installed program does.
# They use $here (the unpacked package), $system (a clean system's root, or nothing), $folder (a folder of the user's), $temporary, ours and in_system.

failures=0
# check WHAT COMMAND…: runs it; its output is shown where it fails.
check() {
    local what=$1
    shift
    if "$@" >"$temporary/output" 2>&1 </dev/null; then
        printf 'ok      %s\n' "$what"
    else
        printf 'FAILED  %s (exit status %d)\n' "$what" "$?"
        sed 's/^/          /' "$temporary/output"
        failures=$((failures + 1))
    fi
}
# check_with TOOL WHAT COMMAND…: as check, if TOOL is installed.
check_with() {
    if command -v "$1" >/dev/null; then check "${@:2}"; else printf 'skipped %s (no %s here)\n' "$2" "$1"; fi
}
prints() {  # prints TEXT COMMAND…: succeeds, and its output holds TEXT
    local text=$1 printed
    shift
    printed=$("$@" 2>&1) || { printf '%s\n' "$printed"; return 1; }
    [[ $printed == *"$text"* ]] || { printf 'no %q in:\n%s\n' "$text" "$printed"; return 1; }
}
fails_with() {  # fails_with STATUS TEXT COMMAND…: ends with STATUS, and its output holds TEXT
    local wanted=$1 text=$2 printed status=0
    shift 2
    printed=$("$@" 2>&1) || status=$?
    (( status == wanted )) && [[ $printed == *"$text"* ]] || { printf 'exit status %d, or no %q in:\n%s\n' "$status" "$text" "$printed"; return 1; }
}
not() { ! "$@"; }
is_empty() { local printed; printed=$("$@") && [[ -z $printed ]] || { printf '%s\n' "$printed"; return 1; }; }

page_is_right() {  # man's own warnings are its findings
    local warnings
    warnings=$(LC_ALL=C.UTF-8 MANROFFSEQ= MANWIDTH=100 man --warnings -E UTF-8 -l "$here/usr/share/man/man1/synoptic.1.gz" 2>&1 >/dev/null) && [[ -z $warnings ]] ||
        { printf '%s\n' "$warnings"; return 1; }
}
# Links of the documentation to other files lead to files that the package has.
links_lead_somewhere() {
    local page link broken=0
    while IFS= read -r page; do
        while IFS= read -r link; do
            [[ -e $(dirname "$page")/$link ]] || { printf '%s: no %s\n' "${page#"$here"}" "$link"; broken=1; }
        done < <(grep -oE '\]\([^)#: ]+[)#]' "$page" | sed 's/^](\(.*\).$/\1/')
    done < <(find "$here/usr/share/doc/synoptic/" -type f -name '*.md')
    return "$broken"
}

check_contents() {
    local file
    check "nothing names the source tree" not grep -rqF "$root" "$here/usr/bin" "$here/usr/libexec"
    check "the helper is in libexec" test -x "$here/usr/libexec/synoptic/synoptic-helper"
    for file in applications/synoptic.desktop mime/packages/synoptic.xml icons/hicolor/scalable/apps/synoptic.svg icons/hicolor/48x48/apps/synoptic.png \
        synoptic/synoptic.apparmor doc/synoptic/copyright doc/synoptic/docs/lessons.md man/man1/synoptic.1.gz; do
        check "share/$file" test -s "$here/usr/share/$file"
    done
    check "the documentation's links lead somewhere" links_lead_somewhere
    check_with man "the manual page has no mistakes" page_is_right
    check_with desktop-file-validate "the desktop entry is right" desktop-file-validate "$here/usr/share/applications/synoptic.desktop"
    check_with lintian "lintian finds no error" lintian --no-cfg --allow-root --fail-on error "$package"
}

# record FILE: a server for one client, saved.
record() {
    local port client server
    coproc SERVER { ours serve echo --port 0 --record "$1"; }
    server=$!
    read -r -t 30 _ _ port <&"${SERVER[0]}"
    client=$(printf 'hello\n' | ours client echo 127.0.0.1 "${port##*:}" 2>/dev/null)
    # The client's words end after the server's: all that it has recorded is there then.
    pkill -TERM -P "$server" 2>/dev/null || kill "$server"
    cat <&"${SERVER[0]}" >/dev/null || true
    wait "$server" || true
    [[ $client == hello ]] && [[ -s ${system}$1 ]]
}

# window_shows TEXT ARGUMENT…: the window, opened with ARGUMENTs on a display of its own, comes to rest with TEXT in what it draws (docs/dump.md).
window_shows() {
    local text=$1 dump=$folder/window.json number server window shown=1 tries
    shift
    coproc DISPLAY_SERVER { exec Xvfb -displayfd 1 -screen 0 1280x720x24 -nolisten tcp 2>/dev/null; }
    server=$!
    read -r -t 30 number <&"${DISPLAY_SERVER[0]}" || return 1
    rm -f "$system$dump"
    display=:$number ours --dump "$dump" --size 1280x720 "$@" &
    window=$!
    for (( tries = 0; tries < 300 && shown != 0; ++tries )); do
        kill -0 "$window" 2>/dev/null || break
        grep -qF '"settled": true' "$system$dump" 2>/dev/null && grep -qF "$text" "$system$dump" && shown=0 || sleep 0.2
    done
    (( shown == 0 )) || { printf 'no %q in:\n' "$text"; head -c 2000 "$system$dump"; }
    kill "$server"  # without its display the window ends, too
    wait "$server" "$window" 2>/dev/null || true
    return "$shown"
}

# own_lesson START FILE: writes a lesson of the user's, whose line 4 is START.
own_lesson() {
    printf '%s\n' '# Mine' '## Ann says hello' '```do' "$1" 'connect Ann to server' 'Ann says "hello"' '```' '```expect' 'Ann printed "hello"' '```' >"$system$2"
}

# use_it LESSONS: the installed program, whose lessons are in the folder LESSONS.
use_it() {
    local lessons version
    version=$(dpkg-deb --field "$package" Version)
    mapfile -t lessons < <(find "${system}$1" -name '*.md' | sort)
    lessons=("${lessons[@]#"$system"}")
    check "synoptic --version" prints "synoptic $version" ours --version
    check "synoptic check: helper and loopback" prints "helper            ok" ours check
    check "synoptic check: fonts" prints "fonts             ok" ours check
    check "synoptic lessons" prints "What is a server" ours lessons
    check "lessons without mistakes" ours lessons check "${lessons[@]}"
    own_lesson "start echo_iterative" "$folder/own.md"
    own_lesson "start echo_iteratve" "$folder/mistaken.md"
    check "the user's own lesson has no mistake" ours lessons check "$folder/own.md"
    check "a mistake in it is found" fails_with 1 "mistaken.md:4: " ours lessons check "$folder/mistaken.md"
    check "synoptic play OWN-LESSON" ours play "$folder/own.md"
    check "synoptic play 1: a lesson, real sockets" ours play 1
    check "synoptic serve --record, synoptic client" record "$folder/echo.synoptic"
    check "synoptic play RECORDING" prints "accept" ours play "$folder/echo.synoptic"
    check "synoptic export: a picture without a display" ours export "$folder/echo.synoptic" "$folder/echo.png" --size 1280x720
    check "the picture is a PNG" prints "PNG" head -c 8 "${system}$folder/echo.png"
    check_with Xvfb "the window's first start" window_shows '"id": "welcome.lesson"'
    check_with Xvfb "the window with lesson 1" window_shows '"name": "01-what-is-a-server"' 1
    check_with Xvfb "the window with a recording" window_shows '"past": true' "$folder/echo.synoptic"
}

# The profile is where an AppArmor that knows it looks for it, and nowhere where it would fail AppArmor's start.
profile_is_right() {
    if [[ -e $system/etc/apparmor.d/abi/4.0 ]]; then
        in_system apparmor_parser --skip-kernel-load --skip-cache /etc/apparmor.d/synoptic
    else
        [[ ! -e $system/etc/apparmor.d/synoptic ]]
    fi
}
administrators_profile_stays() {
    local profile=$system/etc/apparmor.d/synoptic
    echo "# ours" >>"$profile"
    in_system dpkg --install /tmp/synoptic.deb
    tail -n 1 "$profile" | grep -qx "# ours" && is_empty find "$system/etc/apparmor.d" -name 'synoptic.*'
}

check_installation() {
    check "apt-get update" apt_in update
    check "what any desktop has" apt_in install desktop-file-utils shared-mime-info
    check "apt-get install ./$(basename "$package")" apt_in install /tmp/synoptic.deb
    check "AppArmor has the profile if it can read it" profile_is_right
    check "all libraries are found" not in_system sh -c 'ldd /usr/bin/synoptic /usr/libexec/synoptic/synoptic-helper | grep "not found"'
    check "an ordinary user has the wire" prints "wire              ok" ours check
    check "recordings have a MIME type" grep -q "application/x-synoptic-recording:\*.synoptic" "$system/usr/share/mime/globs2"
    check "a desktop opens recordings with synoptic" grep -q "^application/x-synoptic-recording=synoptic.desktop" "$system/usr/share/applications/mimeinfo.cache"
}
check_removal() {
    check "installing it once more" in_system dpkg --install /tmp/synoptic.deb
    if [[ -e $system/etc/apparmor.d/synoptic ]]; then check "an administrator's profile stays" administrators_profile_stays; fi
    check "apt-get remove" apt_in remove synoptic
    check "nothing but settings is left" is_empty find "$system/usr" "$system/var/lib/ucf" -xdev -name '*synoptic*' -not -path '*/ucf/cache/*'
    check "apt-get purge" apt_in purge synoptic
    check "nothing is left" is_empty find "$system/usr" "$system/etc" "$system/var" -xdev -name '*synoptic*'
}
