// A field for a word, which offers completions (the pattern "combobox" of WAI-ARIA 1.2).

import { bdi, count, debounced, el, latest } from "./dom.js";

const NUM_OFFERED = 8;
let numFields = 0;

export class Combobox {
  #options = [];
  #active = -1;
  #ask = latest();

  // `choose` gets the word; `complete` what is typed, and gives entries {word, count} to offer.
  constructor({ label, hint = "", choose, complete }) {
    const list = `offers-${++numFields}`;
    this.choose = choose;
    this.complete = complete;
    this.input = el("input", {
      type: "text", role: "combobox", "aria-label": label, "aria-expanded": "false", "aria-controls": list,
      "aria-autocomplete": "list", placeholder: hint, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      dir: "auto", maxlength: "300",
      oninput: debounced(() => this.#offer(), 60), onkeydown: (event) => this.#press(event), onblur: () => this.#close(),
      onfocus: () => this.input.select(),
    });
    this.list = el("ul", { role: "listbox", id: list, "aria-label": label, hidden: true });
    this.element = el("div", { class: "combobox" }, this.input, this.list);
  }

  get value() {
    return this.input.value.trim();
  }

  set value(word) {
    this.input.value = word;
  }

  async #offer() {
    const isLatest = this.#ask();
    const found = this.value === "" ? [] : await this.complete(this.value, NUM_OFFERED);
    if (!isLatest() || document.activeElement !== this.input) return;
    this.#options = found ?? [];
    this.list.replaceChildren(...this.#options.map((entry, place) =>
      el("li", {
        role: "option", id: `${this.list.id}-${place}`, "aria-selected": "false",
        onmousedown: (event) => event.preventDefault(), onclick: () => this.#choose(entry.word),
      }, bdi(entry.word), entry.count === null ? null : el("span", { class: "count" }, count(entry.count)))));
    this.#show(this.#options.length > 0);
    this.#activate(-1);
  }

  #show(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  #close() {
    this.#ask();
    this.#options = [];
    this.#activate(-1);
    this.#show(false);
  }

  #activate(place) {
    this.#active = place;
    [...this.list.children].forEach((item, each) => item.setAttribute("aria-selected", String(each === place)));
    if (place < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", this.list.children[place].id);
      this.list.children[place].scrollIntoView({ block: "nearest" });
    }
  }

  #choose(word) {
    this.#close();
    this.value = word;
    if (word !== "") this.choose(word);
  }

  #press(event) {
    const number = this.#options.length;
    if (event.key === "Enter") {
      this.#choose(this.#active < 0 ? this.value : this.#options[this.#active].word);
    } else if (event.key === "Escape") {
      if (this.list.hidden) this.value = "";
      this.#close();
    } else if (event.key === "ArrowDown" && number === 0) {
      this.#offer();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#activate(((this.#active + 1 + step + number + 1) % (number + 1)) - 1);
    } else return;
    event.preventDefault();
  }
}
