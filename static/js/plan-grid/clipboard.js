// What Excel and WPS put on the clipboard: tab separated text with quoted cells; and what a pasted block means for the rows of the plan.
(function (grid) {
  "use strict";

  function parse(text) {
    const rows = [[]];
    let cell = "";
    let quoted = false;
    const put = function () {
      rows[rows.length - 1].push(cell);
      cell = "";
    };
    const plain = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let i = 0; i < plain.length; i += 1) {
      const sign = plain[i];
      if (quoted) {
        if (sign !== '"') cell += sign;
        else if (plain[i + 1] === '"') cell += plain[(i += 1)];
        else quoted = false;
      } else if (sign === '"' && cell === "" && closes(plain, i)) quoted = true;
      else if (sign === "\t") put();
      else if (sign === "\n") {
        put();
        rows.push([]);
      } else cell += sign;
    }
    put();
    return rows;
  }

  // A quote opens a cell only where another one closes it before a tab, a line's end or the end: 5"管 and "甲 stay as they are.
  function closes(text, start) {
    return /^"(?:[^"]|"")*"(?=\t|\n|$)/.test(text.slice(start));
  }

  function write(rows) {
    const cell = function (text) {
      return /["\t\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    };
    return rows.map((row) => row.map(cell).join("\t")).join("\r\n");
  }

  const bare = (text) => text.normalize("NFKC").replace(/\s/g, "").replace(/[(\[].*?[)\]]/g, "");
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const TOTAL = /^(?:合计|小计|总计|共计)/;

  // A unit in the heading that is not the column's own (面积（万㎡）, 总投资（元）) goes with each figure below it.
  function suffix(column, text) {
    const found = /(百万|万|亿)?(?:m2|平方米|元)/.exec(text.normalize("NFKC"));
    const own = { area: undefined, money: "万" };
    if (!found || !(column.kind in own) || found[1] === own[column.kind]) return "";
    return found[0].replace("m2", "㎡");
  }

  // Column and unit of each cell of a heading; null where the row is none.
  function heading(cells, columns) {
    const found = cells.map(function (text) {
      const name = bare(text);
      const column = name && columns.find((each) => [each.label, ...each.names].some((label) => bare(label) === name || bare(label).replace(/(?:m2|元)$/, "") === name));
      return column ? { key: column.key, suffix: suffix(column, text) } : null;
    });
    const keys = found.filter(Boolean).map((each) => each.key);
    return keys.length >= 2 && keys.includes("name") ? found : null;
  }

  // A block to {rows: [{cells, name}], byName, totals, unknown}: with a heading or with names its rows are found by name, else by place.
  function read(block, columns, start) {
    let at = null;
    let first = 0;
    for (let i = 0; i < Math.min(block.length, 6) && !at; i += 1) {
      at = heading(block[i], columns);
      first = i + 1;
    }
    // A table of the plan begins with its years, wherever the selection stands.
    const years = columns[start] && columns[start].key === "name" && block.every((cells) => /^(?:20\d\d年?)?$/.test(cells[0].trim()));
    const begin = years ? start - 1 : start;
    const unknown = at ? block[first - 1].filter((text, i) => text.trim() && !at[i]) : [];
    const places = at || block[0].map((_, i) => (columns[begin + i] ? { key: columns[begin + i].key, suffix: "" } : null));
    const byName = places.some((each) => each && each.key === "name");
    const left = { totals: 0, rows: [] };
    for (const cells of block.slice(at ? first : 0)) {
      if (byName && cells.every((text) => text.trim() === "")) continue;
      if (byName && cells.slice(0, 3).some((text) => TOTAL.test(bare(text)))) {
        left.totals += 1;
        continue;
      }
      const given = {};
      cells.forEach(function (text, i) {
        if (!places[i]) return;
        const figure = places[i].suffix && /^[\d.,，０-９．\s]+$/.test(text);
        given[places[i].key] = figure ? text.trim() + places[i].suffix : text.trim();
      });
      left.rows.push(given);
    }
    return { rows: left.rows, totals: left.totals, unknown: unknown, byName: byName };
  }

  grid.clipboard = { parse: parse, write: write, read: read, fold: fold };
})((window.PlanGrid = window.PlanGrid || {}));
