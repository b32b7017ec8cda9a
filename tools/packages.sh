# The packages that Synoptic needs, for `run` and `tests/run`, which source this file. The README repeats the lists for people.

packages_app_debian=(
    g++ cmake ninja-build pkg-config
    libimgui-dev libglfw3-dev libgl-dev libfreetype-dev libstb-dev
    libfmt-dev libcli11-dev nlohmann-json3-dev libmd4c-dev libmnl-dev libzstd-dev zlib1g-dev libedit-dev
    fonts-inter fonts-jetbrains-mono libgl1-mesa-dri
)
# For tools/package and what tests its package.
packages_package_debian=(dpkg-dev file librsvg2-bin)
packages_tests_debian=(libgtest-dev libbenchmark-dev xvfb xdotool imagemagick tshark)

packages_app_fedora="gcc-c++ cmake ninja-build pkgconf imgui-devel glfw-devel mesa-libGL-devel freetype-devel stb-devel fmt-devel cli11-devel json-devel libmnl-devel libzstd-devel zlib-devel libedit-devel md4c-devel rsms-inter-fonts jetbrains-mono-fonts"
packages_tests_fedora="gtest-devel google-benchmark-devel xorg-x11-server-Xvfb xdotool ImageMagick wireshark-cli libasan libubsan libtsan"

packages_app_arch="gcc cmake ninja pkgconf imgui glfw mesa freetype2 stb fmt cli11 nlohmann-json libmnl zstd zlib libedit md4c inter-font ttf-jetbrains-mono"
packages_tests_arch="gtest benchmark xorg-server-xvfb xdotool imagemagick wireshark-cli"
