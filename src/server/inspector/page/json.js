// JSON as the text it is: numbers keep all their digits, objects the order of their members.

const skipSpace = (text, at) => {
  while (at < text.length && ' \t\n\r'.includes(text[at])) at += 1;
  return at;
};

function endOfString(text, at) {
  for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
  return at + 1;
}

/** Where the value that begins at `at` ends. */
function endOfValue(text, at) {
  if (text[at] === '"') return endOfString(text, at);
  if (text[at] !== '{' && text[at] !== '[') {
    while (at < text.length && !',]} \t\n\r'.includes(text[at])) at += 1;
    return at;
  }
  for (let depth = 0; ; at += 1) {
    if (text[at] === '"') at = endOfString(text, at) - 1;
    else if ('{['.includes(text[at])) depth += 1;
    else if ('}]'.includes(text[at]) && (depth -= 1) === 0) return at + 1;
  }
}

function* parts(text) {
  const isObject = text[skipSpace(text, 0)] === '{';
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (!'}]'.includes(text[at])) {
    let name = null;
    if (isObject) {
      const end = endOfString(text, at);
      name = JSON.parse(text.slice(at, end));
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    const end = endOfValue(text, at);
    yield [name, text.slice(at, end)];
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
}

/** The text of each member of an object, by its name. `text` is valid JSON. */
export const members = (text) => new Map(parts(text));
/** The text of each element of an array. */
export const elements = (text) => [...parts(text)].map(([, value]) => value);

/** Valid JSON, laid out in lines. */
export function pretty(text) {
  let out = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const c = text[at];
    if (c === '{' || c === '[') {
      const next = skipSpace(text, at + 1);
      if ('}]'.includes(text[next])) {
        out += c + text[next];
        at = next + 1;
        continue;
      }
      depth += 1;
      out += c + line();
      at += 1;
    } else if (c === '}' || c === ']') {
      depth -= 1;
      out += line() + c;
      at += 1;
    } else if (c === ',') {
      out += c + line();
      at += 1;
    } else if (c === ':') {
      out += ': ';
      at += 1;
    } else {
      const end = endOfValueOrName(text, at);
      out += text.slice(at, end);
      at = end;
    }
  }
  return out;
}

function endOfValueOrName(text, at) {
  if (text[at] === '"') return endOfString(text, at);
  while (at < text.length && !',:]} \t\n\r'.includes(text[at])) at += 1;
  return at;
}

/** Why `text` is no JSON object; null if it is one. */
export function fault(text) {
  if (text.trim() === '') return 'Expected a JSON object, such as {"text": "hello"}';
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? null
      : 'Expected a JSON object: Sync keeps nothing else at the top';
  } catch (error) {
    return error.message;
  }
}
