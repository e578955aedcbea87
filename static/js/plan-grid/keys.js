// The keyboard and the mouse on the table: one cell has the focus, a range hangs on it, a cell is edited in place.
(function (grid) {
  "use strict";

  class Hand {
    constructor(view, store, acts) {
      this.view = view;
      this.store = store;
      this.acts = acts; // fill, undo, redo, decide(row, theirs), say(text)
      this.here = this.anchor = null; // {key, field}
      const element = view.element;
      element.addEventListener("keydown", (event) => this.key(event));
      element.addEventListener("mousedown", (event) => this.press(event));
      element.addEventListener("mouseover", (event) => this.drag(event));
      element.addEventListener("dblclick", (event) => this.place(event.target) && this.edit());
      element.addEventListener("focusin", (event) => this.arrive(event));
      element.addEventListener("click", (event) => this.choose(event.target.closest("[data-act]")));
    }

    // After rows came or went: the same cell, or the nearest that is left.
    restore(focused) {
      const keys = this.view.keys();
      if (!keys.length) return;
      if (!this.here) this.here = this.anchor = { key: keys[0], field: this.view.fields()[0] };
      if (!keys.includes(this.here.key)) this.here = { key: keys[Math.min(this.index || 0, keys.length - 1)], field: this.here.field };
      if (!keys.includes(this.anchor.key)) this.anchor = this.here;
      this.go(this.here, { keep: true, quiet: !focused });
    }

    go(place, { extend = false, keep = false, quiet = false } = {}) {
      const cell = this.view.cell(place.key, place.field);
      if (!cell) return;
      const before = this.here && this.view.cell(this.here.key, this.here.field);
      if (before) before.tabIndex = -1;
      this.here = place;
      this.index = this.view.keys().indexOf(place.key);
      if (!extend && !keep) this.anchor = place;
      cell.tabIndex = 0;
      if (!quiet) {
        cell.focus({ preventScroll: true });
        cell.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
      this.paint();
    }

    // Rows and fields of the range.
    range() {
      const keys = this.view.keys();
      const fields = this.view.fields();
      const rows = [keys.indexOf(this.here.key), keys.indexOf(this.anchor.key)].sort((a, b) => a - b);
      const columns = [fields.indexOf(this.here.field), fields.indexOf(this.anchor.field)].sort((a, b) => a - b);
      return { keys: keys.slice(rows[0], rows[1] + 1), fields: fields.slice(columns[0], columns[1] + 1) };
    }

    paint() {
      this.view.element.querySelectorAll(".pg-range").forEach((cell) => cell.classList.remove("pg-range"));
      const range = this.range();
      if (range.keys.length * range.fields.length < 2) return;
      for (const key of range.keys) for (const field of range.fields) this.view.cell(key, field).classList.add("pg-range");
    }

    // Cells of the range that stand in a row of the plan: {row, key}.
    cells() {
      const range = this.range();
      const keys = range.keys.filter((key) => !key.endsWith("~"));
      const fields = range.fields.filter((field) => field !== "state");
      return keys.map((key) => fields.map((field) => ({ row: this.view.row(key), key: field })));
    }

    move(down, right, extend) {
      const keys = this.view.keys();
      const fields = this.view.fields();
      const clamp = (value, most) => Math.max(0, Math.min(most, value));
      const row = clamp(keys.indexOf(this.here.key) + down, keys.length - 1);
      const column = clamp(fields.indexOf(this.here.field) + right, fields.length - 1);
      this.go({ key: keys[row], field: fields[column] }, { extend: extend });
    }

    // To the next cell in reading order; false at the table's end, where Tab goes on to what follows.
    along(by) {
      const keys = this.view.keys();
      const fields = this.view.fields();
      const next = keys.indexOf(this.here.key) * fields.length + fields.indexOf(this.here.field) + by;
      if (next < 0 || next >= keys.length * fields.length) return false;
      this.go({ key: keys[Math.floor(next / fields.length)], field: fields[next % fields.length] });
      return true;
    }

    key(event) {
      if (event.target.closest(".pg-editor") || !this.here) return;
      if (event.target.closest("[data-act]") && ["Enter", " ", "Tab"].includes(event.key)) return;
      const held = event.ctrlKey || event.metaKey;
      const done = held ? this.held(event) : event.altKey ? this.lifted(event) : this.plain(event);
      if (done) event.preventDefault();
      else if (!held && !event.altKey) this.typed(event);
    }

    // Alt with an arrow moves the line itself.
    lifted(event) {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (by) this.acts.shift(by);
      return Boolean(by);
    }

    held(event) {
      const far = 100000;
      const moves = { ArrowUp: [-far, 0], ArrowDown: [far, 0], ArrowLeft: [0, -far], ArrowRight: [0, far], Home: [-far, -far], End: [far, far] };
      if (moves[event.key]) this.move(...moves[event.key], event.shiftKey);
      else if (event.key === "d") this.acts.fill();
      else if (event.key === "z" && !event.shiftKey) this.acts.undo();
      else if (event.key === "y" || event.key.toLowerCase() === "z") this.acts.redo();
      else if (event.key === "a") this.all();
      else return false;
      return true;
    }

    plain(event) {
      const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-12, 0], PageDown: [12, 0], Home: [0, -100], End: [0, 100] };
      if (moves[event.key]) this.move(...moves[event.key], event.shiftKey);
      else if (event.key === "Tab") return !this.leaving && this.along(event.shiftKey ? -1 : 1);
      else if (event.key === "Escape") this.leaving = true;
      else if (event.key === "Enter") this.enter(event.shiftKey);
      else if (event.key === "F2") this.edit();
      else if (event.key === "Delete" || event.key === "Backspace") this.clear();
      else return false;
      return true;
    }

    enter(back) {
      const button = this.view.cell(this.here.key, this.here.field).querySelector("[data-act]");
      if (button) button.focus();
      else this.move(back ? -1 : 1, 0);
    }

    // A sign begins a new text; an input method begins it in the editor.
    typed(event) {
      if (event.key === "Process" || event.keyCode === 229) this.edit("");
      else if (event.key.length === 1) {
        event.preventDefault();
        this.edit(event.key);
      }
    }

    all() {
      const keys = this.view.keys();
      const fields = this.view.fields();
      this.anchor = { key: keys[0], field: fields[0] };
      this.go({ key: keys[keys.length - 1], field: fields[fields.length - 1] }, { extend: true });
    }

    clear() {
      const open = this.cells().flat().filter((cell) => this.store.why(cell.row, cell.key) === "");
      this.store.apply(open.map((cell) => ({ ...cell, text: "" })));
    }

    place(target) {
      const cell = target.closest(".tabulator-cell");
      const row = target.closest(".tabulator-row");
      const field = cell && cell.getAttribute("tabulator-field");
      if (!field || field === "number" || !row || row.classList.contains("tabulator-calcs")) return null;
      const key = this.view.keys().find((each) => this.view.cell(each, field) === cell);
      return key ? { key: key, field: field } : null;
    }

    press(event) {
      if (event.target.closest(".pg-editor, button, a")) return;
      const place = this.place(event.target);
      if (!place) return;
      event.preventDefault();
      this.go(place, { extend: event.shiftKey });
    }

    drag(event) {
      if (event.buttons !== 1 || event.target.closest(".pg-editor")) return;
      const place = this.here && this.place(event.target);
      if (place && (place.key !== this.here.key || place.field !== this.here.field)) this.go(place, { extend: true });
    }

    arrive(event) {
      if (!event.target.closest(".tabulator-cell")) return;
      this.leaving = false;
    }

    choose(button) {
      if (!button) return;
      const place = this.place(button);
      this.acts.decide(this.view.row(place.key), button.dataset.act === "theirs");
    }

    // Edit the cell in place. ``begun``: the text that replaces what stood there.
    edit(begun) {
      const place = this.here;
      const row = this.view.row(place.key);
      if (place.key.endsWith("~") || place.field === "state") return;
      const why = this.store.why(row, place.field);
      if (why) {
        this.acts.say(why);
        return;
      }
      const cell = this.view.cell(place.key, place.field);
      if (!cell) return; // the table is being drawn
      const column = this.store.column.get(place.field);
      const input = document.createElement(column.choices.length ? "select" : "input");
      for (const choice of column.choices) input.append(new Option(choice, choice));
      input.className = "pg-editor";
      input.setAttribute("aria-label", (row.text("name") || "新的一行") + " " + column.label);
      const choice = column.choices.find((each) => begun && each.startsWith(begun));
      input.value = column.choices.length ? choice || row.text(place.field) || column.choices[0] : begun === undefined ? row.text(place.field) : begun;
      input.autocomplete = "off";
      cell.append(input);
      cell.classList.add("pg-editing");
      input.focus();
      if (begun === undefined && input.select) input.select();
      this.close(input, cell, { row: row, key: place.field });
    }

    // What ends an edit: Enter and the vertical arrows below or above, Tab beside, Escape as it was, leaving with what was typed.
    close(input, cell, target) {
      const before = target.row.text(target.key);
      this.editing = true;
      const end = (keep, move) => {
        if (!this.editing) return;
        this.editing = false;
        const text = input.value.trim();
        input.remove();
        cell.classList.remove("pg-editing");
        if (keep && text !== before) this.store.write(target.row, target.key, text, before);
        this.acts.resume();
        if (move) this.go(this.here);
        if (move === "tab") this.along(1);
        else if (move === "back") this.along(-1);
        else if (move) this.move(...move);
      };
      input.addEventListener("blur", () => end(true));
      input.addEventListener("keydown", (event) => {
        if (event.isComposing) return;
        const arrows = input.tagName === "SELECT" ? {} : { ArrowUp: [-1, 0], ArrowDown: [1, 0] };
        const moves = { Enter: [event.shiftKey ? -1 : 1, 0], Tab: event.shiftKey ? "back" : "tab", Escape: [0, 0], ...arrows };
        if (!moves[event.key]) return;
        event.preventDefault();
        event.stopPropagation();
        end(event.key !== "Escape", moves[event.key]);
      });
    }
  }

  grid.Hand = Hand;
})((window.PlanGrid = window.PlanGrid || {}));
