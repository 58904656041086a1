// A field that suggests: the combobox of the WAI-ARIA Authoring Practices with list autocomplete and manual
// selection. https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
//
// What was typed stays what it is until somebody chooses a suggestion. Without script, without suggestions or
// without a server the field is a field.

/**
 * @typedef {Object} Choice
 * @property {{text: string, match: boolean}[]} pieces  what it says, in stretches
 * @property {string} [hint]   said behind it, quieter
 * @property {string} value    what the field holds when it is chosen
 */

/**
 * @param {HTMLInputElement} input
 * @param {Object} options
 * @param {(text: string, signal: AbortSignal) => Promise<Choice[]>} options.find
 * @param {(choice: Choice) => void} options.onChoose  the field holds its value already
 * @param {string} options.label  name of the list
 * @param {(count: number) => string} options.counted  says how many there are, to whom does not see them
 * @param {number} [options.least]  letters from which on it suggests
 */
export function combobox(input, {find, onChoose, label, counted, least = 2}) {
  const root = input.getRootNode();
  const document = input.ownerDocument;
  const id = `${input.id}-list`;
  const list = document.createElement('ul');
  Object.assign(list, {id, hidden: true, className: 'suggestions'});
  list.part = 'suggestions';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', label);
  const status = document.createElement('div');
  status.className = 'sr-only';
  status.setAttribute('role', 'status');
  const box = document.createElement('div');
  box.className = 'combobox';
  const typing = root.activeElement === input;
  input.replaceWith(box);
  box.append(input, list, status);
  if (typing) input.focus();
  for (const [name, value] of Object.entries({
    role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': id,
    autocomplete: 'off', spellcheck: 'false',
  })) input.setAttribute(name, value);

  let choices = [], at = -1, asked = null, timer = 0;

  function close() {
    clearTimeout(timer);
    asked?.abort();
    choices = [];
    list.hidden = true;
    list.replaceChildren();
    input.setAttribute('aria-expanded', 'false');
    point(-1);
  }

  function point(to) {
    at = to;
    list.childNodes.forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
    const option = list.childNodes[at];
    if (!option) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({block: 'nearest'});
  }

  function show(found) {
    choices = found;
    list.replaceChildren(...found.map((choice, i) => {
      const option = document.createElement('li');
      option.id = `${id}-${i}`;
      option.part = 'suggestion';
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      const text = document.createElement('span');
      for (const piece of choice.pieces) {
        const part = document.createElement(piece.match ? 'b' : 'span');
        part.textContent = piece.text;
        text.append(part);
      }
      option.append(text);
      if (choice.hint) {
        const hint = document.createElement('small');
        hint.textContent = choice.hint;
        option.append(' ', hint);
      }
      return option;
    }));
    const open = found.length > 0 && root.activeElement === input;
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    status.textContent = open ? counted(found.length) : '';
    point(-1);
  }

  async function suggest() {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < least) return close();
    asked = new AbortController();
    const {signal} = asked;
    const found = await find(text, signal).catch(() => []);
    if (!signal.aborted) show(found);
  }

  function choose(choice) {
    input.value = choice.value;
    close();
    onChoose(choice);
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, 80);
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const last = choices.length - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (last < 0) return void suggest();
      if (event.key === 'ArrowDown') point(at >= last ? -1 : at + 1);
      else point(at < 0 ? last : at - 1);
    } else if (event.key === 'Enter') {
      if (at < 0) return close();
      event.preventDefault();
      choose(choices[at]);
    } else if (event.key === 'Escape') {
      if (list.hidden) input.value = '';
      else event.preventDefault();
      close();
    } else if (event.key === 'Tab') {
      close();
    }
  });
  input.addEventListener('blur', close);
  // Before the field loses the focus to the list.
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const option = event.target.closest('[role=option]');
    if (option) choose(choices[[...list.children].indexOf(option)]);
  });
}

/** Suggestions of a server for words. @param {string} base where it is; "" for the page's own */
export function wordSuggestions(base, parameters, hints) {
  return async (text, signal) => {
    const query = new URLSearchParams({...parameters(), q: text});
    const answer = await fetch(`${base}/api/v1/suggest?${query}`, {signal, credentials: 'omit'});
    if (!answer.ok) return [];
    const {suggestions} = await answer.json();
    return suggestions.filter((one) => one.text).map((one) => ({
      ...one, value: one.q ?? one.text, pieces: one.pieces ?? [{text: one.text, match: false}],
      hint: one.type === 'service' ? one.online && hints.online : Object.hasOwn(hints, one.type) && hints[one.type],
    }));
  };
}

/** Places of a server. */
export function placeSuggestions(base) {
  return async (text, signal) => {
    const query = new URLSearchParams({q: text});
    const answer = await fetch(`${base}/api/v1/places?${query}`, {signal, credentials: 'omit'});
    if (!answer.ok) return [];
    const {places} = await answer.json();
    return places.slice(0, 8).map((place) => {
      const length = place.name.toLowerCase().startsWith(text.toLowerCase()) ? text.length : 0;
      return {
        ...place, value: place.label ?? place.name, hint: place.parent ?? '',
        pieces: [{text: place.name.slice(0, length), match: true}, {text: place.name.slice(length), match: false}]
          .filter((piece) => piece.text),
      };
    });
  };
}
