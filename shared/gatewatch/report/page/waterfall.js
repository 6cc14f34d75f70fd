// A score as a waterfall: each component from where the one before it ended.
function waterfall(components, score, severity) {
  const W = Math.min(830, innerWidth - 60), x = Math.min(250, W * 0.42), width = W - x - 120, row = 26, H = (components.length + 1) * row + 30;
  let highest = 100, running = 0;
  for (const one of components) highest = Math.max(highest, running += one.points);
  const at = (points) => x + (width * points) / highest;
  const parts = LIMITS.flatMap((limit, place) => [
    svg("line", { class: "grid", x1: at(limit), x2: at(limit), y1: 16, y2: H - 4 }),
    svg("text", { x: at(limit) + 3, y: 11 }, `${SEVERITIES[place + 1]} ${limit}`),
  ]);
  let sum = 0;
  components.forEach((one, place) => {
    const y = 20 + place * row;
    const [from, to] = [Math.min(sum, sum + one.points), Math.max(sum, sum + one.points)];
    sum += one.points;
    parts.push(
      svg("text", { class: "strong", x: x - 14, y: y + 15, "text-anchor": "end" }, cut(one.name, Math.floor(x / 7))),
      svg("rect", { class: one.points < 0 ? "evidence" : `s${severity}`, "fill-opacity": 0.75, x: at(from), y: y + 3, width: Math.max(2, at(to) - at(from)), height: row - 9, rx: 3 }, svg("title", {}, one.reason)),
      svg("text", { class: "strong", x: at(to) + 7, y: y + 15 }, one.points > 0 ? `+${one.points}` : String(one.points)),
    );
  });
  const y = 20 + components.length * row;
  parts.push(
    svg("line", { class: "grid", x1: 0, x2: W, y1: y, y2: y }),
    svg("text", { class: "strong", x: x - 14, y: y + 17, "text-anchor": "end" }, "score"),
    svg("rect", { class: `s${severity}`, x, y: y + 5, width: at(score) - x, height: row - 9, rx: 3 }),
    svg("text", { class: "strong", x: at(score) + 7, y: y + 17 }, `${score} ${SEVERITIES[severity]}`),
  );
  const said = components.map((one) => `${one.name} ${one.points}`).join(", ");
  return picture(W, H, `Score ${score}: ${said}`, ...parts);
}

function cut(value, most) {
  return value.length > most ? value.slice(0, most - 1) + "\u2026" : value;
}
