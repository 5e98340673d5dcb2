/* Seasoning: every page works without this file. It connects htmx under a strict policy, turns a
   typed name into initials before it leaves the page, and keeps a form from being sent twice. */
"use strict";

(() => {
  const refuse = () => {
    throw new TypeError("scripts do not come with pages");
  };
  const checkHtml = (text) => (/<\s*\/?\s*script/i.test(text) ? refuse() : text);
  const policy = globalThis.trustedTypes
    ? trustedTypes.createPolicy("therapist-os", { createHTML: checkHtml, createScript: refuse })
    : { createHTML: checkHtml, createScript: refuse };

  if (globalThis.htmx) {
    htmx.registerExtension("therapist-os", {
      init: (api) => api.initSecurity(policy, refuse, refuse),
    });
    document.addEventListener("htmx:after:swap", () => {
      arrive();
      document.querySelector("#page [autofocus]")?.focus();
    });
    // Without an answer the page would look as if nothing had been pressed.
    document.addEventListener("htmx:error", () => document.querySelectorAll("form").forEach(release));
  }

  function release(form) {
    form.removeAttribute("data-sent");
    form.querySelectorAll("button[type=submit]").forEach((button) => {
      button.removeAttribute("aria-disabled");
    });
  }

  function say(field, sentence) {
    const id = `${field.id}-error`;
    document.getElementById(id)?.remove();
    const described = (field.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .filter((each) => each && each !== id);
    if (sentence) {
      const message = document.createElement("p");
      message.className = "error";
      message.id = id;
      message.textContent = sentence;
      field.after(message);
      described.unshift(id);
      field.setAttribute("aria-invalid", "true");
    } else {
      field.removeAttribute("aria-invalid");
    }
    field.setAttribute("aria-describedby", described.join(" "));
  }

  /* Returns whether the field holds nothing that may not leave the page. */
  function convert(field) {
    if (!field.value.trim()) return true;
    const alias = toAlias(field.value);
    if (alias === null) {
      say(field, "Please enter one client's initials, such as J.D., or a code such as C-001.");
      return false;
    }
    field.value = alias;
    say(field, "");
    return true;
  }

  document.addEventListener("focusout", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-initials]")) return;
    const alias = toAlias(field.value);
    if (alias !== null && field.value.trim()) field.value = alias;
    // A sentence that comes or goes under a pressed button would move it away from the pointer.
    setTimeout(() => field.isConnected && document.activeElement !== field && convert(field), 400);
  });

  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const wrong = [...form.querySelectorAll("[data-initials]")].filter((each) => !convert(each));
      if (wrong.length || form.hasAttribute("data-sent")) {
        event.preventDefault();
        event.stopImmediatePropagation();
        wrong[0]?.focus();
        return;
      }
      if (form.hasAttribute("data-once")) {
        form.setAttribute("data-sent", "");
        form.querySelectorAll("button[type=submit]").forEach((button) => {
          button.setAttribute("aria-disabled", "true");
        });
      }
    },
    true,
  );

  // A page brought back by the browser's history may show what is no longer so.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  function arrive() {
    const signIn = document.querySelector("[data-sign-in]");
    const code = location.hash.slice(1);
    if (signIn && code) {
      signIn.elements.code.value = code;
      const fold = signIn.closest("details");
      if (fold) fold.open = true;
      document.querySelectorAll("[data-sign-in-ways]").forEach((way) => (way.hidden = true));
      // The code leaves the address bar and the browser's history at once.
      history.replaceState(null, "", location.pathname);
      signIn.querySelector("button").focus();
    }
  }
  arrive();
})();
