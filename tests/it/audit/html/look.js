// What is seen of a page. Evaluated by the tests, never part of it.
globalThis.look = {
  cells: (row) => Array.from(row.cells, (cell) => cell.textContent.trim()),
  table: (id) => Array.from(document.querySelectorAll(`#${id} tbody tr`), look.cells),
  texts: (selector) => Array.from(document.querySelectorAll(selector), (node) => node.firstChild.data),

  open: () => document.querySelectorAll("details").forEach((details) => (details.open = true)),

  colour: (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return parts.length === 4 && parts[3] === 0 ? null : parts.slice(0, 3);
  },
  luminance: (colour) => {
    const [r, g, b] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  },
  contrast: (one, other) => {
    const [low, high] = [look.luminance(one), look.luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  },
  // What stands behind an element: of a number in the heat map its cell, else the nearest background.
  behind: (element) => {
    if (/^count/.test(element.getAttribute("class") ?? "")) return look.colour(getComputedStyle(element.previousElementSibling).fill);
    for (let at = element; at; at = at.parentElement) {
      const colour = look.colour(getComputedStyle(at).backgroundColor);
      if (colour) return colour;
    }
    return [255, 255, 255];
  },
  // Every text with too little contrast, and every mark.
  faint: () => {
    const found = [];
    let looked = 0;
    const check = (element, colour, least) => {
      looked += 1;
      const contrast = look.contrast(look.colour(colour), look.behind(element));
      if (contrast < least) found.push(`${element.outerHTML.slice(0, 100)}: ${contrast.toFixed(2)}`);
    };
    for (const element of document.body.querySelectorAll("*")) {
      const style = getComputedStyle(element);
      if (["SCRIPT", "title", "desc"].includes(element.tagName) || !element.checkVisibility()) continue;
      const hasText = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
      if (hasText) check(element, element instanceof SVGElement ? style.fill : style.color, 4.5);
      if (element.tagName === "BUTTON") check(element, getComputedStyle(element, "::after").color, 4.5);
    }
    for (const mark of document.querySelectorAll("svg .broken, svg .proven")) check(mark, getComputedStyle(mark).fill, 3);
    for (const mark of document.querySelectorAll("svg .kept, svg .unsure, svg .limit, svg .claimed")) check(mark, getComputedStyle(mark).stroke, 3);
    return { looked, found };
  },

  focusables: () => Array.from(document.querySelectorAll("a[href], button, summary, [tabindex='0']")).filter((node) => node.checkVisibility()),
  // Where the focus is, as its place among them.
  focused: () => look.focusables().indexOf(document.activeElement),
};
