// Lanes: one line for each provider, a dot where something happened, an arc between the sides of a pair, a ring where it was learnt.
const LANE = 30;

/** Ticks of whole days or hours that fit a width. */
function ticks(first, last, number) {
  const units = [60, 300, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];
  const unit = units.find((one) => (last - first) / one <= number) ?? 365 * DAY;
  const found = [];
  for (let at = Math.ceil(first / unit) * unit; at <= last; at += unit) found.push(at);
  return { unit, found };
}

/**
 * Draws points in lanes. A point has lane, time, severity (null: no alert), and perhaps learnt (seconds) and pair (another point).
 * The bounds are those of all drawings that are compared.
 */
function laneChart(points, bounds, label, axis, W = 900) {
  const names = [...new Set(points.flatMap((one) => [one.lane, ...(one.pair ? [one.pair.lane] : [])]))].sort();
  const x = 74, width = W - x - 14, y = 10, H = y + names.length * LANE + (axis ? 22 : 4);
  const room = Math.max((bounds.last - bounds.first) * 0.02, 300);
  const from = bounds.first - room, to = bounds.last + room;
  const at = (time) => x + (width * (time - from)) / (to - from);
  const level = (lane) => y + (names.indexOf(lane) + 0.5) * LANE;
  const parts = names.flatMap((name) => [svg("line", { class: "lane", x1: x, x2: x + width, y1: level(name), y2: level(name) }), svg("text", { x: x - 12, y: level(name) + 4, "text-anchor": "end" }, name)]);
  const { unit, found } = ticks(from, to, width / 80);
  for (const tick of found) {
    parts.unshift(svg("line", { class: "grid", x1: at(tick), x2: at(tick), y1: y, y2: y + names.length * LANE }));
    if (axis) parts.push(svg("text", { x: at(tick), y: H - 4, "text-anchor": "middle" }, unit < DAY ? when(tick).slice(unit < 3600 * 6 || tick % DAY ? 11 : 5, tick % DAY ? 16 : 10) : when(tick).slice(5, 10)));
  }
  for (const one of points) parts.push(...pairArc(one, at, level), ...learntLate(one, at, level));
  for (const one of [...points].sort((a, b) => (a.severity ?? -1) - (b.severity ?? -1))) parts.push(dot(one, at, level));
  return picture(W, H, label, ...parts);
}

function pairArc(one, at, level) {
  if (!one.pair) return [];
  const [x1, y1, x2, y2] = [at(one.pair.time), level(one.pair.lane), at(one.time), level(one.lane)];
  const bend = Math.max(24, Math.abs(x2 - x1) / 3);
  return [svg("path", { class: "arc", d: `M${x1} ${y1} C${x1 - bend * 0.4} ${(y1 + y2) / 2} ${x2 + bend * 0.4} ${(y1 + y2) / 2} ${x2} ${y2}` }), svg("circle", { class: "plain", cx: x1, cy: y1, r: 3.5 })];
}

function learntLate(one, at, level) {
  if (!one.learnt || one.learnt - one.time <= LATE) return [];
  const [x1, x2, y] = [at(one.time), at(one.learnt), level(one.lane)];
  return [svg("path", { class: `wait l${one.severity ?? 0}`, d: `M${x1} ${y} Q${(x1 + x2) / 2} ${y - 14} ${x2} ${y}` }), svg("circle", { class: `learnt l${one.severity ?? 0}`, cx: x2, cy: y, r: 4.5 }, svg("title", {}, `learnt ${when(one.learnt)} UTC, ${lasting(one.learnt - one.time)} later`))];
}

function dot(one, at, level) {
  const title = svg("title", {}, one.title ?? "");
  if (one.hot) return svg("path", { class: "hot-step", d: `M${at(one.time)} ${level(one.lane) - 11} v7` }, title);
  const shape = { cx: at(one.time), cy: level(one.lane), r: one.severity === null ? 3 : 5 + one.severity * 0.7 };
  return svg("circle", { ...shape, class: one.severity === null ? "plain" : `s${one.severity}`, onclick: one.open ?? (() => {}), "data-opens": one.open ? true : null }, title);
}

/** The points of the alerts in these rows. */
function alertPoints(rows) {
  return rows.map((row) => ({
    lane: text("lane", row), time: lines.time[row], severity: lines.severity[row], open: () => openAlert(row),
    learnt: lines.late[row] ? lines.time[row] + lines.late[row] : 0,
    pair: lines.pair_time[row] ? { lane: text("pair_lane", row), time: lines.pair_time[row] } : null,
    title: `${when(lines.time[row])} ${title(text("rule", row))}`,
  }));
}

/** The points of a case: everything that happened, with the alerts that count it. */
function casePoints(one) {
  const byId = new Map();
  const points = one.moments.map((moment) => {
    const worst = Math.max(...moment.alerts.map(([, severity]) => SEVERITIES.indexOf(severity)), -1);
    const point = { lane: moment.provider, time: seconds(moment.text.time), severity: worst < 0 ? null : worst, title: `${moment.text.time} ${moment.text.used ?? ""}` };
    byId.set(moment.text.id, point);
    return point;
  });
  for (const alert of one.alerts) {
    for (const event of alert.snapshot.events) {
      const sides = (event.texts ?? []).map((side) => byId.get(side.id));
      if (sides.length === 2 && sides[0] && sides[1]) sides[1].pair = sides[0];
    }
  }
  return [...points, ...one.sessions.flatMap((session) => hotPoints(session, byId.get(session.event_id)))];
}

/** What a session did that gives a way back, takes data or blinds: a mark on the lane of its sign-in. */
function hotPoints(session, opener) {
  if (!opener) return [];
  return (session.steps ?? []).filter((step) => step.hot).slice(0, 300).map((step) => ({
    lane: opener.lane, time: seconds(step.time), severity: null, hot: true, title: `${step.time} ${step.action} ${step.target ?? ""}`,
  }));
}

function drawCases() {
  for (const host of document.querySelectorAll(".case-lanes")) {
    const points = casePoints(data.cases[Number(host.dataset.case)]);
    const times = points.map((one) => one.time);
    if (points.length) host.replaceChildren(laneChart(points, { first: Math.min(...times), last: Math.max(...times) }, "What happened, by provider", true, wide(host)));
  }
}
