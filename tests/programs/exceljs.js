// Fill workbooks in and save them with exceljs, as a program built on it does.
// stdin: [{source, cells: {sheet: {A1: text | number | {serial}}}, outs: {xlsx: path}}]; needs NODE_PATH.
// A workbook that it cannot open gives no file.
const fs = require("fs");
const ExcelJS = require("exceljs");

const DAY = 86400000;
const EPOCH = Date.UTC(1899, 11, 30);

async function main() {
  for (const job of JSON.parse(fs.readFileSync(0, "utf8"))) {
    const book = new ExcelJS.Workbook();
    try {
      await book.xlsx.readFile(job.source);
    } catch (error) {
      continue;
    }
    for (const [name, cells] of Object.entries(job.cells))
      for (const [ref, value] of Object.entries(cells))
        book.getWorksheet(name).getCell(ref).value = typeof value === "object" ? new Date(EPOCH + value.serial * DAY) : value;
    for (const path of Object.values(job.outs)) await book.xlsx.writeFile(path);
  }
}

main();
