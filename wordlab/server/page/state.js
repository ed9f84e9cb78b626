// What is shown, kept in the address: it can be shared, reloaded, and gone back from.

const DEFAULTS = {
  set: "", other: "", tab: "word", word: [], k: "10", view: "", view2: "",
  ask: [], odd: [], classifier: "", text: "", theme: "",
};
const LONGEST_TEXT = 2000; // of a text in an address

export class State {
  #listeners = [];

  constructor() {
    this.values = read();
    addEventListener("popstate", () => this.#become(read()));
  }

  // `listener` hears of each change: the names of what is different now.
  listen(listener) {
    this.#listeners.push(listener);
  }

  // The address at which `changes` would be shown.
  url(changes) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...this.values, ...changes })) {
      const values = Array.isArray(value) ? value : value === DEFAULTS[name] ? [] : [value];
      for (const each of values) query.append(name, each.slice(0, LONGEST_TEXT));
    }
    const text = query.toString();
    return location.pathname + (text ? `?${text}` : "");
  }

  // Shows `changes`. Small ones, such as a moved map, replace the entry in the browser's history.
  set(changes, { replace = false } = {}) {
    const url = this.url(changes);
    if (url !== location.pathname + location.search) {
      if (replace) history.replaceState(null, "", url);
      else history.pushState(null, "", url);
    }
    this.#become({ ...this.values, ...changes });
  }

  #become(values) {
    const changed = Object.keys(DEFAULTS).filter((name) => !same(values[name], this.values[name]));
    this.values = values;
    if (changed.length) for (const listener of this.#listeners) listener(new Set(changed));
  }
}

function read() {
  const query = new URLSearchParams(location.search);
  const found = {};
  for (const [name, value] of Object.entries(DEFAULTS)) {
    found[name] = Array.isArray(value) ? query.getAll(name) : query.get(name) ?? value;
  }
  return found;
}

function same(one, other) {
  return Array.isArray(one)
    ? one.length === other.length && one.every((each, place) => each === other[place])
    : one === other;
}
