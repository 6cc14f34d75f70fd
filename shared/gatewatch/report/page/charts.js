// Bars by week, the strip over time, and the squares by hour and weekday. One tab stop each; arrows move, Enter chooses.
const DAYS_OF_WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY = 86400;

/** Makes the shapes of a chart usable by mouse and keyboard. `step` is how far up and down go. */
function usable(host, chart, hits, step, choice, names) {
  let active = Number(host.dataset.active ?? 0);
  if (!(active < hits.length)) active = 0;
  chart.setAttribute("tabindex", "0");
  chart.setAttribute("role", "group");
  const focusOn = (place) => {
    active = Math.max(0, Math.min(hits.length - 1, place));
    host.dataset.active = active;
    hits.forEach((hit, number) => hit.classList.toggle("active", number === active));
    say(names(active));
  };
  hits.forEach((hit, number) => hit.addEventListener("click", (event) => { host.dataset.active = number; choice(number, event.shiftKey); }));
  chart.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -step, ArrowDown: step, Home: -hits.length, End: hits.length };
    if (event.key in moves) focusOn(active + moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") { choice(active, event.shiftKey); host.querySelector("svg").focus(); }
    else return;
    event.preventDefault();
  });
}

/** The width of a chart in its own units, so that its texts keep their size on every screen. */
const wide = (host) => Math.max(280, Math.round(host.clientWidth || 560));

function nice(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  return [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].map((one) => one * power).find((one) => one >= most);
}

function scale(top, x, width, y, height) {
  const values = Number.isInteger(top / 2) ? [0, top / 2, top] : [0, top];
  return values.flatMap((value) => {
    const at = y + height - (height * value) / top;
    return [svg("line", { class: "grid", x1: x, x2: x + width, y1: at, y2: at }), svg("text", { x: x - 8, y: at + 4, "text-anchor": "end" }, count(value))];
  });
}

/** Stacked bars of counts by severity. */
function stacked(bars, place) {
  const { x, y, width, height, top, gap } = place;
  const step = width / bars.length;
  return bars.flatMap((bar, number) => {
    let base = y + height;
    return bar.map((value, severity) => {
      const tall = (height * value) / top;
      base -= tall;
      return value ? svg("rect", { class: `s${severity}`, x: x + number * step + gap / 2, y: base, width: Math.max(step - gap, 1), height: tall, rx: Math.min(2, tall / 2) }) : null;
    });
  }).filter(Boolean);
}

function monday(time) {
  const day = Math.floor(time / DAY);
  return (day - ((day + 3) % 7)) * DAY;
}

function drawWeeks() {
  const host = $("weeks"), W = wide(host), H = 210, x = 36, y = 12, width = W - x - 6, height = H - y - 26;
  const first = monday(span.first), number = (monday(span.last) - first) / (7 * DAY) + 1;
  const bars = Array.from({ length: number }, () => [0, 0, 0, 0]);
  for (const row of passing(DAYS)) bars[(monday(lines.time[row]) - first) / (7 * DAY)][lines.severity[row]]++;
  const top = nice(Math.max(...bars.map((bar) => bar.reduce((a, b) => a + b))));
  const step = width / number, every = Math.ceil(number / Math.floor(width / 54));
  const gap = Math.max(Math.min(step * 0.3, 18), step - 64);
  const labels = bars.map((_, place) => (place % every ? null : svg("text", { x: x + (place + 0.5) * step, y: H - 6, "text-anchor": "middle" }, when(first + place * 7 * DAY).slice(5, 10))));
  const hits = bars.map((_, place) => svg("rect", { class: `hit${chosen.to && chosen.from === first + place * 7 * DAY && chosen.to === chosen.from + 7 * DAY ? " chosen" : ""}`, x: x + place * step + 1, y, width: step - 2, height, rx: 3 }));
  const chart = picture(W, H, "Alerts by week and severity", ...scale(top, x, width, y, height), ...stacked(bars, { x, y, width, height, top, gap }), ...labels, ...hits);
  host.replaceChildren(chart);
  usable(host, chart, hits, 4, (place) => chooseDays(first + place * 7 * DAY, first + (place + 1) * 7 * DAY),
    (place) => `week from ${when(first + place * 7 * DAY).slice(0, 10)}: ${plural(bars[place].reduce((a, b) => a + b), "alert")}`);
}

function chooseDays(from, to) {
  choose(chosen.from === from && chosen.to === to ? { from: 0, to: 0 } : { from, to });
}

function drawStrip() {
  const host = $("strip"), W = wide(host), H = 120, x = 36, y = 8, width = W - x - 6, height = H - y - 24;
  const unit = span.last - span.first < 4 * DAY ? 3600 : DAY * Math.max(1, Math.ceil((span.last - span.first) / DAY / 380));
  const first = Math.floor(span.first / unit) * unit, number = Math.floor((span.last - first) / unit) + 1;
  const bars = Array.from({ length: number }, () => [0, 0, 0, 0]);
  for (const row of passing(DAYS)) bars[Math.floor((lines.time[row] - first) / unit)][lines.severity[row]]++;
  const top = nice(Math.max(...bars.map((bar) => bar.reduce((a, b) => a + b))));
  const step = width / number, every = Math.max(1, Math.ceil((number * 58) / width));
  const labels = bars.map((_, place) => (place % every ? null : svg("text", { x: x + (place + 0.5) * step, y: H - 4, "text-anchor": "middle" }, unit < DAY ? when(first + place * unit).slice(5) : when(first + place * unit).slice(5, 10))));
  const taken = (place) => chosen.to && first + place * unit >= chosen.from && first + place * unit < chosen.to;
  const hits = bars.map((_, place) => svg("rect", { class: `hit${taken(place) ? " chosen" : ""}`, x: x + place * step, y, width: step, height }));
  const chart = picture(W, H, "Alerts over time", ...scale(top, x, width, y, height), ...stacked(bars, { x, y, width, height, top, gap: Math.max(Math.min(step * 0.25, 8), step - 40) }), ...labels, ...hits);
  host.replaceChildren(chart);
  usable(host, chart, hits, 7, (place, extend) => {
    const from = first + place * unit;
    if (extend && chosen.to) choose({ from: Math.min(chosen.from, from), to: Math.max(chosen.to, from + unit) });
    else chooseDays(from, from + unit);
  }, (place) => `${when(first + place * unit)}: ${plural(bars[place].reduce((a, b) => a + b), "alert")}`);
}

function drawHours() {
  const host = $("hours"), W = wide(host), H = 210, x = 36, y = 4, w = (W - x - 2) / 24, h = (H - y - 24) / 7;
  const counts = new Uint32Array(168);
  for (const row of passing(HOUR)) counts[rowHour[row]]++;
  const most = Math.max(...counts, 1);
  const cells = Array.from(counts, (number, place) => {
    const at = { x: x + (place % 24) * w + 1, y: y + Math.floor(place / 24) * h + 1, width: w - 2, height: h - 2, rx: 3 };
    return [svg("rect", { ...at, class: number ? "cell" : "none", "fill-opacity": number ? 0.15 + 0.85 * Math.sqrt(number / most) : 0.04 }), svg("rect", { ...at, class: `hit${chosen.hour === place ? " chosen" : ""}` }, svg("title", {}, `${DAYS_OF_WEEK[Math.floor(place / 24)]} ${pad(place % 24)}:00, ${plural(number, "alert")}`))];
  });
  const labels = [...DAYS_OF_WEEK.map((day, place) => svg("text", { x: x - 8, y: y + (place + 0.5) * h + 4, "text-anchor": "end" }, day)), ...[0, 3, 6, 9, 12, 15, 18, 21].map((hour) => svg("text", { x: x + (hour + 0.5) * w, y: H - 6, "text-anchor": "middle" }, pad(hour)))];
  const chart = picture(W, H, "Alerts by hour and weekday", ...labels, ...cells.map((one) => one[0]), ...cells.map((one) => one[1]));
  host.replaceChildren(chart);
  usable(host, chart, cells.map((one) => one[1]), 24, (place) => choose({ hour: chosen.hour === place ? null : place }),
    (place) => `${DAYS_OF_WEEK[Math.floor(place / 24)]} ${pad(place % 24)}:00: ${plural(counts[place], "alert")}`);
}

/** Evidence a day: a day without any stands out. */
function drawDays() {
  const host = $("days");
  if (!host || !data.read.days.length) return;
  const totals = new Map(data.read.days.map((one) => [one.day, Object.values(one.evidence).reduce((a, b) => a + b, 0)]));
  const first = Date.parse(data.read.days[0].day) / 1000, last = Date.parse(data.read.days.at(-1).day) / 1000;
  const number = (last - first) / DAY + 1, W = wide(host), H = 74, step = W / number, most = Math.max(...totals.values(), 1);
  if (number > 3660) return;
  const bars = Array.from({ length: number }, (_, place) => {
    const day = when(first + place * DAY).slice(0, 10), value = totals.get(day) ?? 0;
    const tall = value ? Math.max(2, 46 * Math.sqrt(value / most)) : 3;
    return svg("rect", { class: value ? "evidence" : "missing", x: place * step + step * 0.1, y: 50 - tall, width: Math.max(step * 0.8, 0.5), height: tall, rx: 1 }, svg("title", {}, `${day}: ${count(value)}`));
  });
  const ends = [svg("text", { x: 0, y: 68 }, data.read.days[0].day), svg("text", { x: W, y: 68, "text-anchor": "end" }, data.read.days.at(-1).day)];
  host.replaceChildren(picture(W, H, `Evidence by day, ${plural(data.read.silent_days.length, "day")} without any`, ...bars, ...ends));
}
