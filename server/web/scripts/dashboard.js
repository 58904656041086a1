// What the dashboard can do with script beyond what it does without.
import * as phrases from 'vsm:phrases';
import {combobox, placeSuggestions} from './parts/combobox.js';
import {say} from './parts/say.js';

for (const field of document.querySelectorAll('input[data-places]')) {
  combobox(field, {
    find: placeSuggestions(''), label: say(phrases.places), onChoose() {},
    counted: (count) => say(phrases.suggestions_counted, count),
  });
}

// Tables that are whole on the page are sorted here; without script, and for others, the heads are links.
const status = document.createElement('p');
status.className = 'sr-only';
status.setAttribute('role', 'status');
document.body.append(status);

for (const table of document.querySelectorAll('table[data-sortable]')) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  table.tHead.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-sort]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const head = link.closest('th'), column = heads.indexOf(head);
    const first = column === 0 ? 'ascending' : 'descending';
    const turned = first === 'ascending' ? 'descending' : 'ascending';
    const order = head.getAttribute('aria-sort') === first ? turned : first;
    const sign = order === 'ascending' ? 1 : -1;
    const rows = [...body.rows].map((row) => {
      const cell = row.cells[column];
      return {row, key: column === 0 ? cell.dataset.value : Number(cell.dataset.value)};
    });
    rows.sort((a, b) => {
      if (column === 0) return sign * a.key.localeCompare(b.key, 'de');
      // No data is less than nothing and stands last whatever the order.
      if ((a.key < 0) !== (b.key < 0)) return a.key < 0 ? 1 : -1;
      return sign * (a.key - b.key);
    });
    body.replaceChildren(...rows.map(({row}) => row));
    for (const other of heads) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', order);
    history.replaceState(null, '', link.href.replace(/#.*/, ''));
    status.textContent = say(phrases.db_sorted_by, link.textContent);
  });
}

// The map is one stop for the Tab key; arrows move to the next dot in their direction.
for (const map of document.querySelectorAll('[data-map]')) {
  const now = map.querySelector('[data-now]');
  const dots = [...map.querySelectorAll('a.db-dot')].map((link) => {
    const {cx, cy} = link.querySelector('circle');
    return {link, x: cx.baseVal.value, y: cy.baseVal.value};
  });
  if (dots.length === 0) continue;
  map.querySelector('[data-map-keys]').hidden = false;
  let at = dots[0];
  const choose = (dot) => {
    at.link.setAttribute('tabindex', '-1');
    dot.link.setAttribute('tabindex', '0');
    at = dot;
  };
  for (const dot of dots) {
    dot.link.setAttribute('tabindex', '-1');
    const tell = () => { now.textContent = dot.link.querySelector('title').textContent; };
    dot.link.addEventListener('pointerenter', tell);
    dot.link.addEventListener('focus', () => { choose(dot); tell(); });
  }
  choose(at);
  const ways = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1]};
  map.addEventListener('keydown', (event) => {
    const way = ways[event.key];
    if (!way || !event.target.closest('a.db-dot') || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    let best = null, least = Infinity;
    for (const dot of dots) {
      const x = dot.x - at.x, y = dot.y - at.y;
      const ahead = x * way[0] + y * way[1], aside = Math.abs(x * way[1]) + Math.abs(y * way[0]);
      if (ahead <= 0 || aside > 2 * ahead) continue;
      if (ahead + 2 * aside < least) [best, least] = [dot, ahead + 2 * aside];
    }
    best?.link.focus();
  });
}
