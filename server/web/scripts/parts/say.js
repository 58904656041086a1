// Phrases on pages of our own, which speak the language of their html element.

/** @param {string[]} phrase of vsm:phrases: German, English */
export const say = (phrase, value = '') => phrase[document.documentElement.lang === 'en' ? 1 : 0].replace('{1}', value);
