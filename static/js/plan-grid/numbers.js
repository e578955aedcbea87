// Exact figures of the grid: texts are added up as whole units (0.01 ㎡, 0.01 元 of 万元) with BigInt, never as floats.
(function (grid) {
  "use strict";
  const PLACES = { count: 0, area: 2, money: 6 }; // 万元 down to 分
  const SHOWN = { count: 0, area: 2, money: 2 };

  // "4541.27" → 454127n; null for anything that is not a plain exact figure (it is counted once the server has read it).
  function units(text, kind) {
    const found = /^(\d+)(?:\.(\d+))?$/.exec(text);
    const part = found && (found[2] || "");
    if (!found || part.length > PLACES[kind]) return null;
    return BigInt(found[1] + part.padEnd(PLACES[kind], "0"));
  }

  function text(value, kind) {
    const digits = String(value).padStart(PLACES[kind] + 1, "0");
    const cut = digits.length - PLACES[kind];
    let part = digits.slice(cut);
    while (part.length > SHOWN[kind] && part.endsWith("0")) part = part.slice(0, -1);
    return digits.slice(0, cut) + (part ? "." + part : "");
  }

  // The sum of the texts that are figures, and how many are not (typed and not yet read by the server).
  function sum(texts, kind) {
    let total = 0n;
    let left = 0;
    for (const each of texts) {
      if (each === "") continue;
      const value = units(each, kind);
      if (value === null) left += 1;
      else total += value;
    }
    return { text: text(total, kind), left: left };
  }

  function grouped(plain) {
    const parts = plain.split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }

  // Communities by quota beyond the ceiling (YL-01): a ceiling is a fraction of the whole, counted down to whole communities.
  function over(quota, whole, ceiling) {
    if (!ceiling) return null;
    const most = (BigInt(ceiling[0]) * BigInt(whole)) / BigInt(ceiling[1]);
    return BigInt(quota) > most ? Number(BigInt(quota) - most) : 0;
  }

  grid.numbers = { units: units, sum: sum, grouped: grouped, over: over };
})((window.PlanGrid = window.PlanGrid || {}));
