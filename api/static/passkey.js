// Passkeys, which browsers offer to scripts only. Bytes travel as base64url; what the browser signed goes back as it is.
"use strict";

(() => {
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const withIds = (credentials) => (credentials ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

  async function create({ publicKey }) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
        excludeCredentials: withIds(publicKey.excludeCredentials),
      },
    });
    const { attestationObject, clientDataJSON } = made.response;
    const response = { attestationObject: toText(attestationObject), clientDataJSON: toText(clientDataJSON) };
    return { id: made.id, rawId: toText(made.rawId), type: made.type, extensions: {}, response };
  }

  async function get({ publicKey }) {
    const shown = await navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: toBytes(publicKey.challenge),
        allowCredentials: withIds(publicKey.allowCredentials),
      },
    });
    const { authenticatorData, clientDataJSON, signature, userHandle } = shown.response;
    const response = {
      authenticatorData: toText(authenticatorData),
      clientDataJSON: toText(clientDataJSON),
      signature: toText(signature),
      userHandle: userHandle ? toText(userHandle) : null,
    };
    return { id: shown.id, rawId: toText(shown.rawId), type: shown.type, extensions: {}, response };
  }

  // Asks the server, with the token of the page.
  async function ask(path, form, body) {
    const answer = await fetch(path + location.search, {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json", "x-siyi-form": form },
      body: JSON.stringify(body),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.errors?.[0]?.extensions?.code ?? String(answer.status));
    return told;
  }

  const ways = {
    "sign-in": async (form) => {
      const name = document.getElementById("name");
      if (!name.value.trim()) return name.focus();
      const begun = await ask("/sign-in/passkey/begin", form, { name: name.value });
      const credential = await get(begun.options);
      location.assign((await ask("/sign-in/passkey/finish", form, { ceremony: begun.ceremony, credential })).to);
    },
    add: async (form) => {
      const begun = await ask("/account/passkey/begin", form, {});
      const credential = await create(begun.options);
      location.assign((await ask("/account/passkey/finish", form, { ceremony: begun.ceremony, credential })).to);
    },
  };

  // For pages on which an official signs an act: the challenge is the act's digest in base64url, and what comes back is the
  // header `x-siyi-assertion`.
  globalThis.siyiSign = async (form, challenge) => {
    const { options } = await ask("/account/passkey/sign", form, { challenge });
    return toText(new TextEncoder().encode(JSON.stringify(await get(options))));
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    const [button, trouble] = [place.querySelector("button"), place.querySelector("[role=alert]")];
    const tell = (text) => {
      trouble.textContent = text;
      trouble.hidden = !text;
    };
    if (!globalThis.PublicKeyCredential) {
      tell(place.dataset.unsupported);
      continue;
    }
    button.hidden = false;
    button.addEventListener("click", async () => {
      tell("");
      button.disabled = true;
      try {
        await ways[place.dataset.passkey](place.dataset.form);
      } catch (error) {
        tell(`${place.dataset.failed} (${error.message})`);
      } finally {
        button.disabled = false;
      }
    });
  }
})();
