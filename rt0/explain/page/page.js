"use strict";
// Draws the report in #data: contents, one section per step, and what links them. Texts of the program become text nodes only (`el`).
//
//   at        "file:line" of the user's source: whatever carries it in data-at belongs to that line, in every step; a click marks all of it (`mark`)
//   drawers   step name -> function(facts, section); steps without one are drawn by `generic`
let data, step, own;
function take(report) {
  data = report;
  step = Object.fromEntries(data.steps.map((s) => [s.name, s]));
  own = new Set(Object.keys(data.sources));
}
take(JSON.parse(document.getElementById("data").textContent));
const SVG = "http://www.w3.org/2000/svg";

function el(tag, attrs, ...children) {
  const svg = ["svg", "g", "rect", "text", "line", "title", "path"].includes(tag) && tag !== "title" || tag === "svgtitle";
  const e = svg ? document.createElementNS(SVG, tag === "svgtitle" ? "title" : tag) : document.createElement(tag);
  for (const [k, v] of Object.entries(attrs || {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (k === "style") e.style.cssText = v;
    else e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter((c) => c !== null && c !== undefined && c !== ""));
  return e;
}
const fmt = (n) => (typeof n === "number" ? n.toLocaleString("en-US") : String(n));
const hex = (n) => "0x" + n.toString(16);
const base = (f) => f.slice(f.lastIndexOf("/") + 1);
const plural = (n, what) => `${fmt(n)} ${what}${n === 1 ? "" : "s"}`;
function time(s) {
  if (s < 0) return "?";
  return s < 1e-3 ? `${(s * 1e6).toFixed(1)} µs` : s < 1 ? `${(s * 1e3).toFixed(2)} ms` : `${s.toFixed(3)} s`;
}

// ---------------------------------------------------------------- lines that belong together

const key = (file, line) => (own.has(file) && line ? `${file}:${line}` : "");
const hue = (at) => (Number(at.slice(at.lastIndexOf(":") + 1)) * 47) % 360;
function tie(e, at) {
  if (!at) return e;
  e.dataset.at = at;
  e.style.setProperty("--h", hue(at));
  e.tabIndex = 0;
  return e;
}
let marked = "";
function mark(at, from) {
  for (const e of document.querySelectorAll(".sel")) e.classList.remove("sel");
  marked = at;
  if (!at) return;
  const boxes = new Set();
  for (const e of document.querySelectorAll(`[data-at="${CSS.escape(at)}"]`)) {
    e.classList.add("sel");
    const box = e.closest(".box");
    if (box && !boxes.has(box) && !(from && box.contains(from))) {
      boxes.add(box);
      box.scrollTop += e.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    } else if (box) boxes.add(box);
  }
}
document.addEventListener("click", (ev) => {
  const e = ev.target.closest("[data-at]");
  if (e) {
    if (location.hash.startsWith("#line=")) history.replaceState(null, "", location.pathname + location.search);
    show(e.dataset.at);
    mark(marked === e.dataset.at ? "" : e.dataset.at, e);
  }
});

// ---------------------------------------------------------------- small pieces

const code = (text, cls) => el("span", { class: cls }, text);
function row(at, ...cells) {
  return tie(el("div", { class: "row" }, ...cells), at);
}
function table(heads, rows, opts = {}) {
  const body = el("tbody", {});
  for (const r of rows) {
    const tr = el("tr", {});
    r.forEach((c, i) => tr.append(el("td", { class: (opts.right || []).includes(i) ? "n" : (opts.words || []).includes(i) ? "w" : null }, c instanceof Node ? c : c === null || c === undefined ? "" : String(c))));
    if (r.line) tie(tr, r.line);
    body.append(tr);
  }
  return el("div", { class: "box", tabindex: 0 }, el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((h, i) => el("th", { scope: "col", class: (opts.right || []).includes(i) ? "n" : null }, h)))), body));
}
function stats(...pairs) {
  return el("ul", { class: "stats" }, ...pairs.filter((p) => p && p[0] !== undefined && p[0] !== "" && p[0] !== -1).map(([value, what]) => el("li", {}, el("b", {}, fmt(value)), what)));
}
const h3 = (text) => el("h3", {}, text);

// Facts of a step without a drawer: numbers as figures, lists of objects as tables.
function generic(facts, into, title) {
  const figures = [];
  const later = [];
  for (const [k, v] of Object.entries(facts)) {
    const name = k.replace(/_/g, " ");
    if (v === null || v === "" || v === -1 || (Array.isArray(v) && !v.length)) continue;
    if (Array.isArray(v) && typeof v[0] === "object") later.push([name, v]);
    else if (Array.isArray(v)) later.push([name, v.map((x) => ({ [name]: x }))]);
    else if (typeof v === "object") later.push([name, v]);
    else if (typeof v === "string" && v.length > 60) later.push([name, v]);
    else figures.push([value(k, v), name]);
  }
  if (title) into.append(h3(title));
  if (figures.length) into.append(stats(...figures));
  for (const [name, v] of later) {
    if (typeof v === "string") into.append(h3(name), el("div", { class: "box" }, el("pre", { class: "out" }, v)));
    else if (Array.isArray(v)) objects(v, into, name);
    else if (Object.values(v).every((x) => typeof x !== "object")) into.append(h3(name), table(["", ""], Object.entries(v).map(([k, x]) => [k.replace(/_/g, " "), value(k, x)])));
    else generic(v, into, name);
  }
}
function objects(list, into, name) {
  const keys = [...new Set(list.flatMap((o) => Object.keys(o)))].filter((k) => list.some((o) => o[k] !== null && o[k] !== "" && o[k] !== -1 && !(Array.isArray(o[k]) && !o[k].length)));
  const rows = list.map((o) => keys.map((k) => value(k, o[k])));
  into.append(h3(name), table(keys.map((k) => k.replace(/_/g, " ")), rows, { right: keys.flatMap((k, i) => (typeof list[0][k] === "number" ? [i] : [])) }));
}
const ADDRESS = /^(addr|address|value|rip|rsp|entry|sp|low|high|stack_low|stack_high|g0|m0|fs|heap_start|start_address|.*_addr)$/;
const SECONDS = /^(at|took|cpu|wall|total|start|end|ended|user|system)$/;
function value(k, v) {
  if (v === null || v === undefined) return "";
  if (Array.isArray(v)) return v.map((x) => (x && typeof x === "object" ? x.text || x.name || x.what || Object.values(x).join(" ") : typeof x === "number" ? hex(x) : x)).join(", ");
  if (typeof v === "object") return Object.entries(v).map(([a, b]) => `${a} ${Array.isArray(b) ? b.map((n) => (typeof n === "number" ? hex(n) : n)).join(" → ") : b}`).join(", ");
  if (typeof v === "number" && ADDRESS.test(k) && v > 255 && Number.isInteger(v)) return hex(v);
  if (typeof v === "number" && v > 2 ** 40 && !/size|bytes|reserved|ready|vm|rss/.test(k)) return hex(v);
  if (typeof v === "number" && SECONDS.test(k) && !Number.isInteger(v)) return time(v);
  return typeof v === "number" ? (k === "pid" || k.endsWith("tid") || k === "goid" || k === "line" ? String(v) : fmt(v)) : String(v);
}

// ---------------------------------------------------------------- steps 1 to 6

const drawers = {};

drawers.load = (f, s) => {
  const mine = f.packages.filter((p) => !p.standard);
  s.append(stats([mine.reduce((n, p) => n + p.files.length, 0), "files of yours"], [f.packages.length - mine.length, "packages of the standard library"],
    [f.packages.reduce((n, p) => n + p.overlay, 0), "files of rt0 among them"], [f.executable_cached ? "yes" : "no", "the executable was in the cache"]));
  for (const p of mine) {
    s.append(h3(p.path), table(["file", "", "why"], [...p.files.map((x) => [x.name, "taken", ""]), ...p.left_out.map((x) => [x.name, "left out", x.why])]));
  }
  s.append(h3("All packages, each after those it imports"), table(["package", "files", "left out", "rt0's", "units in the cache", "why it is here"],
    f.packages.map((p) => [p.path, p.files.length, p.left_out.length, p.overlay || "", p.cached || "", (f.chains[p.path] || ["every program needs the runtime"]).join(" › ")]), { right: [1, 2, 3, 4], words: [5] }));
};

drawers.tokens = (f, s) => {
  s.append(stats([f.files.reduce((n, x) => n + x.total, 0), "tokens"], [f.files.reduce((n, x) => n + x.semicolons, 0), "semicolons put in at ends of lines"],
    ...Object.entries(f.files.length ? f.files[0].kinds : {}).slice(0, 5).map(([k, n]) => [n, k])));
  const tip = el("p", { class: "tip" }, "Point at a token: its place, its kind, and for a name what it stands for and its type.");
  const named = new Map((step.types.facts ? step.types.facts.names : []).map((n) => [`${n.file}:${n.line}:${n.col}`, n]));
  for (const file of f.files) {
    const box = el("div", { class: "box code", tabindex: 0 }, el("div", { class: "row fn" }, file.name));
    let line = 0, col = 1, r = null;
    for (const t of file.tokens) {
      if (t.line !== line) {
        r = el("code", {}, indent(file.name, t));
        box.append(row(key(file.name, t.line), el("i", {}, t.line), r));
        line = t.line;
      } else if (t.col > col) r.append(" ");
      const text = t.text || "⏎;", n = named.get(`${file.name}:${t.line}:${t.col}`);
      r.append(el("span", { class: `tok k-${t.kind}`, "data-tip": `${t.line}:${t.col}  ${t.kind}  ${t.text || "put in at the end of the line"}${t.value ? "  = " + t.value : ""}${n ? `  ${n.of || "name"}, ${n.type || "no type"}${n.value ? " = " + n.value : ""}${n.args.length ? " [" + n.args.join(", ") + "]" : ""}` : ""}` }, text));
      col = t.col + new TextEncoder().encode(t.text).length;
    }
    box.addEventListener("mouseover", (ev) => { const t = ev.target.closest("[data-tip]"); if (t) tip.textContent = t.dataset.tip; });
    s.append(box, tip);
  }
};
function indent(file, t) {
  const text = (data.sources[file] || "").split("\n")[t.line - 1] || "";
  return /^[ \t]*/.exec(text)[0].replace(/\t/g, "    ");
}

drawers.tree = (f, s) => {
  s.append(stats([f.files.reduce((n, x) => n + x.nodes, 0), "nodes"], [Math.max(0, ...f.files.map((x) => x.depth)), "deep"], [f.files.reduce((n, x) => n + x.functions.length, 0), "functions"]));
  for (const file of f.files) {
    const tree = el("div", { class: "box tree", tabindex: 0 }, el("div", { class: "row fn" }, file.name));
    for (const d of file.decls) tree.append(node(file.name, d, 0));
    s.append(tree);
  }
};
function node(file, x, depth) {
  const at = key(file, x.at[0]);
  const label = [x.role ? el("small", {}, x.role + ": ") : "", x.kind, x.text ? el("b", {}, " " + x.text) : "", el("small", {}, `  ${x.at[0]}:${x.at[1]}–${x.at[2]}:${x.at[3]}`)];
  if (!x.children.length) return tie(el("div", { class: "leaf" }, ...label), at);
  const d = el("details", { open: depth < 3 }, el("summary", {}, ...label));
  if (at) { d.dataset.at = at; d.style.setProperty("--h", hue(at)); }
  let drawn = false;
  const draw = () => { if (!drawn) { drawn = true; for (const c of x.children) d.append(node(file, c, depth + 1)); } };
  if (depth < 3) draw();
  d.addEventListener("toggle", () => { if (d.open) { draw(); if (marked) for (const e of d.querySelectorAll("[data-at]")) e.classList.toggle("sel", e.dataset.at === marked); } });
  return d;
}

drawers.types = (f, s) => {
  s.append(stats([f.names.length, "names"], [f.expressions.length, "expressions"], [f.expressions.filter((e) => e.mode === "constant").length, "constant"], [f.interfaces, "interfaces looked at"]));
  if (f.types.length) {
    s.append(h3("Types, their methods, the interfaces they satisfy"), table(["type", "is", "methods", "satisfies"], f.types.map((t) => {
      const r = [t.name, t.underlying, t.methods.map((m) => m + (t.pointer_only.includes(m.split("(")[0]) ? "  (only *" + t.name + ")" : "")).join("\n"), [...t.satisfies, ...t.satisfied_by_pointer.map((x) => x + " (*" + t.name + ")")].join(", ")];
      r.line = key(t.file, t.line);
      return r;
    })));
  }
  s.append(h3("Names"), table(["where", "name", "is", "type", "value or arguments", "declared"], f.names.map((n) => {
    const r = [`${base(n.file)}:${n.line}:${n.col}`, n.name, (n.of || "") + (n.defines ? ", defined here" : ""), n.type, n.value || (n.args.length ? "[" + n.args.join(", ") + "]" : ""), n.defines ? "" : n.declared];
    r.line = key(n.file, n.line);
    return r;
  })));
  s.append(h3("Expressions"), table(["where", "expression", "mode", "type", "value"], f.expressions.map((n) => {
    const r = [`${base(n.file)}:${n.line}:${n.col}`, n.text, n.mode, n.type, n.value];
    r.line = key(n.file, n.line);
    return r;
  })));
};

drawers.inits = (f, s) => {
  const how = { static: "its value lies in the file", pure: "computed at start, if it is used", dynamic: "computed at start", function: "init function" };
  s.append(stats([f.packages.reduce((n, p) => n + p.steps.length, 0), "steps before main.main"], [f.packages.filter((p) => p.steps.length).length, "packages"], [f.packages.reduce((n, p) => n + p.left_out, 0), "not needed"]));
  if (f.own.length) s.append(h3("Yours, in order"), table(["where", "variables", "=", "how", "has to wait for"], f.own.map((i) => {
    const r = [`${base(i.file)}:${i.line}`, i.names.join(", ") || i.symbol, i.text, how[i.kind] + (i.symbol && !i.runs ? " (nothing uses it)" : ""), i.after.map((c) => c.slice(1).join(" → ")).join("; ")];
    r.line = key(i.file, i.line);
    return r;
  }), { words: [3] }));
  s.append(h3("All packages, in order"), table(["package", "steps", "not needed", ""], f.packages.map((p) => [p.path, p.steps.map((x) => x.replace(p.path + ".", "")).join(" "), p.left_out || "", p.early ? "run by the runtime before the rest" : ""]), { right: [2], words: [3] }));
};

drawers.escape = (f, s) => {
  const heap = f.decisions.filter((d) => d.heap);
  s.append(stats([heap.length, "on the heap"], [f.decisions.length - heap.length, "on the stack"], [f.calls.filter((c) => c.inlined).length, "calls inlined"], [f.calls.filter((c) => !c.inlined).length, "not inlined"]));
  s.append(table(["where", "", "what", "kind", "the way of its address"], f.decisions.map((d) => {
    const r = [`${base(d.file)}:${d.line}:${d.col}`, el("span", { class: d.heap ? "heap" : "stack" }, d.heap ? "heap" : "stack"), d.name, d.kind,
      el("span", {}, ...d.why.flatMap((w, i) => [i ? el("br") : "", `${i + 1}. ${w.text} `, el("span", { class: "dim" }, `${base(w.file)}:${w.line}`)]), d.leaks.length ? (d.why.length ? el("br") : "") : "", d.leaks.length ? "its value reaches " + d.leaks.join(", ") : "")];
    r.line = key(d.file, d.line);
    return r;
  }), { words: [4] }));
  if (f.calls.length) s.append(h3("Inlining"), table(["where", "call of", "in", "", "why"], f.calls.map((c) => {
    const r = [`${base(c.file)}:${c.line}`, c.callee, c.caller, c.inlined ? "inlined" : "called", c.reason];
    r.line = key(c.file, c.line);
    return r;
  })));
};

// ---------------------------------------------------------------- steps 7 and 8

let show = () => {};
drawers.ir = (f, s) => {
  s.append(stats([f.functions.length, "functions"], [f.functions.reduce((n, x) => n + x.before, 0), "instructions as written"], [f.functions.reduce((n, x) => n + x.after, 0), `after -O${f.level}`],
    [f.checks, "checks that may panic, as written"], [f.checks_left, "after it, with those of inlined code"]));
  const pick = el("select", { "aria-label": "Function" }, ...f.functions.map((x, i) => el("option", { value: i }, `${x.symbol} (${x.before} → ${x.after})`)));
  const pane = el("div", { class: "bench", style: "grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr))" });
  const draw = () => {
    const x = f.functions[pick.value];
    pane.replaceChildren();
    if (!x) return;
    for (const [title, list] of [["as lowered", x.lowered], ["as optimised", x.optimised]]) {
      pane.append(el("div", {}, el("h3", {}, title), el("div", { class: "box tall code", tabindex: 0 }, ...(list.length ? list.map(irRow) : ["nothing is left: every call of it was inlined"]))));
    }
    if (x.passes.length) pane.append(el("div", {}, el("h3", {}, "what changed it"), el("div", { class: "box tall code" }, ...x.passes.flatMap((p) => [el("div", { class: "row fn" }, `${p.name}: ${plural(p.instructions, "instruction")}`),
      ...p.changes.map((c) => el("div", { class: "row", style: `color:var(--${c[0] === "+" ? "good" : "bad"})` }, c))]))));
    if (marked) mark(marked);
  };
  pick.addEventListener("change", draw);
  const i = f.functions.findIndex((x) => x.symbol === "main.main");
  pick.value = String(Math.max(0, i));
  draw();
  s.append(el("div", { class: "bar" }, pick), pane);
};
function irRow(l) {
  const at = key(l.file, l.line) || Object.keys(data.sources).map((file) => key(file, l.at)).find((k) => l.at && k) || "";
  return row(at, el("em", {}, l.line ? `${base(l.file)}:${l.line}` : ""), el("code", {}, l.text));
}

drawers.asm = (f, s) => {
  s.append(stats([f.all || f.functions.length, "functions of yours"], [f.functions.reduce((n, x) => n + x.instructions.length, 0), f.all > f.functions.length ? `instructions in the ${f.functions.length} that are shown` : "instructions"], [f.bytes || "", "bytes"]));
  const files = [...new Set(f.functions.map((x) => x.file).filter((x) => own.has(x)))];
  const pick = el("select", { "aria-label": "Function" }, ...f.functions.map((x, i) => el("option", { value: i }, `${x.symbol}  ${plural(x.instructions.length, "instruction")}`)));
  const source = el("div", { class: "box tall code", tabindex: 0, id: "bench-source" });
  const ir = el("div", { class: "box tall code", tabindex: 0, id: "bench-ir" });
  const asm = el("div", { class: "box tall code", tabindex: 0, id: "bench-asm" });
  for (const file of files) {
    source.append(el("div", { class: "row fn" }, file));
    const used = new Set(), text = data.sources[file].split("\n");
    for (const x of f.functions) if (x.file === file) for (let i = x.line; i < text.length && i < x.line + 1000; i++) { used.add(i); if (text[i - 1].startsWith("}")) break; }
    let left = 0;
    text.forEach((line, i) => {
      if (text.length > 5000 && !used.has(i + 1)) { left++; return; }
      if (left) { source.append(el("div", { class: "row dim" }, el("i", {}, "…"), `${fmt(left)} lines that are not shown in detail`)); left = 0; }
      source.append(row(key(file, i + 1), el("i", {}, i + 1), el("code", {}, line.replace(/\t/g, "    "))));
    });
    if (left) source.append(el("div", { class: "row dim" }, el("i", {}, "…"), `${fmt(left)} lines that are not shown in detail`));
  }
  const place = (i) => { const own1 = i.at.find((p) => own.has(p.file)); return own1 ? key(own1.file, own1.line) : ""; };
  const where = f.functions.map((x) => new Set(x.instructions.map(place)));
  const irs = step.ir.facts ? step.ir.facts.functions : [];
  const draw = () => {
    const x = f.functions[pick.value];
    if (!x) return;
    asm.replaceChildren(el("div", { class: "row fn" }, f.decoded ? `${x.symbol}  ${hex(x.addr)}, ${plural(x.size, "byte")}` : x.symbol));
    for (const i of x.instructions) {
      asm.append(row(place(i), f.decoded ? el("i", {}, i.addr.toString(16)) : "", f.decoded ? el("em", { class: "bytes" }, i.code) : "", code(i.plan9, "plan9"), code(" " + i.intel + (i.target && !i.plan9.includes(i.target) ? "  ; " + i.target : ""), "intel")));
    }
    const g = irs.find((y) => y.symbol === x.symbol);
    ir.replaceChildren(el("div", { class: "row fn" }, g ? `${g.symbol}, after -O${step.ir.facts.level}` : "no IR of this function"), ...(g ? g.optimised.map(irRow) : []));
    if (marked) mark(marked);
  };
  show = (at) => {
    if (!where[pick.value] || where[pick.value].has(at)) return;
    const i = where.findIndex((w) => w.has(at));
    if (i >= 0) { pick.value = String(i); draw(); }
  };
  pick.addEventListener("change", draw);
  pick.value = String(Math.max(0, f.functions.findIndex((x) => x.symbol === "main.main")));
  draw();
  s.append(el("div", { class: "bar" }, pick, el("span", { class: "dim" }, "A line, an instruction: click one, and what belongs to it is marked everywhere.")),
    el("div", { class: "bench" }, el("div", {}, el("h3", {}, "source"), source), el("div", {}, el("h3", {}, "LLVM IR"), ir), el("div", {}, el("h3", {}, f.decoded ? "address · bytes · Plan 9 · Intel" : "Plan 9"), asm)));
};

drawers.object = (f, s) => {
  s.append(stats([f.objects, "object files"], [f.bytes, "bytes"], [f.files.reduce((n, x) => n + x.nrelocations, 0), "holes in yours"]));
  for (const file of f.files) {
    s.append(h3(`${file.name}: ${plural(file.size, "byte")}, ${plural(file.nsections, "section")}, ${plural(file.symbols, "symbol")} defined, ${fmt(file.undefined)} wanted`));
    const rows = [];
    for (const x of file.sections) {
      rows.push([x.name, x.size, x.live ? hex(x.addr) : "dropped", "", x.flags]);
      for (const r of x.relocations) rows.push(["", "+" + r.offset.toString(16), r.type.replace("R_X86_64_", ""), r.after ? `${r.before} → ${r.after}` : r.before, r.words]);
    }
    s.append(table(["section", "size, offset", "address, type", "bytes", "what is done"], rows, { right: [1], words: [4] }));
  }
};

// ---------------------------------------------------------------- step 10: why, and how large

let chainOf = () => [];
let asked = () => {};
drawers.link = (f, s) => {
  const T = f.texts;
  const why = new Map();
  for (let i = 0; i < f.why.length; i += 3) why.set(T[f.why[i]], [T[f.why[i + 1]], T[f.why[i + 2]]]);
  const sizes = new Map();
  for (let i = 0; i < f.pieces.length; i += 5) if (T[f.pieces[i + 4]]) sizes.set(T[f.pieces[i + 4]], (sizes.get(T[f.pieces[i + 4]]) || 0) + f.pieces[i]);
  s.append(stats([f.size, "bytes"], [f.memory, "more in memory (.bss)"], [f.live, "symbols kept"], [f.functions, "functions"], [f.dropped_methods, "methods left out"]));
  chainOf = (sym) => {
    const out = [];
    let how = "";
    while (why.has(sym)) { out.push([sym, how]); [sym, how] = why.get(sym); if (!sym) { out.push(["", how]); break; } }
    return out.reverse();
  };
  const answer = el("div", { id: "why", "aria-live": "polite" });
  const map = treemap(f, s, T);
  asked = (sym) => {
    const chain = chainOf(sym);
    answer.replaceChildren(h3(chain.length ? `Why ${sym} is here` : `${sym} is not in the executable`),
      chain.length ? el("ol", { class: "chain" }, ...chain.map(([x, how], i) => el("li", { style: `padding-left:${Math.max(0, i - 1)}ch` }, x ? el("button", { onclick: () => asked(x) }, x) : "", el("span", { class: "dim" }, x ? (how ? " " + how : "") : how)))) : el("p", { class: "dim" }, "Nothing that is reached refers to it, or every call of it was inlined."),
      sizes.has(sym) ? el("p", {}, `${plural(sizes.get(sym), "byte")} of the file are its own.`) : "");
    map.find(sym);
  };
  s.append(h3("Every byte of the file"), map.bar, map.svg, map.tip, answer);
  if (f.dropped.length) s.append(h3("Of yours, left out"), el("p", { class: "code" }, f.dropped.join(", ")));
  search([...why.keys()], f.dropped);
};

function treemap(f, s, T) {
  const root = { name: "file", size: 0, kids: new Map(), parent: null };
  for (let i = 0; i < f.pieces.length; i += 5) {
    const [size, section, pkg, kind, sym] = f.pieces.slice(i, i + 5);
    const path = [T[pkg] || (T[section].startsWith(".debug_") ? "debug information" : T[kind]), T[pkg] ? T[kind] : T[section] || "", T[sym] || ""].filter(Boolean);
    let n = root;
    n.size += size;
    for (const name of path) {
      if (!n.kids.has(name)) n.kids.set(name, { name, size: 0, kids: new Map(), parent: n });
      n = n.kids.get(name);
      n.size += size;
    }
  }
  const svg = el("svg", { viewBox: "0 0 1000 520", role: "group", "aria-label": "Size of everything in the file" });
  const bar = el("div", { class: "bar" });
  const tip = el("p", { class: "tip" });
  let at = root;
  const path = (n) => (n ? [...path(n.parent), n] : []);
  function draw(hit) {
    bar.replaceChildren(...path(at).map((n) => el("button", { onclick: () => { at = n; draw(); }, disabled: n === at }, `${n.name} ${fmt(n.size)}`)));
    svg.replaceChildren();
    const items = [...at.kids.values()].sort((a, b) => b.size - a.size);
    squarify(items.slice(0, 400), 0, 0, 1000, 520, (n, x, y, w, h, i) => {
      const g = el("g", { tabindex: 0, role: "button", class: n === hit ? "hit" : null, "aria-label": `${n.name}, ${n.size} bytes` }, el("svgtitle", {}, `${n.name}: ${fmt(n.size)} bytes, ${((100 * n.size) / root.size).toFixed(1)} %`),
        el("rect", { x, y, width: Math.max(0, w), height: Math.max(0, h), style: `fill:hsl(${(hash(n.name) * 31) % 360} var(--s) calc(var(--l) - 8%))` }));
      if (w > 44 && h > 15) {
        const fit = Math.floor(w / 6.2);
        g.append(el("text", { x: x + 4, y: y + 13 }, n.name.length > fit ? n.name.slice(0, fit - 1) + "…" : n.name));
        if (h > 30) g.append(el("text", { x: x + 4, y: y + 27, style: "opacity:.65" }, fmt(n.size)));
      }
      const enter = () => { if (n.kids.size) { at = n; draw(); svg.querySelector("g")?.focus(); } else if (n.name) asked(n.name); };
      g.addEventListener("click", enter);
      g.addEventListener("keydown", (ev) => { if (ev.key === "Enter") enter(); else if (ev.key === "Backspace" || ev.key === "Escape") { if (at.parent) { at = at.parent; draw(); svg.querySelector("g")?.focus(); } ev.preventDefault(); ev.stopPropagation(); } });
      for (const type of ["mouseenter", "focus"]) g.addEventListener(type, () => { tip.textContent = `${path(n).slice(1).map((p) => p.name).join(" › ")}: ${fmt(n.size)} bytes, ${((100 * n.size) / root.size).toFixed(2)} %`; });
      svg.append(g);
    });
  }
  draw();
  function find(sym) {
    let hit = null;
    const look = (n) => { if (n.name === sym && !n.kids.size) hit = n; else n.kids.forEach(look); };
    look(root);
    if (hit) { at = hit.parent; draw(hit); }
  }
  return { svg, bar, tip, find };
}
const hash = (text) => { let h = 7; for (const c of text) h = (h * 31 + c.codePointAt(0)) >>> 0; return h % 997; };
// Bruls, Huizing, van Wijk: "Squarified Treemaps" (2000).
function squarify(items, x, y, w, h, draw) {
  let total = items.reduce((n, i) => n + i.size, 0);
  let i = 0;
  while (i < items.length && w > 0 && h > 0) {
    const side = Math.min(w, h), area = (w * h) / total;
    let sum = 0, best = Infinity, j = i;
    while (j < items.length) {
      const s = sum + items[j].size, len = (s * area) / side;
      const worst = Math.max((items[i].size * area) / len / len, (len * len) / (items[j].size * area));
      if (worst > best) break;
      best = worst; sum = s; j++;
    }
    const thick = (sum * area) / side;
    let o = 0;
    for (let k = i; k < j; k++) {
      const len = (items[k].size * area) / thick;
      if (w >= h) draw(items[k], x, y + o, thick, len, k); else draw(items[k], x + o, y, len, thick, k);
      o += len;
    }
    if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
    total -= sum; i = j;
  }
}

let names = [];
function search(live, dropped) {
  names = [...live, ...dropped];
  document.getElementById("search").disabled = false;
}
function searchField() {
  const input = el("input", { id: "search", type: "search", placeholder: "why is this here?  ( / )", "aria-label": "Search for a symbol: why is it in the executable?", disabled: true });
  const list = el("ul", { id: "found" });
  input.addEventListener("input", () => {
    const q = input.value.trim().toLowerCase();
    const hits = q ? names.filter((x) => x.toLowerCase().includes(q)).sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, 40) : [];
    list.replaceChildren(...hits.map((x) => el("li", {}, el("button", { onclick: () => { asked(x); list.replaceChildren(); document.getElementById("why").scrollIntoView({ block: "center" }); } }, x))));
    if (q && !hits.length) list.append(el("li", { class: "dim" }, "not in the executable"));
  });
  input.addEventListener("keydown", (ev) => { if (ev.key === "Enter") list.querySelector("button")?.click(); if (ev.key === "Escape") { input.value = ""; list.replaceChildren(); input.blur(); } });
  return [input, list];
}

drawers.elf = (f, s) => {
  s.append(stats([f.size, "bytes"], [hex(f.entry), "e_entry"], [f.entry_symbol, "is there"], [f.segments.length, "program headers"], [f.sections.length, "sections"]));
  const fields = (list) => table(["offset", "bytes", "field", "value", "meaning"], list.map((x) => [x.offset.toString(16).padStart(2, "0"), x.bytes, x.name, x.value, x.meaning]), { right: [0], words: [4] });
  s.append(h3("The header"), fields(f.header));
  f.segments.forEach((p, i) => s.append(h3(`Program header ${i}: ${p.type}: ${p.words}`), fields(p.fields), p.sections.length ? el("p", { class: "dim" }, "holds " + p.sections.join(", ")) : ""));
  s.append(h3("Sections"), table(["name", "type", "flags", "address", "offset", "size", "what"], f.sections.map((x) => [x.name, x.type, x.flags, x.addr ? hex(x.addr) : "", hex(x.offset), fmt(x.size), x.meaning]), { right: [3, 4, 5], words: [6] }));
  if (f.instructions.length) s.append(h3("The way in"), table(["function", "address", "bytes", "Plan 9", "Intel"], f.instructions.map((i) => [i.symbol, hex(i.addr), i.code, i.plan9, i.intel])));
};

// ---------------------------------------------------------------- the run: timelines and lanes

// rows: [{name, parts: [{at, took, text, hue, pale, tick}]}], times in seconds; made: [{at, from, to}], lines between rows
function timeline(rows, label, made = []) {
  const parts = rows.flatMap((r) => r.parts);
  if (!parts.length) return el("p", { class: "dim" }, "nothing was seen");
  const t0 = Math.min(...parts.map((p) => p.at)), t1 = Math.max(...parts.map((p) => p.at + p.took), t0 + 1e-9);
  const H = 22, left = 150, width = 1000, tip = el("p", { class: "tip" });
  const svg = el("svg", { viewBox: `0 0 ${width} ${rows.length * H + 26}`, role: "img", "aria-label": label });
  const X = (t) => left + ((t - t0) / (t1 - t0)) * (width - left - 8);
  for (let k = 0; k <= 4; k++) {
    const t = t0 + ((t1 - t0) * k) / 4;
    svg.append(el("line", { x1: X(t), x2: X(t), y1: 0, y2: rows.length * H, stroke: "var(--line)" }), el("text", { x: X(t), y: rows.length * H + 16, "text-anchor": k === 4 ? "end" : k ? "middle" : "start" }, time(t)));
  }
  for (const m of made.slice(0, 300)) svg.append(el("line", { x1: X(m.at), x2: X(m.at), y1: m.from * H + H / 2, y2: m.to * H + H / 2, stroke: "var(--dim)", "stroke-width": .7, "stroke-dasharray": "2 2" }));
  rows.forEach((r, i) => {
    svg.append(el("text", { x: 6, y: i * H + 15 }, r.name.length > 22 ? r.name.slice(0, 21) + "…" : r.name));
    for (const p of r.parts) {
      const g = el("g", { tabindex: 0, "aria-label": p.text }, el("svgtitle", {}, p.text), el("rect", { x: X(p.at), y: i * H + 3 + (p.tick ? 7 : 0), width: Math.max(p.tick ? 1.5 : 2, X(p.at + p.took) - X(p.at)), height: H - 6 - (p.tick ? 7 : 0), style: `fill:hsl(${p.hue ?? hash(r.name)} 45% 55%)${p.pale ? ";opacity:.4" : ""}` }));
      for (const type of ["mouseenter", "focus"]) g.addEventListener(type, () => { tip.textContent = p.text; });
      svg.append(g);
    }
  });
  return el("div", {}, el("div", { class: "wide", tabindex: 0 }, svg), tip);
}
const spanText = (x) => `${x.name}: at ${time(x.at)}, ${x.took < 0 ? "did not return" : "took " + time(x.took)}${x.calls && x.calls.length ? ", " + plural(x.calls.length, "system call") : ""}`;
function spanRows(spans) {
  return spans.filter((x) => x.at >= 0).slice(0, 60).map((x) => ({ name: x.name.replace(/^runtime\./, ""), parts: [{ at: x.at, took: Math.max(0, x.took), text: spanText(x), hue: 200 }, ...(x.calls || []).map((c) => ({ at: c.at, took: c.took, text: `${c.text} (${time(c.took)})`, hue: 20, tick: true }))] }));
}
function callTable(calls) {
  return table(["at", "took", "thread", "system call"], calls.map((c) => [time(c.at), time(c.took), c.tid, c.text]), { right: [0, 1, 2] });
}

drawers.schedinit = (f, s) => {
  const all = [...(f.whole ? [f.whole] : []), ...f.children];
  s.append(stats([f.children.length, "functions seen"], [f.whole ? time(f.whole.took) : "", "in all"], [f.after ? f.after.maxmcount : "", "threads at most (sched.maxmcount)"], [f.ps.length, "Ps"]));
  if (f.ps_why) s.append(el("p", {}, f.ps_why));
  s.append(timeline(spanRows(all), "schedinit and what it calls"));
  if (f.before && f.after) s.append(h3("The runtime before and after"), table(["", "before", "after"], Object.keys(f.after).map((k) => [k.replace(/_/g, " "), value(k === "heap_start" ? "addr" : k, f.before[k]), value(k === "heap_start" ? "addr" : k, f.after[k])]), { right: [1, 2] }));
  const calls = all.flatMap((x) => x.calls || []).filter((c, i, a) => a.findIndex((d) => d.at === c.at) === i).sort((a, b) => a.at - b.at);
  if (calls.length) s.append(h3("System calls"), callTable(calls));
};

drawers.main = (f, s) => {
  s.append(stats([f.took < 0 ? "not reached" : time(f.at + f.took), "main.main after the first instruction"], [f.maxstacksize > 0 ? f.maxstacksize : "", "bytes a stack may have"], [f.inits.length, "packages initialised"], [f.sysmon_tid ? String(f.sysmon_tid) : "", "thread of sysmon"]));
  s.append(h3("What runtime.main did"), table(["at", "what", "details"], f.acts.map((a) => [time(a.at), a.what, a.detail]), { right: [0], words: [2] }));
  if (f.inits.length) {
    s.append(h3("Initialisation, package by package"), timeline(f.inits.map((i) => ({ name: i.package, parts: [{ at: i.at / 1e3, took: i.clock / 1e3, text: `init ${i.package}: ${i.clock.toFixed(3)} ms, ${i.bytes} bytes, ${i.allocs} allocations`, hue: 150 }] })), "initialisation of packages"));
    s.append(table(["package", "at ms", "ms", "bytes", "allocations", "functions"], f.inits.map((i) => [i.package, i.at.toFixed(3), i.clock.toFixed(3), i.bytes, i.allocs, i.steps]), { right: [1, 2, 3, 4, 5] }));
  }
};

function lanes(f) {
  const by = (key, some) => [...new Set(some.map(key))].filter((x) => x >= 0).sort((a, b) => a - b);
  const part = (x) => ({ at: x.start, took: x.end - x.start, hue: (x.goid * 67) % 360, pale: x.syscall,
    text: `goroutine ${x.goid}${x.syscall ? " in a system call" : ""} on M${x.m < 0 ? "?" : x.m} (thread ${x.tid})${x.p < 0 ? "" : ` with P${x.p}`}: ${time(x.start)} to ${time(x.end)}, then: ${x.why || "went on"}` });
  const lane = (name, list) => ({ name, parts: list.map(part) });
  const rows = [];
  for (const p of by((x) => x.p, f.slices)) rows.push(lane(`P${p}`, f.slices.filter((x) => x.p === p && !x.syscall)));
  for (const tid of new Set(f.slices.map((x) => x.tid))) {
    const list = f.slices.filter((x) => x.tid === tid);
    rows.push(lane(list[0].m < 0 ? `thread ${tid}` : `M${list[0].m}`, list));
  }
  const all = by((x) => x.goid, f.slices), entry = new Map(f.goroutines.map((g) => [g.goid, g.entry]));
  for (const g of all.slice(0, 60)) rows.push(lane(`G${g} ${entry.get(g) || ""}`, f.slices.filter((x) => x.goid === g)));
  if (f.collections.length) rows.push({ name: "collections", parts: f.collections.map((c) => ({ at: c.at, took: c.took, hue: 140, text: `collection ${c.number}: at ${time(c.at)}, took ${time(c.took)}` })) });
  if (f.world_stops.length) rows.push({ name: "world stopped", parts: f.world_stops.map((c) => ({ at: c.at, took: c.took, hue: 0, text: `the world stopped (${c.reason}): at ${time(c.at)}, for ${time(c.took)}` })) });
  const made = f.goroutines.filter((g) => g.at >= f.slices[0].start).map((g) => ({ at: g.at, from: rows.findIndex((r) => r.name.startsWith(`G${g.parent} `)), to: rows.findIndex((r) => r.name.startsWith(`G${g.goid} `)) })).filter((x) => x.from >= 0 && x.to >= 0);
  return el("div", {}, timeline(rows, "goroutines on threads and processors", made),
    el("p", { class: "dim" }, "A thin line leads from who made a goroutine to the one that was made." + (all.length > 60 ? ` The first 60 of ${all.length} goroutines have a lane.` : "") + (f.slices_until ? ` Only until ${time(f.slices_until)}: after that there was too much to keep.` : "")));
}

drawers.run = (f, s) => {
  s.append(el("p", {}, f.ending));
  s.append(stats([f.exit_code ?? f.signal, "exit"], [f.made_user, "goroutines of yours"], [f.made_system, "of the runtime"], [f.threads.length, "threads"], [f.ncollections, "collections"], [f.ncalls, "system calls since main.main"], [f.max_rss, "bytes of memory at most"]));
  for (const [title, text] of [["Standard output", f.out], ["Standard error", f.err]]) if (text) s.append(h3(title), el("div", { class: "box" }, el("pre", { class: "out" }, text)));
  if (f.slices.length) s.append(h3("Who ran where: processors (P), threads (M), goroutines (G)"),
    el("p", { class: "dim" }, (f.traced ? "From the execution trace that the runtime kept of this run. " : "From stops at the functions that schedule. ") + "A colour is a goroutine; pale: in a system call."), lanes(f));
  if (f.goroutines.length) s.append(h3("Goroutines"), table(["", "runs", "made by", "at", "ended", "first stack"], f.goroutines.map((g) => {
    const r = [g.goid, g.entry + (g.system ? "  (the runtime's)" : ""), `${g.parent ? "goroutine " + g.parent : "g0"}: ${g.creator} ${base(g.made_file || "")}:${g.made_line}`, time(g.at), g.ended === null ? "no" : time(g.ended), `${hex(g.stack_low)}–${hex(g.stack_high)}`];
    r.line = [...own].map((file) => (file.endsWith(base(g.made_file || "?")) ? key(file, g.made_line) : "")).find(Boolean) || "";
    return r;
  }), { right: [0, 3, 4] }));
  if (f.waiting.length) objects(f.waiting, s, "At the end");
  s.append(h3("Threads"), table(["thread", "M", "role", "made by", "clone flags", "from", "to", "system calls"], f.threads.map((t) => [t.tid, t.m, t.role, t.made_by || "", t.flags, time(t.at), t.end === null ? "the end" : time(t.end), t.calls]), { right: [0, 1, 5, 6, 7] }));
  if (f.calls.length) s.append(h3("System calls since main.main"), callTable(f.calls));
  if (f.counts.length) s.append(h3("System calls of the whole run"), table(["call", "times", "took"], f.counts.map((c) => [c.name, c.count, time(c.took)]), { right: [1, 2] }));
};

drawers.entry = (f, s) => generic(f, s);

// ---------------------------------------------------------------- the page

function contents() {
  const toc = document.getElementById("toc");
  toc.append(el("h1", {}, data.program), el("p", {}, "from the first token to exit"), ...searchField(),
    el("ol", {}, ...data.steps.map((s) => el("li", { "data-step": s.name }, el("a", { href: `#step-${s.name}` }, el("b", {}, s.number), s.name)))));
  document.title = `${data.program}: rt0 explain`;
}
// Draws all steps; again when there is another report.
function sections() {
  const all = document.getElementById("steps");
  names = [];
  show = () => {};
  all.replaceChildren();
  for (const s of data.steps) {
    document.querySelector(`#toc [data-step="${s.name}"]`).className = s.facts ? "" : "none";
    const sec = el("section", { id: `step-${s.name}`, tabindex: -1 }, el("h2", {}, el("span", {}, s.number), s.title, el("small", {}, s.name)), el("p", { class: "why" }, s.why));
    all.append(sec);
    if (s.name === data.stopped) for (const p of data.problems) {
      sec.append(el("div", { class: "box code" }, el("div", { class: "row problem" }, `${p.file ? `${p.file}:${p.line}:${p.col}: ` : ""}${p.text}`), p.source ? row(key(p.file, p.line), el("i", {}, p.line), el("code", {}, p.source)) : ""));
    }
    if (s.missing) sec.append(el("p", { class: "missing" }, s.missing));
    if (s.facts) (drawers[s.name] || ((f, into) => generic(f, into)))(s.facts, sec);
  }
}
function here() {
  const links = [...document.querySelectorAll("#toc ol a")];
  const secs = [...document.querySelectorAll("#steps section")];
  const top = secs.filter((x) => x.getBoundingClientRect().top < innerHeight / 3).pop() || secs[0];
  for (const a of links) {
    const on = a.getAttribute("href") === "#" + top.id;
    if (on && a.getAttribute("aria-current") !== "step") { a.setAttribute("aria-current", "step"); if (innerWidth < 960) a.scrollIntoView({ inline: "center", block: "nearest" }); }
    else if (!on) a.removeAttribute("aria-current");
  }
  return secs.indexOf(top);
}
document.addEventListener("keydown", (ev) => {
  if (ev.target.closest("input,select,textarea") || ev.ctrlKey || ev.metaKey || ev.altKey) return;
  const secs = [...document.querySelectorAll("#steps section")];
  const go = (i) => { const s = secs[Math.max(0, Math.min(secs.length - 1, i))]; location.hash = s.id; s.focus({ preventScroll: true }); };
  if (ev.key === "n" || ev.key === "j") go(here() + 1);
  else if (ev.key === "p" || ev.key === "k") go(here() - 1);
  else if (ev.key === "/") { document.getElementById("search").focus(); ev.preventDefault(); }
  else if (ev.key === "Escape") mark("");
  else if (ev.key === "Enter" && ev.target.dataset && ev.target.dataset.at) ev.target.click();
});
let queued = false;
document.addEventListener("scroll", () => { if (!queued) { queued = true; requestAnimationFrame(() => { queued = false; here(); }); } }, { passive: true });
contents();
sections();
here();
addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });
