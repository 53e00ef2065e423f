// Draws with SVG. What a picture shows is also said in words, for those who do not see it.

const width = 640;

const element = (name, attributes = {}, text) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
};

const figure = (number) => {
  if (!Number.isFinite(number)) return "–";
  const size = Math.abs(number);
  if (number === 0) return "0";
  return size >= 1e6 || size < 1e-3 ? number.toExponential(1) : String(+number.toPrecision(size >= 1000 ? Math.ceil(Math.log10(size + 1)) : 3));
};

/** An empty picture with its axes; `x` and `y` place values. */
function canvas(host, label, [left, right], [low, high]) {
  const box = host.getBoundingClientRect();
  const wide = Math.max(220, box.width || width), tall = Math.max(90, box.height || 160);
  const edge = { left: 44, right: 8, top: 8, bottom: 20 };
  if (left === right) { left -= 0.5; right += 0.5; }
  if (low === high) { low -= 0.5; high += 0.5; }
  const svg = element("svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img", "aria-label": label });
  const x = (value) => edge.left + (value - left) / (right - left) * (wide - edge.left - edge.right);
  const y = (value) => tall - edge.bottom - (value - low) / (high - low) * (tall - edge.top - edge.bottom);
  const floor = tall - edge.bottom;
  svg.append(element("path", { class: "axis", d: `M${edge.left} ${edge.top}V${floor}H${wide - edge.right}` }));
  host.replaceChildren(svg);
  const ticks = (horizontal, vertical) => {
    for (const [value, text, anchor] of horizontal)
      svg.append(element("text", { x: x(value), y: tall - 5, "text-anchor": anchor ?? "middle" }, text));
    for (const [value, text] of vertical)
      svg.append(element("text", { x: edge.left - 6, y: y(value) + 4, "text-anchor": "end" }, text));
  };
  return { svg, x, y, ticks, wide, floor, edge };
}

const range = (values) => {
  let low = Infinity, high = -Infinity;
  for (const value of values) if (Number.isFinite(value)) { low = Math.min(low, value); high = Math.max(high, value); }
  return low <= high ? [low, high] : [0, 1];
};

/** Says which ink is what: `[[kind, text]]`. */
function drawLegend(host, entries) {
  host.replaceChildren(...entries.map(([kind, text]) => {
    const entry = document.createElement("span");
    entry.className = kind;
    entry.append(document.createElement("i"), text);
    return entry;
  }));
}

/** Curves over steps: `[{ name, points: [[step, value]] }]`. */
function drawCurves(host, legend, title, series) {
  const shown = series.filter(({ points }) => points.length);
  const [, last] = range(shown.flatMap(({ points }) => points.map(([step]) => step)));
  const values = range(shown.flatMap(({ points }) => points.map(([, value]) => value)));
  const said = shown.map(({ name, points }) => `${name} ${figure(points.at(-1)[1])}`).join(", ");
  const { svg, x, y, ticks } = canvas(host, shown.length ? `${title} after ${last} steps: ${said}` : `${title}: nothing yet`, [0, last], values);
  drawLegend(legend, shown.map(({ name, points }, index) => ["abc"[index % 3], `${name} ${figure(points.at(-1)[1])}`]));
  if (!shown.length) return;
  ticks([[0, "0", "start"], [last, `${last} steps`, "end"]], [[values[0], figure(values[0])], [values[1], figure(values[1])]]);
  shown.forEach(({ points }, index) => {
    const kind = "abc"[index % 3];
    const line = points.filter(([, value]) => Number.isFinite(value)).map(([step, value]) => `${x(step).toFixed(1)} ${y(value).toFixed(1)}`);
    svg.append(element("path", { class: `curve ${kind}`, d: `M${line.join("L")}` }));
  });
}

/** How often values occur, generated ones as areas and real ones as a line. */
function drawHistogram(host, name, generated, real) {
  const own = generated.filter(Number.isFinite), known = (real ?? []).filter(Number.isFinite);
  let [low, high] = range([...own, ...known]);
  const whole = [...own, ...known].every(Number.isInteger) && high - low < 60;
  const bins = whole ? high - low + 1 : Math.max(12, Math.min(60, Math.round(Math.sqrt(own.length) * 1.3)));
  if (whole) { low -= 0.5; high += 0.5; }
  if (low === high) { low -= 0.5; high += 0.5; }
  const shares = (values) => {
    const counts = new Array(bins).fill(0);
    for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / (high - low) * bins))] += 1 / values.length;
    return counts;
  };
  const [a, b] = [shares(own), shares(known)];
  const peak = Math.max(...a, ...b, 1e-9);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const said = `${name}: ${own.length} generated values with the mean ${figure(mean(own))}` + (known.length ? `, ${known.length} real ones with the mean ${figure(mean(known))}` : "");
  const { svg, x, y, ticks, floor } = canvas(host, said, [low, high], [0, peak]);
  ticks([[low, figure(low), "start"], [(low + high) / 2, figure((low + high) / 2)], [high, figure(high), "end"]], [[0, "0"], [peak, `${figure(peak * 100)} %`]]);
  const edge = (index) => x(low + (high - low) * index / bins);
  const steps = (counts) => counts.map((share, index) => `V${y(share).toFixed(1)}H${edge(index + 1).toFixed(1)}`).join("");
  svg.append(element("path", { class: "area a", d: `M${edge(0)} ${floor}${steps(a)}V${floor}Z` }));
  svg.append(element("path", { class: "curve a", d: `M${edge(0)} ${floor}${steps(a)}V${floor}` }));
  if (known.length) svg.append(element("path", { class: "curve c", d: `M${edge(0)} ${floor}${steps(b)}V${floor}` }));
}

/** How often texts occur: bars of generated ones, lines of real ones. */
function drawBars(host, name, generated, real) {
  const shares = (values) => {
    const counts = new Map();
    for (const value of values) counts.set(value ?? "(missing)", (counts.get(value ?? "(missing)") ?? 0) + 1 / values.length);
    return counts;
  };
  const [a, b] = [shares(generated), shares(real ?? [])];
  const names = [...new Set([...a.keys(), ...b.keys()])].sort((p, q) => Math.max(a.get(q) ?? 0, b.get(q) ?? 0) - Math.max(a.get(p) ?? 0, b.get(p) ?? 0)).slice(0, 12);
  const peak = Math.max(...names.map((text) => Math.max(a.get(text) ?? 0, b.get(text) ?? 0)), 1e-9);
  const said = `${name}: ` + names.map((text) => `${text} ${figure((a.get(text) ?? 0) * 100)} %` + (real?.length ? `, really ${figure((b.get(text) ?? 0) * 100)} %` : "")).join("; ");
  const { svg, x, y, ticks, wide, floor } = canvas(host, said, [0, names.length], [0, peak]);
  const room = Math.max(3, Math.floor((wide - 52) / names.length / 6.6));
  ticks(names.map((text, index) => [index + 0.5, String(text).length > room ? String(text).slice(0, room - 1) + "…" : String(text)]), [[0, "0"], [peak, `${figure(peak * 100)} %`]]);
  names.forEach((text, index) => {
    const [left, right, top] = [x(index + 0.15), x(index + 0.85), y(a.get(text) ?? 0)];
    svg.append(element("path", { class: "area a", d: `M${left} ${floor}V${top}H${right}V${floor}Z` }));
    if (real?.length) svg.append(element("path", { class: "curve c", d: `M${x(index + 0.05)} ${y(b.get(text) ?? 0)}H${x(index + 0.95)}` }));
  });
}

/** Points of two columns, real ones as rings beneath. */
function drawScatter(host, [first, second], generated, real) {
  const finite = (points) => (points ?? []).filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  const [own, known] = [finite(generated).slice(0, 3000), finite(real).slice(0, 1500)];
  const both = [...own, ...known];
  const [across, up] = [range(both.map(([a]) => a)), range(both.map(([, b]) => b))];
  const said = `${second} over ${first}: ${own.length} generated points` + (known.length ? ` and ${known.length} real ones` : "");
  const { svg, x, y, ticks } = canvas(host, said, across, up);
  ticks([[across[0], figure(across[0]), "start"], [across[1], figure(across[1]), "end"]], [[up[0], figure(up[0])], [up[1], figure(up[1])]]);
  const circles = (points, size) => points.map(([a, b]) => `M${(x(a) - size).toFixed(1)} ${y(b).toFixed(1)}a${size} ${size} 0 1 0 ${2 * size} 0a${size} ${size} 0 1 0 ${-2 * size} 0`).join("");
  if (known.length) svg.append(element("path", { class: "ring c", d: circles(known, 2.6) }));
  svg.append(element("path", { class: "dot a", d: circles(own, 1.7) }));
}
