// Where answers come from. A source has the methods that it can answer; panels without theirs are hidden.
//
//   catalogue()                      {sets: [{name, num_words, dim, counts, subwords}], classifiers: [...]}
//   map(set, onProgress)             {words, counts, coordinates: Float32Array (2 n), method}
//   mostNearest                      neighbours that it gives for a word at most
//   complete(set, prefix, k)         [{word, rank, count}]
//   near(set, word)                  the same, of near spellings
//   facts(set, word)                 {rank, count, norm, subwords, through_subwords}
//   nearest(set, word, k)            [{word, similarity}]
//   similarities(set, pairs)         cosines
//   analogy(set, [a, b, c], k)       [{word, similarity}]
//   oddOneOut(set, words)            the same, the odd one first
//   changed(set, other, onProgress)  {num_words, k, overlap, words: [{word, overlap}]}
//   classify(name, text)             {label, probabilities, known_words}
//   explain(name, text)              the same, with tokens and reasons
//   card(name)                       the story of a classifier

import { FileSource } from "./file_source.js";
import { HttpSource } from "./http_source.js";

export function openSource() {
  const data = document.getElementById("wordlab-data");
  return data === null ? new HttpSource() : new FileSource(JSON.parse(data.textContent));
}
