# Sourced by the run scripts: installs what is missing, as root or through sudo.

set -euo pipefail

# What one clone has compiled serves the next one too.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
# Precompiled headers need these to be taken for what they are, and to be read once, not for each source.
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_INODECACHE=1

build_packages=(g++ cmake ninja-build ccache qt6-base-dev qt6-websockets-dev qt6-declarative-dev
    qt6-declarative-dev-tools libqt6sql6-sqlite libsimdjson-dev libboost-dev libgl-dev
    qml6-module-qtquick qml6-module-qtquick-controls qml6-module-qtquick-layouts
    qml6-module-qtquick-templates qml6-module-qtquick-window qml6-module-qtqml
    qml6-module-qtqml-workerscript qml6-module-qtqml-models fonts-dejavu-core)
test_packages=(qml6-module-qttest qcoro-qt6-dev chromium openssl curl pkg-config python3)
bench_packages=(valgrind qml6-module-qtwebsockets)
package_packages=(file lintian abigail-tools xz-utils dpkg-dev qml6-module-qttest pkg-config)
check_packages=(clang clang-format clang-tidy clazy libclang-rt-14-dev reuse qt6-documentation-tools)

install_packages() {
    local missing=()
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || { echo "error: install these packages as root: ${missing[*]}" >&2; exit 1; }
        as_root=(sudo)
    fi
    echo "installing: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Any Node.js of version 18 or later will do; Debian's only where there is none.
install_node() {
    command -v node >/dev/null && command -v npm >/dev/null || install_packages nodejs npm
}

# configure_preset NAME [cmake options]
configure_preset() {
    local preset=$1
    shift
    cmake --preset "$preset" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@" >"build-$preset.log" 2>&1 \
        || { cat "build-$preset.log"; rm -f "build-$preset.log"; exit 1; }
    rm -f "build-$preset.log"
}

# build_preset NAME [cmake options]: configures and builds one preset.
build_preset() {
    configure_preset "$@"
    cmake --build --preset "$1" --parallel "$(nproc)"
}
