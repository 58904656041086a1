// What the portal's pages can do with script beyond what they do without.
import {combobox, placeSuggestions, wordSuggestions} from './parts/combobox.js';

const english = document.documentElement.lang === 'en';
const say = (german, inEnglish) => (english ? inEnglish : german);
const counted = (count) =>
  say(`${count} Vorschläge, mit den Pfeiltasten zu erreichen`, `${count} suggestions, reach them with the arrow keys`);

for (const form of document.querySelectorAll('form[data-search]')) {
  const words = form.querySelector('[data-suggest=words]');
  const place = form.querySelector('[data-suggest=places]');
  combobox(words, {
    find: wordSuggestions('', () => ({place: place.value, size: 8, ...(english ? {lang: 'en'} : {})}), {
      online: say('online', 'online'), topic: say('Themenfeld', 'topic'), place: say('Ort', 'place'),
    }),
    label: say('Vorschläge', 'Suggestions'), counted, least: 2,
    onChoose(choice) {
      if (choice.type === 'place') {
        place.value = choice.text;
        words.value = '';
        return words.focus();
      }
      if (choice.type === 'service' && choice.id) {
        const query = new URLSearchParams({...(place.value ? {place: place.value} : {}), ...(english ? {lang: 'en'} : {})});
        location.assign(`/leistung/${encodeURIComponent(choice.id)}${query.size || `${query}` ? `?${query}` : ''}`);
        return;
      }
      if (choice.type === 'topic') {
        const filter = choice.situation ? {situation: choice.situation} : {topic: choice.topic};
        location.assign(`/?${new URLSearchParams({...filter, place: place.value, ...(english ? {lang: 'en'} : {})})}`);
        return;
      }
      form.requestSubmit();
    },
  });
  combobox(place, {
    find: placeSuggestions(''), label: say('Orte', 'Places'), counted, least: 2,
    onChoose() {
      if (words.value.trim()) form.requestSubmit();
    },
  });
}

// Filters are folded away on a small screen, so that results come first.
if (matchMedia('(max-width: 61.99rem)').matches)
  for (const fold of document.querySelectorAll('details[data-fold]')) fold.open = false;
