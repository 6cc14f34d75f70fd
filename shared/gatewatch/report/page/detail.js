// The panel with everything about one alert.
const LANGUAGES = { sh: "shell", http: "Microsoft Graph", kql: "KQL", esql: "ES|QL", spl: "SPL" };
let openRow = -1;

function pairs(entries) {
  const rows = entries.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return el("dl", { class: "pairs" }, rows.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))));
}

function panel(heading, body, ...buttons) {
  const dialog = $("panel");
  const close = el("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close");
  dialog.replaceChildren(el("div", { class: "panel-head" }, el("span", { class: "grow" }, heading), ...buttons, close), el("div", { class: "panel-body" }, body));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  close.focus();
}

function neighbour(row, step) {
  const rows = passing(), place = rows.indexOf(row);
  return place < 0 ? undefined : rows[place + step];
}

async function openAlert(row) {
  openRow = row;
  const detail = await detailOf(row);
  if (openRow !== row) return;
  const [before, after] = [neighbour(row, -1), neighbour(row, 1)];
  const step = (other, label) => el("button", { type: "button", class: "quiet", disabled: other === undefined, onclick: () => openAlert(other) }, label);
  panel(`Alert ${lines.id[row]}`, [...summaryOf(row), ...(detail ? bodyOf(row, detail) : onlyCommand(row))], step(before, "Previous"), step(after, "Next"));
}

function summaryOf(row) {
  const rule = text("rule", row);
  return [
    badge(lines.severity[row], `${SEVERITIES[lines.severity[row]]} ${lines.score[row]}`), " ", el("span", { class: "state" }, stateOf(row)),
    el("h2", { id: "panel-title" }, title(rule)),
    el("p", { class: "sub" }, ruleMeanings.get(rule) ?? ""),
    pairs([
      ["Who", [text("who", row), " ", el("button", { type: "button", class: "copy person", onclick: () => openPerson(lines.person[row]) }, "all of this person")]],
      ["Account", text("account", row)], ["When", `${when(lines.time[row])} UTC, ${plural(lines.events[row], "event")}, last ${when(lines.last[row])}`],
      ["Addresses", lines.addresses[row].map((one) => texts[one]).join(", ")],
      ["Learnt", lines.late[row] ? `${lasting(lines.late[row])} after it happened` : ""],
      ["Rule", [el("a", { href: `#playbook-${rule}`, onclick: () => openPlaybook(rule) }, rule)]],
      ["Show it", data.store ? [el("code", {}, command(["alerts", "show"], lines.id[row])), " ", copyButton(command(["alerts", "show"], lines.id[row]))] : ""],
    ]),
  ];
}

function onlyCommand() {
  return [el("p", { class: "note" }, data.store ? "This page has the details of open alerts and of the highest ones, as far as its size allows. The command above prints this one." : "This page has no details of this alert: replay the records into a store, then gatewatch alerts show prints them.")];
}

function openPlaybook(rule) {
  $("panel").close();
  const page = $(`playbook-${rule}`);
  if (page) page.open = true;
}

function bodyOf(row, detail) {
  const components = detail.components ?? detail.events[0].components ?? [];
  return [
    el("h3", {}, "Why this score"), el("div", { class: "card" }, waterfall(components, lines.score[row], lines.severity[row])),
    el("details", { class: "as-table" }, el("summary", {}, "Each component with its reason"), el("ul", { class: "log" }, components.map((one) => el("li", {}, `${one.points > 0 ? "+" : ""}${one.points} ${one.name}: ${one.reason}`)))),
    el("h3", {}, "What happened ", el("small", {}, `${new Set(detail.events.flatMap((one) => (one.texts ?? []).map((side) => side.id))).size} of ${plural(lines.events[row], "event")}`)), ...detail.events.map(eventOf),
    ...storedOf(detail.stored ?? []), ...nextSteps(blocksOf(row, detail.blocks ?? [])), ...sentAndSaid(detail),
  ];
}

function eventOf(event) {
  const severity = [...LIMITS, Infinity].findIndex((limit) => event.score < limit);
  const state = event.closed ? "closed by its provider" : event.suppressed_by ? `suppressed by ${event.suppressed_by}` : "";
  return el("div", { class: `event s${severity}` }, el("p", {}, badge(severity, `${SEVERITIES[severity]} ${event.score}`), " ", el("strong", {}, event.reason || title(event.rule)), state ? [" ", el("small", {}, state)] : null),
    (event.texts ?? []).map((side) => pairs([
      ["When", `${side.time.replace("T", " ").replace("Z", " UTC")}`], ["Who", [side.name, side.role, side.identity].filter(Boolean).join(", ")], ["Where", [side.address, side.place].filter(Boolean).join(", ")],
      ["What", side.used], ["Outcome", [side.outcome, side.mfa, side.reported_risk].filter(Boolean).join("; ")], ["Client", side.client], ["Device", side.device], ["Account", side.account],
      ["Record", [el("code", {}, side.id), " ", copyButton(side.id)]],
      ["Look it up", (side.lookups ?? []).map((one) => el("div", {}, el("code", {}, one), " ", copyButton(one)))],
    ])), event.context ? pairs([["Also", event.context.map((one) => el("div", {}, one))]]) : null);
}

function storedOf(stored) {
  if (!stored.length) return [];
  return [el("h3", {}, "Stored records"), ...stored.map((one) => {
    const whole = JSON.stringify(one.event, null, 2);
    return el("details", { class: "block" }, el("summary", {}, el("code", {}, one.id), " ", el("small", {}, `first stored ${one.learnt.slice(0, 16).replace("T", " ")} UTC`)), el("p", {}), preformatted(whole), el("p", { class: "copies" }, copyButton(JSON.stringify(one.event), "Copy as one line")));
  })];
}

function preformatted(value) {
  const pre = el("pre", { tabindex: "0" });
  pre.textContent = shownLines(value);
  return pre;
}

/** The blocks of the rule's playbook with the alert's values between their parts; lines take the same values in turn. Those without values are left out. */
function blocksOf(row, values) {
  return (ruleBlocks.get(text("rule", row)) ?? []).slice(0, values.length).flatMap((block, number) => {
    if (block.text.length > 1 && !values[number].length) return [];
    let next = 0;
    const whole = (parts) => parts.map((part, place) => (place ? values[number][next++] : "") + part).join("");
    const lines_ = block.lines.map(whole);
    next = 0;
    const missing = values[number].filter((one) => /^"?\{[a-z][a-z0-9_]*\}"?$/.test(one)).map((one) => one.replace(/[^a-z0-9_]/g, ""));
    return { ...block, text: whole(block.text), lines: lines_, missing: [...new Set(missing)] };
  });
}

function nextSteps(found) {
  const sections = [...new Set(found.map((one) => one.section))];
  return sections.flatMap((section) => [el("h3", {}, section === "Contain" ? "Contain " : section, section === "Contain" ? el("small", {}, "these commands change things") : null),
    ...found.filter((one) => one.section === section).map((one) => el("div", { class: "block" },
      el("header", {}, el("span", { class: "grow" }, one.title || LANGUAGES[one.language]), el("span", { class: "tag" }, LANGUAGES[one.language] ?? one.language),
        el("span", { class: "copies" }, one.lines.map((line, place) => copyButton(line, one.lines.length > 1 ? `Copy ${place + 1}` : "Copy")))),
      one.missing.length ? el("p", {}, el("small", {}, `The alert has no ${one.missing.join(", ")}: fill in what stands in braces.`)) : null, preformatted(one.text)))]);
}

function sentAndSaid(detail) {
  const stamp = (value) => value.slice(0, 16).replace("T", " ");
  const sent = (detail.log ?? []).map((one) => [one.at, `${one.channel} was notified: ${one.why}, ${one.severity}`]);
  const said = (detail.responses ?? []).map((one) => [one.at, `${one.kind}${one.verdict ? " as " + one.verdict : ""} by ${one.author ?? (one.claimed_by ?? "unknown") + " (author unverified)"}${one.reason ? ": " + one.reason : ""}`]);
  const all = [...sent, ...said].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  const rest = [detail.related?.length ? `${plural(detail.related.length, "related record")}: ${detail.related.slice(0, 10).join(", ")}` : "", detail.shared_with?.length ? `shares events with ${detail.shared_with.join("; ")}` : "", detail.data_quality?.length ? `the records are incomplete: ${detail.data_quality.join(", ")}` : ""].filter(Boolean);
  return [el("h3", {}, "Notified and answered"), all.length ? el("ul", { class: "log" }, all.map(([at, line]) => el("li", {}, el("span", { class: "time" }, stamp(at)), " ", line))) : el("p", { class: "empty" }, "Nobody was notified by this store, and nobody answered."), ...(rest.length ? [el("h3", {}, "Also"), el("ul", { class: "log" }, rest.map((line) => el("li", {}, line)))] : [])];
}
