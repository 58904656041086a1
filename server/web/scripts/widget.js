// <vsm-search>: the search on the page of a town. How to use it: docs/widget.md.
//
// The script stays on pages of others while servers change: it shows what it understands of an answer. Where it does
// not run, or the browser is too old for it, the page shows what stands inside of the element.
import * as phrases from 'vsm:phrases';
import {combobox, placeSuggestions, wordSuggestions} from './parts/combobox.js';
import {accented, usual} from './widget/colours.js';
import {element, link} from './widget/dom.js';
import {headline, resultList} from './widget/results.js';
import css from './widget/styles.css';

const patience = 10_000, soon = 300;  // milliseconds until a search is given up, and until it is said to run

const sheetOf = (text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
};

/** A parameter that is not there is left out. */
const parameters = (all) => new URLSearchParams(Object.entries(all).filter(([, value]) => value));

const within = (text, least, most, usually) => {
  const number = Number.parseInt(text, 10);
  return Number.isNaN(number) ? usually : Math.min(Math.max(number, least), most);
};

class VsmSearch extends HTMLElement {
  static observedAttributes = ['accent', 'ars', 'audience', 'heading-level', 'label', 'lang', 'place', 'place-field',
    'results', 'server', 'size', 'topic'];
  static styles = sheetOf(usual + css);

  #form; #words; #place; #status; #found; #searching;
  #chosen = '';  // key of a place of several that have the name in the field
  #stale = false;

  connectedCallback() {
    if (!this.#form) this.#build();
  }

  disconnectedCallback() {
    this.#searching?.abort();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#form || this.#stale || before === now) return;
    this.#stale = true;
    queueMicrotask(() => {
      this.#stale = false;
      this.#build();
    });
  }

  #attribute(name) {
    return this.getAttribute(name)?.trim() ?? '';
  }

  get #english() {
    return (this.closest('[lang]')?.lang ?? '').toLowerCase().startsWith('en');
  }

  get #server() {
    try {
      const {origin, protocol} = new URL(this.#attribute('server'), document.baseURI);
      if (this.#attribute('server') && /^https?:$/.test(protocol)) return origin;
    } catch { /* then where this script is from */ }
    return new URL(import.meta.url).origin;
  }

  #say = (phrase, ...values) =>
    phrase[this.#english ? 1 : 0].replace(/\{(\d)\}/g, (mark, at) => values[at - 1] ?? '');

  #number = (value) => value.toLocaleString(this.#english ? 'en' : 'de');

  /** Where to search: what the visitor typed, else what the page says. */
  #where() {
    const typed = this.#place?.value.trim() ?? '';
    if (typed) return this.#chosen ? {ars: this.#chosen} : {place: typed};
    const ars = this.#attribute('ars');
    return ars ? {ars} : {place: this.#place ? '' : this.#attribute('place')};
  }

  #asked(more = {}) {
    return {
      q: this.#words.value.trim(), ...this.#where(), topic: this.#attribute('topic'), audience: this.#attribute('audience'),
      lang: this.#english ? 'en' : '', ...more,
    };
  }

  #portal = (path, query = {}) => {
    const text = `${parameters(query)}`;
    return this.#server + path + (text && `?${text}`);
  };

  #build() {
    const say = this.#say;
    this.#searching?.abort();
    const root = this.shadowRoot ?? this.attachShadow({mode: 'open'});
    root.adoptedStyleSheets = [VsmSearch.styles, sheetOf(accented(this.#attribute('accent')))];
    const label = this.#attribute('label') || say(phrases.what);
    const field = (name, text, type, className, ...more) => {
      const input = element('input', {id: name, name, type, autocomplete: 'off', maxlength: 500, part: 'input'});
      const box = element('div', {className}, element('label', {for: name, part: 'label'}, text, ...more), input);
      return [input, box];
    };
    const words = field('q', label, 'search', 'field');
    words[0].enterKeyHint = 'search';
    const fixed = (this.#attribute('ars') || this.#attribute('place')) && !this.hasAttribute('place-field');
    const place = fixed ? null
      : field('place', `${say(phrases.where)} `, 'text', 'field place', element('span', {}, say(phrases.where_hint)));
    words[0].value = this.#words?.value ?? '';
    if (place) place[0].value = this.#place?.value ?? this.#attribute('place');
    [this.#words, this.#place, this.#chosen] = [words[0], place?.[0], ''];
    this.#form = element('form', {role: 'search', part: 'form', 'aria-label': this.#attribute('label') || say(phrases.search_services)},
      words[1], place?.[1], element('button', {type: 'submit', part: 'button'}, say(phrases.search)));
    this.#status = element('div', {className: 'status', part: 'status', role: 'status', tabIndex: -1});
    this.#found = element('div', {className: 'found'});
    root.replaceChildren(element('div', {className: 'box', part: 'box', lang: this.#english ? 'en' : 'de'},
      this.#form, this.#status, this.#found,
      element('p', {className: 'foot', part: 'foot'},
        element('a', {href: this.#portal('/', {...this.#where(), lang: this.#english ? 'en' : ''})}, say(phrases.widget_portal)))));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#search();
    });
    this.#place?.addEventListener('input', () => { this.#chosen = ''; });
    this.#suggest();
  }

  #suggest() {
    const say = this.#say, server = this.#server;
    const counted = (count) => say(phrases.suggestions_counted, count);
    const find = wordSuggestions(server, () => parameters({...this.#where(), size: '8', lang: this.#english ? 'en' : ''}),
      {online: say(phrases.online_true), topic: say(phrases.facet_topic), place: say(phrases.place)});
    combobox(this.#words, {
      // A place is of no use where it cannot be changed.
      find: async (text, signal) => (await find(text, signal)).filter(({type}) => this.#place || type !== 'place'),
      label: say(phrases.suggestions), counted,
      onChoose: (choice) => this.#take(choice),
    });
    if (this.#place) combobox(this.#place, {
      find: placeSuggestions(server), label: say(phrases.places), counted,
      onChoose: (choice) => {
        this.#chosen = choice.ars ?? '';
        if (this.#words.value.trim()) this.#search();
      },
    });
  }

  /** A suggestion of a kind that this script does not know is searched as words. */
  #take(choice) {
    if (choice.type === 'place') {
      this.#place.value = choice.text;
      this.#chosen = choice.ars ?? '';
      this.#words.value = '';
      return this.#words.focus();
    }
    if (choice.type === 'topic' && (choice.topic || choice.situation))
      return this.#search({q: '', topic: choice.situation ? '' : choice.topic, situation: choice.situation}, choice.text);
    if (choice.type === 'service' && choice.id && this.#leaves)
      return location.assign(this.#portal(`/leistung/${encodeURIComponent(choice.id)}`, {...this.#where(), lang: this.#asked().lang}));
    return this.#search();
  }

  get #leaves() {
    return this.#attribute('results') === 'portal';
  }

  async #search(more, topicName) {
    const asked = this.#asked(more);
    if (!asked.q && !asked.topic && !asked.situation) {
      this.#show(this.#say(phrases.widget_nothing_typed));
      return this.#words.focus();
    }
    if (this.#leaves) return location.assign(this.#portal('/', asked));
    this.#searching?.abort();
    const searching = this.#searching = new AbortController();
    const wait = setTimeout(() => this.#show(this.#say(phrases.widget_searching)), soon);
    const end = setTimeout(() => searching.abort(), patience);
    const query = parameters({...asked, size: String(within(this.#attribute('size'), 1, 100, 5))});
    let answer = null, status = 0;
    try {
      const response = await fetch(`${this.#server}/api/v1/search?${query}`, {signal: searching.signal, credentials: 'omit'});
      status = response.status;
      answer = await response.json();
    } catch { /* away, too slow, or no answer of ours */ }
    clearTimeout(wait);
    clearTimeout(end);
    if (searching !== this.#searching || !this.isConnected) return;
    if (status === 200 && Array.isArray(answer?.results)) this.#showAnswer(answer, asked, topicName);
    else this.#showError(status, answer, asked);
    if (matchMedia('(pointer: coarse)').matches) this.#words.blur();  // puts the keyboard off the results
  }

  #show(text, ...found) {
    this.#status.textContent = text;
    this.#found.replaceChildren(...found.flat().filter(Boolean));
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, {bubbles: true, composed: true, detail}));
  }

  /** A button that searches again and goes away by that. */
  #again(text, more, before = () => {}) {
    const button = element('button', {type: 'button', className: 'plain', part: 'choice'}, text);
    button.addEventListener('click', () => {
      before();
      this.#status.focus();
      this.#search(more);
    });
    return button;
  }

  #showAnswer(answer, asked, topicName) {
    const say = this.#say, number = this.#number;
    const {results, place} = answer;
    const total = answer.total ?? results.length;
    const found = [];
    if (answer.corrected)
      found.push(element('p', {className: 'row'}, element('span', {}, `${say(phrases.results_for)} `, element('strong', {lang: 'de'}, answer.corrected)),
        this.#again(say(phrases.instead, asked.q), {exact: 'true'})));
    if (!place && answer.places?.length)
      found.push(element('div', {className: 'row'}, element('span', {}, say(phrases.which_place)), answer.places.slice(0, 8).map((one) =>
        this.#again(one.parent ? `${one.name} (${one.parent})` : one.name, {ars: one.ars, place: ''}, () => {
          if (!this.#place) return;
          this.#place.value = one.name;
          this.#chosen = one.ars;
        }))));
    const all = this.#portal('/', asked);
    if (!total)
      found.push(element('div', {className: 'message', part: 'message'}, element('p', {}, say(phrases.empty_text)),
        element('p', {}, `${say(phrases.empty_115)} `, element('a', {href: 'tel:115'}, '115'))));
    else {
      const context = {
        say, number, place, heading: within(this.#attribute('heading-level'), 2, 6, 3),
        address: (path) => this.#portal(path, {ars: place?.ars, lang: asked.lang}),
      };
      found.push(resultList(results, context));
      if (total > results.length)
        found.push(element('p', {}, element('a', {href: all, part: 'more'}, say(phrases.widget_all, number(total)))));
    }
    this.#show(headline({total, place, words: asked.q, topic: topicName}, {say, number}), found);
    this.#tell('vsm-results', {query: asked.q, total});
  }

  #showError(status, problem, asked) {
    const say = this.#say;
    const text = status === 429 ? say(phrases.widget_too_many)
      : status === 404 && asked.place ? say(phrases.widget_no_place, asked.place)
        : status >= 400 && status < 500 && !this.#english && problem?.detail ? problem.detail : say(phrases.widget_away);
    this.#show('', element('div', {className: 'message', part: 'message', role: 'alert'}, element('p', {}, text),
      element('p', {}, link(this.#portal('/', asked), {}, say(phrases.widget_open)))));
    this.#tell('vsm-error', {status});
  }
}

// A page may have it twice, by two addresses.
if (!customElements.get('vsm-search')) customElements.define('vsm-search', VsmSearch);
