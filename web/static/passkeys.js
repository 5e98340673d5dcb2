/* Asks the browser for a passkey when a form with data-passkey is sent, and sends what it answers. */
"use strict";

(() => {
  const isAble =
    globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON &&
    globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;
  const sentences = {
    unable: "This browser cannot use passkeys here. Please use a current Chrome, Edge, Firefox or Safari.",
    many: "That was too often. Please wait ten minutes and try again.",
    refused: "We could not begin. Please reload this page and try again.",
    known: "This device holds a passkey of this account already. Please use another device.",
    stopped: "No passkey was used. Please try again when you are ready.",
  };

  function tell(form, sentence) {
    const place = form.querySelector("[data-trouble]");
    place.textContent = sentence;
    place.hidden = !sentence;
  }

  const challenges = {
    enrol: "/passkeys/challenge",
    "sign-in": "/sign-in/challenge",
    "step-up": "/step-up/challenge",
  };

  async function options(purpose) {
    const response = await fetch(challenges[purpose], { method: "POST" });
    if (!response.ok) throw new Error(response.status === 429 ? "many" : "refused");
    return response.json();
  }

  async function answer(purpose) {
    if (!isAble) throw new Error("unable");
    const asked = await options(purpose);
    const credential =
      purpose === "enrol"
        ? await navigator.credentials.create({
            publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked),
          })
        : await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked),
          });
    return JSON.stringify(credential.toJSON());
  }

  function why(error) {
    if (error.name === "InvalidStateError") return sentences.known;
    return sentences[error.message] ?? sentences.stopped;
  }

  // For browsers whose style sheets do not know whether there are scripts.
  document.querySelectorAll(".without-scripts").forEach((each) => (each.hidden = true));

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const purpose = form.dataset.passkey;
    if (!purpose) return;
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    tell(form, "");
    try {
      form.elements.answer.value = await answer(purpose);
      form.submit();
    } catch (error) {
      button.removeAttribute("aria-disabled");
      tell(form, why(error));
      button.focus();
    }
  });
})();
