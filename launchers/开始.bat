@echo off
rem ASCII only. The line as Explorer wrote it goes on to Python: cmd itself would break a dropped path at an ampersand.
setlocal EnableExtensions EnableDelayedExpansion
set "KAOPING_LINE=!cmdcmdline!"
setlocal DisableDelayedExpansion
set "KAOPING_LAUNCHER=%~nx0"
title kaoping
chcp 65001 >nul
if not exist "%~dp0launch\install.py" goto incomplete
if not exist "%~dp0.venv\ready.txt" goto notinstalled

"%~dp0.venv\Scripts\python.exe" -I -X utf8 -m workbook_builder && goto done
type "%~dp0launch\failed.txt"
pause
exit 1

:done
rem Not "exit /b": cmd would go on with what stands behind an ampersand in a dropped path.
exit 0

:notinstalled
type "%~dp0launch\not-installed.txt"
pause
exit 1

:incomplete
echo Please unzip the whole folder first, then start again.
echo (Qing xian ba zheng ge wen jian jia jie ya chu lai, zai shuang ji.)
pause
exit 1
