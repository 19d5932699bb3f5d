#!/bin/sh
# 打开菜单。后面可以写一个年度文件夹：sh 开始.sh 文件夹
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd) || exit 1

tell() { tr -d '\r' <"$here/launch/$1"; }
pause() { if [ -t 0 ]; then printf '\n按回车键关闭……'; read -r _ || :; fi; }

if [ ! -f "$here/.venv/ready.txt" ]; then
    tell not-installed.txt
    pause
    exit 1
fi

place=${1:-$here}
if [ -f "$place" ]; then place=$(dirname -- "$place"); fi
CDPATH= cd -- "$place" || { pause; exit 1; }
"$here/.venv/bin/python" -I -X utf8 -m workbook_builder
code=$?
if [ $code -ne 0 ]; then
    tell failed.txt
    pause
fi
exit $code
