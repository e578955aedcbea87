// Sends rows as they are changed, one request at a time, and looks every fifteen seconds whether somebody else changed something.
(function (grid) {
  "use strict";
  const PAUSE = 400; // ms after the last key
  const LOOK = 15000;
  const AGAIN = 5000;
  const MOST = 200;

  // A new sign-in in another window changes the token: the cookie's is the one in force.
  function token(given) {
    const found = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
    return found ? found[1] : given;
  }

  class Server {
    constructor(url, token, store, page) {
      this.url = url;
      this.token = token;
      this.store = store;
      this.page = page; // why(), editing(), trouble(text), told(at)
      this.busy = false;
      this.epoch = 0;
      this.tag = "";
      setInterval(() => this.look(), LOOK);
      document.addEventListener("visibilitychange", () => this.look());
    }

    soon(pause = PAUSE) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), pause);
    }

    async flush() {
      if (this.busy) return;
      const batch = grid.meeting.waiting(this.store, MOST);
      if (!batch.length) return;
      this.busy = true;
      batch.forEach((item) => item.row && (item.row.state = "saving"));
      this.store.changed(new Set(), false);
      let pause = PAUSE;
      try {
        const data = await this.ask({ method: "POST", body: JSON.stringify({ rows: batch.map((item) => item.body), ...this.page.why() }) });
        this.epoch += 1;
        if (data.results) {
          this.page.trouble("");
          if (data.results.some((result) => result.status === 200)) this.page.told(data.saved_at);
          grid.meeting.settle(this.store, batch, data);
        } else this.refused(batch, data);
      } catch (error) {
        pause = AGAIN;
        this.back(batch, "dirty");
        this.page.trouble(error.words || "网络不通，内容还在这一页，稍后自动再存。");
      } finally {
        this.busy = false;
      }
      if (grid.meeting.waiting(this.store, 1).length) this.soon(pause);
    }

    // The plan as a whole can't be written (any more): it says why, and the rows keep what was typed.
    refused(batch, data) {
      this.back(batch, "error", data.detail);
      this.page.trouble([data.detail, ...Object.values(data.errors || {}).flat()].join("："));
      this.look();
    }

    back(batch, state, detail = "") {
      for (const item of batch) if (item.row) Object.assign(item.row, { state: state, detail: detail });
      this.store.changed(new Set(batch.map((item) => item.row).filter(Boolean)), false);
    }

    async look() {
      if (this.busy || this.looking || this.page.editing() || document.visibilityState !== "visible") return;
      this.looking = true;
      const epoch = this.epoch;
      try {
        const data = await this.ask({ headers: this.tag ? { "If-None-Match": this.tag } : {} });
        const late = epoch !== this.epoch || this.busy || this.page.editing();
        if (late) this.tag = ""; // this answer is not shown: the next look asks for all
        else if (data) grid.meeting.meet(this.store, data);
        this.soon();
      } catch (error) {
        if (error.words) this.page.trouble(error.words);
      } finally {
        this.looking = false;
      }
    }

    // A line to another place (1: the first); the rows are read anew, as they stand then.
    async place(line, to) {
      const body = new URLSearchParams({ to: String(to), csrfmiddlewaretoken: token(this.token) });
      const headers = { Accept: "application/json" };
      try {
        const answer = await fetch(this.page.move(line), { method: "POST", body: body, headers: headers, redirect: "manual" });
        const json = (answer.headers.get("Content-Type") || "").includes("json");
        const data = json ? await answer.json() : { detail: "没有移动，请刷新页面后再试" };
        this.page.trouble(data.detail);
      } catch (error) {
        this.page.trouble("网络不通，顺序没有保存。");
      }
      this.tag = "";
      await this.look();
    }

    // The answer as JSON; null where nothing changed. Throws {words} where nobody is signed in any more.
    async ask(options) {
      const headers = { "Content-Type": "application/json", "X-CSRFToken": token(this.token), ...options.headers };
      const answer = await fetch(this.url, { ...options, headers: headers, cache: "no-store", redirect: "manual" });
      if (answer.status === 304) return null;
      if (!(answer.headers.get("Content-Type") || "").includes("json")) {
        const out = answer.type === "opaqueredirect" || answer.status === 403;
        throw Object.assign(new Error(), { words: out ? "登录已失效。请在另一个窗口重新登录，这一页的内容会接着保存。" : "" });
      }
      const data = await answer.json();
      if (options.method !== "POST") this.tag = answer.headers.get("ETag") || "";
      return data;
    }
  }

  grid.Server = Server;
})((window.PlanGrid = window.PlanGrid || {}));
