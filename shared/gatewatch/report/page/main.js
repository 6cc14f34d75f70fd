// Wires the page together, and draws it.
const root = document.documentElement;
root.classList.add("scripted");

$("theme").addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
});

/** Paper cannot be asked for more: it gets what is folded, and more of the list. */
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("#read details, .controls details")) one.open = true;
  if (!size) return;
  shownRows = Math.max(shownRows, 200);
  drawList();
});

function drawTiles() {
  for (const tile of document.querySelectorAll("button.tile")) {
    tile.setAttribute("aria-pressed", String(chosen.severities.has(SEVERITIES.indexOf(tile.dataset.severity))));
  }
}

function reset() {
  shownRows = PAGE;
  shownPeople = 8;
  shownAddresses = 20;
}

function wired() {
  for (const tile of document.querySelectorAll("button.tile")) {
    tile.addEventListener("click", () => {
      const severity = SEVERITIES.indexOf(tile.dataset.severity), severities = new Set(chosen.severities);
      if (!severities.delete(severity)) severities.add(severity);
      choose({ severities });
    });
  }
  const used = [...new Set(lines.rule)].map((one) => texts[one]).sort((a, b) => title(a).localeCompare(title(b)));
  $("rule").append(...used.map((rule) => el("option", { value: rule }, title(rule))));
  $("find").addEventListener("input", (event) => choose({ find: event.target.value }));
  $("state").addEventListener("change", (event) => choose({ state: event.target.value }));
  $("rule").addEventListener("change", (event) => choose({ rule: event.target.value }));
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("clear").addEventListener("click", () => {
    for (const id of ["find", "state", "rule"]) $(id).value = "";
    choose({ find: "", severities: new Set(), state: "", rule: "", from: 0, to: 0, hour: null });
  });
  $("more").addEventListener("click", () => { shownRows += PAGE * 4; drawList(); });
  $("more-people").addEventListener("click", () => { shownPeople += 16; drawPeople(); });
  $("more-addresses").addEventListener("click", () => { shownAddresses += 100; drawAddresses(); });
  listeners.push(reset, drawTiles, drawWeeks, drawStrip, drawHours, drawList, drawPeople, drawAddresses);
  drawn();
}

/** Opens what the address names: #alert-3f9a1c. */
function opened() {
  const wanted = location.hash.match(/^#alert-([0-9a-f]{4,12})/);
  const row = wanted ? lines.id.findIndex((one) => one.startsWith(wanted[1])) : -1;
  if (row >= 0) openAlert(row);
}

function drawAll() {
  drawDays();
  drawCases();
  if (size) drawn();
}

let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) drawAll();
  width = innerWidth;
});

drawDays();
drawCases();
if (size) wired();
else for (const id of ["people", "addresses"]) $(id).hidden = true;
addEventListener("hashchange", opened);
opened();
