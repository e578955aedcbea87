// A member of staff is signed out after a while without an act. While he types, his session is kept; two minutes before its end he is
// asked; and what he sends after it comes back into its form when he has signed in again. Without this file he is told, and types anew.
(function () {
  "use strict";
  const KEY = "unsent";
  const MINUTE = 60000;
  const staff = document.querySelector("[data-person]");

  if (!staff) {
    // The way back in leads here first: what was sent in vain waits for the page it belongs to.
    const waiting = read();
    if (waiting && document.querySelector("[data-sign-in]")) write(Object.assign(waiting, { signedIn: true }));
    return;
  }

  const idle = Number(staff.dataset.idle) * 1000;
  let last = Date.now();
  give(read());
  write(null);

  function read() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY));
    } catch (error) {
      return null;
    }
  }

  function write(value) {
    try {
      if (value) sessionStorage.setItem(KEY, JSON.stringify(value));
      else sessionStorage.removeItem(KEY);
    } catch (error) {
      // A browser that keeps nothing: the page says that nothing was saved.
    }
  }

  function here() {
    return location.pathname + location.search;
  }

  function typed(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && !field.disabled && !["hidden", "password", "file", "submit", "button"].includes(field.type);
    });
  }

  // Kept in this tab, for this person, and only where his session has probably ended.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method.toLowerCase() !== "post" || Date.now() - last < idle - MINUTE) return;
    const values = typed(form).map(function (field) {
      if (field.type === "checkbox" || field.type === "radio") return [field.name, field.value, field.checked];
      const chosen = field.multiple ? Array.from(field.selectedOptions, (option) => option.value) : field.value;
      return [field.name, chosen, null];
    });
    write({ person: staff.dataset.person, page: here(), action: form.getAttribute("action") || "", values: values });
  });

  function give(kept) {
    if (!kept || !kept.signedIn || kept.person !== staff.dataset.person || kept.page !== here()) return;
    const form = Array.from(document.forms).find((each) => (each.getAttribute("action") || "") === kept.action && typed(each).length);
    if (!form) return;
    const fields = typed(form);
    kept.values.forEach(function (value) {
      const at = fields.findIndex((field) => field.name === value[0] && (value[2] === null || field.value === value[1]));
      if (at < 0) return;
      const field = fields.splice(at, 1)[0];
      if (value[2] !== null) field.checked = value[2];
      else if (Array.isArray(value[1])) Array.from(field.options).forEach((option) => (option.selected = value[1].includes(option.value)));
      else field.value = value[1];
    });
    const words = document.createElement("p");
    words.className = "note note-due";
    words.setAttribute("role", "status");
    words.textContent = "已填回您退出登录前写的内容，还没有保存，请核对后再提交；附件须重新选择。";
    form.before(words);
    words.scrollIntoView({ block: "center" });
  }

  // The server hears of it, and counts from now.
  function stay() {
    last = Date.now();
    bar.hidden = true;
    fetch(staff.dataset.stay, { method: "HEAD", redirect: "manual", credentials: "same-origin" }).catch(function () {});
  }

  document.addEventListener("input", function () {
    const since = Date.now() - last;
    if (since > Math.min(5 * MINUTE, idle / 2) && since < idle) stay();
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.requestConfig && event.detail.requestConfig.verb !== "get") last = Date.now();
  });

  const bar = document.createElement("div");
  bar.className = "lapse";
  bar.setAttribute("role", "alert");
  bar.hidden = true;
  document.body.append(bar);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small";
  button.textContent = "继续使用";
  button.addEventListener("click", stay);
  setInterval(function () {
    const left = idle - (Date.now() - last);
    if (bar.hidden === left <= Math.min(2 * MINUTE, idle / 2)) {
      bar.hidden = !bar.hidden;
      bar.replaceChildren("长时间没有操作，两分钟内将退出登录。", button);
    }
    if (left <= 0) {
      bar.replaceChildren("已超过时间没有操作，您可能已退出登录。下次提交时须重新登录，填写的内容会留在本页。");
    }
  }, 15000);
})();
