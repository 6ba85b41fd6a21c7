// Waits for the attempt's outcome, then shows it in place of this page. When the attempt ran in a
// window that ready.js opened, that window closes once the page that opened it shows the outcome.
(() => {
  const { page } = document.body.dataset;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(location.pathname) : null;

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

  async function waitForOutcome() {
    for (let failures = 0; ; ) {
      const asked = Date.now();
      try {
        const answer = await fetch(location.pathname + "/outcome", { cache: "no-store" });
        if (!answer.ok) throw new Error(answer.status);
        if ((await answer.json()).outcome !== "pending") return location.replace(location.pathname);
        failures = 0;
        // An answer at once means that too many wait: ask less often.
        await pause(Date.now() - asked < 1000 ? 3000 : 250);
      } catch {
        failures += 1;
        await pause(Math.min(1000 * 2 ** failures, 15000));
      }
    }
  }

  function sayThatItIsSlow() {
    document.getElementById("slow").hidden = false;
  }

  // sessionStorage belongs to one tab: the one in which ready.js opened the window.
  function opened() {
    try {
      return sessionStorage.getItem("grantlink-waits-for") === location.pathname;
    } catch {
      return false;
    }
  }

  // The window asks who else shows this outcome; the page that opened it answers.
  function answerTheWindow() {
    channel.onmessage = ({ data }) => data === "who shows it?" && channel.postMessage("I do");
  }

  // Asks more than once: the other page may be between two documents and hear nothing.
  function closeWhenShown() {
    let questions = 0;
    const ask = () => ++questions > 20 ? clearInterval(asking) : channel.postMessage("who shows it?");
    const asking = setInterval(ask, 500);
    channel.onmessage = ({ data }) => {
      if (data !== "I do") return;
      clearInterval(asking);
      setTimeout(() => close(), 1500);
    };
    ask();
  }

  if (page === "finishing") {
    setTimeout(sayThatItIsSlow, 20000);
    waitForOutcome();
  }
  if (!channel) return;
  if (opened()) answerTheWindow();
  else if (page === "connected") closeWhenShown();
})();
