// Ballots taken at the door: kept on the phone until the platform has answered, each sent under its own key, so that twice is once.
(function () {
  "use strict";
  const root = document.querySelector("[data-onsite]");
  if (!root || !window.localStorage) return;
  const vote = root.dataset.onsite;
  const user = root.dataset.user;
  const PLACE = "onsite:" + vote;
  const STORE = "onsite-1";
  const EVERY = 20000;
  const queue = document.getElementById("onsite-queue");
  const list = document.getElementById("onsite-kept");
  const ask = document.getElementById("onsite-ask");
  let sending = false;
  let note = "";

  function kept() {
    try {
      const rows = JSON.parse(localStorage.getItem(PLACE) || "[]");
      return Array.isArray(rows) ? rows : [];
    } catch (error) {
      return [];
    }
  }
  // Read anew before each change: another tab may have sent something meanwhile.
  function change(work) {
    localStorage.setItem(PLACE, JSON.stringify(work(kept())));
    draw();
  }
  function door(number) {
    return root.querySelector("[data-number='" + number + "']");
  }
  function line(text) {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
    return item;
  }

  function draw() {
    const rows = kept();
    const waiting = rows.filter(function (row) {
      return !row.refused && !row.receipt;
    });
    const own = waiting.filter(function (row) {
      return row.user === user;
    });
    list.replaceChildren();
    root.querySelectorAll(".door-kept").forEach(function (each) {
      each.classList.remove("door-kept");
    });
    waiting.forEach(function (row) {
      const each = door(row.number);
      if (!each) return;
      each.classList.add("door-kept");
      each.querySelector(".door-word").textContent = "已存在手机上";
    });
    queue.classList.toggle("onsite-clear", waiting.length === 0);
    if (waiting.length) queue.textContent = "已存在手机上，尚未送达 " + waiting.length + " 张" + (note ? "：" + note : "");
    else queue.textContent = note;
    if (own.length < waiting.length) line("其中 " + (waiting.length - own.length) + " 张由另一个账号录入，请用原账号登录后送达。");
    rows.forEach(function (row) {
      if (row.receipt) line(row.place + "：已送达，回执号 " + row.receipt);
      if (!row.refused) return;
      const item = line(row.place + "：没有收下——" + row.refused + " ");
      const gone = document.createElement("button");
      gone.type = "button";
      gone.className = "button button-small";
      gone.textContent = "已告知业主，移除";
      gone.addEventListener("click", function () {
        change(function (all) {
          return all.filter(function (each) {
            return each.key !== row.key;
          });
        });
      });
      item.append(gone);
    });
  }

  function newKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (part) {
      return part.toString(16).padStart(2, "0");
    }).join("");
  }

  // One question a screen, over the grid, so that it opens without signal.
  if (ask && ask.showModal) {
    let current = null;
    const wrong = document.getElementById("onsite-wrong");
    const agent = document.getElementById("onsite-agent");
    root.addEventListener("click", function (event) {
      const link = event.target.closest(".door a");
      if (!link || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      current = link.closest(".door");
      const waits = kept().some(function (row) {
        return String(row.number) === current.dataset.number && !row.receipt && !row.refused;
      });
      if (waits) return;
      document.getElementById("onsite-place").textContent = current.dataset.place;
      ask.querySelector("form").reset();
      wrong.hidden = true;
      agent.hidden = !current.dataset.proxy;
      if (current.dataset.proxy) agent.querySelector("span").textContent = "由代理人 " + current.dataset.agent + " 投票（委托书已核对）";
      ask.showModal();
    });
    document.getElementById("onsite-save").addEventListener("click", function () {
      const chosen = ask.querySelector("input[name=choice]:checked");
      wrong.hidden = Boolean(chosen);
      if (!chosen || !current) return;
      const byAgent = current.dataset.proxy && ask.querySelector("input[name=proxy]").checked;
      const row = {
        key: newKey(),
        user: user,
        number: Number(current.dataset.number),
        place: current.dataset.place,
        choice: chosen.value,
        proxy: byAgent ? current.dataset.proxy : "",
      };
      ask.close();
      change(function (all) {
        return all.concat(row);
      });
      send();
    });
  }

  async function session() {
    const answer = await fetch(root.dataset.stateUrl + "?building=" + encodeURIComponent(root.dataset.building), {
      credentials: "same-origin",
      cache: "no-store",
    });
    if (answer.redirected || !(answer.headers.get("content-type") || "").includes("json")) throw new Error("请重新登录，登录后自动送达");
    return answer.json();
  }

  function showDoors(doors) {
    const words = { missing: "未投", voted: "已投", paper: "已收纸质票" };
    root.querySelectorAll(".door").forEach(function (each) {
      const now = doors[each.dataset.number];
      if (!now) return;
      each.className = "door door-" + now.state;
      each.querySelector(".door-word").textContent = words[now.state];
      const link = each.querySelector("a");
      if (!now.closed || !link) return;
      const plain = document.createElement("span");
      plain.append(...link.childNodes);
      link.replaceWith(plain);
    });
  }

  async function sendOne(row, token) {
    const answer = await fetch(root.dataset.sendUrl, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ number: row.number, choice: row.choice, sent_key: row.key, proxy: row.proxy }),
    });
    const plain = !(answer.headers.get("content-type") || "").includes("json");
    if (answer.redirected || (plain && answer.status < 500)) throw new Error("请重新登录，登录后自动送达");
    if (answer.status >= 500 || answer.status === 429) throw new Error("平台暂时没有应答，稍后再送");
    const said = await answer.json();
    change(function (all) {
      return all.map(function (each) {
        if (each.key !== row.key) return each;
        // What was chosen leaves the phone with the answer.
        if (answer.ok) return { key: each.key, user: each.user, number: each.number, place: each.place, receipt: said.receipt };
        return { key: each.key, user: each.user, number: each.number, place: each.place, refused: said.refused || "平台拒绝" };
      });
    });
  }

  async function send() {
    if (sending) return;
    sending = true;
    try {
      const now = await session();
      note = "";
      const waiting = kept().filter(function (row) {
        return row.user === now.user && !row.refused && !row.receipt;
      });
      for (const row of waiting) await sendOne(row, now.token);
      showDoors((waiting.length ? await session() : now).doors);
    } catch (error) {
      note = error instanceof TypeError ? "没有信号，有信号后自动送达" : error.message;
    } finally {
      sending = false;
      draw();
    }
    const more = kept().some(function (row) {
      return row.user === user && !row.refused && !row.receipt;
    });
    if (more && !note) send(); // entered while the others were under way
  }

  // The page and what it needs are kept, so that it opens again without signal.
  async function keepPage() {
    if (!("serviceWorker" in navigator) || !window.caches) return;
    await navigator.serviceWorker.register(root.dataset.worker);
    await navigator.serviceWorker.ready;
    const store = await caches.open(STORE);
    const parts = Array.from(document.querySelectorAll("link[rel=stylesheet][href], script[src]"), function (part) {
      return part.href || part.src;
    });
    await Promise.allSettled(
      parts.concat(location.href.split("#")[0]).map(function (address) {
        return store.add(address);
      }),
    );
    root.dataset.kept = "1";
  }

  window.addEventListener("online", send);
  window.addEventListener("storage", draw);
  setInterval(function () {
    if (kept().some(function (row) { return !row.refused && !row.receipt; })) send();
  }, EVERY);
  draw();
  send();
  keepPage().catch(function () {});
})();
