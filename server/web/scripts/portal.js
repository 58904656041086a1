// What the portal's pages can do with script beyond what they do without.
import * as phrases from 'vsm:phrases';
import {combobox, placeSuggestions, wordSuggestions} from './parts/combobox.js';
import {say} from './parts/say.js';

const counted = (count) => say(phrases.suggestions_counted, count);

for (const form of document.querySelectorAll('form[data-search]')) {
  const words = form.querySelector('[data-suggest=words]');
  const place = form.querySelector('[data-suggest=places]');
  const hidden = Object.fromEntries([...form.querySelectorAll('input[type=hidden]')].map(({name, value}) => [name, value]));
  const kept = () => ({...hidden, ...(place.value && {place: place.value})});
  const open = (path, more = {}) => {
    const query = `${new URLSearchParams({...more, ...kept()})}`;
    location.assign(query ? `${path}?${query}` : path);
  };
  combobox(words, {
    find: wordSuggestions('', () => ({...kept(), size: 8}), {
      online: say(phrases.online_true), topic: say(phrases.facet_topic), place: say(phrases.place),
    }),
    label: say(phrases.suggestions), counted,
    onChoose(choice) {
      if (choice.type === 'place') {
        place.value = choice.text;
        words.value = '';
        words.focus();
      } else if (choice.type === 'service' && choice.id) {
        open(`/leistung/${encodeURIComponent(choice.id)}`);
      } else if (choice.type === 'topic') {
        open('/', choice.situation ? {situation: choice.situation} : {topic: choice.topic});
      } else {
        form.requestSubmit();
      }
    },
  });
  combobox(place, {
    find: placeSuggestions(''), label: say(phrases.places), counted,
    onChoose() {
      if (words.value.trim()) form.requestSubmit();
    },
  });
}

// Filters are folded away on a small screen, so that results come first.
if (matchMedia('(max-width: 61.99rem)').matches)
  for (const fold of document.querySelectorAll('details[data-fold]')) fold.open = false;
