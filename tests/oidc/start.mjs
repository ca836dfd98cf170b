// A certified OpenID provider on this machine for the tests: node start.mjs REDIRECT-URI. Prints its issuer, serves until ended.
//
// POST /test/lie/<how> makes the next ID token a lie; the provider itself is honest, its answer is changed on the way out.
import { createServer } from "node:http";
import { SignJWT, UnsecuredJWT, decodeJwt, exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";

// It warns of everything that a provider in real use would set.
console.info = console.warn = () => {};

const redirect = process.argv[2];
const CLIENT = { client_id: "siyi", client_secret: "kept between the two" };
const { privateKey } = await generateKeyPair("RS256", { extractable: true });
const stranger = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(privateKey)), kid: "one", alg: "RS256", use: "sig" };

let lie = null;
let kept = null;
let provider;

const server = createServer((request, response) => {
  const told = request.url.match(/^\/test\/lie\/([a-z-]+)$/);
  if (told) {
    lie = told[1];
    return response.writeHead(204).end();
  }
  if (request.url.startsWith("/interaction/")) return interact(request, response);
  if (request.url === "/token" && lie) return answerFalsely(request, response);
  return provider.callback()(request, response);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

provider = new Provider(issuer, {
  clients: [{ ...CLIENT, redirect_uris: [redirect], response_types: ["code"], grant_types: ["authorization_code"] }],
  jwks: { keys: [jwk] },
  cookies: { keys: ["only for tests"] },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

// Everybody is villager-1 and agrees to everything.
async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") {
    return provider.interactionFinished(request, response, { login: { accountId: "villager-1" } });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

function answerFalsely(request, response) {
  const how = lie;
  lie = null;
  const { end, write, writeHead } = response;
  const chunks = [];
  response.write = (chunk) => chunks.push(Buffer.from(chunk)) > 0;
  response.end = (chunk) => {
    if (chunk) chunks.push(Buffer.from(chunk));
    const honest = Buffer.concat(chunks).toString();
    Object.assign(response, { end, write, writeHead });
    changed(honest, how).then((body) => {
      response.setHeader("content-length", Buffer.byteLength(body));
      response.end(body);
    });
  };
  return provider.callback()(request, response);
}

async function changed(honest, how) {
  const answer = JSON.parse(honest);
  if (!answer.id_token) return honest;
  const claims = decodeJwt(answer.id_token);
  const now = Math.floor(Date.now() / 1000);
  const sign = (claims, key = privateKey, header = { alg: "RS256", kid: "one" }) =>
    new SignJWT(claims).setProtectedHeader(header).sign(key);
  const secret = new TextEncoder().encode(CLIENT.client_secret.padEnd(32, " "));
  const lies = {
    expired: () => sign({ ...claims, iat: now - 300, exp: now - 1 }),
    "issued-long-ago": () => sign({ ...claims, iat: now - 3600 }),
    "issued-in-future": () => sign({ ...claims, iat: now + 300 }),
    forged: () => sign(claims, stranger.privateKey),
    "none-alg": () => new UnsecuredJWT(claims).encode(),
    "hmac-alg": () => sign(claims, secret, { alg: "HS256" }),
    "wrong-audience": () => sign({ ...claims, aud: "somebody-else" }),
    "more-audiences": () => sign({ ...claims, aud: ["siyi", "somebody-else"] }),
    "wrong-issuer": () => sign({ ...claims, iss: "https://evil.example" }),
    "wrong-nonce": () => sign({ ...claims, nonce: "another" }),
    "no-nonce": () => sign({ ...claims, nonce: undefined }),
    "wrong-at-hash": () => sign({ ...claims, at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }),
    "changed-subject": () => {
      const [header, , signature] = answer.id_token.split(".");
      const body = Buffer.from(JSON.stringify({ ...claims, sub: "villager-2" })).toString("base64url");
      return [header, body, signature].join(".");
    },
    keep: () => (kept = answer.id_token),
    replay: () => kept,
  };
  return JSON.stringify({ ...answer, id_token: await lies[how]() });
}

process.stdout.write(`${issuer}\n`);
