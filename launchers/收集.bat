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

rem 0: nothing to mend, 1: errors in returns, 2: nothing could be received. All of these have been told.
"%~dp0.venv\Scripts\python.exe" -I -X utf8 -m workbook_builder receive %*
set "KP_CODE=%errorlevel%"
if "%KP_CODE%"=="0" goto done
if "%KP_CODE%"=="1" goto done
if "%KP_CODE%"=="2" goto done
type "%~dp0launch\failed.txt"
pause
exit 1

:done
pause
rem Not "exit /b": cmd would go on with what stands behind an ampersand in a dropped path.
exit %KP_CODE%

:notinstalled
type "%~dp0launch\not-installed.txt"
pause
exit 1

:incomplete
echo Please unzip the whole folder first, then start again.
echo (Qing xian ba zheng ge wen jian jia jie ya chu lai, zai shuang ji.)
pause
exit 1
