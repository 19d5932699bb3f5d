"""The command line: `kaoping COMMAND`. Thin: each command calls the function of its name and shows the outcome.

Exit codes: 0 nothing to mend · 1 there are errors · 2 misuse, or a scheme that
cannot be read · 3 a fault of the program itself · 130 interrupted by Ctrl+C. Heavy libraries are imported only inside
the commands, so that `kaoping --help` is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from workbook_builder.cli.console import Voice, crash, misused, prepare_streams
from workbook_builder.cli.help_text import command_help
from workbook_builder.cli.progress import progress_line

INTERRUPTED = 130


class ChineseCommand(TyperCommand):
    """A command whose help page is Chinese throughout."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(command_help(self, ctx))


class ChineseGroup(TyperGroup):
    """The same for `kaoping` itself."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(command_help(self, ctx))


app = typer.Typer(
    name="kaoping",
    cls=ChineseGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)

Json = Annotated[bool, typer.Option("--json", help="只向标准输出写一个 JSON 对象，给其他程序用；文字说明改到标准错误。")]
Dir = Annotated[Path, typer.Argument(metavar="[文件夹]", help="工作文件夹；不写就是当前所在的文件夹。")]
HERE = Path(".")


def _run(work: Callable[..., Any], *args: Any, as_json: bool, where: Path = HERE, long: bool = False, **named: Any) -> int:
    """Do the work, show its outcome, give its exit code. `long` work tells its progress."""
    voice = Voice(as_json)
    try:
        if long:
            with progress_line(quiet=as_json) as progress:
                outcome = work(*args, progress=progress, **named)
        else:
            outcome = work(*args, **named)
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:  # a fault of ours must not look like a fault of the returns
        return crash(error, work.__name__, where, as_json)
    voice.show(outcome)
    return outcome.exit_code


def _interrupted() -> int:
    Voice(True).say("\n已中断；没有写完的输出不会留下。\n下一步：再运行一次同样的命令。")
    return INTERRUPTED


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"kaoping {version('kaoping')}")
        except PackageNotFoundError:
            typer.echo("kaoping（未安装，从源代码运行）")
        raise typer.Exit()


@app.callback(invoke_without_command=True)
def start(
    ctx: typer.Context,
    as_json: Json = False,
    _: Annotated[bool, typer.Option("--version", help="显示版本号。", callback=_version, is_eager=True)] = False,
) -> int:
    """科室工作考评：方案 → 下发表 → 收集校验 → 核定、测评、决定 → 汇总、审定 → 归档。

    不带命令运行：显示做到了哪一步、下一步做什么；在终端里还会给出编号菜单。
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from workbook_builder.cli.menu import at_terminal, overview, run_menu

    return run_menu(_run) if at_terminal() and not as_json else overview(ctx.get_help(), as_json)


@app.command(cls=ChineseCommand)
def new(
    directory: Annotated[Path, typer.Argument(metavar="文件夹", help="要新建的年度文件夹，如 2022考评。")],
    scheme: Annotated[
        Path | None, typer.Option("--scheme", metavar="文件", help="方案文件（.xlsx 或 .yaml）；不写就用自带的 2021 年方案。")
    ] = None,
    from_dir: Annotated[
        Path | None, typer.Option("--from", metavar="文件夹", help="上一年的文件夹，从中复制方案和自用模板。")
    ] = None,
    as_json: Json = False,
) -> int:
    """新建一个年度文件夹：方案.xlsx、登记用的表和各个子文件夹。

    登记用的表是 决定、台账、市局反馈；子文件夹是 1下发、2回收、3核定、测评、4汇总、5归档。
    已有方案.xlsx 的文件夹不会被改动。
    """
    from workbook_builder import commands

    if scheme is not None and from_dir is not None:
        return misused("--scheme 和 --from 只能给一个", "new", as_json)
    return _run(commands.new, directory, scheme, from_dir, as_json=as_json, where=directory)


@app.command(cls=ChineseCommand)
def demo(
    directory: Annotated[
        Path, typer.Argument(metavar="[文件夹]", help="演示文件夹，须为空或不存在；不写就是当前文件夹下的“考评演示”。")
    ] = Path("考评演示"),
    as_json: Json = False,
) -> int:
    """用自带的 2021 年方案和演示数据走一遍全过程；做完就是一个普通的年度文件夹。

    演示数据里有意放了不规范的填写，会列出来；这属于演示，退出码仍是 0。
    """
    from workbook_builder import commands

    return _run(commands.demo, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def check(
    target: Annotated[
        Path, typer.Argument(metavar="[文件]", help="方案（.xlsx、.yaml）、模板（.xlsx、.docx）或年度文件夹；不写就查当前文件夹。")
    ] = HERE,
    as_json: Json = False,
) -> int:
    """检查方案和模板：一次列出全部问题，每个都指明工作表和单元格。"""
    from workbook_builder import commands

    return _run(commands.check, target, as_json=as_json, where=target)


@app.command(cls=ChineseCommand)
def build(directory: Dir = HERE, as_json: Json = False) -> int:
    """按方案生成 1下发 的考评表、口径确认表，测评 的测评票、测评录入表。

    已有人填写过的表不会被覆盖，新表另取名存放；决定、台账、市局反馈、测评录入表里填的内容都保留。
    """
    from workbook_builder import commands

    return _run(commands.build, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def collect(directory: Dir = HERE, as_json: Json = False) -> int:
    """读取 2回收 里的全部文件，校验填报，写出 4汇总 的问题清单、退回修改、催办文字。

    .xlsx、.xlsm、.xls、.ods、zip 和附件都可以直接放进去，文件名和子文件夹不限；不改动任何收回的文件。
    """
    from workbook_builder import commands

    return _run(commands.collect, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def receive(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[文件或文件夹]…", help="收到的文件、文件夹，可以写几个；在终端里不写就会问。")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="文件夹", help="收进哪个年度文件夹；不写就自己找，有几个的会问。")
    ] = None,
    as_json: Json = False,
) -> int:
    """把收到的文件存进 2回收（复制，原来的不动），接着收集校验；同“收集”启动文件做的一样。

    同名、内容相同的不重复存放；同名、内容不同的另取名，不覆盖。文件夹照原样存放；压缩包不用解开。
    """
    from workbook_builder import commands
    from workbook_builder.cli import places
    from workbook_builder.cli.menu import at_terminal

    person = at_terminal() and not as_json
    try:
        given = places.dropped(files or ()) or (places.ask_for_files() if person else [])
    except EOFError:
        given = []
    if not given:
        return misused("还没有写要收哪些文件", "receive", as_json)
    choose = places.chooser(Voice().say) if person else None
    return _run(commands.receive, given, to, as_json=as_json, where=to or HERE, long=True, near=places.near(), choose=choose)


@app.command(cls=ChineseCommand)
def review(directory: Dir = HERE, as_json: Json = False) -> int:
    """生成或更新 3核定 里各核定者的表，和各科室的核对稿。

    领导小组的是审定表，打印上会后由政治处录入。已填的核定都保留；填报或市局数据后来有变的，请核定者重新核定。填好后放在 3核定，再运行 kaoping summarize。
    """
    from workbook_builder import commands

    return _run(commands.review, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def summarize(directory: Dir = HERE, as_json: Json = False) -> int:
    """按目前的填报、核定、测评和决定计分、排序，写出 4汇总 的汇总表、问题清单和结果。

    稿次依次是自评汇总、核定稿、送审稿、审定稿、更正稿；审定后另有 通报.docx 和各科室的反馈。
    """
    from workbook_builder import commands

    return _run(commands.summarize, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def status(directory: Dir = HERE, as_json: Json = False) -> int:
    """看进度：每个科室交了没有、填得怎样，下一步做什么。只读取，不写任何文件。"""
    from workbook_builder import commands

    return _run(commands.status, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def explain(
    section: Annotated[str, typer.Argument(metavar="科室", help="科室名，照方案写，如 办公室。")],
    field: Annotated[
        str,
        typer.Argument(metavar="[数]", help="总分、名次、等次、部分、述职测评、自评总分，考评项（业务1）或细则（业务1.2）；不写就是总分。"),
    ] = "总分",
    directory: Dir = HERE,
    as_json: Json = False,
) -> int:
    """说明一个数从哪里来：怎么算的，出自哪个文件、哪张表、哪一格。只读取，不写任何文件。

    一层一层往下列：总分、部分、考评项、细则，直到科室填的格子、市局数据、核定、台账、决定，附每个文件的校验码（SHA-256）。
    """
    from workbook_builder import commands

    return _run(commands.explain, section, field, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def archive(directory: Dir = HERE, as_json: Json = False) -> int:
    """把审定的结果连同依据存进 5归档，附每个文件的校验码；没有审定的不能归档。

    以前归档的文件也一并核对，被改动的会指出来；单张测评票不归档。
    """
    from workbook_builder import commands

    return _run(commands.archive, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def templates(directory: Dir = HERE, as_json: Json = False) -> int:
    """把自带的模板（考评表、核对稿、通报、反馈、汇总首页）复制到年度文件夹，供在 Excel、Word 里改样子；已有的不动。"""
    from workbook_builder import commands

    return _run(commands.templates, directory, as_json=as_json, where=directory)


@app.command(cls=ChineseCommand)
def console(directory: Dir = HERE, as_json: Json = False) -> int:
    """生成 考评控制台.xlsm：在 Excel 里选一步、点“执行”，看进度和问题；须装有 Excel 和 xlwings，只是方便，不是必需。

    已有的控制台不改动，只更新它旁边的 xlwings.conf（用哪个 Python）。程序换了位置，再运行一次即可。
    """
    from workbook_builder.console import console as make

    return _run(make, directory, as_json=as_json, where=directory, long=True)


@app.command(cls=ChineseCommand)
def dump(
    file: Annotated[Path, typer.Argument(metavar="方案.xlsx", help="要导出的方案工作簿。")],
    target: Annotated[Path | None, typer.Argument(metavar="[方案.yaml]", help="写到哪里；不写就在同一文件夹、同名 .yaml。")] = None,
    as_json: Json = False,
) -> int:
    """把方案工作簿导出为文本（.yaml），便于比较和留存版本；已有的文本会被替换。"""
    from workbook_builder import commands

    return _run(commands.dump, file, target, as_json=as_json, where=file)


@app.command(cls=ChineseCommand)
def load(
    file: Annotated[Path, typer.Argument(metavar="方案.yaml", help="要读入的方案文本。")],
    target: Annotated[Path | None, typer.Argument(metavar="[方案.xlsx]", help="写到哪里；不写就在同一文件夹、同名 .xlsx。")] = None,
    force: Annotated[bool, typer.Option("--force", help="目标已有不同内容时也覆盖。")] = False,
    as_json: Json = False,
) -> int:
    """把方案文本（.yaml）变回方案工作簿；目标已有不同内容时不覆盖，除非加 --force。"""
    from workbook_builder import commands

    return _run(commands.load, file, target, as_json=as_json, where=file, force=force)


@app.command(cls=ChineseCommand)
def bundle(
    directory: Annotated[
        Path, typer.Argument(metavar="[文件夹]", help="做在哪里；不写就是当前文件夹下的“考评程序”。")
    ] = Path("考评程序"),
    platform: Annotated[
        list[str] | None,
        typer.Option("--platform", metavar="系统", help="给哪种电脑用，可以写几次：win_amd64、linux_x86_64、linux_aarch64；不写就是 win_amd64 和本机。"),
    ] = None,
    python: Annotated[
        list[str] | None,
        typer.Option("--python", metavar="版本", help="那些电脑上的 Python 版本，可以写几次，如 3.12；不写就和本机一样。"),
    ] = None,
    as_json: Json = False,
) -> int:
    """做一个离线安装文件夹，拷到U盘上，不能上网的电脑双击“安装”就能装：程序包、启动文件、手册。

    只有这条命令要上网，而且只通过 pip 取程序包。装的电脑上要有同一版本的 Python，或在文件夹里放一份便携 Python。
    再运行一次就更新；别人放进去的东西不动。
    """
    from workbook_builder import commands

    return _run(commands.bundle, directory, platform or (), python or (), as_json=as_json, where=directory, long=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point of `kaoping`; the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    prepare_streams()
    as_json = "--json" in arguments
    if arguments[:1] == ["--json"] and len(arguments) > 1:
        arguments[:2] = reversed(arguments[:2])  # before the command it means the same
    try:
        return int(app(args=arguments, prog_name="kaoping", standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:
        # typer has used two packages for its exceptions; both call this one by the same name.
        if any(kind.__name__ == "UsageError" for kind in type(error).__mro__):
            return misused(error, "", as_json)
        return crash(error, "kaoping", HERE, as_json)
