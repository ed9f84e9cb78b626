// Answers of the server that this page came from.

import { bytes } from "./base64.js";
import { Failure } from "./failure.js";

const KEY = "wordlab-key"; // in sessionStorage: for this tab, until it is closed
const PAUSE = 700; // milliseconds between questions whether a map is ready

export class HttpSource {
  set key(key) {
    sessionStorage.setItem(KEY, key);
  }

  async catalogue() {
    return (await this.#ask("catalogue")).found;
  }

  async map(set, onProgress) {
    const found = await this.#wait(`map?${query({ model: set })}`, onProgress);
    return { ...found, coordinates: new Float32Array(bytes(found.coordinates).buffer) };
  }

  async complete(set, prefix, k) {
    return (await this.#ask(`complete?${query({ model: set, q: prefix, k })}`)).found.words;
  }

  async near(set, word) {
    return (await this.#ask(`spellings?${query({ model: set, q: word })}`)).found.words;
  }

  async facts(set, word) {
    return (await this.#ask(`words/${encodeURIComponent(word)}?${query({ model: set })}`)).found;
  }

  async nearest(set, word, k) {
    return (await this.#ask("nearest", { model: set, words: [word], k })).found.words[0].nearest;
  }

  async similarities(set, pairs) {
    return (await this.#ask("similarity", { model: set, pairs })).found.pairs.map((pair) => pair.similarity);
  }

  async analogy(set, question, k) {
    return (await this.#ask("analogy", { model: set, questions: [question], k })).found.questions[0].answers;
  }

  async oddOneOut(set, words) {
    return (await this.#ask("odd-one-out", { model: set, lists: [words] })).found.lists[0].words;
  }

  changed(set, other, onProgress) {
    return this.#wait(`changed?${query({ model: set, other })}`, onProgress);
  }

  async classify(name, text) {
    return (await this.#ask("classify", { classifier: name, texts: [text] })).found.predictions[0];
  }

  async explain(name, text) {
    const body = { classifier: name, texts: [text], explain: true, num_reasons: 1000 };
    return (await this.#ask("classify", body)).found.predictions[0];
  }

  async card(name) {
    return (await this.#ask(`classifiers/${encodeURIComponent(name)}/card`)).found;
  }

  // The answer to a question that takes long: 202 says how far it is.
  async #wait(path, onProgress) {
    for (;;) {
      const { status, found } = await this.#ask(path);
      if (status !== 202) return found;
      onProgress(found);
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }

  async #ask(path, body) {
    const headers = {};
    const key = sessionStorage.getItem(KEY);
    if (key !== null) headers.Authorization = `Bearer ${key}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const options = { headers, method: body === undefined ? "GET" : "POST", body: JSON.stringify(body) };
    let reply, found;
    try {
      reply = await fetch(path, options);
      found = await reply.json();
    } catch {
      throw new Failure("gone", "The server does not answer. Your next question will try again.");
    }
    if (!reply.ok) {
      const error = found.error ?? {};
      throw new Failure(error.code ?? "refused", error.message ?? `The server answered ${reply.status}.`);
    }
    return { status: reply.status, found };
  }
}

const query = (values) => new URLSearchParams(values).toString();
