// The page: what is shown, and what is done when something is pressed.

const find = (id) => document.getElementById(id);
const shown = { models: [], jobs: [], name: null, sample: null, curves: new Map(), watch: null, job: null,
  // Models in training that have something to sample from.
  snapshots: new Set() };
/** Real rows by model, where this page has seen them. */
const real = new Map();
let dropped = null;

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const size = (bytes) => (bytes < 1024 * 1024 ? `${figure(bytes / 1024)} KiB` : `${figure(bytes / 1024 / 1024)} MiB`);
const duration = (seconds) => (seconds < 60 ? `${Math.ceil(seconds)} s` : seconds < 3600 ? `${Math.round(seconds / 60)} min` : `${figure(seconds / 3600)} h`);
const say = (text) => { find("live").textContent = text; };

function complain(error) {
  if (error?.name === "AbortError") return;
  find("message").textContent = error?.message ?? String(error);
  find("message").hidden = false;
}

/** Runs what a button asks for; what goes wrong is shown. */
const doing = (action) => async (event) => {
  event?.preventDefault?.();
  find("message").hidden = true;
  const button = event?.submitter ?? event?.currentTarget;
  if (button instanceof HTMLButtonElement) button.disabled = true;
  try {
    await action(event);
  } catch (error) {
    complain(error);
  } finally {
    if (button instanceof HTMLButtonElement) button.disabled = false;
  }
};

/** Shows the curl line of something, with a button that copies it. */
function showCurl(what, line) {
  const [code, button] = [document.createElement("code"), document.createElement("button")];
  code.textContent = line;
  code.tabIndex = 0;
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy the curl line");
  button.addEventListener("click", doing(async () => {
    await navigator.clipboard.writeText(line);
    say("copied");
  }));
  document.querySelector(`[data-curl="${what}"]`).replaceChildren(code, button);
}

// Models and jobs

async function refresh() {
  const [models, jobs] = await Promise.all([askJSON("GET", "/models"), askJSON("GET", "/jobs", { query: { limit: 8 } }).catch(() => ({ data: [] }))]);
  shown.models = models.data;
  shown.jobs = jobs.data;
  listModels();
  listJobs();
  if (!shown.name && shown.models.length) await show(shown.models[0].name);
  else if (shown.name) showModel();
}

function listModels() {
  find("no-models").hidden = shown.models.length > 0;
  find("empty").hidden = shown.models.length > 0;
  find("models").replaceChildren(...shown.models.map((model) => {
    const quality = versionOf(model)?.metrics?.quality;
    const note = model.training ? "training" : quality === undefined ? `@${model.current_version ?? "–"}` : `@${model.current_version} · ${figure(quality)}`;
    return listed(model.name, note, () => show(model.name), model.name === shown.name);
  }));
}

function listJobs() {
  find("jobs").replaceChildren(...shown.jobs.map((job) =>
    listed(`${job.model}@${job.version}`, job.status === "running" ? `${Math.floor(job.progress.fraction * 100)} %` : job.status, () => show(job.model, job.id), false)));
}

function listed(name, note, action, isCurrent) {
  const [item, button, left, right] = ["li", "button", "span", "small"].map((kind) => document.createElement(kind));
  button.type = "button";
  left.className = "name";
  left.textContent = name;
  right.textContent = note;
  button.append(left, right);
  if (isCurrent) button.setAttribute("aria-current", "true");
  button.addEventListener("click", doing(action));
  item.append(button);
  return item;
}

const modelNamed = (name) => shown.models.find((model) => model.name === name);
const versionOf = (model, number = model?.current_version) => model?.versions.find(({ version }) => version === number);

async function show(name, job) {
  const isNew = name !== shown.name;
  shown.name = name;
  if (!modelNamed(name)) await refreshModels();
  listModels();
  if (isNew) {
    shown.sample = null;
    find("rows").replaceChildren();
    find("picture").replaceChildren();
    find("scored").hidden = true;
    find("score-rows").value = "";
  }
  showModel();
  const latest = shown.jobs.find((other) => other.id === job) ?? shown.jobs.find((other) => other.model === name);
  follow(latest ?? null);
  if (isNew) {
    showReport(name).catch(complain);
    if (modelNamed(name)?.current_version) await sample();
  }
}

async function refreshModels() {
  shown.models = (await askJSON("GET", "/models")).data;
}

function showModel() {
  const model = modelNamed(shown.name);
  find("model").hidden = !model;
  find("empty").hidden = Boolean(model);
  if (!model) { shown.name = null; return; }
  const version = versionOf(model);
  find("model-name").textContent = model.name;
  const quality = version?.metrics?.quality;
  find("model-facts").textContent = [
    version ? `version ${version.version} serves` : "no version yet", version && `${version.step.toLocaleString()} steps`,
    version && time.format(new Date(version.created_at)), quality !== undefined && `quality ${figure(quality)}`,
    ...Object.entries(model.tags ?? {}).map(([key, value]) => `${key}=${value}`),
  ].filter(Boolean).join(" · ");
  find("samples").hidden = !version && !model.training;
  const choice = find("sample-version"), chosen = choice.value;
  choice.replaceChildren(...[new Option("current", ""), ...model.versions.map(({ version }) => new Option(String(version), String(version)))]);
  choice.value = [...choice.options].some(({ value }) => value === chosen) ? chosen : "";
  listVersions(model);
}

function listVersions(model) {
  const button = (text, label, action, kind = "quiet") => {
    const node = document.createElement("button");
    node.type = "button";
    node.className = kind;
    node.textContent = text;
    node.setAttribute("aria-label", label);
    node.addEventListener("click", doing(action));
    return node;
  };
  fill(find("versions"), `Versions of ${model.name}`, ["Version", "Made", "Steps", "Size", "Quality", ""], model.versions.map((version) => {
    const actions = document.createElement("span");
    actions.className = "row";
    const isCurrent = version.version === model.current_version;
    if (!isCurrent) actions.append(button("Serve", `Let version ${version.version} serve`, () => rollBack(model.name, version.version)));
    actions.append(button("Export", `Export version ${version.version}`, () => exportWeights(model.name, version.version)));
    return [isCurrent ? `${version.version} (serves)` : String(version.version), time.format(new Date(version.created_at)), version.step, size(version.size_bytes), version.metrics?.quality ?? version.metrics?.heldout_coverage ?? null, actions];
  }));
}

async function rollBack(name, version) {
  const options = { body: JSON.stringify({ current_version: version }), headers: { "Content-Type": "application/json" } };
  await ask("PATCH", `/models/${name}`, options);
  showCurl("version", curlOf("PATCH", `/models/${name}`, options));
  await refresh();
  await sample();
  say(`version ${version} serves`);
}

async function exportWeights(name, version) {
  const options = { query: { version } };
  showCurl("version", curlOf("GET", `/models/${name}/weights`, { ...options, output: `${name}.safetensors` }));
  save(await (await ask("GET", `/models/${name}/weights`, options)).blob(), `${name}-${version}.safetensors`);
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function remove() {
  const dialog = find("sure");
  find("sure-title").textContent = `Delete ${shown.name} with all its versions?`;
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "yes") return;
  await ask("DELETE", `/models/${shown.name}`);
  follow(null);
  shown.name = null;
  await refresh();
  find("main").focus({ preventScroll: true });
}

// Training

async function prepare(file) {
  const slug = file.name.toLowerCase().replace(/(\.(csv|tsv|json|ndjson|jsonl|npy|gz))+$/, "").replace(/[^a-z0-9._-]+/g, "-").replace(/^[^a-z0-9]+/, "").slice(0, 64);
  dropped = { file, table: /\.(npy|gz)$/i.test(file.name) ? null : tableOf(await file.slice(0, 4 << 20).text()) };
  find("what").textContent = `${file.name}, ${size(file.size)}`;
  find("train-model").value = slug || "mine";
  find("train").hidden = false;
  find("drop-hint").hidden = true;
  find("train-model").focus();
  find("plan").textContent = "checking";
  await plan().catch((error) => { find("plan").textContent = error.message; });
}

const trainOptions = (more) => ({
  query: { model: find("train-model").value, epochs: find("train-epochs").value, max_seconds: find("train-seconds").value, ...more },
  body: dropped.file,
  headers: {
    "Content-Type": { csv: "text/csv", tsv: "text/csv", json: "application/json", ndjson: "application/x-ndjson", jsonl: "application/x-ndjson", npy: "application/x-npy" }[dropped.file.name.toLowerCase().replace(/\.gz$/, "").split(".").pop()] ?? "text/plain",
    ...(/\.gz$/i.test(dropped.file.name) && { "Content-Encoding": "gzip" }),
  },
});

/** What the server would do with the file. */
async function plan() {
  const told = await askJSON("POST", "/train", trainOptions({ dry_run: true }));
  const list = document.createElement("ul");
  list.append(...told.warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  find("plan").replaceChildren(`${told.rows.toLocaleString()} rows, ${told.columns.length} columns, family ${told.options.family}, ${told.options.steps.toLocaleString()} steps`, list);
  const options = trainOptions();
  showCurl("train", curlOf("POST", "/train", { ...options, body: `@${dropped.file.name}` }));
}

async function train() {
  const job = await askJSON("POST", "/train", trainOptions());
  if (dropped.table) real.set(job.model, dropped.table);
  closeTraining();
  await begun(job);
}

async function demonstrate() {
  const job = await askJSON("POST", "/train");
  showCurl("job", curlOf("POST", "/train"));
  // What the demonstration learns: 1,000 values of N(10, 1), here at its quantiles.
  real.set(job.model, { names: ["x"], rows: Array.from({ length: 1000 }, (_, index) => [10 + normalQuantile((index + 0.5) / 1000)]) });
  await begun(job);
}

/** The logistic approximation of the normal distribution (Page, 1977), inverted by bisection: 0.0002 off at most. */
function normalQuantile(share) {
  let [low, high] = [-6, 6];
  const below = (x) => 1 / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * x * (1 + 0.044715 * x * x)));
  for (let round = 0; round < 40; round++) below((low + high) / 2) < share ? (low = (low + high) / 2) : (high = (low + high) / 2);
  return (low + high) / 2;
}

async function begun(job) {
  say(`training of ${job.model} has begun`);
  shown.jobs = [job, ...shown.jobs.filter(({ id }) => id !== job.id)];
  await refreshModels();
  shown.sample = null;
  shown.name = null;
  await show(job.model, job.id);
  find("main").focus({ preventScroll: true });
}

function closeTraining() {
  dropped = null;
  find("train").hidden = true;
  find("drop-hint").hidden = false;
  find("file").value = "";
}

/** Shows a job and follows its events. */
function follow(job) {
  if (shown.job?.id === job?.id && shown.watch && !shown.watch.signal.aborted) return;
  shown.watch?.abort();
  shown.watch = null;
  shown.job = job;
  find("job").hidden = !job;
  if (!job) return;
  shown.curves = new Map();
  showJob();
  showCurl("job", curlOf("GET", `/jobs/${job.id}/events`, { headers: { Accept: "text/event-stream" } }));
  const watch = new AbortController();
  shown.watch = watch;
  watchJob(job, watch.signal).catch(complain);
}

async function watchJob(job, signal) {
  let seen = 0, sampled = performance.now();
  for await (const { name, data } of eventsOf(job.id, signal)) {
    if (signal.aborted) return;
    take(data);
    if (performance.now() - seen > 200 || name === "done") {
      seen = performance.now();
      showJob();
    }
    if (name === "snapshot") shown.snapshots.add(job.model);
    // The picture follows the training.
    if (name === "progress" && shown.job.status === "running" && performance.now() - sampled > 2500) {
      sampled = performance.now();
      sample({ quietly: true }).catch(() => {});
    }
  }
  if (signal.aborted) return;
  shown.snapshots.delete(job.model);
  const wasActive = !["succeeded", "failed", "canceled"].includes(job.status);
  shown.job = await askJSON("GET", `/jobs/${job.id}`);
  showJob();
  if (!wasActive) return;
  say(`the training of ${job.model} has ${shown.job.status}`);
  await refresh();
  await sample({ quietly: true });
  await showReport(job.model);
}

/** Takes over what an event tells of the job. */
function take(data) {
  const { status, stage, progress, metrics } = data;
  const job = shown.job = { ...shown.job, ...(status && { status }), ...(stage && { stage }), ...(progress && { progress }) };
  const step = progress?.step ?? data.step;
  if (!metrics || step === undefined) return;
  for (const [name, value] of Object.entries(metrics)) {
    if (!Number.isFinite(value)) continue;
    const curve = shown.curves.get(name) ?? [];
    if (curve.length && curve.at(-1)[0] >= step) curve.pop();
    curve.push([step, value]);
    shown.curves.set(name, curve);
  }
  return job;
}

function showJob() {
  const job = shown.job, isOver = ["succeeded", "failed", "canceled"].includes(job.status);
  const progress = job.progress ?? {};
  find("job-facts").textContent = [
    isOver ? job.status : job.stage, job.status !== "succeeded" && `${Math.floor((progress.fraction ?? 0) * 100)} %`, progress.step !== undefined && `step ${progress.step.toLocaleString()}`,
    !isOver && progress.steps_per_second > 0 && `${figure(progress.steps_per_second)} steps/s`, !isOver && progress.eta_seconds !== undefined && `${duration(progress.eta_seconds)} left`,
    job.error?.detail,
  ].filter(Boolean).join(" · ");
  // A training whose time was up is done all the same.
  find("job-progress").value = job.status === "succeeded" ? 1 : progress.fraction ?? 0;
  find("job-cancel").hidden = isOver;
  find("job-resume").hidden = !["canceled", "failed"].includes(job.status);
  const curves = (names) => names.map((name) => ({ name: name.replace(/heldout_|_loss/, "").replaceAll("_", " "), points: shown.curves.get(name) ?? [] }));
  drawCurves(find("losses"), find("losses-legend"), "Loss", curves(["generator_loss", "discriminator_loss"]));
  const qualities = ["heldout_coverage", "heldout_density", "heldout_distance"].filter((name) => shown.curves.has(name));
  find("qualities-figure").hidden = !qualities.length;
  if (qualities.length) drawCurves(find("qualities"), find("qualities-legend"), "Quality on held-out rows", curves(qualities));
  find("job-warnings").replaceChildren(...(job.warnings ?? []).map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

async function cancel() {
  await ask("POST", `/jobs/${shown.job.id}/cancel`);
  showCurl("job", curlOf("POST", `/jobs/${shown.job.id}/cancel`));
}

async function resume() {
  const job = await askJSON("POST", `/jobs/${shown.job.id}/resume`);
  await begun(job);
}

// Samples and scores

const sampleOptions = (more) => {
  const version = find("sample-version").value;
  return { query: { model: version ? `${shown.name}@${version}` : shown.name, n: find("sample-n").value, seed: find("sample-seed").value, ...more } };
};

async function sample({ quietly = false } = {}) {
  const name = shown.name, options = sampleOptions();
  // While a model trains, its first snapshot may be yet to come.
  if (!modelNamed(name)?.current_version && !shown.snapshots.has(name)) return;
  const answer = await askJSON("GET", "/sample", options);
  if (shown.name !== name) return;
  shown.sample = tableOfJSON(answer.data, answer.columns);
  showCurl("sample", curlOf("GET", "/sample", options));
  const { names, rows } = shown.sample;
  fill(find("rows"), `The first of ${rows.length} sampled rows`, names, rows.slice(0, 50));
  chooseColumns(names);
  draw();
  if (!quietly) say(`${rows.length} rows sampled`);
}

function chooseColumns(names) {
  const [x, y] = [find("x"), find("y")];
  const keep = (select, options, fallback) => {
    const before = select.value;
    select.replaceChildren(...options);
    select.value = [...select.options].some(({ value }) => value === before) && before ? before : fallback;
  };
  keep(x, names.map((name) => new Option(name, name)), names[0] ?? "");
  keep(y, [new Option("nothing", ""), ...names.map((name) => new Option(name, name))], shown.sample && names.length === 2 && names.every((name) => isNumeric(columnOf(shown.sample, name))) ? names[1] : "");
}

function draw() {
  const [x, y] = [find("x").value, find("y").value];
  if (!shown.sample || !x) return;
  const host = find("picture"), known = real.get(shown.name);
  const [a, b] = [columnOf(shown.sample, x), columnOf(known, x)];
  if (y && y !== x && isNumeric(a) && isNumeric(columnOf(shown.sample, y))) {
    const points = (first, second) => first && second && first.map((value, index) => [value, second[index]]);
    drawScatter(host, [x, y], points(a, columnOf(shown.sample, y)), points(b, columnOf(known, y)));
  } else if (isNumeric(a)) {
    drawHistogram(host, x, a, b);
  } else {
    drawBars(host, x, a, b);
  }
  drawLegend(find("legend"), [["a", "generated"], ...(b ? [["c", "real"]] : [])]);
}

async function download() {
  const options = sampleOptions({ format: "csv" });
  showCurl("sample", curlOf("GET", "/sample", { ...options, output: `${shown.name}.csv` }));
  save(await (await ask("GET", "/sample", options)).blob(), `${shown.name}.csv`);
}

async function score() {
  const text = find("score-rows").value.trim() + "\n";
  const body = /^[[{]/.test(text) || text.trim().includes("\n") || text.includes(",") ? text : `[${text.trim()}]`;
  const options = { query: { model: shown.name, detail: true, format: "json" }, body, headers: { "Content-Type": /^[[{]/.test(body) ? "application/json" : "text/csv" } };
  const answer = await askJSON("POST", "/score", options);
  showCurl("score", curlOf("POST", "/score", options));
  const table = tableOf(body) ?? { names: [], rows: answer.scores.map(() => []) };
  const rows = answer.scores.map((value, index) => {
    const [cell, bar] = [document.createElement("span"), document.createElement("meter")];
    bar.value = value;
    bar.setAttribute("aria-label", "score");
    cell.append(bar, figure(value));
    return [cell, ...(answer.percentiles ? [answer.percentiles[index]] : []), ...(table.rows[index] ?? [])];
  });
  fill(find("scores"), "Scored rows", ["Score", ...(answer.percentiles ? ["Rank"] : []), ...table.names], rows);
  find("scored").hidden = false;
  say(`${answer.n} rows scored, on average ${figure(answer.mean)}`);
}

async function takeExample() {
  if (!shown.sample) await sample();
  find("score-rows").value = csvText({ names: shown.sample.names, rows: shown.sample.rows.slice(0, 5) });
}

/** How good the samples of the version that serves are: its report, or what was measured where there is none. */
async function showReport(name) {
  const model = modelNamed(name), path = `/models/${name}/report`;
  const version = versionOf(model);
  // Only what was judged has a report, and then its measures tell how well samples are told from real rows.
  const report = version?.metrics?.detection === undefined ? null : await askJSON("GET", path);
  if (shown.name !== name) return;
  const measures = report ? figuresOf(report) : Object.entries(version?.metrics ?? {});
  find("report").hidden = !measures.length;
  find("report-body").replaceChildren(...measures.map(([key, value]) => {
    const [group, term, definition] = ["div", "dt", "dd"].map((kind) => document.createElement(kind));
    term.textContent = key.replaceAll("_", " ");
    definition.textContent = value !== null && typeof value === "object"
      ? `${figure(value.value)} (${figure(value.floor)} to ${figure(value.ceiling)})` : figure(value);
    group.append(term, definition);
    return group;
  }));
  find("report-range").hidden = !report;
  showCurl("report", curlOf("GET", report ? path : `/models/${name}`));
}

/** The figures of a report by name: numbers, and values between a floor and a ceiling. */
function figuresOf(report) {
  return Object.entries(report).filter(([key, value]) =>
    key !== "version" && (Number.isFinite(value) || Number.isFinite(value?.value)));
}

// What is pressed, dropped and chosen

find("sample").addEventListener("submit", doing(() => sample()));
find("download").addEventListener("click", doing(download));
find("score").addEventListener("submit", doing(score));
find("score-example").addEventListener("click", doing(takeExample));
find("train").addEventListener("submit", doing(train));
find("train-cancel").addEventListener("click", closeTraining);
for (const id of ["train-model", "train-epochs", "train-seconds"]) find(id).addEventListener("change", doing(plan));
find("demonstrate").addEventListener("click", doing(demonstrate));
find("job-cancel").addEventListener("click", doing(cancel));
find("job-resume").addEventListener("click", doing(resume));
find("delete").addEventListener("click", doing(remove));
find("x").addEventListener("change", draw);
find("y").addEventListener("change", draw);
find("file").addEventListener("change", doing(({ target }) => target.files[0] && prepare(target.files[0])));
find("compare").addEventListener("change", doing(async ({ target }) => {
  const table = target.files[0] && tableOf(await target.files[0].slice(0, 4 << 20).text());
  if (!table) return;
  real.set(shown.name, table);
  draw();
}));
find("lock").addEventListener("click", () => { storage.forget(); location.reload(); });
addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("over"); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("over"); });
addEventListener("drop", doing(async (event) => {
  document.body.classList.remove("over");
  if (event.dataTransfer.files[0]) await prepare(event.dataTransfer.files[0]);
}));
let resizing;
addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => { draw(); if (shown.job) showJob(); }, 150);
});

/** Looks again every few seconds while somebody looks at the page. */
async function look() {
  for (;;) {
    try {
      if (!document.hidden) await refresh();
      find("state").textContent = "ready";
      find("state").className = "state ready";
    } catch (error) {
      find("state").textContent = error instanceof Problem ? "refused" : "no answer";
      find("state").className = "state gone";
    }
    await new Promise((resolve) => setTimeout(resolve, 5000));
  }
}

find("lock").hidden = !storage.get();
askJSON("GET", "/", { headers: { Accept: "application/json" } }).then(({ version }) => { find("version").textContent = version; }).catch(() => {});
look();
