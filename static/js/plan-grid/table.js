// The table on the screen: Tabulator draws rows and keeps the name in sight; what a cell shows is written into its value as one text.
(function (grid) {
  "use strict";
  const WIDE = 900; // px of the table from which the state of a row is kept in sight as well
  const WIDTHS = {
    number: 50, plan_year: 56, name: 158, address: 118, built_text: 84, building_count: 52, household_count: 58, floor_area: 102, investment: 120,
    national_task: 78, planned_designed: 112, planned_works: 92, planned_accepted: 92, stands_alone_reason: 98, remark: 88, state: 110,
  };
  const MANY = 12; // rows from which drawing all is quicker than drawing each
  const GROW = { name: 2, address: 2, stands_alone_reason: 1, remark: 2 };

  function part(kind, text) {
    const span = document.createElement("span");
    span.className = kind;
    span.textContent = text;
    return span;
  }

  // A cell: its text, then in words what is wrong with it, what to look at, what another person made of it.
  function draw(cell) {
    const shown = JSON.parse(cell.getValue());
    const element = cell.getElement();
    element.tabIndex = -1;
    element.classList.toggle("pg-fixed", Boolean(shown.fixed));
    element.classList.toggle("pg-mine", Boolean(shown.mine));
    element.classList.toggle("pg-differs", Boolean(shown.differs));
    element.classList.toggle("pg-bad", Boolean(shown.wrong));
    element.classList.toggle("pg-spill", Boolean(shown.spill));
    if (shown.wrong) element.setAttribute("aria-invalid", "true");
    else element.removeAttribute("aria-invalid");
    if (shown.fixed) element.setAttribute("aria-readonly", "true");
    else element.removeAttribute("aria-readonly");
    if (cell.getField() === "name") element.setAttribute("role", "rowheader");
    const box = document.createDocumentFragment();
    if (shown.text !== "") box.append(part("pg-text", shown.text));
    else if (shown.blank) box.append(part("pg-blank", shown.blank));
    if (shown.wrong) box.append(part("pg-wrong", shown.wrong));
    if (shown.warn) box.append(part("pg-warn", shown.warn));
    if (shown.former) box.append(part("pg-former", shown.former));
    (shown.acts || []).forEach(function (act) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small";
      button.dataset.act = act.key;
      button.tabIndex = -1;
      button.textContent = act.label;
      box.append(button);
    });
    const holder = document.createElement("div");
    holder.className = "pg-cell";
    holder.append(box);
    return holder;
  }

  // What a cell of a row shows, as a plain object.
  function shown(store, row, column) {
    const text = row.text(column.key);
    const figure = column.summed && text && grid.numbers.units(text, column.kind) !== null;
    const warn = row.warnings[column.key];
    return {
      text: figure ? grid.numbers.grouped(text) : text,
      blank: row.id && column.key in row.base && !["stands_alone_reason", "remark"].includes(column.key) && column.of !== "days" ? "未填报" : "",
      fixed: store.why(row, column.key) !== "",
      mine: column.key in row.mine && row.state !== "error" ? 1 : 0,
      wrong: (row.errors[column.key] || []).join("；"),
      spill: column.key in row.errors && column.summed && Object.keys(row.errors).length === 1 ? 1 : 0, // alone in its row: beyond its narrow column
      warn: [column.key === "name" && row.marked ? "审批要求修改" : "", ...(warn || [])].filter(Boolean).join("；"),
      former: column.key in row.former ? "原：" + (row.former[column.key] || "未填报") : "",
      differs: row.conflict && column.key in row.conflict.cells ? 1 : 0,
    };
  }

  const WORDS = { saving: "正在保存…", dirty: "未保存", stale: "与他人的修改不一致" };

  function state(row) {
    const wrong = Object.keys(row.errors).length;
    if (row.state === "error") return { text: wrong ? "没有保存：" + wrong + " 格要改" : "没有保存", wrong: row.detail, fixed: 1 };
    const words = row.state === "saved" ? "已保存 " + row.savedAt : row.state === "dirty" && !row.unsaved ? "" : WORDS[row.state] || "";
    return { text: words, former: row.note, fixed: 1 };
  }

  function valuesOf(store, row) {
    const place = row.id ? store.rows.filter((each) => each.id).indexOf(row) + 1 : 0;
    const values = { id: row.key, number: JSON.stringify({ text: place ? String(place) : "", fixed: 1 }) };
    for (const column of store.columns) values[column.key] = JSON.stringify(shown(store, row, column));
    values.state = JSON.stringify(state(row));
    return values;
  }

  // The row of the difference: the other's texts under mine, and the choice.
  function theirsOf(store, row) {
    const values = { id: row.key + "~", number: JSON.stringify({ text: "", fixed: 1 }) };
    for (const column of store.columns) {
      const differs = column.key in row.conflict.cells;
      const text = differs ? row.conflict.cells[column.key] || "未填报" : "";
      values[column.key] = JSON.stringify({ text: column.key === "name" ? row.conflict.by + " " + row.conflict.at + " 的修改" : text, fixed: 1, differs: differs ? 1 : 0 });
    }
    const acts = [{ key: "theirs", label: "采用对方" }, { key: "mine", label: "保留我的" }];
    values.state = JSON.stringify({ text: "", fixed: 1, acts: acts });
    return values;
  }

  function listed(store) {
    return store.rows.flatMap((row) => (row.conflict ? [valuesOf(store, row), theirsOf(store, row)] : [valuesOf(store, row)]));
  }

  function foot(store, column) {
    if (column.key === "name") return "合计";
    if (column.key === "address") return store.rows.filter((row) => row.id).length + "个小区";
    if (!column.summed) return "";
    const total = store.total(column.key);
    if (!store.rows.some((row) => row.text(column.key) !== "")) return store.rows.length ? "未填报" : "";
    return grid.numbers.grouped(total.text) + (total.left ? " " + total.left + "格未计" : "");
  }

  function columns(store, wide) {
    const narrow = window.matchMedia("(max-width: 48rem)").matches;
    const own = store.columns.map(function (column) {
      return {
        field: column.key, title: column.label, formatter: draw, frozen: column.key === "name" || (column.key === "plan_year" && !narrow),
        minWidth: column.key === "name" && narrow ? 118 : WIDTHS[column.key], widthGrow: GROW[column.key] || 0, widthShrink: 0,
        width: GROW[column.key] ? undefined : WIDTHS[column.key], visible: !(narrow && column.key === "plan_year"),
        cssClass: column.summed ? "pg-num" : column.kind === "day" ? "pg-day" : "", bottomCalc: () => foot(store, column), bottomCalcFormatter: "plaintext",
      };
    });
    const last = { field: "state", title: "保存情况", formatter: draw, width: WIDTHS.state, frozen: wide, bottomCalc: () => "", cssClass: "pg-state" };
    const number = {
      field: "number", title: "序号", formatter: draw, width: WIDTHS.number, frozen: true, rowHandle: !store.closed, visible: !narrow,
      bottomCalc: () => "", cssClass: store.closed ? "pg-num" : "pg-num pg-handle", headerTooltip: store.closed ? false : "拖动序号调整顺序，或按 Alt+上、下箭头",
    };
    return store.closed ? [number, ...own] : [number, ...own, last];
  }

  grid.table = function (element, store) {
    const table = new window.Tabulator(element, {
      data: listed(store), columns: columns(store, element.clientWidth >= WIDE), index: "id", layout: "fitColumns",
      columnDefaults: { headerSort: false, resizable: "header" }, renderVertical: "basic", maxHeight: "max(22rem, calc(100vh - 22rem))",
      movableRows: !store.closed, keybindings: false, placeholder: "计划里还没有项目：粘贴表格，或用“添加一行”填写小区名称", columnCalcs: "table",
    });
    const ready = new Promise((done) => table.on("tableBuilt", done));
    let turn = ready; // one drawing after the other

    async function drawn(rows, whole) {
      if (whole && element.contains(document.activeElement)) element.focus(); // keys are heard while the cells are made anew
      if (whole) await table.replaceData(listed(store));
      for (const row of whole ? [] : rows) {
        const own = table.getRow(row.key);
        if (own) await own.update(valuesOf(store, row));
        const other = row.conflict && table.getRow(row.key + "~");
        if (other) await other.update(theirsOf(store, row));
      }
      table.recalc();
      return whole;
    }

    return {
      ready: ready,
      element: element,
      keys: () => store.rows.flatMap((row) => (row.conflict ? [row.key, row.key + "~"] : [row.key])),
      fields: () => table.getColumns().filter((column) => column.isVisible()).map((column) => column.getField()).filter((field) => field !== "number"),
      // A row was dragged: it, and the row before which it lies now (null at the end).
      dragged: function (then) {
        table.on("rowMoved", function (moved) {
          const keys = table.getRows().map((row) => row.getData().id);
          const find = (key) => store.rows.find((row) => row.key === key);
          then(find(moved.getData().id), find(keys[keys.indexOf(moved.getData().id) + 1]) || null);
        });
      },
      row: (key) => store.rows.find((row) => row.key === key.replace("~", "")),
      cell: function (key, field) {
        const row = table.getRow(key);
        const cell = row && row.getCell(field);
        return cell ? cell.getElement() : null;
      },
      // Draw what changed: the cells of these rows, or all of it where many did or rows came or went. Whether all was drawn.
      show: function (rows, structure) {
        turn = turn.then(() => drawn(rows, structure || rows.size > MANY));
        return turn;
      },
    };
  };
})((window.PlanGrid = window.PlanGrid || {}));
