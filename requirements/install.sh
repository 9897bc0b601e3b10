#!/bin/sh
# Install one pinned, hashed set (run, planning, test or dev) into .venv, and the command .venv/bin/beijian.
# uv when the machine has it, else uv from pip into .tools (works where Debian forbids pip on the system), else pip.
set -eu
set_name=$1
python=${PYTHON:-python3}

if uv=$(command -v uv); then :
elif [ -x .tools/bin/uv ]; then uv=.tools/bin/uv
elif "$python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target .tools uv 2>/dev/null; then uv=.tools/bin/uv
else uv=
fi

if [ -n "$uv" ]; then
  [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv
  "$uv" pip sync --quiet --require-hashes --compile-bytecode --python .venv/bin/python "requirements/$set_name.txt"
else
  [ -x .venv/bin/python ] || "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r "requirements/$set_name.txt"
fi

# The checkout is what runs: a path entry and a command in place of a wheel, whose top-level names
# (inventory, barcode, web) would collide with packages of the public index.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/beijian.pth"
printf '#!/bin/sh\nexec "%s/.venv/bin/python" -P -m web.cli "$@"\n' "$(pwd)" > .venv/bin/beijian
chmod +x .venv/bin/beijian
