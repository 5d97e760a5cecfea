
// ---------------------------------------------------------------- -serve: the editor above the steps
//
//   text      file -> what is in the editor; saved: file -> what is on disk. Only what differs is sent; nothing is written to disk
//   ask       posts to the server and calls back with each line of its answer (rt0/explain/serve/job.py says what they are)
{
  const saved = { ...data.sources }, text = { ...data.sources };
  let file = Object.keys(text).find((f) => f.endsWith("main.go")) || Object.keys(text)[0] || "";
  let problems = [], asking = null, escaped = false;

  const WORDS = /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|("(?:[^"\\\n]|\\.)*"?|`[^`]*`?|'(?:[^'\\\n]|\\.)*'?)|\b(break|case|chan|const|continue|default|defer|else|fallthrough|for|func|go|goto|if|import|interface|map|package|range|return|select|struct|switch|type|var)\b|(\b\d[\w.]*)/g;
  function coloured(line) {
    const out = [];
    let at = 0;
    for (const m of line.matchAll(WORDS)) {
      out.push(line.slice(at, m.index), el("span", { class: ["k-comment", "k-string", "k-keyword", "k-int"][m.slice(1).findIndex((x) => x !== undefined)] }, m[0]));
      at = m.index + m[0].length;
    }
    return [...out, line.slice(at)];
  }
  // Comments and raw strings may go over several lines: coloured as a whole, then cut into lines.
  function lines(source) {
    const rows = [el("span", { class: "line" })];
    for (const part of coloured(source)) {
      const pieces = (part instanceof Node ? part.textContent : part).split("\n");
      pieces.forEach((piece, i) => {
        if (i) rows.push(el("span", { class: "line" }));
        if (piece) rows[rows.length - 1].append(part instanceof Node ? el("span", { class: part.className }, piece) : piece);
      });
    }
    return rows;
  }

  const gutter = el("pre", { class: "gutter", "aria-hidden": true }), back = el("pre", { class: "back", "aria-hidden": true });
  const area = el("textarea", { id: "code", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", "aria-label": "The program. Tab writes a tab; Escape, then Tab leaves the field." });
  const pick = el("select", { "aria-label": "File" });
  const args = el("input", { id: "args", "aria-label": "Arguments", placeholder: "arguments, as in a shell" });
  const stdin = el("textarea", { id: "stdin", rows: 3, "aria-label": "Standard input", placeholder: "standard input", spellcheck: "false" });
  const output = el("pre", { id: "output", class: "out", tabindex: 0, "aria-label": "What the program writes" });
  const state = el("span", { id: "state", class: "dim", role: "status" });
  const list = el("ul", { id: "problems" });
  const explainButton = el("button", { id: "explain", class: "main", title: "Ctrl+Enter" }, "Explain");
  const runButton = el("button", { id: "run", title: "Ctrl+Shift+Enter" }, "Run");
  const stopButton = el("button", { id: "stop", disabled: true }, "Stop");
  const editor = el("div", { id: "editor" },
    el("div", { class: "bar" }, pick, explainButton, runButton, stopButton, state),
    el("div", { class: "desk" },
      el("div", {}, el("div", { class: "edit" }, gutter, el("div", { class: "layers" }, back, area)), list),
      el("div", { class: "io" }, args, stdin, output)));
  document.getElementById("main").prepend(editor);

  function draw() {
    const rows = lines(area.value);
    for (const p of problems) {
      const row = p.file === file && rows[p.line - 1];
      if (row) { row.classList.add("wrong"); row.append(el("span", { class: "problem" }, `   ← ${p.text.split("\n")[0]}`)); }
    }
    back.replaceChildren(...rows.flatMap((r) => [r, "\n"]));
    gutter.replaceChildren(...rows.map((r, i) => el("span", { class: r.classList.contains("wrong") ? "problem" : null }, `${i + 1}\n`)));
    area.style.height = back.style.height = `${Math.min(Math.max(rows.length + 2, 12), 34) * 1.5}em`;
    scrolled();
  }
  function scrolled() {
    back.scrollTop = gutter.scrollTop = area.scrollTop;
    back.scrollLeft = area.scrollLeft;
    gutter.style.height = `${area.offsetHeight}px`;
  }
  function files() {
    pick.replaceChildren(...Object.keys(text).sort().map((f) => el("option", { value: f }, f + (text[f] === saved[f] ? "" : " (edited)"))));
    pick.value = file;
  }
  function open(name) {
    file = name;
    area.value = text[file] ?? "";
    files();
    draw();
  }
  function wrong(found) {
    problems = found;
    list.replaceChildren(...found.map((p) => el("li", {}, el("button", { class: "problem", onclick: () => go(p) }, `${p.file ? `${p.file}:${p.line}:${p.col}: ` : ""}${p.text}`))));
    const first = found.find((p) => p.file in text);
    if (first && !found.some((p) => p.file === file)) open(first.file); else draw();
  }
  function go(p) {
    if (!(p.file in text)) return;
    if (p.file !== file) open(p.file);
    const line = area.value.split("\n")[p.line - 1] || "";
    const before = new TextDecoder().decode(new TextEncoder().encode(line).slice(0, Math.max(p.col - 1, 0))).length;
    const at = area.value.split("\n").slice(0, p.line - 1).reduce((n, x) => n + x.length + 1, 0) + before;
    area.focus();
    area.setSelectionRange(at, at);
    area.scrollTop = Math.max(0, (p.line - 6) * 1.5 * parseFloat(getComputedStyle(area).fontSize));
  }

  async function ask(op, heard) {
    if (asking) asking.abort();
    const mine = (asking = new AbortController());
    stopButton.disabled = false;
    const sources = Object.fromEntries(Object.entries(text).filter(([f, t]) => t !== saved[f]));
    try {
      const r = await fetch(op, { method: "POST", signal: mine.signal, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sources, args: args.value, stdin: stdin.value }) });
      if (!r.ok) { heard({ error: (await r.text()).trim() }); return; }
      const reader = r.body.getReader(), decoder = new TextDecoder();
      for (let rest = ""; ;) {
        const { done, value } = await reader.read();
        const got = (rest + (value ? decoder.decode(value, { stream: true }) : "")).split("\n");
        rest = got.pop();
        for (const line of got) if (line && asking === mine) heard(JSON.parse(line));
        if (done) break;
      }
    } catch (e) {
      if (asking === mine) heard({ error: mine.signal.aborted ? "stopped" : "the server does not answer: has it ended?" });
    } finally {
      if (asking === mine) { asking = null; stopButton.disabled = true; }
    }
  }
  function explain() {
    const begun = performance.now();
    state.className = "dim";
    state.textContent = "…";
    document.body.classList.add("asking");
    ask("explain", (m) => {
      if (m.step) { state.textContent = `${step[m.step].number} of ${data.steps.length}: ${m.step} …`; return; }
      if (m.report) {
        const top = scrollY;
        take(m.report);
        for (const [f, t] of Object.entries(data.sources)) if (!(f in text)) saved[f] = text[f] = t;
        sections();
        if (marked) mark(marked);
        scrollTo(0, top);
        here();
        files();
        wrong(data.problems);
        state.textContent = data.stopped ? `does not compile: step ${data.stopped}` : `all steps in ${Math.round(performance.now() - begun)} ms`;
        state.className = data.stopped ? "problem" : "dim";
      }
      if (m.problems) wrong(m.problems);
      if (m.error) { state.textContent = m.error; state.className = "problem"; }
      if (m.report || m.error || m.done) document.body.classList.remove("asking");
      if (m.report) document.body.classList.remove("stale");
    });
  }
  function run() {
    output.replaceChildren();
    state.textContent = "";
    state.className = "dim";
    let shown = 0;
    const say = (t, cls) => {
      const low = output.scrollHeight - output.scrollTop - output.clientHeight < 40;
      if (shown < 1 << 20) output.append(el("span", { class: cls }, t));
      if (shown < 1 << 20 && shown + t.length >= 1 << 20) output.append(el("span", { class: "dim" }, "\n… the rest is not shown\n"));
      shown += t.length;
      if (low) output.scrollTop = output.scrollHeight;
    };
    ask("run", (m) => {
      if (m.out) say(m.out);
      if (m.err) say(m.err, "problem");
      if (m.problems) { wrong(m.problems); say("does not compile", "dim"); }
      if (m.end) { shown = 0; say(`\n[${m.end}, ${time(m.seconds)}]`, "dim"); wrong([]); }
      if (m.error) { shown = 0; say(`[${m.error}]`, "problem"); }
    });
  }

  area.addEventListener("input", () => {
    text[file] = area.value;
    problems = [];
    list.replaceChildren();
    document.body.classList.add("stale");
    pick.selectedOptions[0].textContent = file + (text[file] === saved[file] ? "" : " (edited)");
    draw();
  });
  area.addEventListener("scroll", scrolled);
  area.addEventListener("keydown", (ev) => {
    if (ev.key === "Tab" && !ev.shiftKey && !escaped) { ev.preventDefault(); document.execCommand("insertText", false, "\t"); }
    escaped = ev.key === "Escape";
  });
  editor.addEventListener("keydown", (ev) => {
    if (ev.key === "Enter" && (ev.ctrlKey || ev.metaKey)) { ev.preventDefault(); (ev.shiftKey ? run : explain)(); }
  });
  pick.addEventListener("change", () => open(pick.value));
  explainButton.addEventListener("click", explain);
  runButton.addEventListener("click", run);
  stopButton.addEventListener("click", () => asking && asking.abort());
  open(file);
  explain();
}
