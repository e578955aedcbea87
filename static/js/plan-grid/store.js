// The rows as they stand on the server and as they are typed, what can be undone, and what another person changed meanwhile.
(function (grid) {
  "use strict";
  let number = 0;

  class Row {
    constructor(server) {
      this.key = "r" + (number += 1);
      this.id = null;
      this.base = {};
      this.mine = {};
      this.errors = {};
      this.warnings = {};
      this.former = {}; // what stood in a cell before another person changed it
      this.conflict = null; // {cells, by, at}: the other's texts of the cells that are typed here as well
      this.state = "clean"; // clean, dirty, saving, saved, error, stale
      this.detail = this.code = this.note = this.savedAt = "";
      this.first = true;
      if (server) this.take(server);
    }

    take(server) {
      this.id = server.id;
      this.version = server.version;
      this.base = server.cells;
      this.first = server.first;
      this.quota = server.quota;
      this.marked = server.marked;
      this.project = server.project;
      this.position = server.position;
      this.by = server.by;
      this.at = server.at;
    }

    get line() {
      return this.id ? this.id.split("/")[0] : null;
    }

    text(key) {
      return key in this.mine ? this.mine[key] : this.base[key] || "";
    }

    get unsaved() {
      return this.state !== "removed" && Object.values(this.mine).some((text) => this.id || text !== "");
    }
  }

  class Store {
    constructor(data) {
      this.columns = data.columns;
      this.column = new Map(data.columns.map((column) => [column.key, column]));
      this.rows = data.rows.map((row) => new Row(row));
      this.done = [];
      this.undone = [];
      this.removals = [];
      this.watch = () => {};
      this.seen(data);
    }

    // What every answer says of the whole plan.
    seen(data) {
      this.year = String(data.plan.year);
      this.closed = data.plan.closed;
      this.totals = data.totals;
      this.ceiling = data.quota && data.quota.ceiling;
      this.counted = data.quota;
    }

    changed(rows, structure) {
      this.watch(rows, Boolean(structure));
    }

    // Lines in their order.
    get lines() {
      return [...new Set(this.rows.map((row) => row.line).filter(Boolean))];
    }

    find(id) {
      return this.rows.find((row) => row.id === id);
    }

    // Why a cell can't be written; empty where it can.
    why(row, key) {
      const column = this.column.get(key);
      if (this.closed) return this.closed;
      if (!row.id) return key === "plan_year" && !row.mine.plan_year ? column.why : "";
      if (!row.first && column.of !== "community" && column.of !== "plan") return "整个项目的内容写在它的第一个小区那一行";
      return column.editable ? "" : column.why;
    }

    put(row, key, text) {
      if (row.id && text === (row.base[key] || "")) delete row.mine[key];
      else row.mine[key] = text;
      delete row.errors[key];
      delete row.warnings[key];
      row.detail = row.code = "";
      if (row.conflict) return;
      row.state = row.unsaved ? "dirty" : "clean";
    }

    // One step: cells [{row, key, text}], rows to add before them. Undo takes it back as a whole.
    apply(changes, added = []) {
      const step = added.map((row) => ({ kind: "add", row: row }));
      added.forEach((row) => this.rows.push(row));
      if (step.length) this.push(step);
      const own = step.length ? step : [];
      for (const each of changes) {
        const before = each.row.text(each.key);
        if (before === each.text) continue;
        this.put(each.row, each.key, each.text);
        const birth = each.row.version ? null : this.done.find((one) => one.some((item) => item.kind === "add" && item.row === each.row));
        (birth || own).push({ kind: "cell", row: each.row, key: each.key, before: before, after: each.text, born: Boolean(birth) });
      }
      if (!step.length) this.push(own);
      this.changed(new Set(changes.map((each) => each.row)), added.length > 0);
      return changes.length;
    }

    // A text typed over ``before``. Where somebody else changed the cell while it was typed, that is a difference to be decided.
    write(row, key, text, before) {
      const now = row.text(key);
      this.apply([{ row: row, key: key, text: text }]);
      if (now === before || now === text) return;
      row.conflict = { by: row.by, at: row.at.slice(-5), cells: { ...(row.conflict ? row.conflict.cells : {}), [key]: now } };
      row.state = "stale";
      this.changed(new Set([row]), true);
    }

    push(step) {
      if (!step.length) return;
      this.done.push(step);
      this.undone = [];
    }

    // Lines taken out, with all rows of each.
    remove(rows) {
      const lines = new Set(rows.map((row) => row.line).filter(Boolean));
      const gone = this.rows.filter((row) => rows.includes(row) || (row.line && lines.has(row.line)));
      this.push(gone.map((row) => ({ kind: "remove", row: row })));
      gone.forEach((row) => this.drop(row));
      this.changed(new Set(), true);
      return gone.length;
    }

    drop(row) {
      row.place = this.rows.indexOf(row);
      this.rows.splice(row.place, 1);
      if (row.id && row.first) this.removals.push({ row: row, id: row.id, version: row.version });
      row.state = "removed";
    }

    // Back into the plan: as it stood where the server has not heard of it yet, else as a new line of the same project.
    revive(row) {
      const line = row.line;
      const waiting = this.removals.findIndex((each) => line && each.id.split("/")[0] === line);
      if (waiting < 0 && row.id) {
        if (!row.first) return; // comes back with the first row of its line
        const own = this.columns.filter((column) => column.of === "line").map((column) => column.key);
        row.mine = Object.fromEntries(["name", ...own].map((key) => [key, row.base[key] || ""]));
        row.id = null;
      } else if (waiting >= 0 && row.first) this.removals.splice(waiting, 1);
      row.state = "clean";
      if (row.unsaved) row.state = "dirty";
      this.rows.splice(Math.min(row.place, this.rows.length), 0, row);
    }

    undo() {
      return this.step(this.done, this.undone, true);
    }

    redo() {
      return this.step(this.undone, this.done, false);
    }

    step(from, to, back) {
      const step = from.pop();
      if (!step) return null;
      const touched = new Set();
      let structure = false;
      for (const item of back ? [...step].reverse() : step) {
        if (item.kind === "cell") {
          this.turn(item, back);
          touched.add(item.row);
          continue;
        }
        structure = true;
        if ((item.kind === "add") !== back) this.revive(item.row);
        else if (this.rows.includes(item.row)) this.drop(item.row);
      }
      to.push(step);
      this.changed(touched, structure);
      return { row: step[0].row, key: step[0].key };
    }

    // One cell back or forth; a cell that somebody else changed since then stays as it is.
    turn(item, back) {
      const [from, to] = back ? [item.after, item.before] : [item.before, item.after];
      if (!this.rows.includes(item.row) || (item.born && item.row.version)) return; // goes and comes back with its row
      if (item.row.text(item.key) === from) this.put(item.row, item.key, to);
      else this.trouble = item.row.text("name") + "的“" + this.column.get(item.key).label + "”已被他人修改，没有撤销";
    }

    // How the server read a text that was typed (３１ is 31): undo knows the cell by that.
    learn(row, sent, read) {
      const items = [...this.done, ...this.undone].flat().filter((item) => item.kind === "cell" && item.row === row && item.key in sent);
      for (const item of items) {
        if (item.after === sent[item.key]) item.after = read[item.key] || "";
        if (item.before === sent[item.key]) item.before = read[item.key] || "";
      }
    }

    get unsaved() {
      return this.rows.filter((row) => row.unsaved).concat(this.removals);
    }

    // Live 合计: what is typed counts as soon as it is an exact figure.
    total(key) {
      const column = this.column.get(key);
      return grid.numbers.sum(this.rows.map((row) => row.text(key)), column.kind);
    }

    // Live share of the communities by quota (YL-01), of the rows that stand in the plan.
    share() {
      if (!this.counted) return null;
      const standing = this.rows.filter((row) => row.id);
      const quota = standing.filter((row) => row.quota).length;
      return { quota: quota, whole: standing.length, ceiling: this.ceiling, over: grid.numbers.over(quota, standing.length, this.ceiling) };
    }
  }

  grid.Row = Row;
  grid.Store = Store;
})((window.PlanGrid = window.PlanGrid || {}));
