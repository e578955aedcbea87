// The annual plan as a grid: puts the parts together. Without this file the page is a form of the same rows.
(function (grid) {
  "use strict";
  const source = document.getElementById("plan-grid-data");
  const element = document.getElementById("plan-grid");
  if (!source || !element || !window.Tabulator) return;

  const form = document.getElementById("grid-form");
  const data = JSON.parse(source.textContent);
  const store = new grid.Store(data);
  const tools = document.getElementById("grid-tools");
  // What a change may have to say beside its cells: the code of the refusal that asks for it, and where it is written.
  const reasons = { evidence: "evidence_missing", reason: "reason_missing" };
  const asked = Object.keys(reasons).map((name) => ({ name: name, code: reasons[name], input: document.getElementById("grid-" + name + "-live") }));
  const whys = asked.filter((why) => why.input);
  const part = (name) => document.querySelector('[data-part="' + name + '"]');
  form.hidden = true;
  element.hidden = tools.hidden = false;
  part("help").hidden = Boolean(store.closed);

  const view = grid.table(element, store);
  const page = {
    why: () => Object.fromEntries(whys.map((why) => [why.name, why.input.value.trim()])),
    trouble: function (words) {
      part("trouble").textContent = words;
      part("trouble").hidden = !words;
    },
    editing: () => hand.editing,
    told: function (at) {
      page.at = at;
    },
    move: (line) => element.dataset.move.replace("00000000-0000-0000-0000-000000000000", line),
  };
  const say = function (words) {
    part("said").textContent = words;
  };
  const server = new grid.Server(element.dataset.rows, form.querySelector("[name=csrfmiddlewaretoken]").value, store, page);
  const acts = {
    fill: fill,
    undo: () => step(store.undo(), "没有可以撤销的修改"),
    redo: () => step(store.redo(), "没有可以重做的修改"),
    resume: resume,
    shift: shift,
    decide: (row, theirs) => grid.meeting.decide(store, row, theirs),
    say: say,
  };
  const hand = new grid.Hand(view, store, acts);

  // While a cell is edited nothing is drawn: what changes meanwhile is drawn when the edit ends.
  let held = null;
  store.watch = async function (rows, structure) {
    summary();
    server.soon();
    if (hand.editing) {
      held = { rows: new Set([...(held ? held.rows : []), ...rows]), structure: structure || Boolean(held && held.structure) };
      return;
    }
    const focused = element.contains(document.activeElement);
    if (await view.show(rows, structure)) hand.restore(focused);
  };
  function resume() {
    const waiting = held;
    held = null;
    if (waiting) store.watch(waiting.rows, waiting.structure);
  }

  view.ready.then(function () {
    element.querySelector(".tabulator-tableholder").removeAttribute("tabindex"); // the cells have the focus
    element.setAttribute("aria-label", element.dataset.label);
    element.tabIndex = -1;
    hand.restore(false);
    summary();
  });

  // The line of the cell one place up or down; what is typed in the meantime is saved with its own row.
  function shift(by) {
    const row = hand.here && view.row(hand.here.key);
    if (!row || !row.line) return say("先选中要移动的行");
    const to = store.lines.indexOf(row.line) + 1 + by;
    if (to < 1 || to > store.lines.length) return say(by < 0 ? "已经是第一个" : "已经是最后一个");
    return moved(row, to);
  }

  async function moved(row, to) {
    await server.place(row.line, to);
    say("“" + row.text("name") + "”现在是第 " + (store.lines.indexOf(row.line) + 1) + " 个项目");
  }

  view.dragged(function (row, next) {
    if (!row || !row.line) return store.changed(new Set(), true);
    const lines = store.lines.filter((line) => line !== row.line);
    const at = next && next.line && next.line !== row.line ? lines.indexOf(next.line) : lines.length;
    return moved(row, at + 1);
  });

  function step(place, none) {
    if (!place) return say(none);
    say("");
    if (place.key && store.rows.includes(place.row)) hand.go({ key: place.row.key, field: place.key });
  }

  // The first row of the range into the rows below it.
  function fill() {
    const rows = hand.cells();
    if (rows.length < 2) return say("先选中要填充的几行：最上面一行会填到下面各行");
    const open = rows.slice(1).flat().filter((cell) => store.why(cell.row, cell.key) === "");
    const done = store.apply(open.map((cell) => ({ ...cell, text: rows[0].find((each) => each.key === cell.key).row.text(cell.key) })));
    say(done ? "已向下填充 " + done + " 格" : "没有可以填充的格");
  }

  function copied(event) {
    if (event.target.closest(".pg-editor") || !hand.here) return false;
    event.clipboardData.setData("text/plain", grid.clipboard.write(hand.cells().map((row) => row.map((cell) => cell.row.text(cell.key)))));
    event.preventDefault();
    return true;
  }
  element.addEventListener("copy", copied);
  element.addEventListener("cut", (event) => copied(event) && hand.clear());
  // Into the grid, or anywhere on the page where nothing else takes a text (an empty plan has no cell to stand on).
  document.addEventListener("paste", function (event) {
    if (event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    paste(event.clipboardData.getData("text/plain"));
  });

  function paste(text) {
    if (!text) return;
    if (store.closed) return say(store.closed);
    const block = grid.clipboard.parse(text);
    const picked = hand.here ? hand.cells() : [];
    if (block.length === 1 && block[0].length === 1 && picked.flat().length > 1) {
      const open = picked.flat().filter((cell) => store.why(cell.row, cell.key) === "");
      return say("已填入 " + store.apply(open.map((cell) => ({ ...cell, text: block[0][0].trim() }))) + " 格");
    }
    const start = hand.here ? store.columns.findIndex((column) => column.key === hand.range().fields[0]) : 0;
    const read = grid.clipboard.read(block, store.columns, Math.max(0, start));
    say(read.byName ? byName(read) : byPlace(read, picked));
  }

  // A pasted table with names: each row goes to the community that it names; who is not in the plan yet becomes a new row.
  function byName(read) {
    const changes = [];
    const added = [];
    const met = new Set();
    for (const cells of read.rows) {
      const year = (cells.plan_year || "").normalize("NFKC").replace(/\D/g, "");
      const alike = store.rows.filter((row) => row.id && !met.has(row) && grid.clipboard.fold(row.text("name")) === grid.clipboard.fold(cells.name || ""));
      const row = !year || year === store.year ? alike.find((each) => each.text("address") === cells.address) || alike[0] : null;
      if (row) met.add(row);
      else added.push(new grid.Row(null));
      const target = row || added[added.length - 1];
      for (const key of Object.keys(cells)) {
        if (cells[key] !== "" && (!row || store.why(row, key) === "")) changes.push({ row: target, key: key, text: cells[key] });
      }
    }
    if (added.length) store.rows = store.rows.filter((row) => row.id || row.unsaved);
    store.apply(changes, added);
    return told([met.size + " 行已在计划中", added.length + " 行新列入"], read);
  }

  function byPlace(read, picked) {
    const changes = [];
    const added = [];
    const first = picked.length ? store.rows.indexOf(picked[0][0].row) : store.rows.length;
    let shut = 0;
    read.rows.forEach(function (cells, i) {
      let row = store.rows[first + i];
      if (!row) added.push((row = new grid.Row(null)));
      for (const key of Object.keys(cells)) {
        if (store.why(row, key) === "") changes.push({ row: row, key: key, text: cells[key] });
        else shut += cells[key] !== row.text(key);
      }
    });
    store.apply(changes, added);
    return told([read.rows.length + " 行", shut ? shut + " 格不能修改，没有粘贴" : "", added.length ? added.length + " 行超出表格，请补填小区名称" : ""], read);
  }

  function told(words, read) {
    const more = [read.totals ? "跳过 " + read.totals + " 行合计" : "", read.unknown.length ? "不认识的列：" + read.unknown.join("、") : ""];
    return "已粘贴：" + [...words, ...more].filter(Boolean).join("，");
  }

  // Tools above the table.
  const tool = {
    up: () => shift(-1),
    down: () => shift(1),
    undo: acts.undo,
    redo: acts.redo,
    fill: fill,
    add: function () {
      const row = new grid.Row(null);
      store.apply([], [row]);
      view.ready.then(() => setTimeout(() => hand.go({ key: row.key, field: "name" }), 60));
    },
    remove: function () {
      const rows = hand.here ? hand.cells().map((cells) => cells[0].row) : [];
      if (!rows.length) return say("先选中要移出的行");
      say("已移出 " + store.remove(rows) + " 行，材料保留在储备库；可以撤销");
    },
    register: function () {
      for (const row of unknown()) Object.assign(row, { register: true, errors: {}, state: "dirty", code: "" });
      store.changed(new Set(store.rows.filter((row) => row.register)), false);
    },
    discard: () => say("已放弃 " + store.remove(store.rows.filter((row) => !row.id && row.state === "error")) + " 行，可以撤销"),
  };
  tools.addEventListener("click", function (event) {
    const button = event.target.closest("[data-tool]");
    if (button) tool[button.dataset.tool]();
  });
  for (const why of whys) {
    why.input.addEventListener("change", function () {
      const waiting = store.rows.filter((row) => row.code === why.code);
      waiting.forEach((row) => Object.assign(row, { state: "dirty", errors: {}, detail: "", code: "" }));
      store.changed(new Set(waiting), false);
    });
  }
  const unknown = () => store.rows.filter((row) => row.code === "unknown_community");

  // What stands above the table: how it is saved, what waits for somebody, the share of the communities by quota.
  function summary() {
    const wrong = store.rows.filter((row) => row.state === "error");
    const stale = store.rows.filter((row) => row.conflict).length;
    const waits = store.unsaved.length - wrong.length - stale;
    const words = [wrong.length ? wrong.length + " 行没有保存，原因写在格子里" : "", stale ? stale + " 行与他人的修改不一致，请选择" : ""].filter(Boolean);
    if (waits > 0) words.push("正在保存 " + waits + " 行…");
    else if (!words.length) words.push(page.at ? "已保存 " + page.at : store.closed ? "只读" : "修改会自动保存");
    part("state").textContent = words.join("；");
    part("state").classList.toggle("pg-alarm", wrong.length > 0);
    part("state").classList.toggle("pg-due", !wrong.length && stale > 0);
    const lost = wrong.filter((row) => !row.id).length;
    part("lost").hidden = !lost;
    part("discard").textContent = "放弃没有列入的 " + lost + " 行";
    part("register").hidden = !unknown().length || !store.column.get("address").editable;
    part("register").textContent = "登记 " + unknown().length + " 个新小区并列入";
    tools.querySelector("[data-tool=undo]").disabled = !store.done.length;
    tools.querySelector("[data-tool=redo]").disabled = !store.undone.length;
    for (const why of whys) why.input.closest(".field").classList.toggle("field-wrong", wrong.some((row) => row.code === why.code));
    if (store.trouble) say(store.trouble);
    store.trouble = "";
    share(store.share());
    closed();
  }

  function share(now) {
    const words = document.getElementById("quota-words");
    if (!words || !now) return;
    const most = now.ceiling && (now.ceiling[1] === "1" ? now.ceiling[0] : now.ceiling.join("/"));
    const limit = !most ? "；上限原文没有写数字，本计划还没有录入" : "，本计划录入的上限 " + most + (now.over ? "，超出 " + now.over + " 个" : "，没有超出");
    words.textContent = "2001年以后建成、按一定比例纳入的小区 " + now.quota + " 个，本年任务 " + now.whole + " 个（按小区个数计）" + limit + "。";
    document.getElementById("quota-note").classList.toggle("note-due", Boolean(now.over));
  }

  function closed() {
    if (!store.closed) return;
    page.trouble(store.closed === data.plan.closed ? "" : store.closed);
    tools.querySelectorAll("[data-tool]").forEach((button) => (button.disabled = true));
  }

  window.addEventListener("beforeunload", function (event) {
    if (store.unsaved.length) event.preventDefault();
  });
  window.PlanGrid.store = store;
})((window.PlanGrid = window.PlanGrid || {}));
