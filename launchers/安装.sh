#!/bin/sh
# 双击（选“在终端中运行”），或在终端里：sh 安装.sh 。不要管理员权限。
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1

tell() { tr -d '\r' <"$here/launch/$1"; }
pause() { if [ -t 0 ]; then printf '\n按回车键关闭……'; read -r _ || :; fi; }

if [ ! -f "$here/launch/install.py" ]; then
    echo '文件不全：请先把整个文件夹解压或复制出来，再运行。'
    pause
    exit 1
fi

# A portable Python in the folder "python" beside this file comes first.
for python in "$here/python/bin/python3" python3 python3.14 python3.13 python3.12 python3.11 python; do
    command -v "$python" >/dev/null 2>&1 || continue
    "$python" -E -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    "$python" -I -X utf8 "$here/launch/install.py"
    code=$?
    pause
    exit $code
done

if [ -e "$here/python/bin/python3" ]; then tell bad-python.txt; else tell no-python.txt; fi
pause
exit 1
