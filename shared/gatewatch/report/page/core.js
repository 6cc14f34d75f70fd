// What every part uses: the data, elements whose texts are only ever texts, and what is copied.
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const SEVERITIES = ["low", "medium", "high", "critical"];
const LIMITS = [22, 48, 74];

// Control, format, bidirectional and other characters that a reader cannot see; the same as gatewatch.model.text.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b-\u180f\ufe00-\ufe0f]|(?! )\p{Zs}|[\u{e0100}-\u{e01ef}]/gu;

function code(character) {
  const number = character.codePointAt(0);
  return number <= 0xffff ? "\\u" + number.toString(16).padStart(4, "0") : "\\U" + number.toString(16).padStart(8, "0");
}

/** One line that hides nothing, whoever wrote it. */
const shown = (value) => String(value ?? "").replace(HIDDEN, code);

/** Several lines of ours, each of which hides nothing. */
const shownLines = (value) => String(value ?? "").split("\n").map(shown).join("\n");

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(shown(child)));
  }
  return node;
}

const el = (name, attributes, ...children) => filled(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) => filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

function picture(width, height, label, ...children) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": shown(label) }, ...children);
}

/** A name that may break after its punctuation. */
const named = (value) => shown(value).split(/(?<=[@._/:-])/).flatMap((part, place) => (place ? [el("wbr"), part] : [part]));

const count = (number) => number.toLocaleString("en-US");
const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many ?? one + "s"}`;
const pad = (number) => String(number).padStart(2, "0");

function when(seconds, exact) {
  const at = new Date(seconds * 1000);
  const day = `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`;
  return `${day} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}${exact ? ":" + pad(at.getUTCSeconds()) : ""}`;
}

const seconds = (text) => Date.parse(text) / 1000;

function lasting(span) {
  if (span >= 172800) return `${(span / 86400).toFixed(1)} d`;
  if (span >= 7200) return `${(span / 3600).toFixed(1)} h`;
  return span >= 120 ? `${Math.round(span / 60)} min` : `${Math.round(span)} s`;
}

function say(text) {
  $("said").textContent = "";
  $("said").textContent = shown(text);
}

/** Copies one line. A page from a file may not use the clipboard everywhere: then an invisible field does it. */
async function copied(text) {
  const line = shown(text);
  try {
    await navigator.clipboard.writeText(line);
  } catch {
    const field = el("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    field.value = line;
    ($("panel").open ? $("panel") : document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say("copied");
  return line;
}

function copyButton(text, label) {
  const button = el("button", { type: "button", class: "copy", onclick: async () => {
    await copied(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = shown(label ?? "Copy"); }, 1200);
  } }, label ?? "Copy");
  return button;
}

const badge = (severity, text) => el("span", { class: `badge ${SEVERITIES[severity]}` }, text ?? SEVERITIES[severity]);

const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : "'" + shown(word).replaceAll("'", "'\\''") + "'");

/** A command of Gatewatch on the store of this page. A value that begins like an option stands behind "--". */
function command(words, value) {
  const store = data.store ? ["--store", quoted(data.store)] : [];
  return ["gatewatch", ...words, ...store, ...(value.startsWith("-") ? ["--"] : []), quoted(value)].join(" ");
}
