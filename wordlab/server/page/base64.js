// Bytes written as base64.

export function bytes(text) {
  const characters = atob(text);
  const found = new Uint8Array(characters.length);
  for (let place = 0; place < found.length; place++) found[place] = characters.charCodeAt(place);
  return found;
}
