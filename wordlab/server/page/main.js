// The page: a source of answers, the state in the address, maps, and panels. Each panel is a file and a line here.

import { Combobox } from "./combobox.js";
import { el } from "./dom.js";
import { Failure } from "./failure.js";
import { Maps } from "./maps.js";
import { openSource } from "./source.js";
import { State } from "./state.js";
import { Tabs } from "./tabs.js";
import { Theme } from "./theme.js";
import { AskPanel } from "./panels/ask.js";
import { ChangesPanel } from "./panels/changes.js";
import { TextsPanel } from "./panels/texts.js";
import { WordPanel } from "./panels/word.js";

const PANELS = [WordPanel, AskPanel, ChangesPanel, TextsPanel];
const MOST_COMPARED = 8;
const AGAIN = 3000; // milliseconds until a server that is not there yet is asked again

const $ = (id) => document.getElementById(id);

class App {
  #wantsKey = false;
  catalogue = { sets: [], classifiers: [] };

  constructor() {
    this.source = openSource();
    this.state = new State();
    this.maps = new Maps(this, $("stage"));
    this.theme = new Theme(this.state, () => this.maps.restyle());
    $("theme").append(this.theme.element);
    this.complete = (prefix, k) => this.ask(() => this.source.complete(this.set, prefix, k));
  }

  get set() {
    return this.#chosen().set;
  }

  async start() {
    const found = await this.ask(() => this.source.catalogue());
    if (found === null) {
      if (!this.#wantsKey) setTimeout(() => this.start(), AGAIN);
      return;
    }
    this.catalogue = found;
    this.panels = PANELS.filter((Panel) => Panel.fits(this.source, found)).map((Panel) => new Panel(this));
    this.tabs = new Tabs(this, $("tabs"), $("panels"));
    this.#buildHead();
    this.state.listen((changed) => this.#draw(changed));
    addEventListener("keydown", (event) => this.#press(event));
    this.#draw(null);
  }

  // What `question` finds, or null, and one line on the page that says why.
  async ask(question) {
    try {
      const found = await question();
      $("trouble").hidden = true;
      return found;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === "invalid_api_key") this.#askForKey();
      else this.fail(error.message);
      return null;
    }
  }

  fail(line) {
    $("trouble").hidden = false;
    $("trouble").replaceChildren(line);
  }

  say(line) {
    $("say").textContent = line;
  }

  // Shows `changes`, as a step that the browser can take back.
  show(changes) {
    this.state.set(changes);
  }

  // Compares `word` with those in question.
  add(word) {
    const words = this.state.values.word.filter((each) => each !== word);
    this.state.set({ word: [word, ...words].slice(0, MOST_COMPARED), tab: "word" });
  }

  // The values with what the address leaves open or asks for in vain.
  #chosen() {
    const { values } = this.state;
    const names = this.catalogue.sets.map(({ name }) => name);
    const set = names.includes(values.set) ? values.set : names[0] ?? "";
    const other = names.includes(values.other) && values.other !== set ? values.other : "";
    const classifiers = this.catalogue.classifiers.map(({ name }) => name);
    const classifier = classifiers.includes(values.classifier) ? values.classifier : classifiers[0] ?? "";
    const tab = this.panels?.some(({ name }) => name === values.tab) ? values.tab : this.panels?.[0]?.name;
    return { ...values, set, other, classifier, tab };
  }

  #draw(changed) {
    const values = this.#chosen();
    document.body.dataset.tab = values.tab;
    if (changed === null || changed.has("theme")) this.theme.show(values.theme);
    if (values.set) {
      this.choosers.set.value = values.set;
      this.choosers.other.value = values.other;
      if (changed === null || changed.has("word")) this.search.value = values.word.at(-1) ?? "";
      this.maps.show(values);
    }
    document.title = [values.word.join(", "), "wordlab"].filter(Boolean).join(" \u2013 ");
    this.tabs.show(values, changed);
  }

  #buildHead() {
    const { sets } = this.catalogue;
    if (!sets.length) return;
    this.search = new Combobox({
      label: "Search a word", hint: "Search a word", complete: this.complete,
      choose: (word) => this.show({ word: [word], tab: "word", view: "", view2: "" }),
    });
    $("search").append(this.search.element, el("kbd", { "aria-hidden": "true" }, "/"));
    const chooser = (key, label, first) => el("select", {
      "aria-label": label, class: key, onchange: (event) => this.#chooseSet(key, event.target.value),
    }, first, sets.map(({ name }) => el("option", { value: name }, name)));
    this.choosers = { set: chooser("set", "Set of vectors", null), other: chooser("other", "Set to compare with", el("option", { value: "" }, "compare with \u2026")) };
    $("sets").append(this.choosers.set);
    if (sets.length > 1) $("sets").append(this.choosers.other);
  }

  #chooseSet(key, name) {
    const { set, other } = this.#chosen();
    const changes = { set, other, [key]: name, view: "", view2: "" };
    if (changes.set === changes.other) changes.other = key === "set" ? set : "";
    if (key === "other" && name === set) changes.other = "";
    this.state.set(changes);
  }

  #press(event) {
    const typing = event.target.closest("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !this.search) return;
    event.preventDefault();
    this.search.input.focus();
  }

  #askForKey() {
    this.#wantsKey = true;
    const field = el("input", { type: "password", "aria-label": "Key of the server", autocomplete: "off" });
    const form = el("form", { class: "line", onsubmit: (event) => {
      event.preventDefault();
      this.source.key = field.value.trim();
      location.reload();
    } }, field, el("button", { class: "main" }, "Go on"));
    $("trouble").hidden = false;
    $("trouble").replaceChildren("This server answers only with its key, which stays in this tab.", form);
    field.focus();
  }
}

new App().start();
