extension LiteraturePage {
  /// What draws the figures and the table.
  ///
  /// Text of the data goes into the page as nodes of text only.
  static let script: StaticString = #"""
    "use strict";
    (() => {
      const style = document.createElement("style");
      style.textContent = `        .inv-pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 2rem; }
        .inv-figure { margin: 0; position: relative; }
        .inv-figure svg { display: block; width: 100%; }
        .inv-figure svg text { font-size: 12px; }
        .inv-figure svg [tabindex] { cursor: pointer; outline: none; }
        .inv-figure svg [tabindex]:focus-visible rect { stroke: var(--text); stroke-width: 2.5; }
        .inv-quiet { font-size: .88rem; color: var(--quiet); }
        .inv button, .inv input[type=search] { font: inherit; font-size: .9rem; color: inherit; background: var(--ground); border: 1px solid var(--quiet); border-radius: 4px; padding: .25rem .6rem; }
        .inv button { cursor: pointer; } .inv button:hover { background: var(--panel); }
        .inv button.inv-save { margin-top: .35rem; font-size: .78rem; color: var(--quiet); border-color: var(--line); }
        .inv-path { min-height: 2rem; font-size: .92rem; }
        .inv .inv-path button { border: 0; padding: .1rem .2rem; color: var(--accent); text-decoration: underline; background: none; }
        .inv-controls { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; }
        .inv-controls input[type=search] { min-width: 15rem; }
        .inv-box { overflow-x: auto; }
        .inv-table { border-collapse: collapse; width: 100%; font-size: .87rem; }
        .inv-table th, .inv-table td { text-align: left; vertical-align: top; padding: .35rem .55rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
        .inv-table th { background: var(--panel); white-space: nowrap; }
        .inv .inv-table th button { border: 0; background: none; padding: 0; font-weight: 600; }
        .inv-table td.inv-number { text-align: right; } .inv-table th.inv-number { text-align: right; }
        .inv-table tr.inv-own td:first-child { box-shadow: inset 4px 0 #d55e00; }
        .inv-badge { display: inline-block; margin-right: .4rem; padding: 0 .35rem; border-radius: 3px; background: #b24e00; color: #fff; font-size: .75rem; font-weight: 600; }
        .inv-table dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; margin: .4rem 0 .2rem; color: var(--quiet); }
        .inv-table dt { font-weight: 600; } .inv-table dd { margin: 0; overflow-wrap: anywhere; }
        .inv-table details { margin: 0; }
        @media (max-width: 760px) {
          .inv-pair { display: block; }
          .inv-controls input[type=search] { min-width: 0; width: 100%; } .inv-controls label:first-child { width: 100%; }
          .inv-table thead { display: none; }
          .inv-table, .inv-table tbody, .inv-table tr, .inv-table td { display: block; width: 100%; }
          .inv-table tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
          .inv-table tr.inv-own { border-left: 4px solid #d55e00; padding-left: .5rem; }
          .inv-table tr.inv-own td:first-child { box-shadow: none; }
          .inv-table td, .inv-table td.inv-number { border: 0; padding: .05rem 0; text-align: left; }
          .inv-table td[data-name]::before { content: attr(data-name) ": "; color: var(--quiet); }
          .inv-table td:empty { display: none; }
          .inv-table dl { display: block; }
        }
        @media print { .inv-controls, .inv-more, .inv-save { display: none; } .inv-figure { break-inside: avoid-page; } }`;
      document.head.append(style);
      const data = JSON.parse(document.getElementById("inventory-data").textContent);
      const at = Object.fromEntries(data.columns.map((name, index) => [name, index]));
      const width = data.columns.length;
      const rows = data.rows.map((cells, index) => ({
        index, cells, year: cells[width], model: cells[width + 1], line: cells[width + 2], same: cells[width + 3],
        text: cells.slice(0, width).flat().join("\n").toLowerCase(),
        path: [cells[at.category], cells[at.sub_category_I], cells[at.sub_category_II]],
        tasks: [...new Set(cells[at.task])], types: [...new Set(cells[at.neuralNetwork_type])],
        names: [...new Set(cells[at.neuralNetwork_name])],
      }));
      const papers = rows.filter(row => row.model === null);
      const ours = rows.filter(row => row.model !== null);
      const state = { path: [], type: null, name: null, year: null, tasks: null, words: [], ours: false, sort: null, down: false, limit: 100 };
      const find = id => document.getElementById(id);
      const counted = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

      function element(name, attributes, ...children) {
        const made = document.createElement(name);
        for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
        made.append(...children.filter(child => child !== null && child !== undefined && child !== ""));
        return made;
      }
      function drawn(name, attributes, text) {
        const made = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes || {})) {
          // The page's style sheet goes before attributes, but not before styles.
          if (key === "fill" || key === "stroke") made.style[key] = value; else made.setAttribute(key, value);
        }
        if (text !== undefined) made.textContent = text;
        return made;
      }
      function pressed(node, action) {
        node.setAttribute("tabindex", "0");
        node.setAttribute("role", "button");
        node.addEventListener("click", action);
        node.addEventListener("keydown", event => {
          if (event.key === "Enter" || event.key === " ") { event.preventDefault(); action(); }
        });
      }
      const pen = document.createElement("canvas").getContext("2d");
      function fitted(text, room, font) {
        pen.font = font || "12px system-ui, sans-serif";
        if (pen.measureText(text).width <= room) return text;
        let low = 0, high = text.length;
        while (low < high) {
          const middle = (low + high + 1) >> 1;
          if (pen.measureText(text.slice(0, middle) + "…").width <= room) low = middle; else high = middle - 1;
        }
        return low > 2 ? text.slice(0, low).trimEnd() + "…" : "";
      }

      function saved(svg, name) {
        // A file of its own knows nothing of the page's style sheet.
        const copy = svg.cloneNode(true), from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*");
        from.forEach((node, index) => {
          const style = getComputedStyle(node);
          to[index].setAttribute("style", `fill:${style.fill};stroke:${style.stroke};font:12px sans-serif`);
        });
        copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
        const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
        element("a", { download: `${name}.svg`, href: url }).click();
        URL.revokeObjectURL(url);
      }

      // What the figures stand in.
      function figure(id, label) {
        const save = element("button", { class: "inv-save" }, "Save as SVG");
        const svg = drawn("svg", { id, role: "group", "aria-label": label });
        save.addEventListener("click", () => saved(svg, id));
        return element("figure", { class: "inv-figure" }, svg, save);
      }
      function fill(id, ...children) {
        const place = document.getElementById(id);
        if (!place) return;
        place.classList.add("inv");
        place.replaceChildren(...children);
      }
      fill("inventory-models", element("div", { class: "inv-box" }, element("table", { id: "ours", class: "inv-table" })));
      fill("inventory-subjects", element("div", { id: "path", class: "inv-path", role: "navigation", "aria-label": "Place in the order of subjects" }), figure("icicle", "Papers by category, sub-categories and task"));
      fill("inventory-bars", element("div", { class: "inv-pair" }, figure("types", "Papers by kind of network"), figure("years", "Papers by year")));
      fill("inventory-papers",
        element("div", { class: "inv-controls" },
          element("label", {}, "Search ", element("input", { type: "search", id: "search", placeholder: "words of any column" })),
          element("label", {}, element("input", { type: "checkbox", id: "only-ours" }), " models of your own only"),
          element("button", { id: "reset" }, "Show all")),
        element("p", { id: "shown", class: "inv-quiet", "aria-live": "polite" }),
        element("div", { class: "inv-box" }, element("table", { id: "papers", class: "inv-table" }, element("thead"), element("tbody"))),
        element("p", {}, element("button", { id: "more", class: "inv-more" }, "Show more")));

      // The order of subjects.
      function tree() {
        const root = { name: "all", depth: 0, share: 0, papers: new Set(), models: new Set(), children: new Map() };
        for (const row of rows) {
          const tasks = row.tasks.length ? row.tasks : [""];
          for (const task of tasks) {
            let node = root;
            for (const [depth, name] of ["", ...row.path, task].entries()) {
              if (depth > 0) {
                if (!node.children.has(name)) node.children.set(name, { name, depth, share: 0, papers: new Set(), models: new Set(), children: new Map(), parent: node });
                node = node.children.get(name);
              }
              if (row.model === null) { node.papers.add(row.index); node.share += 1 / tasks.length; }
              else { node.models.add(row.index); node.share += 1e-9; }
            }
          }
        }
        return root;
      }
      const root = tree();
      const sorted = node => [...node.children.values()].sort((a, b) => b.papers.size - a.papers.size || (a.name < b.name ? -1 : 1));
      const colours = ["#0072b2", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#999999", "#d55e00", "#f0e442"];
      const categories = sorted(root).map(node => node.name);
      function mixed(colour, part) {
        const numbers = [1, 3, 5].map(place => parseInt(colour.slice(place, place + 2), 16));
        return "rgb(" + numbers.map(value => Math.round(value + (255 - value) * part)).join(",") + ")";
      }
      const named = node => node.name === "" ? (node.depth === 4 ? "no task given" : "none given") : node.name;
      function nodeAt(path) {
        let node = root;
        for (const name of path) { if (!node.children.has(name)) break; node = node.children.get(name); }
        return node;
      }
      function pathOf(node) { return node.parent ? [...pathOf(node.parent), node.name] : []; }

      function icicle() {
        const svg = find("icicle");
        const wide = svg.clientWidth || 900;
        const isNarrow = wide < 640;
        const tall = isNarrow ? 620 : 600;
        svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
        svg.style.height = tall + "px";
        svg.replaceChildren();
        const top = nodeAt(state.path);
        const first = Math.max(top.depth, 1);
        const last = isNarrow ? Math.min(4, first + 1) : 4;
        const column = wide / (last - first + 1);
        const levels = ["", "category", "sub-category", "subject", "task"];
        for (let depth = first; depth <= last; depth++) {
          svg.append(drawn("text", { x: (depth - first) * column + 2, y: 13, fill: "var(--quiet)" }, levels[depth]));
        }
        function draw(node, from, to) {
          if (node.depth >= first) {
            const x = (node.depth - first) * column, y = 20 + from * (tall - 20), height = (to - from) * (tall - 20);
            const colour = colours[categories.indexOf(pathOf(node)[0]) % colours.length];
            const group = drawn("g", { "aria-label": `${named(node)}: ${counted(node.papers.size, "paper")}` });
            group.append(drawn("rect", { x: x + .5, y: y + .5, width: Math.max(column - 1, 0), height: Math.max(height - 1, .6), fill: mixed(colour, [0, .35, .5, .65, .78][node.depth]) }));
            group.append(drawn("title", {}, `${pathOf(node).map((name, depth) => name || named({ name, depth: depth + 1 })).join(" › ")}: ${counted(node.papers.size, "paper")}${node.models.size ? `, ${counted(node.models.size, "model")} of your own` : ""}`));
            if (height >= 13) {
              const number = node.papers.size.toLocaleString("en") + (node.models.size ? " ●" : "");
              const numberRoom = pen.measureText(number).width + 12;
              const label = fitted(named(node), column - numberRoom - 10);
              const middle = y + Math.min(height / 2, 14) + 4;
              const ink = node.depth === 1 && colour === "#0072b2" ? "#ffffff" : "#1c2530";
              group.append(drawn("text", { x: x + 6, y: middle, fill: ink }, label));
              const count = drawn("text", { x: x + column - 6, y: middle, "text-anchor": "end", fill: ink }, node.papers.size.toLocaleString("en"));
              if (node.models.size) count.append(drawn("tspan", { fill: "#d55e00" }, " ●"));
              group.append(count);
            }
            pressed(group, () => { state.path = node === top ? state.path.slice(0, -1) : pathOf(node); refresh(); });
            svg.append(group);
          }
          if (node.depth >= last) return;
          let place = from;
          const total = sorted(node).reduce((sum, child) => sum + child.share, 0) || 1;
          for (const child of sorted(node)) {
            const end = place + (to - from) * child.share / total;
            draw(child, place, end);
            place = end;
          }
        }
        pen.font = "12px system-ui, sans-serif";
        if (root.children.size) draw(top, 0, 1);
        else svg.append(drawn("text", { x: 6, y: 40, fill: "var(--quiet)" }, "no papers"));
        const path = find("path");
        path.replaceChildren();
        const steps = ["all subjects", ...state.path];
        steps.forEach((name, depth) => {
          if (depth > 0) path.append(" › ");
          const label = name || (depth === 4 ? "no task given" : "none given");
          if (depth === steps.length - 1) { path.append(element("strong", {}, label)); return; }
          const back = element("button", {}, label);
          back.addEventListener("click", () => { state.path = state.path.slice(0, depth); refresh(); });
          path.append(back);
        });
        if (ours.length) path.append(element("span", { class: "inv-quiet" }, "  (● holds models of your own)"));
      }

      // What is chosen.
      function fits(row, without) {
        if (without !== "path" && state.path.length) {
          for (let depth = 0; depth < Math.min(state.path.length, 3); depth++) if (row.path[depth] !== state.path[depth]) return false;
          if (state.path.length === 4 && !(row.tasks.length ? row.tasks : [""]).includes(state.path[3])) return false;
        }
        if (state.tasks && !row.tasks.some(task => state.tasks.includes(task))) return false;
        if (without !== "type") {
          if (state.type !== null && !row.types.includes(state.type)) return false;
          if (state.name !== null && !row.names.includes(state.name)) return false;
        }
        if (without !== "year" && state.year !== null && row.year !== state.year && row.model === null) return false;
        if (state.ours && row.model === null) return false;
        return state.words.every(word => row.text.includes(word));
      }

      function bars(id, groups) {
        const svg = find(id);
        const wide = svg.clientWidth || 420, step = 22, left = 118, right = 74;
        const list = groups.flatMap(group => [{ title: group.title }, ...group.bars]);
        const tall = list.length * step + 4;
        svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
        svg.style.height = tall + "px";
        svg.replaceChildren();
        list.forEach((bar, index) => {
          const y = index * step;
          if (bar.title) {
            svg.append(drawn("text", { x: 2, y: y + 16, fill: "var(--quiet)" }, bar.title));
            return;
          }
          const most = Math.max(1, ...bar.group.map(other => other.all));
          const room = wide - left - right;
          const group = drawn("g", { "aria-label": `${bar.name}: ${counted(bar.some, "paper")} of ${bar.all}` });
          group.append(drawn("rect", { x: 0, y, width: wide, height: step, fill: bar.isChosen ? "var(--mark)" : "transparent" }));
          group.append(drawn("text", { x: left - 8, y: y + 15, "text-anchor": "end" }, fitted(bar.name, left - 14)));
          group.append(drawn("rect", { x: left, y: y + 4, width: Math.max(room * bar.all / most, .5), height: step - 8, fill: "var(--line)" }));
          group.append(drawn("rect", { x: left, y: y + 4, width: room * bar.some / most, height: step - 8, fill: "var(--accent)" }));
          group.append(drawn("text", { x: left + room * bar.all / most + 6, y: y + 15 }, bar.some === bar.all ? `${bar.all}` : `${bar.some} of ${bar.all}`));
          group.append(drawn("title", {}, `${bar.name}: ${bar.some} of ${counted(bar.all, "paper")}`));
          pressed(group, bar.choose);
          svg.append(group);
        });
      }
      function words(key) {
        const counts = new Map();
        for (const row of papers) for (const word of row[key]) counts.set(word, (counts.get(word) || 0) + 1);
        return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      }
      const typeWords = words("types"), nameWords = words("names").slice(0, 10);
      function networks() {
        const chosen = papers.filter(row => fits(row, "type"));
        function made(list, key, slot) {
          const group = list.map(([name, all]) => ({ name, all, some: chosen.filter(row => row[key].includes(name)).length, isChosen: state[slot] === name, choose: () => { state[slot] = state[slot] === name ? null : name; refresh(); } }));
          for (const bar of group) bar.group = group;
          return group;
        }
        const groups = [{ title: "papers by kind of layers", bars: made(typeWords, "types", "type") }];
        if (nameWords.length) groups.push({ title: "papers by form (the ten most frequent)", bars: made(nameWords, "names", "name") });
        bars("types", groups);
      }

      function years() {
        const svg = find("years");
        const known = papers.filter(row => row.year !== null);
        const wide = svg.clientWidth || 420, tall = 300, left = 40, bottom = 40, top = 12;
        svg.setAttribute("viewBox", `0 0 ${wide} ${tall}`);
        svg.style.height = tall + "px";
        svg.replaceChildren();
        if (!known.length) { svg.append(drawn("text", { x: 6, y: 40, fill: "var(--quiet)" }, "no years")); return; }
        const low = Math.min(...known.map(row => row.year)), high = Math.max(...known.map(row => row.year));
        const all = new Map(), some = new Map();
        for (const row of known) {
          all.set(row.year, (all.get(row.year) || 0) + 1);
          if (fits(row, "year")) some.set(row.year, (some.get(row.year) || 0) + 1);
        }
        const most = Math.max(...all.values());
        const tick = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find(step => most / step <= 6) || 2000;
        const height = tall - bottom - top, step = (wide - left - 6) / (high - low + 1);
        for (let value = 0; value <= most; value += tick) {
          const y = top + height * (1 - value / most);
          svg.append(drawn("line", { x1: left, x2: wide - 6, y1: y, y2: y, stroke: "var(--line)" }));
          svg.append(drawn("text", { x: left - 6, y: y + 4, "text-anchor": "end", fill: "var(--quiet)" }, value));
        }
        const every = [1, 2, 5, 10, 20].find(span => step * span >= 36) || 50;
        for (let year = low; year <= high; year++) {
          const x = left + (year - low) * step, total = all.get(year) || 0, part = some.get(year) || 0;
          if (year % every === 0) svg.append(drawn("text", { x: x + step / 2, y: tall - bottom + 16, "text-anchor": "middle", fill: "var(--quiet)" }, year));
          if (!total) continue;
          const group = drawn("g", { "aria-label": `${year}: ${part} of ${counted(total, "paper")}` });
          group.append(drawn("rect", { x, y: top, width: step, height, fill: state.year === year ? "var(--mark)" : "transparent" }));
          group.append(drawn("rect", { x: x + 1, y: top + height * (1 - total / most), width: Math.max(step - 2, 1), height: height * total / most, fill: "var(--line)" }));
          group.append(drawn("rect", { x: x + 1, y: top + height * (1 - part / most), width: Math.max(step - 2, 1), height: height * part / most, fill: "var(--accent)" }));
          group.append(drawn("title", {}, `${year}: ${part} of ${counted(total, "paper")}`));
          pressed(group, () => { state.year = state.year === year ? null : year; refresh(); });
          svg.append(group);
        }
        const without = papers.length - known.length;
        svg.append(drawn("text", { x: left, y: tall - 6, fill: "var(--quiet)" }, `year of publication${without ? ` (${counted(without, "paper")} without a year that can be)` : ""}`));
        svg.append(drawn("text", { x: 2, y: 10, fill: "var(--quiet)" }, "papers"));
      }

      // The table.
      const shown = [
        { title: "Year", value: row => row.year, isNumber: true },
        { title: "Author", value: row => row.cells[at.author] },
        { title: "Title", value: row => row.cells[at.title] },
        { title: "Task", value: row => row.tasks.join(", ") },
        { title: "Network", value: row => [...row.types, ...row.names].join(", ") },
        { title: "Samples", value: row => row.cells[at.data_size].join(", "), isNumber: true },
        { title: "Score", value: row => scores(row) },
        { title: "Journal", value: row => row.cells[at.journal] },
      ];
      function scores(row) {
        const names = row.cells[at.performance_metrice], values = row.cells[at.performance_score];
        return values.length === names.length ? values.map((value, index) => `${names[index]} ${value}`).join(", ") : values.join(", ");
      }
      function compare(a, b, column) {
        const [x, y] = [column.value(a), column.value(b)];
        const [isXEmpty, isYEmpty] = [x === null || x === "", y === null || y === ""];
        if (isXEmpty || isYEmpty) return isXEmpty - isYEmpty;
        const order = column.isNumber ? parseFloat(x) - parseFloat(y) : String(x).localeCompare(String(y), "en");
        return state.down ? -order : order;
      }
      function details(row) {
        const list = element("dl");
        data.columns.forEach((name, index) => {
          const cell = row.cells[index], text = Array.isArray(cell) ? cell.join(", ") : cell;
          if (text && name !== "title") list.append(element("dt", {}, name), element("dd", {}, text));
        });
        if (row.model !== null) list.append(element("dt", {}, "model"), element("dd", {}, row.model));
        if (row.line) list.append(element("dt", {}, "line"), element("dd", {}, String(row.line) + (row.same ? `; the title of line ${row.same}` : "")));
        return list;
      }
      function table() {
        const head = find("papers").tHead;
        head.replaceChildren(element("tr", {}, ...shown.map((column, index) => {
          const arrow = state.sort === index ? (state.down ? " ▼" : " ▲") : "";
          const button = element("button", {}, column.title + arrow);
          button.addEventListener("click", () => {
            if (state.sort === index) state.down = !state.down; else { state.sort = index; state.down = column.title === "Year"; }
            table();
          });
          return element("th", { "aria-sort": state.sort === index ? (state.down ? "descending" : "ascending") : "none", class: column.isNumber ? "inv-number" : "" }, button);
        })));
        let chosen = rows.filter(row => fits(row));
        if (state.sort !== null) chosen.sort((a, b) => compare(a, b, shown[state.sort]) || a.index - b.index);
        else chosen = [...chosen.filter(row => row.model !== null), ...chosen.filter(row => row.model === null)];
        const body = find("papers").tBodies[0];
        body.replaceChildren(...chosen.slice(0, state.limit).map(row => element("tr", { class: row.model === null ? "" : "inv-own" }, ...shown.map(column => {
          const value = column.value(row);
          const text = value === null ? "" : String(value);
          if (column.title !== "Title") return element("td", { class: column.isNumber ? "inv-number" : "", ...(text ? { "data-name": column.title } : {}) }, text.length > 60 && column.isNumber ? text.slice(0, 57) + "…" : text);
          const summary = element("summary", {}, row.model === null ? null : element("span", { class: "inv-badge" }, "yours"), text);
          const box = element("details", {}, summary);
          box.addEventListener("toggle", () => { if (box.open && box.children.length === 1) box.append(details(row)); });
          return element("td", {}, box);
        }))));
        const count = chosen.filter(row => row.model === null).length, own = chosen.length - count;
        const parts = [];
        if (state.path.length) parts.push(state.path.map(name => name || "none given").join(" › "));
        if (state.tasks) parts.push(`task ${state.tasks.join(" or ")}`);
        if (state.type !== null) parts.push(state.type);
        if (state.name !== null) parts.push(state.name);
        if (state.year !== null) parts.push(String(state.year));
        if (state.words.length) parts.push(`“${state.words.join(" ")}”`);
        find("shown").textContent = `${counted(count, "paper")}${ours.length ? ` and ${counted(own, "model")} of your own` : ""}${parts.length ? `: ${parts.join(", ")}` : ""}`;
        find("more").hidden = chosen.length <= state.limit;
        find("more").textContent = `Show ${Math.min(500, chosen.length - state.limit)} more of ${chosen.length}`;
      }

      function own() {
        if (!ours.length) return;
        const head = element("thead", {}, element("tr", {}, ...["Model", "Task", "Network", "Score", "Published"].map(name => element("th", {}, name))));
        const body = element("tbody", {}, ...ours.map(row => {
          const same = papers.filter(paper => paper.tasks.some(task => row.tasks.includes(task))).length;
          const button = element("button", {}, `${counted(same, "paper")}, and this`);
          button.addEventListener("click", () => { clear(); state.tasks = row.tasks; refresh(); find("shown").scrollIntoView({ behavior: "smooth" }); });
          return element("tr", { class: "inv-own" }, element("td", {}, element("strong", {}, row.cells[at.title]), element("div", { class: "inv-quiet" }, row.model)),
            element("td", {}, row.tasks.join(", ")), element("td", {}, [...row.types, ...row.names].join(", ")), element("td", {}, scores(row)), element("td", {}, button));
        }));
        find("ours").replaceChildren(head, body);
      }
      function clear() {
        Object.assign(state, { path: [], type: null, name: null, year: null, tasks: null, words: [], ours: false, limit: 100 });
        find("search").value = "";
        find("only-ours").checked = false;
      }
      function refresh() { state.limit = 100; icicle(); networks(); years(); table(); }

      find("search").addEventListener("input", event => {
        state.words = event.target.value.toLowerCase().split(/\s+/).filter(word => word);
        refresh();
      });
      find("only-ours").addEventListener("change", event => { state.ours = event.target.checked; refresh(); });
      if (!ours.length) find("only-ours").parentElement.hidden = true;
      find("reset").addEventListener("click", () => { clear(); refresh(); });
      find("more").addEventListener("click", () => { state.limit += 500; table(); });
      let timer = 0, last = 0;
      new ResizeObserver(() => {
        const width = document.documentElement.clientWidth;
        if (width === last) return;
        last = width;
        clearTimeout(timer);
        timer = setTimeout(() => { icicle(); networks(); years(); }, 100);
      }).observe(document.documentElement);
      own();
      refresh();
    })();
    """#
}
