// The builder of the widget's lines: what is chosen is shown at once. The server makes the lines, with script and
// without it.
import * as phrases from 'vsm:phrases';
import {combobox, placeSuggestions} from './parts/combobox.js';
import {say} from './parts/say.js';

const form = document.querySelector('[data-embed]');
const code = document.querySelector('[data-code]');
const copyLine = document.querySelector('[data-copy]');
let asked = null;

/** Where the server does not know its own address, the browser does. */
function nameServer(page) {
  const note = page.querySelector('[data-unknown]');
  if (!note) return;
  for (const place of page.querySelectorAll('main code')) place.textContent = place.textContent.replaceAll(note.dataset.unknown, location.origin);
}

async function show() {
  asked?.abort();
  asked = new AbortController();
  const address = `/einbinden?${new URLSearchParams(new FormData(form))}`;
  let text;
  try {
    const answer = await fetch(address, {signal: asked.signal});
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return;  // the lines of before stay; the next choice asks again
  }
  const made = new DOMParser().parseFromString(text, 'text/html');
  nameServer(made);
  for (const part of ['[data-code]', '#lines', '#place-note'])
    document.querySelector(part).replaceChildren(...made.querySelector(part).childNodes);
  for (const box of form.querySelectorAll('[type=checkbox]')) box.checked = made.getElementById(box.id).checked;
  const before = document.querySelector('vsm-search'), now = made.querySelector('vsm-search');
  if (before.outerHTML !== now.outerHTML) before.replaceWith(document.importNode(now, true));
  said.textContent = '';
  history.replaceState(null, '', address);
}

form.querySelector('[type=submit]').hidden = true;
form.addEventListener('submit', (event) => {
  event.preventDefault();
  show();
});
form.addEventListener('change', show);
combobox(form.querySelector('[data-suggest=places]'), {
  find: placeSuggestions(''), label: say(phrases.places), counted: (count) => say(phrases.suggestions_counted, count),
  onChoose: show,
});

const copy = document.createElement('button'), said = document.createElement('span');
copy.type = 'button';
copy.className = 'kern-btn kern-btn--secondary';
const label = document.createElement('span');
label.className = 'kern-label';
label.textContent = copyLine.dataset.copy;
copy.append(label);
said.setAttribute('role', 'status');
said.className = 'kern-body';
copyLine.append(copy, said);
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(code.textContent);
    said.textContent = copyLine.dataset.copied;
  } catch {
    getSelection().selectAllChildren(code);
    said.textContent = copyLine.dataset.byHand;
  }
});
nameServer(document);
