#!/bin/sh
# 把收到的文件、文件夹存进 2回收 并收集：拖到桌面图标上，或在终端里：sh 收集.sh 文件…
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1

tell() { tr -d '\r' <"$here/launch/$1"; }
pause() { if [ -t 0 ]; then printf '\n按回车键关闭……'; read -r _ || :; fi; }

if [ ! -f "$here/.venv/ready.txt" ]; then
    tell not-installed.txt
    pause
    exit 1
fi

# 0: nothing to mend, 1: errors in returns, 2: nothing could be received. All of these have been told.
"$here/.venv/bin/python" -I -X utf8 -m workbook_builder receive "$@"
code=$?
if [ $code -gt 2 ]; then tell failed.txt; fi
pause
exit $code
