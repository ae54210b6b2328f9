/// What makes a ``DataTable`` work in the page.
enum DataTableScript {
  /// The script.
  ///
  /// It makes elements and sets their text; it never makes elements of text.
  static let text: StaticString = #"""
    "use strict";
    (function () {
      const rowHeight = 30, overscan = 12;
      function make(name, parent, text, attributes) {
        const element = document.createElement(name);
        if (text !== undefined && text !== null) element.textContent = text;
        for (const key in attributes || {}) element.setAttribute(key, attributes[key]);
        if (parent) parent.appendChild(element);
        return element;
      }
      function shown(column, row) {
        const value = column.values[row];
        if (column.kind === "word") return column.words[value] || "";
        if (value === null || value === undefined) return "";
        if (column.kind === "number") return value.toFixed(column.decimals);
        if (column.kind === "time") return new Date(value).toISOString().replace("T", " ").replace(/\dZ$/, "");
        return value;
      }
      function ranks(column, count) {
        if (column.ranks) return column.ranks;
        const result = new Float64Array(count);
        if (column.kind === "number" || column.kind === "time") {
          for (let i = 0; i < count; i++) result[i] = column.values[i] === null ? NaN : column.values[i];
        } else if (column.kind === "word") {
          const order = column.words.map((_, i) => i).sort((a, b) => (column.words[a] < column.words[b] ? -1 : 1));
          const place = []; order.forEach((w, i) => { place[w] = i; });
          for (let i = 0; i < count; i++) result[i] = place[column.values[i]];
        } else {
          const order = Array.from({ length: count }, (_, i) => i), v = column.values;
          order.sort((a, b) => (v[a] < v[b] ? -1 : v[a] > v[b] ? 1 : a - b));
          let rank = 0;
          for (let i = 0; i < count; i++) {
            if (i > 0 && v[order[i]] !== v[order[i - 1]]) rank = i;
            result[order[i]] = v[order[i]] === "" ? NaN : rank;
          }
        }
        column.ranks = result;
        return result;
      }
      function build(root) {
        const source = document.getElementById(root.dataset.source);
        const data = JSON.parse(source.textContent);
        source.textContent = "";
        const count = data.rows, columns = data.columns, seen = columns.filter(c => c.width > 0);
        let order = data.order ? { column: columns[data.order[0]], sign: data.order[1] } : { column: null, sign: 1 };
        let rows = new Uint32Array(0), chosen = -1, printing = false;
        root.textContent = "";
        const form = make("form", root, null, { class: "filters", role: "search" });
        form.addEventListener("submit", event => event.preventDefault());
        const conditions = [];
        let pending = 0;
        function later() { clearTimeout(pending); pending = setTimeout(apply, 120); }
        const searched = columns.filter(c => c.kind === "text" && c.filter);
        if (searched.length) {
          const label = make("label", form, "Find in " + searched.map(c => c.heading).join(", ") + " ");
          const input = make("input", label, null, { type: "search", "data-filter": "text", spellcheck: "false", autocomplete: "off" });
          input.addEventListener("input", later);
          let folded = null;
          conditions.push(() => {
            const wanted = input.value.trim().toLowerCase();
            if (!wanted) return null;
            if (!folded) folded = searched.map(c => c.values.map(v => v.toLowerCase()));
            return row => folded.some(values => values[row].includes(wanted));
          });
        }
        columns.filter(c => c.kind === "word" && c.filter).forEach(column => {
          const field = make("fieldset", form);
          make("legend", field, column.heading);
          const totals = column.words.map(() => 0);
          for (let i = 0; i < count; i++) totals[column.values[i]]++;
          const boxes = column.words.map((word, index) => {
            const label = make("label", field);
            const box = make("input", label, null, { type: "checkbox", "data-filter": column.heading, value: word });
            box.checked = box.defaultChecked = true;
            box.addEventListener("change", apply);
            if (column.colours[index]) make("span", label, "", { class: "swatch" }).style.background = column.colours[index];
            make("span", label, word + " (" + totals[index].toLocaleString("en") + ")");
            return box;
          });
          conditions.push(() => {
            const on = boxes.map(b => b.checked);
            return on.every(Boolean) ? null : row => on[column.values[row]];
          });
        });
        columns.filter(c => c.kind === "number" && c.filter).forEach(column => {
          const field = make("fieldset", form);
          make("legend", field, column.heading);
          const ends = ["from", "to"].map(end => {
            const label = make("label", field, end + " ");
            const input = make("input", label, null, { type: "number", step: "any", "data-filter": column.heading, "data-end": end });
            input.addEventListener("input", later);
            return input;
          });
          conditions.push(() => {
            const low = ends[0].value === "" ? null : Number(ends[0].value), high = ends[1].value === "" ? null : Number(ends[1].value);
            if (low === null && high === null) return null;
            return row => {
              const value = column.values[row];
              return value !== null && (low === null || value >= low) && (high === null || value <= high);
            };
          });
        });
        const reset = make("button", form, "All " + data.rowName, { type: "button", class: "reset" });
        reset.addEventListener("click", () => {
          form.reset(); apply();
        });
        const status = make("p", root, "", { class: "status", role: "status", "aria-live": "polite" });
        const scroll = make("div", root, null, { class: "scroll", tabindex: "0", role: "region", "aria-label": data.caption });
        const table = make("table", scroll);
        // On a phone the first column leaves room for two others.
        const narrow = window.matchMedia("(max-width: 640px)").matches;
        const widths = seen.map((c, i) => (narrow && i === 0 ? Math.min(c.width, 140) : c.width));
        table.style.width = widths.reduce((sum, width) => sum + width, 0) + "px";
        make("caption", table, data.caption);
        const group = make("colgroup", table);
        widths.forEach(width => { make("col", group).style.width = width + "px"; });
        const head = make("tr", make("thead", table));
        const heads = seen.map(column => {
          const cell = make("th", head, null, { scope: "col", class: column.kind });
          const button = make("button", cell, column.heading, { type: "button" });
          if (column.meaning) button.title = column.meaning;
          button.addEventListener("click", () => {
            order = { column, sign: order.column === column ? -order.sign : column.kind === "number" ? -1 : 1 };
            sort(); scroll.scrollTop = 0; render();
          });
          return cell;
        });
        const body = make("tbody", table);
        const detail = make("div", root, null, { class: "detail", "aria-live": "polite" });
        make("p", detail, "Choose a row to see all of it.");
        function sort() {
          heads.forEach((cell, i) => {
            if (seen[i] === order.column) cell.setAttribute("aria-sort", order.sign > 0 ? "ascending" : "descending");
            else cell.removeAttribute("aria-sort");
          });
          if (!order.column) { rows.sort(); return; }
          const rank = ranks(order.column, count), sign = order.sign;
          // Rows without a value are last either way; equal ones stay in the order of the catalog.
          rows.sort((a, b) => {
            const x = rank[a], y = rank[b];
            if (x !== x || y !== y) return x !== x ? (y !== y ? a - b : 1) : -1;
            return x === y ? a - b : sign * (x - y);
          });
        }
        function apply() {
          clearTimeout(pending);
          const active = conditions.map(c => c()).filter(Boolean), kept = new Uint32Array(count);
          let n = 0;
          for (let row = 0; row < count; row++) if (active.every(c => c(row))) kept[n++] = row;
          rows = kept.slice(0, n);
          sort();
          status.textContent = (n === count ? "" : n.toLocaleString("en") + " of ") + count.toLocaleString("en") + " " + data.rowName;
          scroll.scrollTop = 0;
          render();
        }
        function choose(row) {
          chosen = row;
          detail.textContent = "";
          const list = make("dl", detail);
          columns.forEach(column => {
            make("dt", list, column.heading);
            make("dd", list, shown(column, row) || "–");
          });
          render();
        }
        function render() {
          const height = scroll.clientHeight || 480;
          let first = Math.max(0, Math.floor(scroll.scrollTop / rowHeight) - overscan);
          let end = Math.min(rows.length, first + Math.ceil(height / rowHeight) + 2 * overscan);
          if (printing) { first = 0; end = Math.min(rows.length, 60); }
          const fragment = document.createDocumentFragment();
          const above = make("tr", fragment, null, { class: "space", "aria-hidden": "true" });
          above.style.height = first * rowHeight + "px";
          for (let place = first; place < end; place++) {
            const row = rows[place];
            const line = make("tr", fragment, null, { "aria-rowindex": place + 2, "data-row": row });
            if (row === chosen) line.className = "chosen";
            seen.forEach((column, index) => {
              const text = shown(column, row);
              const cell = make(index === 0 ? "th" : "td", line, null, { class: column.kind });
              if (index === 0) {
                cell.scope = "row";
                make("button", cell, text || "–", { type: "button", title: "Show all of this row" });
              } else if (column.kind === "word" && column.colours[column.values[row]]) {
                make("span", cell, "", { class: "swatch" }).style.background = column.colours[column.values[row]];
                make("span", cell, text);
              } else cell.textContent = text;
              if (column.kind === "text" && index > 0) cell.title = text;
            });
          }
          const below = make("tr", fragment, null, { class: "space", "aria-hidden": "true" });
          below.style.height = (printing ? 0 : (rows.length - end) * rowHeight) + "px";
          body.textContent = "";
          body.appendChild(fragment);
          table.setAttribute("aria-rowcount", rows.length + 1);
        }
        body.addEventListener("click", event => {
          const line = event.target.closest("tr[data-row]");
          if (line) choose(Number(line.dataset.row));
        });
        let frame = 0;
        scroll.addEventListener("scroll", () => {
          if (!frame) frame = requestAnimationFrame(() => { frame = 0; render(); });
        });
        window.addEventListener("resize", render);
        window.addEventListener("beforeprint", () => { printing = true; render(); });
        window.addEventListener("afterprint", () => { printing = false; render(); });
        apply();
        root.dataset.ready = "true";
      }
      document.querySelectorAll(".data-table").forEach(build);
    })();
    """#
}
