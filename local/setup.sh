#!/usr/bin/env bash
# Makes the virtual environments this project needs, once, from whatever Python 3.13 the machine has.
#
#   local/setup.sh        .venv       to run, test and check everything
#   local/setup.sh run    .venv       to run everything, which is a third of that; what is there for more will do
#   local/setup.sh demo   .demo/venv  to read the demo's grocery baskets
#
# An environment is ready when its stamp holds the interpreter and the requirements it was made from. Building leaves
# a marker until it is done, so that an interrupted build is thrown away; a kernel lock keeps two builds apart.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

run=(requirements.txt local/requirements.txt) more=()
case "${1:-main}" in
main) venv=.venv requirements=("${run[@]}" requirements-dev.txt) install=(-r requirements-dev.txt) ;;
run) venv=.venv requirements=("${run[@]}") install=(-r local/requirements.txt) more=(requirements-dev.txt) ;;
# Its one large package asks for pandas, which reading a parquet file does not need.
demo) venv=.demo/venv requirements=(local/demo/requirements.txt) install=(--no-deps -r local/demo/requirements.txt) ;;
*) echo "usage: local/setup.sh [main|run|demo]" >&2 && exit 2 ;;
esac
stamp=$venv/.made-from building=$venv/.building

say() { echo "setup: $*" >&2; }

# The place counts, because an environment's scripts name their interpreter by its whole path.
interpreter() { "$venv/bin/python" -c 'import sys; print(sys.version, sys.base_prefix, sys.prefix)' 2>/dev/null; }

made_from() { interpreter && cat "${requirements[@]}" "$@"; }

is_whole() { [[ -f $stamp && ! -e $building ]]; }

is_made_from() { [[ $(made_from "$@") == "$(<"$stamp")" ]]; }

is_ready() { is_whole && { is_made_from || { ((${#more[@]})) && is_made_from "${more[@]}"; }; }; }

is_of_this_interpreter() { is_whole && [[ $(interpreter) == "$(head -n 1 "$stamp")" ]]; }

# A python3.13 on PATH may be a shim with nothing behind it, or lack what a virtual environment is made from.
is_python_313() {
    "$1" -c 'import ensurepip, sqlite3, ssl, sys, venv; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1
}

candidates() {
    [[ -z ${PYTHON:-} ]] || echo "$PYTHON"
    printf '%s\n' python3.13 python3 python
    compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.13*/bin/python" || true
    compgen -G "$HOME/.local/bin/python3.13" || true
    compgen -G "/usr/bin/python3.13" || true
    compgen -G "/usr/local/bin/python3.13" || true
    compgen -G "/opt/*/bin/python3.13" || true
    compgen -G "/opt/*/*/bin/python3.13" || true
    compgen -G "/Library/Frameworks/Python.framework/Versions/3.13/bin/python3.13" || true
    compgen -G "$HOME/.local/share/mise/installs/python/3.13*/bin/python" || true
    compgen -G "$HOME/.asdf/installs/python/3.13*/bin/python" || true
    uv python find --no-project 3.13 2>/dev/null || true
}

find_python() {
    local candidate
    while IFS= read -r candidate; do
        if is_python_313 "$candidate"; then
            echo "$candidate"
            return
        fi
    done < <(candidates)
    cat >&2 <<'END'
setup: no Python 3.13 found. This project runs on exactly that version, as Azure Functions does. Install it one of these
ways and run the same command again: `uv python install 3.13`, `pyenv install 3.13`, `brew install python@3.13`, on
Debian and Ubuntu the packages python3.13 and python3.13-venv, or the installer of https://www.python.org/downloads/.
If it is installed where this script does not look, name it: `PYTHON=/path/to/python3.13 make setup`.
END
    return 1
}

build() {
    local python=$1
    if is_of_this_interpreter; then
        touch "$building"
    else
        say "$venv from $python ($("$python" --version))"
        rm -rf "$venv"
        mkdir -p "$venv" && touch "$building"
        "$python" -m venv "$venv"
    fi
    say "$venv: installing ${requirements[*]}, once"
    # Most of what is installed is never imported; Python compiles the rest when it is, and keeps that.
    "$venv/bin/python" -m pip install --no-compile --quiet --quiet --disable-pip-version-check "${install[@]}"
    made_from >"$stamp"
    rm "$building"
    say "$venv is ready"
}

is_ready && exit
python=$(find_python)
if [[ -z ${ORDERFLOW_SETUP_LOCKED:-} ]]; then
    mkdir -p .demo
    # The lock belongs to the process, so it ends with it, however that ends.
    ORDERFLOW_SETUP_LOCKED=1 exec "$python" -c '
import fcntl, os, sys

lock = os.open(".demo/setup.lock", os.O_CREAT | os.O_RDWR, 0o644)
fcntl.flock(lock, fcntl.LOCK_EX)
os.set_inheritable(lock, True)
os.execvp("bash", ["bash", *sys.argv[1:]])' local/setup.sh "$@"
fi
build "$python"
