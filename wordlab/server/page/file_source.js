// Answers from what an exported file holds: one set, its map, and the nearest words of each word.

import { bytes } from "./base64.js";
import { Failure } from "./failure.js";
import { nearSpellings } from "./spelling.js";

export class FileSource {
  #data;
  #neighbours;
  #cosines;
  #ids;

  constructor(data) {
    this.#data = data;
    this.#neighbours = new Uint32Array(bytes(data.neighbours).buffer);
    this.#cosines = bytes(data.cosines);
    this.#ids = new Map(data.words.map((word, id) => [word, id]));
  }

  async catalogue() {
    const { model, num_words, dim, counts } = this.#data;
    const set = { name: model, num_words, dim, counts: counts !== null, subwords: false };
    return { sets: [set], classifiers: [] };
  }

  async map() {
    const { words, counts, method } = this.#data;
    const steps = new Uint16Array(bytes(this.#data.coordinates).buffer);
    return { words, counts, method, coordinates: Float32Array.from(steps, (step) => step / 32767.5 - 1) };
  }

  async complete(set, prefix, k) {
    const beginsWith = (start, form) => {
      const found = [];
      for (let id = 0; id < this.#data.words.length && found.length < k; id++) {
        if (form(this.#data.words[id]).startsWith(start)) found.push(this.#entry(id));
      }
      return found;
    };
    const found = beginsWith(prefix, (word) => word);
    return found.length ? found : beginsWith(prefix.toLowerCase(), (word) => word.toLowerCase());
  }

  async near(set, word) {
    return nearSpellings(word, this.#data.words, 3).map((id) => this.#entry(id));
  }

  async facts(set, word) {
    const id = this.#id(word);
    return { word, rank: id, count: this.#data.counts?.[id] || null };
  }

  async nearest(set, word, k) {
    const id = this.#id(word);
    const found = [];
    for (let place = id * this.#data.k; place < (id + 1) * this.#data.k && found.length < k; place++) {
      const other = this.#neighbours[place];
      if (other < this.#data.words.length && other !== id) {
        found.push({ word: this.#data.words[other], similarity: (this.#cosines[place] / 255) * 2 - 1 });
      }
    }
    return found;
  }

  #entry(id) {
    return { word: this.#data.words[id], rank: id, count: this.#data.counts?.[id] || null };
  }

  #id(word) {
    const id = this.#ids.get(word);
    if (id === undefined) {
      const number = this.#data.words.length.toLocaleString("en");
      throw new Failure("unknown_word", `\u2018${word}\u2019 is not among the ${number} words.`);
    }
    return id;
  }
}
