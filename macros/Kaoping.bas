Attribute VB_Name = "Kaoping"
Option Explicit

' 工作考评：全年每一步一个宏，可以各配一个按钮。只是方便，不用它也能做完一年。
' 导入办法见 docs/控制台.md。须与 xlwings 模块在同一个工作簿里；考评控制台.xlsm 里已经有了。
' 每个宏只做一件事：先看旁边有没有 xlwings.conf，再请 Python 做那一步。结果写在“控制台”和“问题”两张表上。
' 本模块没有自动运行的宏，不声明系统函数，不自己启动任何程序。

Private Const SETTINGS As String = "xlwings.conf"
Private Const CAPTION As String = "工作考评"
Private Const NOT_SAVED As String = "这个工作簿还没有保存过，不知道年度文件夹在哪里，什么也没有做。"
Private Const SAVE_FIRST As String = "请先把它存到年度文件夹里（与 方案.xlsx 放在一起），再点一次。"
Private Const NO_SETTINGS As String = "这个工作簿旁边没有 xlwings.conf，不知道用哪个 Python，什么也没有做。"
Private Const MAKE_SETTINGS As String = "请在年度文件夹里再运行一次 kaoping console，并把工作簿放在那里，再点一次。"

' 做“要做的事”一格里选中的那一步。
Public Sub RunChosen()
    RunConsole "c.main()"
End Sub

' 1 核对方案
Public Sub CheckScheme()
    RunConsole "c.run('check')"
End Sub

' 2 生成下发表
Public Sub BuildForms()
    RunConsole "c.run('build')"
End Sub

' 3 收集校验
Public Sub Collect()
    RunConsole "c.run('collect')"
End Sub

' 4 汇总、7 再次汇总
Public Sub Summarize()
    RunConsole "c.run('summarize')"
End Sub

' 5 核定
Public Sub Review()
    RunConsole "c.run('review')"
End Sub

' 8 归档
Public Sub Archive()
    RunConsole "c.run('archive')"
End Sub

' 9 看进度，不改任何文件（只更新本工作簿上的显示）
Public Sub ShowStatus()
    RunConsole "c.run('status')"
End Sub

Private Sub RunConsole(ByVal What As String)
    If Not Ready() Then
        Exit Sub
    End If
    RunPython "import workbook_builder.console as c; " & What
End Sub

' 缺了设置，xlwings 会去找随便一个 Python，再用英文报错；所以先在这里用中文说清楚。
Private Function Ready() As Boolean
    Ready = False
    If ThisWorkbook.Path = "" Then
        Tell NOT_SAVED, SAVE_FIRST
        Exit Function
    End If
    ' 网盘上的文件给出的是网址，这里看不到它的旁边；由 xlwings 自己去找本机的位置。
    If InStr(ThisWorkbook.Path, "://") > 0 Then
        Ready = True
        Exit Function
    End If
    If Dir(ThisWorkbook.Path & Application.PathSeparator & SETTINGS) = "" Then
        Tell NO_SETTINGS, MAKE_SETTINGS
        Exit Function
    End If
    Ready = True
End Function

Private Sub Tell(ByVal Happened As String, ByVal Remedy As String)
    MsgBox Happened & vbCrLf & vbCrLf & Remedy, vbExclamation, CAPTION
End Sub
