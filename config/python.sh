# Read by `start` and `test`: sets $python to a Python that is new enough.
for python in python3 python3.14 python3.13 python3.12 python3.11 ""; do
    if [ -n "$python" ] && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi
done
if [ -z "$python" ]; then
    echo "Intercoder needs Python 3.11 or newer, and none was found. Install it: apt-get install python3 python3-venv" >&2
    exit 1
fi
