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
    unsigned: "This week was not signed. Please open it alone to see why, and to sign it anew.",
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

  async function options(purpose, form) {
    // What is signed was shown with the page, so its challenge came with it.
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const response = await fetch(challenges[purpose], { method: "POST" });
    if (!response.ok) throw new Error(response.status === 429 ? "many" : "refused");
    return response.json();
  }

  async function answer(purpose, form) {
    if (!isAble) throw new Error("unable");
    const asked = await options(purpose, form);
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
    if (sitting) return signSome([form]);
    const button = form.querySelector("button");
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    tell(form, "");
    try {
      form.elements.answer.value = await answer(purpose, form);
      form.submit();
    } catch (error) {
      button.removeAttribute("aria-disabled");
      tell(form, why(error));
      button.focus();
    }
  });

  // Several weeks in one sitting: each is signed by itself, and the page stays until all are.
  const sitting = document.querySelector("[data-sitting]");
  const unsigned = () => [...sitting.querySelectorAll("form[data-passkey=sign]")];
  let isSigning = false;

  async function signOne(form) {
    const week = form.closest("[data-week]");
    form.elements.answer.value = await answer("sign", form);
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    // A signature is answered by the way to another page, anything else by a page that says why not.
    if (response.type !== "opaqueredirect") throw new Error("unsigned");
    week.classList.add("done");
    week.querySelector("[data-state]").textContent = "Signed.";
    week.querySelector(".tail a").remove();
    form.remove();
  }

  async function signSome(forms) {
    if (isSigning) return;
    isSigning = true;
    try {
      for (const form of forms) {
        tell(form, "");
        try {
          await signOne(form);
        } catch (error) {
          tell(form, why(error));
          form.querySelector("button").focus();
          break;
        }
      }
    } finally {
      isSigning = false;
      tally();
    }
  }

  function tally() {
    const left = unsigned().map((form) => form.closest("[data-week]").dataset.week);
    if (!left.length) return location.assign("/supervise");
    const all = sitting.querySelectorAll("[data-week]").length;
    const place = sitting.querySelector("[data-sitting-state]");
    place.textContent = `${all - left.length} of ${all} signed. Not signed: ${left.join("; ")}.`;
  }

  sitting
    ?.querySelector("[data-sign-all]")
    ?.addEventListener("click", () => signSome(unsigned()));
})();
