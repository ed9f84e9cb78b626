// Words that are spelt nearly alike, found here where there is no server to ask.

const MOST_EDITS = 2;

// The ids of up to `k` words within two edits of `word` (as in `wordlab`, case does not count), nearest first.
export function nearSpellings(word, words, k) {
  const sought = [...word.toLowerCase()];
  const byEdits = Array.from({ length: MOST_EDITS + 1 }, () => []);
  for (let id = 0; id < words.length && byEdits[0].length < k; id++) {
    if (Math.abs(words[id].length - word.length) > 2 * MOST_EDITS) continue;
    const edits = distance(sought, [...words[id].toLowerCase()]);
    if (edits <= MOST_EDITS && edits < sought.length) byEdits[edits].push(id);
  }
  return byEdits.flat().slice(0, k);
}

// The number of letters to put in, take out or change (Levenshtein 1966), or more than MOST_EDITS.
function distance(one, other) {
  if (Math.abs(one.length - other.length) > MOST_EDITS) return MOST_EDITS + 1;
  let before = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let row = 1; row <= one.length; row++) {
    const now = [row];
    let least = row;
    for (let column = 1; column <= other.length; column++) {
      const change = before[column - 1] + (one[row - 1] === other[column - 1] ? 0 : 1);
      now[column] = Math.min(change, before[column] + 1, now[column - 1] + 1);
      least = Math.min(least, now[column]);
    }
    if (least > MOST_EDITS) return least;
    before = now;
  }
  return before[other.length];
}
