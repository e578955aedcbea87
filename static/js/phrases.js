// Saved phrases: the select becomes buttons that put a phrase into the opinion. Without this file the select is sent with the form.
(function () {
  "use strict";
  document.querySelectorAll("select[data-phrases]").forEach(function (select) {
    const target = document.getElementById(select.dataset.phrases);
    const options = Array.from(select.options).filter(function (option) {
      return option.value;
    });
    if (!target || !options.length) return;
    const box = document.createElement("div");
    box.className = "phrases";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "常用语");
    options.forEach(function (option) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-small phrase";
      button.textContent = option.value;
      button.addEventListener("click", function () {
        const start = target.selectionStart, end = target.selectionEnd;
        target.setRangeText(option.value, start, end, "end");
        target.focus();
      });
      box.append(button);
    });
    select.value = "";
    select.closest(".field").replaceWith(box);
  });
})();
