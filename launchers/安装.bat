@echo off
rem ASCII only: cmd reads this file in the code page of the machine. Chinese is in launch\*.txt and comes from Python.
setlocal EnableExtensions DisableDelayedExpansion
title kaoping
chcp 65001 >nul
if not exist "%~dp0launch\install.py" goto incomplete

rem A portable Python in the folder "python" beside this file, then the launcher py, then python.
set "KP_PYTHON=%~dp0python\python.exe"
set "KP_VERSION="
if exist "%KP_PYTHON%" goto portable
set "KP_PYTHON=py"
set "KP_VERSION=-3"
"%KP_PYTHON%" %KP_VERSION% -E -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && goto install
set "KP_PYTHON=python"
set "KP_VERSION="
"%KP_PYTHON%" -E -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && goto install
goto nopython

:portable
"%KP_PYTHON%" -E -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && goto install
type "%~dp0launch\bad-python.txt"
pause
exit /b 1

:install
"%KP_PYTHON%" %KP_VERSION% -I -X utf8 "%~dp0launch\install.py" && goto done
pause
exit /b 1

:done
pause
exit /b 0

:nopython
type "%~dp0launch\no-python.txt"
pause
exit /b 1

:incomplete
echo Please unzip the whole folder first, then start again.
echo (Qing xian ba zheng ge wen jian jia jie ya chu lai, zai shuang ji.)
pause
exit /b 1
