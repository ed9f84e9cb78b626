// What is known of the word in question: facts and nearest words, in one set or in two beside each other.

import { bdi, count, el, latest, share } from "../dom.js";
import { Failure } from "../failure.js";
import { similarList, wordLink } from "../lists.js";
import { heatMap } from "./heat.js";
import { Trail } from "./trail.js";

const MORE = 50;

export class WordPanel {
  name = "word";
  title = "Word";
  uses = new Set(["set", "other", "word", "k"]);
  #ask = latest();

  constructor(app) {
    this.app = app;
    this.trail = new Trail(app);
    this.answers = el("div", { class: "answers" });
    this.element = el("div", {}, this.answers, this.trail.element);
  }

  static fits = (source, catalogue) => catalogue.sets.length > 0;

  async show({ set, other, word, k }) {
    const isLatest = this.#ask();
    if (!word.length) {
      this.app.maps.light([], [[], []]);
      const hint = await this.#beginning(set);
      if (isLatest()) this.answers.replaceChildren(...hint);
      return;
    }
    const asked = word.at(-1);
    const sets = other ? [set, other] : [set];
    const found = await this.app.ask(() => Promise.all(sets.map((each) => this.#answer(each, asked, Number(k)))));
    if (!isLatest() || found === null) return;
    this.trail.add(asked);
    this.app.maps.light(word, found.map(({ nearest }) => nearest?.map((each) => each.word) ?? []));
    const parts = other ? this.#beside(sets, found) : this.#alone(found[0], k);
    const heading = el("h2", { class: "asked", title: asked }, bdi(asked));
    this.answers.replaceChildren(...[this.#chips(word), heading, ...parts].filter((part) => part !== null));
    if (word.length > 1 && this.app.source.similarities) {
      const table = await this.app.ask(() => heatMap(this.app, set, word));
      if (isLatest() && table !== null) this.answers.append(table);
    }
    this.app.say(spoken(asked, sets, found));
  }

  // Facts and nearest words in `set`, or near spellings of a word that it does not know.
  async #answer(set, word, k) {
    const { source } = this.app;
    try {
      const [facts, nearest] = await Promise.all([source.facts(set, word), source.nearest(set, word, k)]);
      return { facts, nearest };
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "unknown_word") throw error;
      return { nearest: null, near: await source.near(set, word) };
    }
  }

  #alone(found, k) {
    if (found.nearest === null) return [this.#unknown(found)];
    const more = found.nearest.length < Number(k) || Number(k) >= Math.min(MORE, this.app.source.mostNearest) ? null
      : el("button", { type: "button", onclick: () => this.app.state.set({ k: String(MORE) }, { replace: true }) }, `Show ${MORE}`);
    return [this.#facts(found.facts), el("h3", {}, "Nearest words"),
      similarList(this.app, found.nearest, { label: "Nearest words" }), more];
  }

  #beside(sets, found) {
    const lists = found.map(({ nearest }) => new Set(nearest?.map((each) => each.word)));
    const common = [...lists[0]].filter((word) => lists[1].has(word));
    const columns = found.map((each, place) => el("div", { class: `set${place + 1}` },
      el("h3", {}, el("bdi", {}, sets[place])),
      each.nearest === null ? this.#unknown(each) : this.#facts(each.facts),
      each.nearest === null ? null : similarList(this.app, each.nearest,
        { label: `Nearest words in ${sets[place]}`, both: lists[1 - place], add: false })));
    const overlap = found.every(({ nearest }) => nearest !== null)
      ? el("p", { class: "overlap" }, el("strong", {}, `${common.length} of ${Math.max(lists[0].size, lists[1].size)}`),
        " nearest words in common")
      : null;
    return [overlap, el("div", { class: "columns" }, columns)];
  }

  #facts({ rank, count: number, norm, subwords }) {
    const entry = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
    const facts = [
      rank === null ? entry("rank", "made of its n-grams") : entry("rank", count(rank + 1)),
      number ? entry("count", count(number)) : null,
      norm === undefined ? null : entry("length", share(norm)),
    ];
    const grams = subwords?.length
      ? el("details", {}, el("summary", {}, `${count(subwords.length)} subwords`),
        el("p", { class: "grams" }, subwords.flatMap((gram) => [bdi(gram), " "])))
      : null;
    return el("div", { class: "facts" }, el("dl", {}, facts), grams);
  }

  #unknown({ near }) {
    const line = el("p", { class: "unknown" }, "Not among the words of this set. ");
    if (near.length) {
      line.append("Did you mean ", ...near.flatMap(({ word }, place) => [place ? ", " : "", wordLink(this.app, word)]), "?");
    }
    return line;
  }

  #chips(words) {
    if (words.length < 2) return null;
    return el("ul", { class: "chips", "aria-label": "Words compared" }, words.map((word) => {
      const others = words.filter((each) => each !== word);
      return el("li", {}, wordLink(this.app, word, { word: [...others, word] }),
        el("button", { type: "button", class: "quiet", "aria-label": `Leave out \u2068${word}\u2069`,
          onclick: () => this.app.state.set({ word: others }) }, "\u00d7"));
    }));
  }

  async #beginning(set) {
    const frequent = (await this.app.ask(() => this.app.source.complete(set, "", 1000))) ?? [];
    const plain = frequent.filter(({ word }) => /^\p{L}{4,20}$/u.test(word));
    const some = plain.length > 60 ? plain.slice(60) : plain; // the first are those that all texts have
    const step = Math.max(1, Math.floor(some.length / 8));
    const words = some.filter((_, place) => place % step === 0).slice(0, 8);
    return [el("div", { class: "empty" },
      el("p", {}, "Search for a word, or click one on the map."),
      el("p", { class: "examples" }, words.flatMap(({ word }) => [wordLink(this.app, word), " "])),
      el("p", { class: "keys" }, el("kbd", {}, "/"), " searches, ", el("kbd", {}, "+"), " ", el("kbd", {}, "\u2212"), " ",
        el("kbd", {}, "0"), " and arrows move the map."))];
  }
}

function spoken(word, sets, found) {
  return found.map(({ nearest, near }, place) => {
    const where = sets.length > 1 ? ` in ${sets[place]}` : "";
    if (nearest === null) return `${word} is unknown${where}; ${near.length} near spellings.`;
    const first = nearest.slice(0, 3).map((each) => each.word).join(", ");
    return `${nearest.length} words nearest to ${word}${where}: ${first}${nearest.length > 3 ? " and more" : ""}.`;
  }).join(" ");
}
