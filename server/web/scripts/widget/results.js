// What a search found, as elements. The server may be newer or older than this script: what is not there is not shown,
// and what is not known is left alone.
import * as phrases from 'vsm:phrases';
import {element, link} from './dom.js';

const levels = {
  gemeinde: phrases.level_gemeinde, verband: phrases.level_verband, kreis: phrases.level_kreis,
  regierungsbezirk: phrases.level_regierungsbezirk, land: phrases.level_land, bund: phrases.level_bund,
  katalog: phrases.level_katalog,
};

/** "Kommune Köln", "Kreis Kleve", "Rhein-Sieg-Kreis", "Bund". */
function levelText({level, area}, say) {
  const name = area?.name ?? '';
  if (!Object.hasOwn(levels, level)) return name;
  if (level === 'bund' || level === 'katalog') return say(levels[level]);
  return level === 'kreis' && /kreis|region/i.test(name) ? name : `${say(levels[level])} ${name}`.trim();
}

/** Whether an offer is for what the title says: for its key, or for the heading of its object. Others are for special cases. */
const isForTitle = ({key}, result) =>
  !key || !result.key || key === result.key || (key.slice(0, 8) === result.key.slice(0, 8) && key.slice(8, 11) === '000');

function officeParts(office, say) {
  const dial = office.phone?.replace(/^(\+.*?)\(0\)/, '$1').replace(/(\d.{3,}?)(?:[;,]| \/).*/, '$1').replace(/(?!^\+)\D/g, '');
  const town = [office.postcode, office.city].filter(Boolean).join(' ');
  return element('p', {part: 'office'},
    element('strong', {}, office.name ?? ''), ' ', office.sample && sample(say),
    (office.street || town) && element('span', {}, [office.street, town].filter(Boolean).join(', ')),
    dial && element('span', {}, `${say(phrases.phone)} `, element('a', {href: `tel:${dial}`}, office.phone)));
}

const sample = (say) => element('span', {className: 'sample', part: 'sample'}, say(phrases.sample));

function resultItem(result, {say, number, place, address, heading}) {
  const id = result.key ?? result.id;
  const title = element(`h${heading}`, {part: 'title', lang: 'de'},
    id ? element('a', {href: address(`/leistung/${encodeURIComponent(id)}`)}, result.title ?? '') : result.title ?? '');
  const online = (result.onlineServices ?? []).find((one) => one.url && !one.form && !one.broken && isForTitle(one, result));
  const start = online && link(online.url, {className: 'button', part: 'online', rel: 'noreferrer'},
    say(phrases.do_online), element('span', {className: 'sr-only', lang: 'de'}, `: ${result.title ?? ''}`));
  const offices = start ? [] : (result.offices ?? []).filter((one) => isForTitle(one, result)).slice(0, 2);
  const {online: there, municipalities: all} = result.availability ?? {};
  return element('li', {part: 'result'},
    title,
    element('p', {className: 'tags', part: 'level'}, levelText(result, say), result.sample && sample(say)),
    result.teaser && element('p', {part: 'teaser', lang: 'de'}, result.teaser),
    start && element('p', {className: 'start'}, start,
      element('span', {className: 'muted'}, levelText(online, say), ' ', online.sample && sample(say))),
    offices.length > 0 && [
      element('p', {}, place ? say(phrases.not_online, place.name) : say(phrases.not_online_anywhere)),
      ...offices.map((office) => officeParts(office, say))],
    all > 0 && element('p', {className: 'muted', part: 'count'}, say(phrases.online_count, number(there ?? 0), number(all))));
}

/** "3 Leistungen zu „Hund“ für Köln" */
export function headline({total, words, place, topic}, {say, number}) {
  let text = total === 1 ? say(phrases.results_one) : say(phrases.results_many, number(total));
  if (words) text = say(phrases.for_words, text, words);
  if (topic) text = say(phrases.in_topic, text, topic);
  return place ? say(phrases.for_place, text, place.name) : text;
}

/** @param {Object[]} results  of /api/v1/search */
export function resultList(results, context) {
  return element('ol', {part: 'results'}, results.map((result) => resultItem(result, context)));
}
