// Elements out of names, properties and children. Text is always text, never HTML.

/** Properties with a "-" and role, part, for and lang become attributes; children that are nothing are left out. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value == null) continue;
    if (/-|^(role|part|for|lang|maxlength)$/.test(key)) made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.flat(2).filter((child) => child || child === 0));
  return made;
}

/** A link that leads only where pages are. Null for anything else. */
export function link(address, properties, ...children) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  return /^https?:$/.test(url.protocol) ? element('a', {href: url.href, ...properties}, ...children) : null;
}
