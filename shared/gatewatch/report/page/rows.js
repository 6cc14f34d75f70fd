// The alerts as columns, and their details, which are unpacked when they are opened.
const lines = JSON.parse($("lines").textContent);
const packed = JSON.parse($("packed").textContent);
const texts = lines.texts;
const size = lines.id.length;
const empty = texts.indexOf("");
const ruleTitles = new Map(data.rules.map((rule) => [rule.id, rule.title]));
const ruleMeanings = new Map(data.rules.map((rule) => [rule.id, rule.meaning]));
const ruleBlocks = new Map(data.rules.map((rule) => [rule.id, rule.blocks]));
const title = (rule) => ruleTitles.get(rule) ?? rule;
const text = (column, row) => texts[lines[column][row]];

/** Places of the alerts among those with details, -1 for the others: as gatewatch.report.packed chooses them. */
const places = new Int32Array(size).fill(-1);
{
  let next = 0;
  for (let row = 0; row < size; row++) {
    if (row < 2000 || lines.open[row]) {
      if (next < packed.detailed) places[row] = next;
      next++;
    }
  }
}

const unpacked = new Map();

async function piece(number) {
  if (!unpacked.has(number)) {
    const bytes = Uint8Array.from(atob($(`piece-${number}`).textContent), (one) => one.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    unpacked.set(number, await new Response(stream).json());
  }
  return unpacked.get(number);
}

/** The details of an alert; null where the page has none. */
async function detailOf(row) {
  const place = places[row];
  if (place < 0 || typeof DecompressionStream === "undefined") return null;
  return (await piece(Math.floor(place / packed.in_a_piece)))[place % packed.in_a_piece];
}

function stateOf(row) {
  if (lines.exception[row] !== empty) return `suppressed by ${text("exception", row)}`;
  if (lines.open[row]) return "open";
  const verdict = text("verdict", row);
  return verdict ? `closed, ${verdict}` : "closed";
}
