// Fill workbooks in and save them with SheetJS, as a program built on it does.
// stdin: [{source, cells: {sheet: {A1: text | number | {serial}}}, outs: {ext: path}}]; needs NODE_PATH.
const fs = require("fs");
const XLSX = require("xlsx");

const KINDS = { xlsx: "xlsx", xls: "biff8", ods: "ods" };

function put(sheet, ref, value) {
  const cell = sheet[ref] || (sheet[ref] = {});
  delete cell.f;
  delete cell.w;
  delete cell.h;
  delete cell.r;
  if (typeof value === "string") Object.assign(cell, { t: "s", v: value });
  else if (typeof value === "number") Object.assign(cell, { t: "n", v: value });
  else Object.assign(cell, { t: "n", v: value.serial, z: "yyyy-mm-dd" });
  const range = XLSX.utils.decode_range(sheet["!ref"]);
  const at = XLSX.utils.decode_cell(ref);
  range.e = { r: Math.max(range.e.r, at.r), c: Math.max(range.e.c, at.c) };
  sheet["!ref"] = XLSX.utils.encode_range(range);
}

for (const job of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const book = XLSX.readFile(job.source, { cellStyles: true, cellNF: true });
  for (const [name, cells] of Object.entries(job.cells))
    for (const [ref, value] of Object.entries(cells)) put(book.Sheets[name], ref, value);
  for (const [ext, path] of Object.entries(job.outs)) XLSX.writeFile(book, path, { bookType: KINDS[ext], cellStyles: true });
}
