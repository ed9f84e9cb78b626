// The map of the set, and beside it that of another; a word that is lit in one is lit in both.

import { el } from "./dom.js";
import { Failure } from "./failure.js";
import { MapView } from "./map_view.js";

const AGAIN = 3000; // milliseconds until a server that is gone is asked again

export class Maps {
  #views = [];
  #names = ["", ""];
  #made = new Map(); // maps by the names of their sets
  #lit = [[], [[], []]];

  constructor(app, stage) {
    this.app = app;
    this.stage = stage;
  }

  // Shows the maps of `set` and of `other`, "" for none.
  show({ set, other, view, view2 }) {
    [set, other].forEach((name, place) => {
      const text = place ? view2 : view;
      if (name === this.#names[place]) this.#views[place]?.look(text || this.#views[place].text);
      else this.#become(place, name, text);
    });
    this.stage.classList.toggle("two", Boolean(other));
  }

  // Lights `words` in both, and in each those of its own `neighbours`.
  light(words, neighbours) {
    this.#lit = [words, neighbours];
    this.#views.forEach((view, place) => this.#light(view, place));
  }

  hover(word) {
    for (const view of this.#views) view?.hover(word);
  }

  restyle() {
    for (const view of this.#views) view?.restyle();
  }

  #light(view, place) {
    const key = place ? "view2" : "view";
    const [words, neighbours] = this.#lit;
    view?.light(words.slice().reverse(), neighbours[place] ?? [], this.app.state.values[key] === "");
  }

  async #become(place, name, view) {
    this.#names[place] = name;
    if (!name) {
      this.#views[place]?.element.remove();
      if (this.#views[place] !== null) this.#views[place] = undefined;
      return;
    }
    if (this.#views[place] === undefined) this.#views[place] = this.#open(place);
    const shown = this.#views[place];
    if (shown === null) return;
    const total = this.app.catalogue.sets.find((each) => each.name === name).num_words;
    shown.show(name, this.#made.get(name) ?? null, view, total);
    if (!this.#made.has(name)) {
      shown.say("Fetching the map");
      const found = await this.#fetch(name, (line, part) => this.#names[place] === name && shown.say(line, part));
      if (found === null) return;
      this.#made.set(name, found);
      if (this.#names[place] !== name) return;
      shown.show(name, found, this.app.state.values[place ? "view2" : "view"], total);
    }
    this.#light(shown, place);
  }

  // The map of a set, or null where there is none; `say` hears how far it is.
  async #fetch(name, say) {
    const onProgress = ({ title, done, total }) => say(title || "Making the map", total ? done / total : null);
    for (;;) {
      try {
        return await this.app.source.map(name, onProgress);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        say(`There is no map: ${error.message}`);
        if (error.code !== "gone") return null;
        await new Promise((done) => setTimeout(done, AGAIN));
      }
    }
  }

  #open(place) {
    const key = place ? "view2" : "view";
    try {
      const view = new MapView(place + 1, {
        choose: (word) => this.app.show({ word: [word], tab: "word", [key]: this.#views[place].text }),
        hover: (word) => this.hover(word),
        rest: (text) => this.app.state.set({ [key]: text }, { replace: true }),
      });
      this.stage.append(view.element);
      return view;
    } catch (error) {
      this.stage.replaceChildren(el("p", { class: "notice" }, error.message));
      return null;
    }
  }
}
