// A client as somebody else would write it: every address, parameter and field is typed by openapi.json.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { components, paths } from "./generated/api.js";

const server = process.env["VSM_SERVER"];
assert(server, "VSM_SERVER names the server");

type Path = keyof paths;
type Get<P extends Path> = paths[P]["get"];
type Parameters<P extends Path> = Get<P> extends { parameters: infer All } ? All : never;
type Answer<P extends Path> = Get<P> extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;
type Problem = components["schemas"]["Problem"];

class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(`${problem.title}: ${problem.detail}`);
  }
}

async function get<P extends Path>(path: P, parameters: Parameters<P>): Promise<Answer<P>> {
  const { query = {}, path: gaps = {} } = parameters as {
    query?: Record<string, unknown>;
    path?: Record<string, unknown>;
  };
  let address: string = path;
  for (const [name, value] of Object.entries(gaps))
    address = address.replace(`{${name}}`, encodeURIComponent(String(value)));
  const url = new URL(address, server);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const response = await fetch(url);
  if (!response.ok) throw new ApiError((await response.json()) as Problem);
  return (await response.json()) as Answer<P>;
}

test("a search leads to a service, its link and its office", async () => {
  const found = await get("/api/v1/search", { query: { q: "bewohnerparkausweis", place: "48143" } });
  assert.equal(found.place?.name, "Münster");
  const first = found.results[0];
  assert(first);
  assert.equal(first.level, "gemeinde");

  const service = await get("/api/v1/services/{id}", {
    path: { id: first.key ?? first.id },
    query: { place: "48143" },
  });
  assert.equal(service.title, first.title);
  assert(service.modules.length > 0);

  const link = service.onlineServices[0];
  assert(link);
  const online = await get("/api/v1/online-services/{id}", { path: { id: link.id } });
  assert.equal(online.title, link.title);
  assert(online.areas.some((duty) => duty.area.ars === link.area.ars));

  const office = service.offices[0];
  assert(office);
  const whole = await get("/api/v1/offices/{id}", { path: { id: office.id } });
  assert.equal(whole.name, office.name);
  assert(whole.areas.some((duty) => service.key !== null && duty.keys.includes(service.key)));
});

test("cursors give every result once", async () => {
  const query = { q: "hund", place: "Bochum", size: 3 } as const;
  const all = await get("/api/v1/search", { query: { ...query, size: 100 } });
  const ids: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Answer<"/api/v1/search"> = await get("/api/v1/search", { query: { ...query, cursor } });
    ids.push(...page.results.map((result) => result.id));
    cursor = page.nextCursor;
  }
  assert.deepEqual(
    ids,
    all.results.map((result) => result.id),
  );
});

test("a list of online services ends", async () => {
  const seen = new Set<string>();
  let total = 0;
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: Answer<"/api/v1/online-services"> = await get("/api/v1/online-services", {
      query: { place: "Bochum", topic: "umwelt", size: 7, cursor },
    });
    for (const entry of page.onlineServices) seen.add([entry.level, entry.area.ars, entry.key, entry.id].join());
    total = page.total;
    cursor = page.nextCursor;
  }
  assert(total > 7);
  assert.equal(seen.size, total);
});

test("coverage has its denominators", async () => {
  const coverage = await get("/api/v1/coverage", { query: { ars: "05", level: "kreis" } });
  assert(coverage.counts);
  assert.equal(coverage.counts.own + coverage.counts.inherited, coverage.counts.somewhere);
  assert(coverage.counts.everywhere <= coverage.counts.somewhere);
  assert.equal(coverage.areas.length, 53);
  const towns = coverage.areas.reduce((sum, area) => sum + area.municipalities, 0);
  assert.equal(towns, coverage.municipalities);
  const none = await get("/api/v1/coverage", { query: { place: "Augsburg" } });
  assert.equal(none.counts, null);
});

test("what is wrong comes as a problem for people", async () => {
  await assert.rejects(get("/api/v1/search", { query: { q: "hund", place: "Entenhausen" } }), (error) => {
    assert(error instanceof ApiError);
    assert.equal(error.problem.status, 404);
    assert.equal(error.problem.title, "Unbekannter Ort");
    return true;
  });
});
