// How answers of the server meet the rows: what was saved, what was refused and beside which cell, what another person did meanwhile.
(function (grid) {
  "use strict";
  const time = (moment) => moment.slice(-5);

  // Rows that wait to be sent: removals first, then changed rows whose last refusal was mended, then new rows that have a name.
  function waiting(store, most) {
    const out = store.removals.slice(0, most).map((each) => ({ each: each, body: { key: each.row.key, row: each.id, version: each.version, remove: true } }));
    if (out.length) return out;
    for (const row of store.rows) {
      if (out.length === most) break;
      if (row.state !== "dirty" || (!row.id && !row.text("name").trim())) continue;
      const body = { key: row.key, cells: { ...row.mine } };
      if (row.id) Object.assign(body, { row: row.id, version: row.version });
      else Object.assign(body, { register: Boolean(row.register), project: row.project || null, position: row.position || null });
      out.push({ row: row, sent: body.cells, body: body });
    }
    return out;
  }

  // An answer to rows that were sent.
  function settle(store, batch, data) {
    store.seen(data);
    const results = new Map(data.results.map((result) => [result.key, result]));
    let structure = false;
    const touched = new Set();
    for (const item of batch) {
      const result = results.get(item.body.key);
      if (item.each) {
        store.removals = store.removals.filter((each) => each !== item.each);
        if (result.status !== 200) store.trouble = item.each.row.base.name + "没有移出：" + result.detail;
        structure = true;
        continue;
      }
      touched.add(item.row);
      item.row.warnings = result.warnings;
      if (result.status === 200) structure = saved(store, item, result, data) || structure;
      else if (result.status === 412) structure = meetStale(store, item.row, data.rows.find((each) => each.id === item.row.id)) || structure;
      else refused(store, item.row, result);
    }
    store.changed(touched, structure);
  }

  function saved(store, item, result, data) {
    const row = item.row;
    const fresh = !row.id;
    const rows = data.rows.filter((each) => each.id.split("/")[0] === result.line);
    const free = rows.filter((each) => !store.find(each.id));
    const named = grid.clipboard.fold(row.text("name"));
    const server = fresh ? free.find((each) => grid.clipboard.fold(each.cells.name) === named) || free[0] || rows[0] : data.rows.find((each) => each.id === row.id);
    store.learn(row, item.sent, server.cells);
    accept(row, server, item.sent, data.saved_at);
    if (!fresh) return false;
    row.register = false;
    for (const other of rows.filter((each) => !store.find(each.id))) store.rows.splice(store.rows.indexOf(row) + 1, 0, new grid.Row(other));
    return true;
  }

  function accept(row, server, sent, at) {
    highlight(row, server, sent);
    row.take(server);
    for (const key of Object.keys(row.mine)) {
      if (row.mine[key] === sent[key] || row.mine[key] === server.cells[key]) delete row.mine[key];
    }
    row.errors = {};
    row.state = Object.keys(row.mine).length ? "dirty" : "saved";
    row.savedAt = at;
    row.detail = row.code = "";
  }

  // Cells that somebody else changed: what stood there before is shown beside them.
  function highlight(row, server, sent) {
    row.former = {};
    row.note = "";
    for (const key of Object.keys(server.cells)) {
      if (key in sent || server.cells[key] === row.base[key] || !(key in row.base)) continue;
      row.former[key] = row.base[key];
      row.note = server.by + " " + time(server.at) + " 修改";
    }
  }

  function refused(store, row, result) {
    row.errors = {};
    const rest = [];
    for (const [key, words] of Object.entries(result.errors)) {
      if (store.column.has(key)) row.errors[key] = words;
      else rest.push(...words);
    }
    const beside = Object.keys(row.errors).length;
    row.detail = beside ? "" : [result.detail, ...rest].join("：");
    row.code = result.code;
    row.state = "error";
  }

  // The row stands otherwise on the server. Cells typed here and changed there are a difference to be decided; all else is taken over.
  function meetStale(store, row, server) {
    if (!server) {
      row.state = "error";
      row.detail = "这一行已被移出计划";
      return false;
    }
    const had = row.conflict;
    const both = Object.keys(row.mine).filter((key) => server.cells[key] !== (row.base[key] || "") && server.cells[key] !== row.mine[key]);
    const kept = had ? Object.keys(had.cells).filter((key) => key in row.mine && server.cells[key] !== row.mine[key]) : [];
    const keys = [...new Set([...both, ...kept])];
    highlight(row, server, row.mine);
    row.take(server);
    row.conflict = keys.length ? { cells: Object.fromEntries(keys.map((key) => [key, server.cells[key]])), by: server.by, at: time(server.at) } : null;
    for (const key of Object.keys(row.mine)) if (row.mine[key] === server.cells[key]) delete row.mine[key];
    row.state = row.conflict ? "stale" : row.unsaved ? "dirty" : "clean";
    return Boolean(had) !== Boolean(row.conflict);
  }

  // The difference is decided: the other's texts, or what was typed here, saved over the version that has now been seen.
  function decide(store, row, theirs) {
    if (theirs) for (const key of Object.keys(row.conflict.cells)) delete row.mine[key];
    row.conflict = null;
    row.state = row.unsaved ? "dirty" : "clean";
    store.changed(new Set([row]), true);
  }

  // The plan as it stands on the server now: rows of others come in, go out, or show what they changed.
  function meet(store, data) {
    store.seen(data);
    const touched = new Set();
    let structure = false;
    const standing = new Set(data.rows.map((row) => row.id));
    const leaving = new Set(store.removals.map((each) => each.id.split("/")[0]));
    store.rows = store.rows.filter(function (row) {
      if (!row.id || standing.has(row.id) || row.state === "saving") return true;
      structure = true;
      if (!row.unsaved) return false;
      row.state = "error";
      row.detail = "这一行已被移出计划，您填写的内容没有保存";
      return true;
    });
    data.rows.forEach(function (server, place) {
      const row = store.find(server.id);
      if (!row && !leaving.has(server.id.split("/")[0])) {
        const made = new grid.Row(server);
        made.note = server.by + " " + time(server.at) + " 加入";
        store.rows.splice(Math.min(place, store.rows.length), 0, made);
        structure = true;
      } else if (row && row.version !== server.version && row.state !== "saving") {
        structure = meetStale(store, row, server) || structure;
        touched.add(row);
      }
    });
    structure = inOrder(store, data.rows) || structure;
    store.changed(touched, structure);
  }

  // The rows of the plan stand as on the server; new ones that nobody has saved yet stay below. Whether anything moved.
  function inOrder(store, rows) {
    const place = new Map(rows.map((row, number) => [row.id, number]));
    const at = (row) => (place.has(row.id) ? place.get(row.id) : rows.length);
    const sorted = [...store.rows].sort((one, other) => at(one) - at(other));
    const moved = sorted.some((row, number) => row !== store.rows[number]);
    store.rows = sorted;
    return moved;
  }

  grid.meeting = { waiting: waiting, settle: settle, meet: meet, decide: decide };
})((window.PlanGrid = window.PlanGrid || {}));
