// Small comforts. Every page works without this file.
(function () {
  "use strict";
  document.documentElement.classList.add("scripted");

  // Division and year in the top bar switch at once.
  document.querySelectorAll("form[data-send-on-change]").forEach(function (form) {
    form.addEventListener("change", function () {
      form.submit();
    });
  });

  // One open menu or clause less: Escape closes the nearest open one and gives the focus back to its summary.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    const open = document.activeElement && document.activeElement.closest("details[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    });
  });

  // A form is sent once.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (event.defaultPrevented || form.method.toLowerCase() !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });

  // The error summary is read out first.
  const errors = document.querySelector(".errors");
  if (errors) errors.focus();

  // A select-all box for a table's rows: <input type="checkbox" data-select-all="name of the row boxes">.
  document.querySelectorAll("input[data-select-all]").forEach(function (all) {
    const boxes = function () {
      return Array.from(all.form.querySelectorAll("input[type=checkbox][name='" + all.dataset.selectAll + "']"));
    };
    all.addEventListener("change", function () {
      boxes().forEach(function (box) {
        box.checked = all.checked;
      });
    });
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });
})();
