"use strict";
// Sorting, and nothing else: without it every table can be read all the same.
{
  const order = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  // "292,900", "≥12", "67 %"; what is not known ("?", "–") has no number.
  const number = (text) => {
    const plain = text.replace(/[,\s≥%]/g, "");
    return /^\d+$/.test(plain) ? Number(plain) : null;
  };

  const sort = (table, column, isNumber, down) => {
    const key = (row) => {
      const text = row.cells[column].textContent.trim();
      return isNumber ? number(text) : text || null;
    };
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => [key(row), row]);
    rows.sort(([one], [other]) => {
      // What is not known stands last, whichever way.
      if (one === null || other === null) return (one === null) - (other === null);
      const after = isNumber ? one - other : order.compare(one, other);
      return down ? -after : after;
    });
    const sorted = document.createDocumentFragment();
    rows.forEach(([, row]) => sorted.append(row));
    body.append(sorted);
  };

  for (const table of document.querySelectorAll("table.sorts")) {
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, column) => {
      const isNumber = head.classList.contains("n");
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        // Numbers begin with the largest, which is what one looks for.
        const was = head.getAttribute("aria-sort");
        const down = was === null ? isNumber : was === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, isNumber, down);
      });
    });
  }

  // On paper nothing can be opened.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    opened.forEach((details) => (details.open = true));
  });
  addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));
}
