// The website of a made-up town on an origin of its own: strict rules, another font, and the widget of a search server.
import {createServer} from 'node:http';

const styles = `
@font-face { font-family: Stadtschrift; src: local('DejaVu Serif'); }
html { font-size: 62.5%; }
body { font: 1.7rem/1.4 Stadtschrift, Georgia, serif; margin: 0 auto; max-width: 110rem; padding: 1rem; text-align: justify; overflow-wrap: break-word; }
input, button, a { text-transform: uppercase; }
aside { border: 1px solid #999; padding: 1rem; margin-top: 2rem; max-width: 42rem; }
.modern { color-scheme: light dark; background: Canvas; color: CanvasText; }
.large { font-size: 125%; }  /* 200 % */
#town { --vsm-radius: 1rem; }
#town::part(button) { letter-spacing: .05em; }
`;

/**
 * @param {string} search  origin of the search server
 * @returns {Promise<{address: string, close: () => Promise<void>}>}  `?` behind the address: `script`, `integrity` and
 *   `widgets` (HTML) of the page, `copy` for one with a copy of the script,
 *   `modern` for one that knows dark mode, `large` for text of 200 %
 */
export async function municipality(search) {
  const usual = `
    <vsm-search id="town" ars="053150000000"><form action="${search}/" method="get"><label>Suche <input name="q"></label><input type="hidden" name="ars" value="053150000000"><button>Suchen</button></form></vsm-search>
    <aside><h2>Für Unternehmen</h2><vsm-search id="business" place="Kleve" audience="business" results="portal" lang="en" label="What does your company need?"><a href="${search}/">Suche</a></vsm-search></aside>`;
  const server = createServer(async (request, response) => {
    const {pathname, searchParams: asked} = new URL(request.url, 'http://stadt');
    if (pathname === '/stil.css') return response.writeHead(200, {'Content-Type': 'text/css'}).end(styles);
    if (pathname === '/kopie.js') {
      const script = await (await fetch(`${search}/widget.js`)).text();
      return response.writeHead(200, {'Content-Type': 'text/javascript'}).end(script);
    }
    const own = asked.has('copy');
    const integrity = asked.get('integrity');
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; script-src ${own ? "'self'" : search}; connect-src ${search}; style-src 'self'; img-src data:; `
        + `form-action ${search}; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
    }).end(`<!doctype html><html lang="de" class="${['modern', 'large'].filter((name) => asked.has(name)).join(' ')}"><head><title>Stadt Beispielhausen</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><link rel="stylesheet" href="/stil.css">
<script type="module" src="${own ? '/kopie.js' : search + (asked.get('script') ?? '/widget.js')}"${integrity ? ` integrity="${integrity}" crossorigin="anonymous"` : ''}></script>
</head><body><main><h1>Stadt Beispielhausen</h1><p>Willkommen auf unserer Website.</p>${asked.get('widgets') ?? usual}</main></body></html>`);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((closed) => { server.close(closed); server.closeAllConnections(); }),
  };
}
