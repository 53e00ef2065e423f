// Rows as the page reads and shows them.

/** The fields of a CSV text (RFC 4180), by record. */
function csvRecords(text, limit) {
  const end = text.indexOf("\n");
  const head = end < 0 ? text : text.slice(0, end);
  const separator = [",", ";", "\t"].reduce((best, mark) => (head.split(mark).length > head.split(best).length ? mark : best));
  const records = [];
  let fields = [], field = "", quoted = false, index = 0;
  const endRecord = () => {
    fields.push(field);
    if (fields.length > 1 || fields[0] !== "") records.push(fields);
    fields = [];
    field = "";
  };
  for (; index < text.length && records.length < limit; index++) {
    const mark = text[index];
    if (quoted) {
      if (mark !== '"') field += mark;
      else if (text[index + 1] === '"') { field += '"'; index++; }
      else quoted = false;
    } else if (mark === '"' && field === "") quoted = true;
    else if (mark === separator) { fields.push(field); field = ""; }
    else if (mark === "\n") endRecord();
    else if (mark !== "\r") field += mark;
  }
  if (field || fields.length) endRecord();
  return records;
}

const gaps = new Set(["", "na", "nan", "n/a", "null", "none"]);

/** A text's value: a number, a text, or null for a gap. */
const valueOf = (text) => (gaps.has(text.trim().toLowerCase()) ? null : Number.isFinite(+text) ? +text : text);

/** Columns and rows of a text that was dropped or pasted; null where it is neither CSV nor JSON. */
function tableOf(text, limit = 5000) {
  const start = text.trimStart();
  if (start.startsWith("[") || start.startsWith("{")) {
    try {
      const parsed = start.startsWith("{") && start.includes("\n{") ? start.trim().split("\n").map((line) => JSON.parse(line)) : JSON.parse(start);
      return tableOfJSON(parsed.data ?? parsed, parsed.columns, limit);
    } catch {
      return null;
    }
  }
  const records = csvRecords(text, limit + 1);
  if (!records.length) return null;
  const hasNames = records[0].some((field) => typeof valueOf(field) === "string");
  const names = hasNames ? records[0] : records[0].map((_, index) => (records[0].length === 1 ? "x" : `x${index + 1}`));
  return { names, rows: records.slice(hasNames ? 1 : 0).map((fields) => fields.map(valueOf)) };
}

/** The same of an answer's data: numbers, arrays or objects. */
function tableOfJSON(data, columns, limit = Infinity) {
  if (!Array.isArray(data) || !data.length) return { names: columns ?? [], rows: [] };
  const some = data.slice(0, limit);
  if (Array.isArray(some[0])) return { names: columns ?? some[0].map((_, index) => `x${index + 1}`), rows: some };
  if (typeof some[0] === "object" && some[0]) {
    const names = columns ?? Object.keys(some[0]);
    return { names, rows: some.map((record) => names.map((name) => record[name] ?? null)) };
  }
  return { names: columns ?? ["x"], rows: some.map((value) => [value]) };
}

const columnOf = (table, name) => {
  const index = table?.names.indexOf(name) ?? -1;
  return index < 0 ? null : table.rows.map((row) => row[index]);
};

const isNumeric = (values) => values.some((value) => typeof value === "number") && values.every((value) => value === null || typeof value === "number");

/** Fills a table; cells are texts, numbers or nodes. */
function fill(table, caption, names, rows) {
  const cell = (kind, content) => {
    const node = document.createElement(kind);
    if (content instanceof Node) node.append(content);
    else node.textContent = content === null || content === undefined ? "" : typeof content === "number" ? figure(content) : String(content);
    if (typeof content === "number") node.className = "number";
    else if (typeof content === "string") node.title = content;
    return node;
  };
  const line = (kind, cells) => {
    const node = document.createElement("tr");
    node.append(...cells.map((content) => cell(kind, content)));
    return node;
  };
  const title = document.createElement("caption");
  title.className = "unseen";
  title.textContent = caption;
  const [head, body] = [document.createElement("thead"), document.createElement("tbody")];
  head.append(line("th", names));
  for (const [index, header] of [...head.rows[0].cells].entries()) {
    header.scope = "col";
    if (rows.length && typeof rows[0][index] === "number") header.className = "number";
  }
  body.append(...rows.map((cells) => line("td", cells)));
  table.replaceChildren(title, head, body);
}

const csvText = ({ names, rows }) => {
  const field = (value) => (value === null ? "" : /[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  return [names, ...rows].map((row) => row.map(field).join(",")).join("\n");
};
