// The list of alerts, and the list of addresses.
const PAGE = 25;
let shownRows = PAGE, shownAddresses = 20;

function alertRow(row) {
  const addresses = lines.addresses[row].map((one) => texts[one]);
  const more = addresses.length > 1 ? ` and ${addresses.length - 1} more` : "";
  const opener = el("button", { type: "button", class: "link", onclick: () => openAlert(row) }, title(text("rule", row)));
  const who = el("button", { type: "button", class: "link", onclick: () => openPerson(lines.person[row]) }, named(text("who", row)));
  const state = stateOf(row);
  return el("tr", {},
    el("td", {}, badge(lines.severity[row], `${SEVERITIES[lines.severity[row]]} ${lines.score[row]}`)),
    el("td", {}, opener), el("td", {}, who, el("br"), el("small", {}, text("account", row))),
    el("td", {}, addresses[0] ?? "\u2013", more, text("country", row) ? el("small", {}, " ", text("country", row)) : null),
    el("td", { class: "time" }, when(lines.time[row])), el("td", { class: "number" }, count(lines.events[row])),
    el("td", {}, el("span", { class: `state${state === "open" ? " open" : ""}` }, state)));
}

function drawList() {
  const rows = passing(), number = rows.length, tall = shownRows;
  $("list").tBodies[0].replaceChildren(...Array.from(rows.subarray(0, tall), alertRow));
  const by = said();
  $("chosen").textContent = shown(by ? `${plural(number, "alert")} of ${count(size)}: ${by}` : `${plural(number, "alert")}, highest first`);
  const more = $("more");
  more.hidden = number <= tall;
  more.textContent = `Show ${count(Math.min(PAGE * 4, number - tall))} more of ${count(number - tall)}`;
}

/** Counts by address over the chosen alerts. */
function byAddress() {
  const found = new Map();
  for (const row of passing()) {
    for (const address of lines.addresses[row]) {
      let one = found.get(address);
      if (!one) found.set(address, one = { address, country: text("country", row), alerts: 0, people: new Set(), first: Infinity, last: 0, severity: 0, score: 0 });
      one.alerts++;
      one.people.add(lines.person[row]);
      one.first = Math.min(one.first, lines.time[row]);
      one.last = Math.max(one.last, lines.last[row]);
      if (lines.score[row] > one.score) Object.assign(one, { score: lines.score[row], severity: lines.severity[row] });
    }
  }
  return [...found.values()].sort((a, b) => b.score - a.score || b.alerts - a.alerts || b.last - a.last);
}

function drawAddresses() {
  const all = byAddress();
  $("address-list").tBodies[0].replaceChildren(...all.slice(0, shownAddresses).map((one) => {
    const address = texts[one.address];
    const filter = el("button", { type: "button", class: "link", onclick: () => { $("find").value = address; choose({ find: address }); $("alerts").scrollIntoView(); } }, address);
    return el("tr", {}, el("td", {}, filter, " ", copyButton(address)), el("td", {}, one.country || "\u2013"),
      el("td", {}, badge(one.severity, `${SEVERITIES[one.severity]} ${one.score}`)), el("td", { class: "number" }, count(one.alerts)),
      el("td", { class: "number" }, count(one.people.size)), el("td", { class: "time" }, when(one.first)), el("td", { class: "time" }, when(one.last)));
  }));
  $("more-addresses").hidden = all.length <= shownAddresses;
  $("more-addresses").textContent = `Show more of ${count(all.length)} addresses`;
}
