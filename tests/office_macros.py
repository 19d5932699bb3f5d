"""What ``office_server.py`` can do with the macros and buttons of a workbook; runs where uno can be imported.

Comes in: handles of documents opened here. Goes out: texts of modules, bindings of buttons, what a macro returns.
A document is opened where it lies, not in a copy: a macro that looks for its neighbours must find them.
"""

import uno
from com.sun.star.beans import PropertyValue

ALWAYS = 4
LIBRARY = "VBAProject"


def _option(name, value):
    return PropertyValue(Name=name, Value=value)


class Macros:
    """Operations on documents with macros; a part of the server."""

    def op_open_macros(self, path):
        """Open a workbook in place, its macros allowed without a question."""
        options = (_option("Hidden", False), _option("MacroExecutionMode", ALWAYS))
        document = self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, options)
        if document is None:
            raise ValueError(f"LibreOffice cannot open {path}")
        handle = self.next_handle
        self.next_handle += 1
        self.documents[handle] = (document, "")
        return handle

    def op_modules(self, handle):
        """{name: text} of the workbook's own library."""
        library = self._library(handle)
        return {name: library.getByName(name) for name in library.getElementNames()}

    def op_put_module(self, handle, name, text):
        """Add a module, or replace its text."""
        library = self._library(handle)
        if library.hasByName(name):
            library.replaceByName(name, text)
        else:
            library.insertByName(name, text)

    def op_drop_module(self, handle, name):
        """Remove a module."""
        self._library(handle).removeByName(name)

    def op_buttons(self, handle):
        """Per control of every sheet: [sheet, caption, [listener, method, kind of script, script]]."""
        found = []
        for sheet, form, number in self._controls(handle):
            label = form.getByIndex(number).Label
            for event in form.getScriptEvents(number):
                found.append([sheet.getName(), label, [event.ListenerType, event.EventMethod, event.ScriptType, event.ScriptCode]])
        return found

    def op_press(self, handle, caption):
        """Press the button with this caption, as a hand would; what it is bound to may still run when this returns."""
        controller = self.documents[handle][0].getCurrentController()
        controller.setFormDesignMode(False)
        for sheet, form, number in self._controls(handle):
            if form.getByIndex(number).Label == caption:
                controller.setActiveSheet(sheet)
                return controller.getControl(form.getByIndex(number)).getAccessibleContext().doAccessibleAction(0)
        raise KeyError(caption)

    def op_run_macro(self, handle, module, name):
        """Run a macro without arguments."""
        return self._run(handle, f"vnd.sun.star.script:{LIBRARY}.{module}.{name}?language=Basic&location=document")

    def _library(self, handle):
        return self.documents[handle][0].BasicLibraries.getByName(LIBRARY)

    def _controls(self, handle):
        sheets = self.documents[handle][0].getSheets()
        for sheet in (sheets.getByIndex(index) for index in range(sheets.getCount())):
            forms = sheet.getDrawPage().getForms()
            for form in (forms.getByIndex(index) for index in range(forms.getCount())):
                yield from ((sheet, form, number) for number in range(form.getCount()))

    def _run(self, handle, script):
        return self.documents[handle][0].getScriptProvider().getScript(script).invoke((), (), ())[0]
