// The button on a desktop: the provider opens in a window of its own, and this page waits for the
// outcome. Everything else (phones, a blocked window, any failure) is the plain form.
//
// The two windows never talk through window.opener: a provider that sends
// Cross-Origin-Opener-Policy cuts that tie, and to us its window then looks closed. So a closed
// window proves nothing, and the way to go on in this tab is offered all the time.
(() => {
  const forms = document.querySelectorAll('form[id^="start"]'); // one, or one for each account
  let form; // whose button was pressed
  const roomy = matchMedia("(pointer: fine) and (hover: hover) and (min-width: 48rem)");
  let provider = null; // the window

  function openWindow() {
    const width = Math.min(540, screen.availWidth);
    const height = Math.min(760, screen.availHeight);
    const left = Math.round(screenX + Math.max(0, outerWidth - width) / 2);
    const top = Math.round(screenY + Math.max(0, outerHeight - height) / 3);
    const at = `width=${width},height=${height},left=${left},top=${top}`;
    return open("about:blank", "_blank", `popup,${at}`);
  }

  // Until the provider's page is there: no white flash in the dark.
  function dress(blank) {
    blank.title = document.title;
    blank.documentElement.style.colorScheme = "light dark";
  }

  // Begins an attempt. Answers where the provider is and where its outcome will be.
  async function begin() {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    const type = answer.headers.get("Content-Type") || "";
    if (!answer.ok || !type.startsWith("application/json")) throw new Error("no new attempt");
    const { location: authorize, status } = await answer.json();
    return { authorize: new URL(authorize, location.href), status: new URL(status, location.href) };
  }

  function showNotice() {
    const notice = document.getElementById("notice");
    form.hidden = true;
    notice.replaceChildren(document.getElementById("window").content.cloneNode(true));
    notice.querySelector("button").setAttribute("form", form.id);
    if (forms.length > 1) form.after(notice);
    notice.querySelector("h2").focus();
  }

  function remember(status) {
    try {
      sessionStorage.setItem("grantlink-waits-for", status.pathname); // see status.js
    } catch {
      // Storage is switched off: the other window stays open.
    }
  }

  // Sleeps, but not past the moment in which somebody looks at this page again.
  function pause(ms) {
    return new Promise((done) => {
      const wake = () => document.hidden || finish();
      const timer = setTimeout(finish, ms);
      function finish() {
        clearTimeout(timer);
        document.removeEventListener("visibilitychange", wake);
        done();
      }
      document.addEventListener("visibilitychange", wake);
    });
  }

  async function isRecorded(status) {
    try {
      const answer = await fetch(status.pathname + "/outcome", { cache: "no-store" });
      return answer.ok && (await answer.json()).outcome !== "unknown";
    } catch {
      return false;
    }
  }

  // Once a second at first, four times a minute in the end, less when nobody looks, for an hour.
  async function waitFor(status) {
    const channel = "BroadcastChannel" in window ? new BroadcastChannel(status.pathname) : null;
    const show = () => location.replace(status.href);
    if (channel) channel.onmessage = () => (channel.postMessage("I do"), show()); // see status.js
    const giveUp = Date.now() + 3600e3;
    for (let wait = 1000; Date.now() < giveUp; wait = Math.min(wait * 1.2, 15000)) {
      await pause(document.hidden ? Math.max(wait, 10000) : wait);
      if (await isRecorded(status)) return show();
    }
  }

  async function goOn() {
    let attempt;
    try {
      dress(provider.document);
      attempt = await begin();
      if (provider.closed) throw new Error("closed meanwhile");
      provider.location.replace(attempt.authorize.href);
    } catch {
      provider.close();
      return form.submit();
    }
    remember(attempt.status);
    showNotice();
    waitFor(attempt.status);
  }

  function onSubmit(event) {
    if (provider) return provider.close(); // pressed again, or another one: in this tab, please
    if (!roomy.matches) return;
    provider = openWindow();
    if (!provider) return;
    event.preventDefault();
    form = event.target;
    goOn();
  }

  for (const each of forms) each.addEventListener("submit", onSubmit);
})();
