// Which alerts are chosen. Each filter is a bit of a row; a chart passes over its own bit, so that it shows what else could be chosen.
const FIND = 1, SEVERITY = 2, STATE = 4, RULE = 8, DAYS = 16, HOUR = 32;
const misses = new Uint8Array(size);
const chosen = { find: "", severities: new Set(), state: "", rule: "", from: 0, to: 0, hour: null };
const listeners = [];
const LATE = 3600; // seconds from which an alert was learnt late
let lowered = null;

const rowHour = new Uint8Array(size); // weekday (Monday 0) and hour in one number
for (let row = 0; row < size; row++) {
  const at = new Date(lines.time[row] * 1000);
  rowHour[row] = ((at.getUTCDay() + 6) % 7) * 24 + at.getUTCHours();
}

function marked(bit, passes) {
  for (let row = 0; row < size; row++) misses[row] = passes(row) ? misses[row] & ~bit : misses[row] | bit;
}

function found(needle) {
  lowered ??= texts.map((one) => one.toLowerCase());
  const titled = lowered.map((one, place) => one.includes(needle) || (ruleTitles.get(texts[place]) ?? "").toLowerCase().includes(needle));
  const any = (column, row) => titled[lines[column][row]];
  return (row) => any("who", row) || any("person", row) || any("rule", row) || any("account", row) || any("country", row)
    || lines.addresses[row].some((one) => titled[one]) || lines.id[row].startsWith(needle);
}

const inState = {
  open: (row) => lines.open[row] === 1 && lines.exception[row] === empty,
  closed: (row) => lines.open[row] === 0,
  suppressed: (row) => lines.exception[row] !== empty,
};

const apply = {
  find() { const needle = chosen.find.trim().toLowerCase(); marked(FIND, needle ? found(needle) : () => true); },
  severities() { marked(SEVERITY, (row) => chosen.severities.size === 0 || chosen.severities.has(lines.severity[row])); },
  state() { marked(STATE, inState[chosen.state] ?? (() => true)); },
  rule() { const rule = texts.indexOf(chosen.rule); marked(RULE, (row) => !chosen.rule || lines.rule[row] === rule); },
  days() { marked(DAYS, (row) => !chosen.to || (lines.time[row] >= chosen.from && lines.time[row] < chosen.to)); },
  hour() { marked(HOUR, (row) => chosen.hour === null || rowHour[row] === chosen.hour); },
};

/** Takes changes of what is chosen, and draws everything that depends on it. */
function choose(changes) {
  Object.assign(chosen, changes);
  for (const name of Object.keys(changes)) apply[name === "from" || name === "to" ? "days" : name]();
  drawn();
}

function drawn() {
  for (const listener of listeners) listener();
}

/** Rows that pass every filter but those of these bits, in their order. */
function passing(but = 0) {
  const rows = new Int32Array(size), fails = ~but;
  let number = 0;
  for (let row = 0; row < size; row++) if ((misses[row] & fails) === 0) rows[number++] = row;
  return rows.subarray(0, number);
}

function said() {
  const parts = [];
  if (chosen.find.trim()) parts.push(`\u201c${chosen.find.trim()}\u201d`);
  if (chosen.severities.size) parts.push([...chosen.severities].sort().reverse().map((one) => SEVERITIES[one]).join(" and "));
  if (chosen.state) parts.push(chosen.state);
  if (chosen.rule) parts.push(title(chosen.rule));
  if (chosen.to) parts.push(`${when(chosen.from).slice(0, 10)} to ${when(chosen.to - 1).slice(0, 10)}`);
  if (chosen.hour !== null) parts.push(`${DAYS_OF_WEEK[Math.floor(chosen.hour / 24)]} ${pad(chosen.hour % 24)}:00 UTC`);
  return parts.join(", ");
}

const span = { first: Infinity, last: -Infinity };
for (let row = 0; row < size; row++) {
  span.first = Math.min(span.first, lines.pair_time[row] || Infinity, lines.time[row]);
  span.last = Math.max(span.last, lines.time[row] + (lines.late[row] > LATE ? lines.late[row] : 0));
}
