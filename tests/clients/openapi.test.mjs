// openapi.json is valid, and the server answers as it says: every operation, every status that a client can cause.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import jsonld from "jsonld";

const server = process.env.VSM_SERVER;
assert(server, "VSM_SERVER names the server");

/// For each operation: what to ask, and the status to expect.
const requests = {
  search: [
    ["?q=bewohnerparkausweis&place=48143&size=100", 200],
    ["?q=hund", 200],
    ["?q=hund&place=Neuenkirchen&page=2&size=3", 200],
    ["?q=wohnen&lang=en&trust=20", 200],
    ["?topic=umwelt&ars=05334&online=true", 200],
    ["?q=spaghetti+carbonara", 200],
    ["?q=hund&format=jsonld", 200],
    ["", 400],
    ["?q=hund&size=0", 400],
    ["?q=hund&cursor=x", 400],
    ["?q=hund&ars=99", 404],
  ],
  suggest: [
    ["?q=bewohn", 200],
    ["?q=m%C3%BCnst&lang=en", 200],
    ["?q=wohn&place=48143&size=20", 200],
    ["", 200],
    ["?q=x&size=99", 400],
    ["?q=x&place=Entenhausen", 404],
  ],
  service: [
    ["/99108001020000?place=48143", 200],
    ["/99108001020000", 200],
    ["/99108001020000?lang=en", 200],
    ["/99108001020000?ars=05515&format=jsonld", 200],
    ["/99108001020000?format=xml", 400],
    ["/1", 404],
  ],
  places: [
    ["?q=neuenk", 200],
    ["?q=qqqq", 200],
    ["", 400],
  ],
  topics: [
    ["", 200],
    ["?place=Bielefeld&lang=en", 200],
    ["?lang=fr", 400],
    ["?place=Entenhausen", 404],
  ],
  offices: [
    ["?place=48143", 200],
    ["?key=99108001001000&ars=05515", 200],
    ["?key=1", 400],
    ["?cursor=AAAA", 400],
    ["?ars=99", 404],
  ],
  office: [
    ["/beispiel-gemeinde-055150000000.OE.17", 200],
    ["/nichts", 404],
  ],
  onlineServices: [
    ["?place=48143&size=100", 200],
    ["", 200],
    ["?topic=nichts", 400],
    ["?place=Entenhausen", 404],
  ],
  onlineService: [
    ["/beispiel-gemeinde-055150000000.OD.74", 200],
    ["/nichts", 404],
  ],
  coverage: [
    ["", 200],
    ["?ars=05&level=kreis", 200],
    ["?place=Bochum&topic=umwelt&lang=en", 200],
    ["?place=Augsburg", 200],
    ["?level=katalog", 400],
    ["?ars=99", 404],
  ],
};

let description, ajv, operations;

/// Unknown fields are no mistake for clients, for v1 may get more. Here they are: each has to be described.
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const copy = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === "$ref") copy[name] = value.replace("#/components/schemas/", "#/$defs/");
    else if (name !== "example" && name !== "examples") copy[name] = closed(value);
  }
  if (copy.properties && !copy.properties["@context"]) copy.additionalProperties = false;
  return copy;
}

const resolve = (value) =>
  value.$ref ? value.$ref.slice(2).split("/").reduce((at, name) => at[name], description) : value;

function assertFits(schema, value, where) {
  const fits = ajv.compile({ $ref: `api#/$defs/${schema.$ref.split("/").pop()}` });
  assert(fits(value), `${where}: ${ajv.errorsText(fits.errors, { separator: "\n" })}`);
}

before(async () => {
  description = await (await fetch(`${server}/openapi.json`)).json();
  ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "api", $defs: closed(description.components.schemas) });
  operations = Object.entries(description.paths).map(([path, item]) => ({ path, ...item.get }));
});

test("openapi.json is OpenAPI 3.1", async () => {
  const result = await new Validator().validate(structuredClone(description));
  assert(result.valid, JSON.stringify(result.errors, null, 1));
  assert(description.openapi.startsWith("3.1."));
});

test("every example fits its schema", () => {
  const examples = [];
  const walk = (value) => {
    if (value === null || typeof value !== "object") return;
    if (value.example !== undefined && value.schema?.$ref) examples.push([value.schema, value.example]);
    Object.values(value).forEach(walk);
  };
  walk(description);
  assert(examples.length >= 5);
  for (const [schema, example] of examples) assertFits(schema, example, "example");
});

test("every operation is asked", () => {
  assert.deepEqual(operations.map((operation) => operation.operationId).sort(), Object.keys(requests).sort());
});

for (const [operationId, asked] of Object.entries(requests)) {
  test(operationId, async () => {
    const operation = operations.find((one) => one.operationId === operationId);
    for (const [more, status] of asked) {
      const address = operation.path.replace("/{id}", "") + more;
      const response = await fetch(server + address);
      assert.equal(response.status, status, address);
      assert.equal(response.headers.get("access-control-allow-origin"), "*", address);
      const answer = resolve(operation.responses[status]);
      assert(answer, `${address}: ${status} is not described`);
      const type = response.headers.get("content-type").split(";")[0];
      assert(answer.content[type], `${address}: ${type} is not described`);
      assertFits(answer.content[type].schema, await response.json(), address);
      if (status !== 200) continue;
      const etag = response.headers.get("etag");
      const again = await fetch(server + address, { headers: { "If-None-Match": etag } });
      assert.equal(again.status, 304, address);
      assert.equal(await again.text(), "");
    }
  });
}

test("linked data expands to both vocabularies", async () => {
  const schemaOrg = { contextUrl: null, document: { "@context": { "@vocab": "https://schema.org/" } } };
  const documentLoader = async (url) => {
    assert.equal(url, "https://schema.org");
    return { ...schemaOrg, documentUrl: url };
  };
  const address = "/leistung/99108001020000?ars=055150000000";
  const asData = await fetch(server + address, { headers: { Accept: "application/ld+json" } });
  const data = await asData.json();
  const page = await (await fetch(server + address)).text();
  const block = page.match(/<script type="application\/ld\+json">([^<]*)<\/script>/);
  assert.deepEqual(JSON.parse(block[1]), data, "the page carries the same");
  const [service] = await jsonld.expand(data, { documentLoader });
  assert.deepEqual(service["@type"], ["https://schema.org/GovernmentService", "http://purl.org/vocab/cpsv#PublicService"]);
  assert.equal(service["@id"], "https://suche.example.de" + address);
  for (const name of [
    "https://schema.org/name",
    "https://schema.org/provider",
    "https://schema.org/areaServed",
    "https://schema.org/availableChannel",
    "http://purl.org/dc/terms/title",
    "http://purl.org/dc/terms/description",
    "http://purl.org/dc/terms/spatial",
    "http://data.europa.eu/m8g/hasCompetentAuthority",
    "http://data.europa.eu/m8g/hasChannel",
  ])
    assert(service[name]?.length > 0, `${name} is missing`);
});
