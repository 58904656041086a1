// Colours of the widget, for light and dark pages.
//
// light-dark() follows the page: a page that says color-scheme: light dark gets what its visitor prefers, another one
// light. A browser that does not know light-dark() shows light.

const light = '#ffffff', dark = '#14161f';

/** Custom properties of the element, each as [light, dark]. */
export function variables(colours) {
  const all = (value) => `:host{${Object.entries(colours).map(([name, pair]) => `--_${name}:${value(pair)}`).join(';')}}`;
  return `${all((pair) => pair[0])}@supports (color:light-dark(red,red)){${all((pair) => `light-dark(${pair})`)}}`;
}

export const usual = variables({
  background: [light, dark], text: ['#171a2b', '#f1f2f7'], muted: ['#4a4f63', '#b9bdcc'], line: ['#7f8599', '#878da3'],
  surface: ['#eff1f8', '#232634'], accent: ['#1a3da5', '#a9bdf5'],
  fill: ['#1a3da5', '#a9bdf5'], 'on-fill': [light, dark],
  sample: ['#fff3d6', '#3f2f0b'], 'on-sample': ['#5c3c00', '#ffdf9e'],
});

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// Contrast as WCAG 2 has it.
function luminance(colour) {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function readable(colour, background, towards) {
  for (let step = 0; ; step++) {
    const mixed = `#${channels(colour).map((value) =>
      Math.round(value + (towards - value) * step / 20).toString(16).padStart(2, '0')).join('')}`;
    if (step === 20 || contrast(mixed, background) >= 5.2) return mixed;
  }
}

/**
 * Styles for one colour of a town's own: the button has it as it is, with black or white on it; links and frames have it
 * made darker or lighter as far as it takes to be read.
 */
export function accented(colour) {
  const hex = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(colour?.trim())?.[1];
  if (!hex) return '';
  const full = `#${hex.length === 3 ? hex.replace(/./g, '$&$&') : hex}`;
  const on = contrast(full, '#ffffff') >= 4.5 ? '#ffffff' : '#000000';
  return variables({accent: [readable(full, light, 0), readable(full, dark, 255)], fill: [full, full], 'on-fill': [on, on]});
}
