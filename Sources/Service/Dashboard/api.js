// Asks the server. The key, where there is one, is sent as a header and kept in this tab alone.

const keyName = "gand key";
const storage = { get: () => sessionStorage.getItem(keyName), set: (key) => sessionStorage.setItem(keyName, key), forget: () => sessionStorage.removeItem(keyName) };

/** A refusal, in the server's words. */
class Problem extends Error {
  constructor(status, body) {
    const place = body?.errors?.[0]?.pointer;
    super([place ? `${place}: ${body.detail}` : body?.detail ?? `HTTP ${status}`, body?.hint].filter(Boolean).join("\n"));
    this.status = status;
    this.code = body?.code ?? "";
  }
}

const withQuery = (path, query = {}) => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
};

/** Sends a request; asks for a key where the server wants one, and then once more. */
async function ask(method, path, { query, body, headers = {}, signal } = {}) {
  for (;;) {
    const key = storage.get();
    const answer = await fetch(withQuery(path, query), {
      method, body, signal, cache: "no-store",
      headers: key ? { ...headers, Authorization: `Bearer ${key}` } : headers,
    });
    if (answer.ok) return answer;
    const problem = new Problem(answer.status, await answer.json().catch(() => null));
    if (answer.status !== 401) throw problem;
    // Another request may have got a new key meanwhile.
    if (storage.get() === key) await askForKey(problem.code === "invalid_api_key");
  }
}

const askJSON = async (method, path, options) => (await ask(method, path, options)).json();

let keyAsked = null;

/** Shows the field for the key; all requests wait for the same one. */
function askForKey(wasWrong) {
  keyAsked ??= new Promise((resolve) => {
    const dialog = find("key");
    find("key-hint").textContent = wasWrong
      ? "The server does not know this key." : "It is kept in this tab until that is closed, and sent to this server alone.";
    dialog.addEventListener("close", () => {
      const key = find("key-field").value.trim();
      find("key-field").value = "";
      keyAsked = null;
      if (key) storage.set(key);
      find("lock").hidden = !storage.get();
      resolve();
    }, { once: true });
    if (!dialog.open) dialog.showModal();
  });
  return keyAsked;
}

/** The events of a job as the server sends them, also past a lost connection, until the job is over. */
async function* eventsOf(job, signal) {
  let last = null;
  for (;;) {
    try {
      const headers = { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) };
      const answer = await ask("GET", `/jobs/${job}/events`, { headers, signal });
      // There is nothing more to tell.
      if (answer.status === 204) return;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (rest + value).split(/\r\n\r\n|\n\n|\r\r/);
        rest = blocks.pop();
        for (const block of blocks) {
          const event = { name: "message", data: "" };
          for (const line of block.split(/\r\n|\n|\r/)) {
            const colon = line.indexOf(":");
            const field = colon < 0 ? line : line.slice(0, colon);
            const text = line.slice(colon + 1).replace(/^ /, "");
            if (field === "event") event.name = text;
            if (field === "id") last = text;
            if (field === "data") event.data += (event.data ? "\n" : "") + text;
          }
          if (!event.data) continue;
          yield { name: event.name, data: JSON.parse(event.data) };
          if (event.name === "done") return;
        }
      }
    } catch (error) {
      if (signal.aborted || error instanceof Problem && error.status < 500) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (signal.aborted) return;
  }
}

/** What does the same from a shell. */
function curlOf(method, path, { query, body, headers = {}, output } = {}) {
  const quote = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
  const words = ["curl"];
  if (method !== "GET" && !(method === "POST" && body)) words.push("-X", method);
  if (headers.Accept === "text/event-stream") words.push("-N");
  if (storage.get()) words.push('-H "Authorization: Bearer $GAND_API_KEY"');
  for (const [name, value] of Object.entries(headers)) words.push("-H", quote(`${name}: ${value}`));
  if (body) words.push("--data-binary", body.startsWith("@") ? quote(body) : quote(body.length > 300 ? "@rows.csv" : body));
  if (output) words.push("-o", output);
  words.push(quote(location.origin + withQuery(path, query)));
  return words.join(" ");
}
