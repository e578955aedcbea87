// The rates day by day as lines. The table below says the same; without this file nothing is missing.
(function () {
  "use strict";
  const box = document.getElementById("trend");
  const data = document.getElementById("trend-data");
  if (!box || !data || !window.echarts) return;
  const found = JSON.parse(data.textContent);
  const ink = getComputedStyle(document.documentElement);
  const colour = function (name) {
    return ink.getPropertyValue(name).trim();
  };
  box.hidden = false;
  const chart = window.echarts.init(box, null, { renderer: "svg" });
  const dashes = ["solid", "dashed", "dotted", [8, 3, 2, 3], [2, 6]];
  const inks = ["--accent", "--ink", "--amber", "--ink-2", "--line-strong"];
  chart.setOption({
    animation: false,
    color: inks.map(colour),
    textStyle: { fontFamily: colour("--sans"), color: colour("--ink") },
    grid: { left: 44, right: 16, top: 48, bottom: 28 },
    legend: { top: 0, type: "scroll" },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: found.days, boundaryGap: false },
    yAxis: { type: "value", min: 0, max: 100, axisLabel: { formatter: "{value}%" } },
    series: found.series.map(function (row, number) {
      return {
        name: row.name,
        type: "line",
        showSymbol: found.days.length < 32,
        lineStyle: { type: dashes[number], width: 2 },
        data: row.points,
      };
    }),
  });
  window.addEventListener("resize", function () {
    chart.resize();
  });
})();
