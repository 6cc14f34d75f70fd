// People: their lanes in the overview, and a page for each.
const MOST_DOTS = 120; // alerts of one person in the overview, the highest ones
let shownPeople = 8;

function byPerson(rows) {
  const found = new Map();
  for (const row of rows) {
    let one = found.get(lines.person[row]);
    if (!one) found.set(lines.person[row], one = { person: lines.person[row], rows: [], score: 0, severity: 0 });
    one.rows.push(row);
    if (lines.score[row] > one.score) Object.assign(one, { score: lines.score[row], severity: lines.severity[row] });
  }
  return [...found.values()].sort((a, b) => b.score - a.score || b.rows.length - a.rows.length);
}

function boundsOf(people) {
  const rows = people.flatMap((one) => one.rows.slice(0, MOST_DOTS));
  return {
    first: Math.min(...rows.map((row) => lines.pair_time[row] || lines.time[row]), ...rows.map((row) => lines.time[row])),
    last: Math.max(...rows.map((row) => lines.time[row] + (lines.late[row] > LATE ? lines.late[row] : 0))),
  };
}

function drawPeople() {
  const all = byPerson(passing()), some = all.slice(0, shownPeople);
  const bounds = some.length ? boundsOf(some) : null, whole = wide($("lanes")), W = whole > 640 ? whole - 268 : whole - 42;
  $("lanes").replaceChildren(...some.map((one, place) => {
    const name = text("who", one.rows[0]);
    return el("div", { class: "lane-row" },
      el("div", { class: "name" }, el("button", { type: "button", class: "link", onclick: () => openPerson(one.person) }, named(name)), el("br"), badge(one.severity, `${SEVERITIES[one.severity]} ${one.score}`), " ", el("small", {}, plural(one.rows.length, "alert"))),
      laneChart(alertPoints(one.rows.slice(0, MOST_DOTS)), bounds, `Alerts of ${name}`, place === some.length - 1, W));
  }), ...(some.length ? [] : [el("p", { class: "empty" }, "Nobody.")]));
  $("more-people").hidden = all.length <= shownPeople;
  $("more-people").textContent = `Show more of ${count(all.length)} people and programs`;
}

function rowsOf(person) {
  const rows = [];
  for (let row = 0; row < size; row++) if (lines.person[row] === person) rows.push(row);
  return rows;
}

/** The events of these alerts, each once, as points; pairs are joined. */
async function eventPoints(rows) {
  const points = new Map();
  for (const row of rows.slice(0, 60)) {
    const detail = await detailOf(row);
    const learnt = new Map((detail?.stored ?? []).map((one) => [one.id, seconds(one.learnt)]));
    for (const event of detail?.events ?? []) {
      const severity = [...LIMITS, Infinity].findIndex((limit) => event.score < limit);
      const lane = (side) => (detail.stored ?? []).find((one) => one.id === side.id);
      const sides = (event.texts ?? []).map((side) => ({ lane: providerOf(side.id, lane(side), row), time: seconds(side.time), severity, learnt: learnt.get(side.id) ?? 0, title: `${side.time} ${event.reason ?? ""}`, open: () => openAlert(row) }));
      if (sides.length === 2) sides[1].pair = sides[0];
      for (const [place, side] of sides.entries()) {
        const id = event.texts[place].id, known = points.get(id);
        if (!known || known.severity < side.severity) points.set(id, side);
      }
    }
    if (!detail) for (const point of alertPoints([row])) points.set(`row ${row}`, point);
  }
  return [...points.values()].map((one) => ({ ...one, learnt: one.learnt - one.time > 7 * DAY ? 0 : one.learnt }));
}

/** Whose record it is: the lane of the alert, unless the record is of the other side of a pair. */
function providerOf(id, stored, row) {
  const own = text("lane", row), other = text("pair_lane", row);
  if (!other) return own;
  const at = stored ? seconds(stored.event.time ?? "") : NaN;
  return at && Math.abs(at - lines.pair_time[row]) < 1 ? other : own;
}

async function openPerson(person) {
  openRow = -1;
  const rows = rowsOf(person), name = text("who", rows[0]);
  const points = await eventPoints(rows);
  const times = points.flatMap((one) => [one.time, ...(one.learnt - one.time > LATE ? [one.learnt] : []), ...(one.pair ? [one.pair.time] : [])]);
  const addresses = [...new Set(rows.flatMap((row) => lines.addresses[row]))].map((one) => texts[one]);
  const accounts = [...new Set(rows.map((row) => text("account", row)).filter(Boolean))];
  const list = el("table", {}, el("thead", {}, el("tr", {}, ["Severity", "Rule", "Who", "From", "When (UTC)", "Events", "State"].map((one) => el("th", { scope: "col" }, one)))), el("tbody", {}, rows.slice(0, 200).map(alertRow)));
  panel("Person or program", [
    badge(lines.severity[rows[0]], `highest ${lines.score[rows[0]]}`), el("h2", { id: "panel-title" }, named(name)),
    pairs([["Key", texts[person]], ["Accounts", accounts.join(", ")], ["Addresses", addresses.slice(0, 30).join(", ")], ["Alerts", plural(rows.length, "alert")],
      ["Whole case", data.store ? [el("code", {}, command(["case"], texts[person])), " ", copyButton(command(["case"], texts[person]))] : ""]]),
    el("h3", {}, "Events"), points.length ? el("div", { class: "card" }, laneChart(points, { first: Math.min(...times), last: Math.max(...times) }, `Events of ${name}`, true, Math.min(830, innerWidth - 90))) : null,
    el("h3", {}, "Alerts"), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Alerts of this person" }, list),
  ], el("button", { type: "button", class: "quiet", onclick: () => { $("panel").close(); $("find").value = name; choose({ find: name }); $("alerts").scrollIntoView(); } }, "Only these"));
}
