// Elements. Text goes in as text alone, never as HTML: a word may be anything.

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// A word as people can see it: control characters, and words of nothing but blanks, by their numbers.
export function visible(word) {
  const blank = /^[\s\p{C}\p{Z}]*$/u.test(word);
  const hidden = blank ? /./gsu : /[\p{Cc}\p{Zl}\p{Zp}]/gu;
  return word.replace(hidden, (character) => {
    const number = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `\u27e8${number}\u27e9`;
  });
}

// A word in running text; bdi keeps words of either direction from turning their surroundings around.
export const bdi = (word) => el("bdi", { class: "word", title: word.length > 24 ? word : null }, visible(word));

export const count = (number) => number.toLocaleString("en");
export const share = (number) => number.toFixed(3).replace("-", "\u2212");
export const percent = (number) => `${(100 * number).toFixed(1)} %`;

// A bar whose length is `number`, from 0 to 1; the figure stands beside it, so readers of screens skip it.
export function bar(number, kind = "") {
  const inside = el("span", { class: kind });
  inside.style.width = `${100 * Math.max(0, Math.min(1, number))}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, inside);
}

// Calls `work` once nothing has been asked for `milliseconds`.
export function debounced(work, milliseconds) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), milliseconds);
  };
}

// Says of each question whether a later one has taken its place.
export function latest() {
  let number = 0;
  return () => {
    const mine = ++number;
    return () => mine === number;
  };
}
